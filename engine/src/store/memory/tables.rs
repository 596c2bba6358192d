//! The tables of the memory store, with the questions that the rules ask of them.

use std::collections::{BTreeMap, BTreeSet};

use super::views;
use crate::store::plan::{Changes, Needs, PostedKey, Snapshot};
use crate::store::rows::*;
use crate::store::*;

/// The rows, and the indexes that the databases have as well.
#[derive(Clone)]
pub(super) struct Tables {
    pub(super) closed: bool,
    pub(super) epoch: Epoch,
    pub(super) head: HeadRow,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) conversations: BTreeMap<ConversationId, ConversationRecord>,
    pub(super) group_names: BTreeMap<String, ConversationId>,
    pub(super) stays: BTreeMap<(ConversationId, UserId, Position), StayRecord>,
    pub(super) stays_of: BTreeSet<(UserId, ConversationId)>,
    pub(super) messages: BTreeMap<Position, MessageRecord>,
    pub(super) by_seq: BTreeMap<(ConversationId, Seq), Position>,
    pub(super) by_client_id: BTreeMap<PostedKey, Position>,
    pub(super) kind_states: BTreeMap<(ConversationId, String), String>,
    pub(super) users: BTreeMap<UserId, UserRecord>,
    pub(super) usernames: BTreeMap<String, UserId>,
    pub(super) sessions: BTreeMap<SessionId, SessionRecord>,
}

impl Tables {
    // ---- writing -------------------------------------------------------------------------------

    pub(super) fn snapshot(&self, needs: &Needs) -> Snapshot {
        let mut rows = Snapshot::new(self.head.clone());
        rows.conversations = pick(&self.conversations, &needs.conversations);
        rows.group_names = pick(&self.group_names, &needs.group_names);
        rows.users = pick(&self.users, &needs.users);
        rows.usernames = pick(&self.usernames, &needs.usernames);
        rows.sessions = pick(&self.sessions, &needs.sessions);
        for (id, row) in &self.sessions {
            if needs.sessions_of.contains(&row.user) {
                rows.sessions.insert(*id, row.clone());
            }
        }
        for key @ (conversation, user) in &needs.stays {
            let last = self.stays_in(*conversation, *user).last();
            rows.stays.extend(last.map(|stay| (*key, stay.clone())));
        }
        for key in &needs.posted {
            rows.posted
                .extend(self.posted(key).map(|posted| (*key, posted)));
        }
        for key @ (conversation, seq) in &needs.counted {
            let message = self.message(*conversation, *seq);
            rows.counted
                .extend(message.map(|message| (*key, message.counted)));
        }
        for user in &needs.group_counts {
            let groups = self.open_groups(*user).count();
            rows.group_counts.insert(*user, groups as i64);
        }
        rows
    }

    pub(super) fn write(&mut self, changes: Changes) {
        self.head = changes.head;
        for row in changes.messages {
            let message = &row.message;
            let (position, id) = (message.position, message.conversation);
            let key = (id, message.sender, message.client_id);
            self.by_seq.insert((id, message.seq), position);
            self.by_client_id.insert(key, position);
            self.messages.insert(position, row);
        }
        // Names given up go first: another group of the batch may have taken one.
        for id in changes.conversations.keys() {
            if let Some(old) = self.conversations.get(id) {
                self.group_names.remove(&fold(&old.settings.name));
            }
        }
        for (id, row) in changes.conversations {
            if row.r#type == ConversationType::Group {
                self.group_names.insert(fold(&row.settings.name), id);
            }
            self.conversations.insert(id, row);
        }
        for (key, row) in changes.stays {
            self.stays_of.insert((row.user, row.conversation));
            self.stays.insert(key, row);
        }
        for (key, row) in changes.kind_states {
            self.kind_states.insert(key, row.state);
        }
        for (id, row) in changes.users {
            self.usernames.insert(fold(&row.username), id);
            self.users.insert(id, row);
        }
        for id in changes.ended_sessions {
            self.sessions.remove(&id);
        }
        self.sessions.extend(changes.sessions);
    }

    // ---- reading -------------------------------------------------------------------------------

    pub(super) fn head(&self) -> Head {
        Head {
            epoch: self.epoch,
            position: self.head.position,
            batch: self.head.batch,
            access_version: self.head.access_version,
        }
    }

    /// A user's stays in one conversation, the first first.
    pub(super) fn stays_in(
        &self,
        id: ConversationId,
        user: UserId,
    ) -> impl DoubleEndedIterator<Item = &StayRecord> {
        let all = (id, user, Position(i64::MIN))..=(id, user, Position(i64::MAX));
        self.stays.range(all).map(|(_, stay)| stay)
    }

    /// All stays in one conversation.
    pub(super) fn stays_at(&self, id: ConversationId) -> impl Iterator<Item = &StayRecord> {
        let from = (id, UserId(uuid::Uuid::nil()), Position(i64::MIN));
        let stays = self.stays.range(from..).map(|(_, stay)| stay);
        stays.take_while(move |stay| stay.conversation == id)
    }

    pub(super) fn open_at(&self, id: ConversationId) -> impl Iterator<Item = &StayRecord> {
        self.stays_at(id).filter(|stay| stay.left.is_none())
    }

    /// Where a user is or was.
    pub(super) fn places(&self, user: UserId) -> impl Iterator<Item = &ConversationRecord> {
        let all =
            (user, ConversationId(uuid::Uuid::nil()))..=(user, ConversationId(uuid::Uuid::max()));
        let ids = self.stays_of.range(all);
        ids.filter_map(|(_, id)| self.conversations.get(id))
    }

    pub(super) fn open_groups(&self, user: UserId) -> impl Iterator<Item = &ConversationRecord> {
        let groups = self.places(user);
        groups.filter(move |row| {
            row.r#type == ConversationType::Group && self.role(row.id, user).is_some()
        })
    }

    pub(super) fn role(&self, id: ConversationId, user: UserId) -> Option<Role> {
        let last = self.stays_in(id, user).last();
        last.filter(|stay| stay.left.is_none())
            .map(|stay| stay.role)
    }

    pub(super) fn message(&self, id: ConversationId, seq: Seq) -> Option<&Message> {
        let position = self.by_seq.get(&(id, seq))?;
        self.messages.get(position).map(|row| &row.message)
    }

    pub(super) fn posted(&self, key: &PostedKey) -> Option<Posted> {
        let row = self.messages.get(self.by_client_id.get(key)?)?;
        Some(Posted {
            seq: row.message.seq,
            sent_at_ms: row.message.sent_at_ms,
            digest: row.digest.clone(),
        })
    }

    /// What a user may see after a position, straight from the rule.
    pub(super) fn feed(&self, user: UserId, after: Position) -> impl Iterator<Item = &Message> {
        let log = self.messages.range(after.next()..);
        log.map(|(_, row)| &row.message).filter(move |message| {
            let mut stays = self.stays_in(message.conversation, user);
            stays.any(|stay| holds(stay, message.position))
        })
    }

    pub(super) fn user(&self, id: UserId) -> Option<User> {
        self.users.get(&id).cloned().map(views::user)
    }

    pub(super) fn session(&self, row: &SessionRecord) -> Option<Session> {
        Some(views::session(row.clone(), self.user(row.user)?))
    }
}

/// Whether a stay's feed carries this position.
pub(super) fn holds(stay: &StayRecord, position: Position) -> bool {
    stay.joined_position <= position
        && stay
            .left
            .as_ref()
            .is_none_or(|left| position <= left.position)
}

/// The rows of a table whose keys are asked for.
pub(super) fn pick<K: Ord + Clone, V: Clone>(
    table: &BTreeMap<K, V>,
    keys: &BTreeSet<K>,
) -> BTreeMap<K, V> {
    let found = keys.iter().filter_map(|key| table.get_key_value(key));
    found.map(|(key, row)| (key.clone(), row.clone())).collect()
}
