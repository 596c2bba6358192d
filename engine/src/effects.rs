//! What a message changes, as data. Committed in the same transaction as the message, or not at
//! all; folded by the conversation's actor, written by the store's plan.

use std::borrow::Cow;

use serde_json::Value;

use crate::group::state::{GroupField, Role};
use crate::ids::{FileId, Seq, UserId};
use crate::store::Status;

/// The name of a map that a conversation keeps: lower case, words joined by dots, beginning with
/// what it is about (`friend.request`). Kinds that work on one thing share its map.
pub type MapName = Cow<'static, str>;

/// One change, as data.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Opens a stay for someone who is not a member.
    AddMember {
        /// Whom.
        user: UserId,
        /// As what.
        role: Role,
    },
    /// Ends a member's stay.
    RemoveMember {
        /// Whom.
        user: UserId,
    },
    /// Changes a member's role.
    SetRole {
        /// Whose.
        user: UserId,
        /// To what.
        role: Role,
    },
    /// Mutes a member until then (Unix milliseconds), or unmutes.
    SetMute {
        /// Whom.
        user: UserId,
        /// Until when; `None` unmutes.
        until_ms: Option<i64>,
    },
    /// Changes a member's card: how they are called in this group.
    SetCard {
        /// Whose.
        user: UserId,
        /// Empty: as everywhere else.
        card: String,
    },
    /// Changes one field of the group.
    SetField(GroupField),
    /// Replaces the kind's own state in this conversation.
    SetState(Value),
    /// Puts an entry into a map that the conversation keeps; replaces the one of the same key.
    Put {
        /// Which map.
        map: MapName,
        /// At most [`MAP_KEY_BYTES`](crate::limits::MAP_KEY_BYTES).
        key: String,
        /// At most [`MAP_VALUE_BYTES`](crate::limits::MAP_VALUE_BYTES) as JSON.
        value: Value,
        /// Entries of this map at most, judged again in the transaction. Beyond: 409 with
        /// [`full`](Self::Put::full) as its code.
        most: usize,
        /// The code of that refusal.
        full: &'static str,
    },
    /// Takes an entry out of a map; nothing where there is none.
    Take {
        /// Which map.
        map: MapName,
        /// Which entry.
        key: String,
    },
    /// Takes a message back: its body, notes and mentions are gone from the store.
    Recall {
        /// Which; of this conversation.
        seq: Seq,
    },
    /// Puts a note of this kind on an earlier message, or takes it off. Notes of different keys
    /// never overwrite one another, so two that come at the same moment both count.
    SetNote {
        /// Which message; of this conversation. One that was recalled: 409 `recalled`.
        seq: Seq,
        /// Unique per message and kind; at most [`MAP_KEY_BYTES`](crate::limits::MAP_KEY_BYTES).
        key: String,
        /// `None` takes it off.
        value: Option<Value>,
        /// Notes of this kind on one message at most. Beyond: 409 `too_many_notes`.
        most: usize,
    },
    /// Refers to a file: whoever may see this message may download it, and it stays for as long as
    /// the message does. The sender must have been shown it by
    /// [`Admission::file`](crate::context::Admission::file). One that was collected meanwhile: 409
    /// `file_gone`.
    Attach {
        /// Which.
        file: FileId,
    },
    /// Changes the profile of the user whose `self` conversation this is.
    SetProfile(ProfileField),
}

/// One field of a profile, with its new value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProfileField {
    /// Display name.
    Name(String),
    /// Signature.
    Signature(String),
    /// Chosen status.
    Status(Status),
    /// Whether read positions in direct chats are shown, and seen.
    ReadReceipts(bool),
    /// Avatar.
    Avatar(Option<FileId>),
}

/// Who sees a message, of those who are in the conversation.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Audience {
    /// Everyone.
    #[default]
    Everyone,
    /// Owner and admins (and the sender).
    Admins,
    /// These (and the sender).
    Members(Vec<UserId>),
}

/// Whom a message calls.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mentions {
    /// Members, sorted; those that are none are left out.
    pub users: Vec<UserId>,
    /// Everyone in the conversation.
    pub all: bool,
}

/// Where a companion goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The `self` conversation of this user.
    Own(UserId),
    /// The direct conversation of the sender and this user; made if there is none.
    Direct(UserId),
}

/// A message to another conversation that is committed in the same transaction as the one it
/// accompanies, or not at all. No rule judges it there: what it does must be right whatever the
/// state of that conversation is, so its effects put and take entries of maps. That conversation's
/// own drafts are judged against what it left, because it raises the seq they expect.
#[derive(Clone, PartialEq, Debug)]
pub struct Companion {
    /// Where it goes.
    pub to: Place,
    /// The name of its kind.
    pub kind: &'static str,
    /// Its body.
    pub body: Value,
    /// What it changes there.
    pub effects: Vec<Effect>,
    /// Whether it raises the unread figure there.
    pub counts: bool,
    /// It is left out, and nobody is told, if that conversation has this entry: the map's name and
    /// the key. So a sender learns nothing of being blocked.
    pub unless: Option<(MapName, String)>,
}

/// All that a message changes, and who sees it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Effects {
    /// In order.
    pub list: Vec<Effect>,
    /// Who sees it.
    pub audience: Audience,
    /// Whom it calls.
    pub mentions: Mentions,
    /// What goes to other conversations with it.
    pub companions: Vec<Companion>,
}

impl Effects {
    /// Changes nothing, seen by everyone.
    pub fn none() -> Self {
        Self::default()
    }

    /// These changes, seen by everyone.
    pub fn of(list: impl Into<Vec<Effect>>) -> Self {
        Self {
            list: list.into(),
            ..Self::default()
        }
    }

    /// The same, seen by `audience` only.
    #[must_use]
    pub fn seen_by(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// The same, calling these.
    #[must_use]
    pub fn calling(self, mentions: Mentions) -> Self {
        Self { mentions, ..self }
    }

    /// The same with a companion.
    #[must_use]
    pub fn with(mut self, companion: Companion) -> Self {
        self.companions.push(companion);
        self
    }
}
