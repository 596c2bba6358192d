//! The tables of the memory store, with the questions that the rules ask of them.

use std::collections::{BTreeMap, BTreeSet};

use super::administration::Administration;
use super::files::FileTables;
use super::views;
use crate::kinds::maps;
use crate::store::plan::{Changes, EntryKey, Needs, PostedKey, Snapshot};
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
    pub(super) entries: BTreeMap<EntryKey, String>,
    pub(super) users: BTreeMap<UserId, UserRecord>,
    pub(super) usernames: BTreeMap<String, UserId>,
    pub(super) sessions: BTreeMap<SessionId, SessionRecord>,
    pub(super) administration: Administration,
    pub(super) index: super::search::Index,
    pub(super) files: FileTables,
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
        for key @ (conversation, seq) in &needs.messages {
            let position = self.by_seq.get(&(*conversation, *seq));
            let found = position.and_then(|position| self.messages.get(position));
            rows.messages.extend(found.map(|row| (*key, row.clone())));
        }
        let known = |key: &&EntryKey| self.entries.contains_key(*key);
        rows.entries = needs.entries.iter().filter(known).cloned().collect();
        for key @ (conversation, map) in &needs.map_sizes {
            let size = self.map(*conversation, map).count();
            rows.map_sizes.insert(key.clone(), size);
        }
        for user in &needs.group_counts {
            let groups = self.open_groups(*user).count();
            rows.group_counts.insert(*user, groups as i64);
        }
        rows.administration = self.administration_rows(&needs.administration);
        let users = needs.files.users.iter();
        let users = users.filter_map(|id| self.users.get(id)?.avatar);
        let groups = needs.files.groups.iter();
        let groups = groups.filter_map(|id| self.conversations.get(id)?.settings.avatar);
        let shown = users.chain(groups).collect();
        rows.files = self.files.snapshot(&needs.files, &shown);
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
        self.messages.extend(changes.rewritten);
        for (key, value) in changes.entries {
            match value {
                Some(value) => self.entries.insert(key, value),
                None => self.entries.remove(&key),
            };
        }
        // Names given up go first: another group of the batch may have taken one.
        for id in changes.conversations.keys() {
            if let Some(old) = self.conversations.get(id) {
                self.group_names
                    .retain(|_, group| group != id || old.number.is_none());
            }
        }
        for (id, row) in changes.conversations {
            let is_over = row.settings.dissolved_at_ms.is_some();
            if row.r#type == ConversationType::Group && !is_over {
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
            if let Some(old) = self.users.get(&id) {
                self.usernames.remove(&fold(&old.username));
            }
            self.usernames.insert(fold(&row.username), id);
            self.users.insert(id, row);
        }
        for id in changes.ended_sessions {
            self.sessions.remove(&id);
        }
        self.sessions.extend(changes.sessions);
        self.administration.write(changes.administration);
        self.files.write(changes.files);
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
            row.r#type == ConversationType::Group
                && row.settings.dissolved_at_ms.is_none()
                && self.role(row.id, user).is_some()
        })
    }

    /// The entries of one map, by key.
    pub(super) fn map(
        &self,
        conversation: ConversationId,
        map: &str,
    ) -> impl Iterator<Item = (&String, &String)> {
        let from = (conversation, map.to_owned(), String::new());
        let entries = self.entries.range(from.clone()..);
        entries
            .take_while(move |((at, name, _), _)| (*at, name) == (from.0, &from.1))
            .map(|((_, _, key), value)| (key, value))
    }

    /// Whether a user's own conversation has this entry about another user.
    pub(super) fn has_about(&self, user: UserId, map: &str, other: UserId) -> bool {
        let key = (ConversationId::own(user), map.to_owned(), other.to_string());
        self.entries.contains_key(&key)
    }

    /// How many messages behind a read position call a user, up to the head or where they left.
    pub(super) fn mentions(&self, user: UserId, at: &ReadPosition) -> i64 {
        let behind = (at.conversation, at.read_seq.next())..=(at.conversation, at.head_seq);
        if at.read_seq >= at.head_seq {
            return 0;
        }
        let found = self.by_seq.range(behind).filter(|(_, position)| {
            let called = self.messages.get(position).map(|row| &row.message.mentions);
            called.is_some_and(|all| all.contains(&user) || all.contains(&UserId::ALL))
        });
        found.count() as i64
    }

    pub(super) fn share_a_group(&self, one: UserId, other: UserId) -> bool {
        let mut groups = self.open_groups(one);
        groups.any(|row| self.role(row.id, other).is_some())
    }

    /// What two users are to one another.
    pub(super) fn relation(&self, user: UserId, peer: UserId) -> Option<Rights> {
        let row = self.users.get(&peer)?;
        Some(Rights {
            peer,
            friends: self.has_about(peer, maps::FRIENDS, user),
            blocked: self.has_about(peer, maps::BLOCKS, user),
            blocking: self.has_about(user, maps::BLOCKS, peer),
            share_a_group: self.share_a_group(user, peer),
            peer_disabled: row.disabled,
        })
    }

    /// A group as somebody sees it.
    pub(super) fn group(&self, viewer: UserId, row: ConversationRecord) -> Option<Group> {
        let waiting = (row.id, maps::REQUESTS.to_owned(), viewer.to_string());
        let pending = self.entries.contains_key(&waiting);
        let role = self.role(row.id, viewer);
        views::group(row, role, pending)
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

    pub(super) fn may_act(&self, id: UserId) -> bool {
        let user = self.users.get(&id);
        user.is_some_and(|user| {
            let owner = user.bot_of.and_then(|owner| self.users.get(&owner));
            views::may_act(user, owner)
        })
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
