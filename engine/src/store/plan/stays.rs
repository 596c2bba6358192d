//! Stays, read positions, and direct conversations, which begin with two of them.

use super::Planner;
use crate::group::state::{ConversationType, Role, Settings};
use crate::ids::{ConversationId, Position, Seq, UserId};
use crate::message::Rejection;
use crate::store::Outcome;
use crate::store::rows::*;

impl Planner {
    pub(super) fn open_stay(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        joined_position: Position,
        from_seq: Seq,
        role: Role,
    ) {
        let stay = StayRecord {
            conversation,
            user,
            joined_position,
            from_seq,
            role,
            muted_until_ms: None,
            card: String::new(),
            posted_at_ms: None,
            read_seq: Seq(0),
            read_counted: 0,
            shown_seq: Seq(0),
            left: None,
        };
        self.rows.stays.insert((conversation, user), stay);
        self.stay(conversation, user, |_| {});
    }

    /// Changes the last stay of a user, if there is one, and marks it to be written.
    pub(super) fn stay(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        change: impl FnOnce(&mut StayRecord),
    ) {
        if let Some(stay) = self.rows.stays.get_mut(&(conversation, user)) {
            change(stay);
            let key = (conversation, user, stay.joined_position);
            self.changes.stays.insert(key, stay.clone());
        }
    }

    pub(super) fn set_read(
        &mut self,
        user: UserId,
        conversation: ConversationId,
        seq: Seq,
    ) -> Outcome {
        let Some(row) = self.rows.conversations.get(&conversation) else {
            return Outcome::Refused(Rejection::not_found());
        };
        let Some(stay) = self.rows.stays.get(&(conversation, user)) else {
            return Outcome::Refused(Rejection::not_found());
        };
        let (head, counted) = match &stay.left {
            Some(left) => (left.seq, left.counted),
            None => (row.seq, row.counted),
        };
        let shown = row.r#type == ConversationType::Direct && self.shows_reading(user);
        let shown = Seq(if shown { seq.min(head).0 } else { 0 });
        if shown > stay.shown_seq {
            self.stay(conversation, user, |stay| stay.shown_seq = shown);
        }
        let Some(stay) = self.rows.stays.get(&(conversation, user)) else {
            return Outcome::Done;
        };
        if seq > stay.read_seq {
            let at = if seq >= head {
                (head, counted)
            } else {
                let known = self.rows.counted.get(&(conversation, seq));
                (seq, known.copied().unwrap_or(stay.read_counted))
            };
            if at.0 > stay.read_seq {
                self.stay(conversation, user, |stay| {
                    (stay.read_seq, stay.read_counted) = at;
                });
            }
        }
        Outcome::Done
    }

    pub(super) fn open_direct(&mut self, one: UserId, other: UserId, at_ms: i64) -> Outcome {
        let id = ConversationId::direct(one, other);
        if self.rows.conversations.contains_key(&id) {
            return Outcome::Done;
        }
        if [one, other]
            .iter()
            .any(|u| !self.rows.users.contains_key(u))
            || one == other
        {
            return Outcome::Refused(Rejection::not_found());
        }
        let position = self.changes.head.position;
        let row = ConversationRecord {
            id,
            r#type: ConversationType::Direct,
            number: None,
            settings: Settings::default(),
            seq: Seq(0),
            counted: 0,
            head_position: position,
            member_count: 2,
            owner: None,
            created_at_ms: at_ms,
        };
        self.changes.conversations.insert(id, row.clone());
        self.rows.conversations.insert(id, row);
        self.open_stay(id, one, position, Seq(1), Role::Member);
        self.open_stay(id, other, position, Seq(1), Role::Member);
        Outcome::Done
    }
}
