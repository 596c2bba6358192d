//! The words for what a conversation is and who is what in it, as the wire and the store write them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Whom the owner or an admin approves.
    Approval,
    /// Whom a member invites.
    Invitation,
    /// Nobody may join.
    Closed,
}

impl JoinMode {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approval => "approval",
            Self::Invitation => "invitation",
            Self::Closed => "closed",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Approval, Self::Invitation, Self::Closed]
            .into_iter()
            .find(|one| one.name() == name)
    }
}
