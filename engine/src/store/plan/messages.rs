//! Messages: compare and append, the last word on every rule, and what an effect does to rows.

use std::collections::BTreeSet;

use super::Planner;
use crate::group::state::{ConversationType, GroupField, Role, Settings};
use crate::ids::{ConversationId, Position, Seq, UserId};
use crate::kind::Effect;
use crate::message::Rejection;
use crate::store::rows::*;
use crate::store::{Append, Outcome, Posted, fold};

impl Planner {
    pub(super) fn append(&mut self, append: &Append) -> Outcome {
        let id = append.conversation;
        let key = (id, append.sender, append.client_id);
        if let Some(posted) = self.rows.posted.get(&key) {
            return Outcome::Duplicate {
                seq: posted.seq,
                sent_at_ms: posted.sent_at_ms,
                same: posted.is_same(&append.digest),
            };
        }
        let seq_now = self.rows.conversations.get(&id).map_or(Seq(0), |c| c.seq);
        if seq_now != append.expects {
            return Outcome::Conflict;
        }
        match self.may_append(append) {
            Ok(owner) => self.take_over(append, owner),
            Err(rejection) => Outcome::Refused(rejection),
        }
    }

    /// The last word on what must hold under any concurrency. Answers the owner that a group will
    /// have.
    pub(super) fn may_append(&self, append: &Append) -> Result<Option<UserId>, Rejection> {
        let id = append.conversation;
        let now = self.rows.conversations.get(&id);
        if now.is_none() && append.r#type == ConversationType::Direct {
            return Err(Rejection::not_found());
        }
        let place = now.map_or(append.r#type, |c| c.r#type);
        let is_group = place == ConversationType::Group;
        let mut settings = now.map_or_else(Settings::default, |c| c.settings.clone());
        let mut members = now.map_or(0, |c| c.member_count);
        let mut owners: BTreeSet<UserId> = now.and_then(|c| c.owner).into_iter().collect();
        let was_open = |user: UserId| {
            let stay = self.rows.stays.get(&(id, user));
            stay.is_some_and(|stay| stay.left.is_none())
        };
        // Nobody comes and goes in one message: its position would be in two stays.
        let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
        for effect in &append.effects {
            match effect {
                Effect::AddMember { user, role } => {
                    if was_open(*user) || !added.insert(*user) {
                        return Err(Rejection::conflict("already_member", "Already a member."));
                    }
                    members += 1;
                    if members > settings.member_limit {
                        return Err(group_full(settings.member_limit));
                    }
                    let groups = self.rows.group_counts.get(user).copied().unwrap_or(0);
                    let most = self.bounds.groups_per_user;
                    if is_group && most > 0 && groups >= most {
                        let detail = format!("Nobody may be in more than {most} groups.");
                        return Err(Rejection::conflict("too_many_groups", detail));
                    }
                    if *role == Role::Owner {
                        owners.insert(*user);
                    }
                }
                Effect::RemoveMember { user } => {
                    if !was_open(*user) || !removed.insert(*user) {
                        return Err(not_a_member());
                    }
                    members -= 1;
                    owners.remove(user);
                }
                Effect::SetRole { user, role } => {
                    let open = was_open(*user) && !removed.contains(user);
                    if !open && !added.contains(user) {
                        return Err(not_a_member());
                    }
                    if *role == Role::Owner {
                        owners.insert(*user);
                    } else {
                        owners.remove(user);
                    }
                }
                Effect::SetField(field) => {
                    settings.set(field);
                    self.may_set(id, field, members)?;
                }
                Effect::SetMute { .. } | Effect::SetState(_) => {}
            }
        }
        if is_group && owners.len() != 1 {
            let detail = "A group has exactly one owner.";
            return Err(Rejection::conflict("owner_must_transfer", detail));
        }
        if is_group && fold(&settings.name).is_empty() {
            return Err(Rejection::invalid("name", "A group has a name."));
        }
        Ok(owners.pop_first())
    }

    pub(super) fn may_set(
        &self,
        id: ConversationId,
        field: &GroupField,
        members: i64,
    ) -> Result<(), Rejection> {
        match field {
            GroupField::Name(name) => match self.rows.group_names.get(&fold(name)) {
                Some(other) if *other != id => Err(Rejection {
                    field: Some("name".into()),
                    ..Rejection::conflict("name_taken", "Another group has this name.")
                }),
                _ => Ok(()),
            },
            GroupField::MemberLimit(limit) if *limit < members => {
                let detail = format!("The group has {members} members already.");
                Err(Rejection::conflict("below_member_count", detail))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn take_over(&mut self, append: &Append, owner: Option<UserId>) -> Outcome {
        let id = append.conversation;
        let position = self.changes.head.position.next();
        self.changes.head.position = position;
        let mut row = match self.rows.conversations.remove(&id) {
            Some(row) => row,
            None => self.new_conversation(append, position),
        };
        row.seq = row.seq.next();
        row.head_position = position;
        row.owner = owner;
        row.counted += i64::from(append.counts && append.audience.is_none());
        for effect in &append.effects {
            self.effect(&mut row, effect, append, position);
        }
        if let Some(sender) = append.sender {
            self.stay(id, sender, |stay| {
                if stay.left.is_none() {
                    (stay.read_seq, stay.read_counted) = (row.seq, row.counted);
                }
            });
        }
        let message = append.at(position, row.seq, row.counted);
        let outcome = Outcome::Appended {
            position,
            seq: row.seq,
            counted: row.counted,
        };
        let posted = Posted {
            seq: row.seq,
            sent_at_ms: append.sent_at_ms,
            digest: append.digest.clone(),
        };
        let key = (id, append.sender, append.client_id);
        self.rows.posted.insert(key, posted);
        self.rows.counted.insert((id, row.seq), row.counted);
        self.changes.messages.push(MessageRecord {
            message,
            digest: append.digest.clone(),
        });
        self.changes.conversations.insert(id, row.clone());
        self.rows.conversations.insert(id, row);
        outcome
    }

    pub(super) fn new_conversation(
        &mut self,
        append: &Append,
        position: Position,
    ) -> ConversationRecord {
        let id = append.conversation;
        let number = (append.r#type == ConversationType::Group).then(|| self.next_number());
        let mut row = ConversationRecord {
            id,
            r#type: append.r#type,
            number,
            settings: Settings::default(),
            seq: Seq(0),
            counted: 0,
            head_position: position,
            member_count: 0,
            owner: None,
            created_at_ms: append.sent_at_ms,
        };
        if append.r#type == ConversationType::Own {
            row.member_count = 1;
            self.open_stay(id, UserId(id.0), position, Seq(1), Role::Member);
        }
        row
    }

    pub(super) fn effect(
        &mut self,
        row: &mut ConversationRecord,
        effect: &Effect,
        append: &Append,
        position: Position,
    ) {
        let id = row.id;
        match effect {
            Effect::AddMember { user, role } => {
                let from = if row.settings.history_shared {
                    Seq(1)
                } else {
                    row.seq
                };
                self.open_stay(id, *user, position, from, *role);
                self.stay(id, *user, |stay| {
                    (stay.read_seq, stay.read_counted) = (row.seq, row.counted);
                });
                row.member_count += 1;
                if row.r#type == ConversationType::Group {
                    *self.rows.group_counts.entry(*user).or_default() += 1;
                }
            }
            Effect::RemoveMember { user } => {
                row.member_count -= 1;
                let left = Left {
                    position,
                    seq: row.seq,
                    counted: row.counted,
                    name: row.settings.name.clone(),
                    member_count: row.member_count,
                };
                self.stay(id, *user, |stay| stay.left = Some(left));
                if row.r#type == ConversationType::Group {
                    *self.rows.group_counts.entry(*user).or_default() -= 1;
                }
            }
            Effect::SetRole { user, role } => {
                self.stay(id, *user, |stay| stay.role = *role);
            }
            Effect::SetMute { user, until_ms } => {
                self.stay(id, *user, |stay| stay.muted_until_ms = *until_ms);
            }
            Effect::SetField(field) => {
                if let GroupField::Name(name) = field {
                    // The name given up stays taken until the next batch: rows are written one
                    // by one, and a unique name must be unique after each.
                    self.rows.group_names.insert(fold(name), id);
                }
                row.settings.set(field);
            }
            Effect::SetState(state) => {
                let record = KindStateRecord {
                    conversation: id,
                    kind: append.kind.clone(),
                    state: state.to_string(),
                };
                let key = (id, append.kind.clone());
                self.changes.kind_states.insert(key, record);
            }
        }
    }
}

fn not_a_member() -> Rejection {
    Rejection::conflict("not_a_member", "Not a member.")
}

fn group_full(limit: i64) -> Rejection {
    let detail = format!("The group is full: it has its {limit} members.");
    Rejection::conflict("group_full", detail)
}
