//! What a conversation is: roster, roles, settings. Pure: a fold of the log's effects.
//!
//! The group's actor holds two of these, one for what is committed and one that also has what is
//! on its way; the store loads one; the simulator folds one from the log and compares.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{ConversationId, Seq, UserId};
use crate::kind::Effect;
use crate::limits::GROUP_MEMBERS;
use crate::message::sorted;

/// What sort of place a conversation is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ConversationType {
    /// A QQ group.
    Group,
    /// Exactly two users; nobody joins or leaves.
    Direct,
    /// One user's own settings.
    #[serde(rename = "self")]
    Own,
}

impl ConversationType {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Direct => "direct",
            Self::Own => "self",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Group, Self::Direct, Self::Own]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// What a member may do. Ordered: a higher role may do all that a lower one may.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Posts and leaves.
    Member,
    /// Helps the owner (群管理员).
    Admin,
    /// Everything (群主). A group has exactly one.
    Owner,
}

impl Role {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Member, Self::Admin, Self::Owner]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// How one becomes a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinMode {
    /// Anyone may join.
    Open,
    /// Nobody may join.
    Closed,
}

impl JoinMode {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Closed]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// One field of a group, with its new value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupField {
    /// Name, unique among groups.
    Name(String),
    /// Description.
    Description(String),
    /// Announcement.
    Announcement(String),
    /// How one joins.
    JoinMode(JoinMode),
    /// Members at most.
    MemberLimit(i64),
    /// Whether newcomers may read what was said before they came.
    HistoryShared(bool),
}

/// A group's settings. For direct and `self` conversations they are there and mean nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Name, unique among groups; empty for other conversations.
    pub name: String,
    /// Description.
    pub description: String,
    /// Announcement.
    pub announcement: String,
    /// How one joins.
    pub join_mode: JoinMode,
    /// Members at most.
    pub member_limit: i64,
    /// Whether newcomers may read what was said before they came.
    pub history_shared: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            announcement: String::new(),
            join_mode: JoinMode::Open,
            member_limit: GROUP_MEMBERS,
            history_shared: false,
        }
    }
}

impl Settings {
    /// Takes over one field.
    pub fn set(&mut self, field: &GroupField) {
        match field {
            GroupField::Name(value) => self.name.clone_from(value),
            GroupField::Description(value) => self.description.clone_from(value),
            GroupField::Announcement(value) => self.announcement.clone_from(value),
            GroupField::JoinMode(value) => self.join_mode = *value,
            GroupField::MemberLimit(value) => self.member_limit = *value,
            GroupField::HistoryShared(value) => self.history_shared = *value,
        }
    }
}

/// One member, as rules see them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// What they may do.
    pub role: Role,
    /// Muted until then, Unix milliseconds.
    pub muted_until_ms: Option<i64>,
}

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
        }
    }

    /// Folds one message: its effects, and that it took the next seq.
    pub fn apply(&mut self, kind: &str, effects: &[Effect], counts: bool) {
        for effect in effects {
            match effect {
                Effect::AddMember { user, role } => {
                    let member = Member {
                        role: *role,
                        muted_until_ms: None,
                    };
                    self.roster.entry(*user).or_insert(member);
                }
                Effect::RemoveMember { user } => {
                    self.roster.remove(user);
                }
                Effect::SetRole { user, role } => {
                    if let Some(member) = self.roster.get_mut(user) {
                        member.role = *role;
                    }
                }
                Effect::SetMute { user, until_ms } => {
                    if let Some(member) = self.roster.get_mut(user) {
                        member.muted_until_ms = *until_ms;
                    }
                }
                Effect::SetField(field) => self.settings.set(field),
                Effect::SetState(value) => {
                    self.kind_states.insert(kind.to_owned(), value.clone());
                }
            }
        }
        self.exists = true;
        self.seq = self.seq.next();
        self.counted += i64::from(counts);
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
