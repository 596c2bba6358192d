//! What a conversation is: roster, roles, settings. Pure: a fold of the log's effects.
//!
//! The group's actor holds two of these, one for what is committed and one that also has what is
//! on its way; the store loads one; the simulator folds one from the log and compares.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::effects::Effect;
use crate::ids::{ConversationId, Seq, UserId};
use crate::message::sorted;

pub use super::settings::{Announcement, GroupField, Settings};
pub use super::terms::{ConversationType, JoinMode, Role};

/// One member, as rules see them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// What they may do.
    pub role: Role,
    /// Muted until then, Unix milliseconds.
    pub muted_until_ms: Option<i64>,
    /// What they are called here; empty: as everywhere else.
    pub card: String,
    /// When they last posted something that counts as unread, Unix milliseconds.
    pub posted_at_ms: Option<i64>,
}

impl Member {
    /// Somebody who has just come.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            muted_until_ms: None,
            card: String::new(),
            posted_at_ms: None,
        }
    }
}

/// One message, as far as it changes what a conversation is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The kind's name.
    pub kind: &'a str,
    /// What it changes.
    pub effects: &'a [Effect],
    /// Whether it raises the unread figure.
    pub counts: bool,
    /// Who posted it.
    pub sender: Option<UserId>,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
}

/// A map that a conversation keeps. Shared: the actor holds two of each.
pub type EntryMap = Arc<BTreeMap<String, Value>>;

/// A conversation at some seq.
#[derive(Clone, PartialEq, Debug)]
pub struct ConversationState {
    /// Which.
    pub id: ConversationId,
    /// What sort.
    pub r#type: ConversationType,
    /// False: nothing was ever posted or opened under this id.
    pub exists: bool,
    /// The last message's place; 0: none.
    pub seq: Seq,
    /// Unread-worthy messages so far.
    pub counted: i64,
    /// A group's settings.
    pub settings: Settings,
    /// The members.
    pub roster: BTreeMap<UserId, Member>,
    /// Each kind's own state, by the kind's name.
    pub kind_states: BTreeMap<String, Value>,
    /// Maps of entries, by their names.
    pub maps: BTreeMap<String, EntryMap>,
}

impl ConversationState {
    /// A conversation that does not exist yet.
    pub fn empty(id: ConversationId, r#type: ConversationType) -> Self {
        Self {
            id,
            r#type,
            exists: false,
            seq: Seq(0),
            counted: 0,
            settings: Settings::default(),
            roster: BTreeMap::new(),
            kind_states: BTreeMap::new(),
            maps: BTreeMap::new(),
        }
    }

    /// Folds one message: its effects, and that it took the next seq.
    pub fn apply(&mut self, step: Step<'_>) {
        for effect in step.effects {
            self.effect(step.kind, effect);
        }
        self.exists = true;
        self.seq = self.seq.next();
        self.counted += i64::from(step.counts);
        if step.counts
            && let Some(member) = step.sender.and_then(|user| self.roster.get_mut(&user))
        {
            member.posted_at_ms = Some(step.sent_at_ms);
        }
    }

    fn effect(&mut self, kind: &str, effect: &Effect) {
        match effect {
            Effect::AddMember { user, role } => {
                self.roster.entry(*user).or_insert(Member::new(*role));
            }
            Effect::RemoveMember { user } => {
                self.roster.remove(user);
            }
            Effect::SetRole { user, role } => self.member(*user, |one| one.role = *role),
            Effect::SetMute { user, until_ms } => {
                self.member(*user, |one| one.muted_until_ms = *until_ms);
            }
            Effect::SetCard { user, card } => {
                self.member(*user, |one| one.card.clone_from(card));
            }
            Effect::SetField(field) => self.settings.set(field),
            Effect::SetState(value) => {
                self.kind_states.insert(kind.to_owned(), value.clone());
            }
            Effect::Put {
                map, key, value, ..
            } => self.put(map, key, value.clone()),
            Effect::Take { map, key } => self.take(map, key),
            // What they change is not looked at by rules.
            Effect::Recall { .. }
            | Effect::SetNote { .. }
            | Effect::Attach { .. }
            | Effect::SetProfile(_) => {}
        }
    }

    fn member(&mut self, user: UserId, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.roster.get_mut(&user) {
            change(member);
        }
    }

    /// Puts an entry into a map.
    pub fn put(&mut self, map: &str, key: &str, value: Value) {
        let map = self.maps.entry(map.to_owned()).or_default();
        Arc::make_mut(map).insert(key.to_owned(), value);
    }

    /// Takes an entry out of a map.
    pub fn take(&mut self, map: &str, key: &str) {
        if let Some(entries) = self.maps.get_mut(map) {
            Arc::make_mut(entries).remove(key);
            if entries.is_empty() {
                self.maps.remove(map);
            }
        }
    }

    /// An entry of a map.
    pub fn entry(&self, map: &str, key: &str) -> Option<&Value> {
        self.maps.get(map)?.get(key)
    }

    /// The entries of a map, by their keys.
    pub fn entries(&self, map: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.maps.get(map).into_iter().flat_map(|map| map.iter())
    }

    /// The owner, if it is a group that exists.
    pub fn owner(&self) -> Option<UserId> {
        self.roster
            .iter()
            .find(|(_, member)| member.role == Role::Owner)
            .map(|(user, _)| *user)
    }

    /// How many members have this role.
    pub fn count(&self, role: Role) -> usize {
        self.roster.values().filter(|m| m.role == role).count()
    }

    /// Whether the conversation has as many members as it may.
    pub fn is_full(&self) -> bool {
        self.roster.len() as i64 >= self.settings.member_limit
    }
}

/// The users that a list of effects makes members, and those it removes; each sorted.
pub fn added_and_removed(effects: &[Effect]) -> (Vec<UserId>, Vec<UserId>) {
    let added = effects.iter().filter_map(|effect| match effect {
        Effect::AddMember { user, .. } => Some(*user),
        _ => None,
    });
    let removed = effects.iter().filter_map(|effect| match effect {
        Effect::RemoveMember { user } => Some(*user),
        _ => None,
    });
    (sorted(added), sorted(removed))
}
