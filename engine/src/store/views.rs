//! What is read: people, groups, snapshots, pages.

use serde::{Deserialize, Serialize};

use super::Head;
use crate::group::state::{ConversationType, Role, Settings};
use crate::ids::{ConversationId, Position, Seq, SessionId, UserId};
use crate::message::Message;

/// A status that a user chose.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, schemars::JsonSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As connected.
    #[default]
    Online,
    /// Away.
    Away,
    /// Busy.
    Busy,
    /// Looks offline to everyone else.
    Invisible,
}

impl Status {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Invisible => "invisible",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Online, Self::Away, Self::Busy, Self::Invisible]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// A user, as stored (without the password).
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Public number, from 10001 up.
    pub number: i64,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Signature.
    pub signature: String,
    /// Chosen status.
    pub status: Status,
    /// Whether they run the server.
    pub administrator: bool,
    /// Whether they may no longer sign in.
    pub disabled: bool,
}

/// A session with its user: what authenticates a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// Whose.
    pub user: User,
    /// What the device calls itself.
    pub device: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Unix milliseconds; at most an hour behind.
    pub last_used_at_ms: i64,
}

/// A group as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Id; also its conversation's.
    pub id: ConversationId,
    /// Public number, from 10001 up.
    pub number: i64,
    /// Its settings.
    pub settings: Settings,
    /// Members now.
    pub member_count: i64,
    /// The viewer's role; `None`: not a member.
    pub role: Option<Role>,
}

/// A member as others see them.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    /// Who.
    pub user: User,
    /// As what.
    pub role: Role,
    /// Muted until then, Unix milliseconds.
    pub muted_until_ms: Option<i64>,
}

/// A conversation in the snapshot of one user. For one that was left, everything is as it was at
/// the moment of leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// What sort.
    pub r#type: ConversationType,
    /// A group's name; the other user's display name in a direct conversation.
    pub name: String,
    /// The other user of a direct conversation.
    pub peer: Option<UserId>,
    /// The last message's seq.
    pub head_seq: Seq,
    /// Unread-worthy messages up to the head.
    pub counted: i64,
    /// The read position.
    pub read_seq: Seq,
    /// Unread-worthy messages up to the read position.
    pub read_counted: i64,
    /// The first seq this user may read.
    pub from_seq: Seq,
    /// Whether the user has left.
    pub left: bool,
    /// The user's role; `None` after leaving.
    pub role: Option<Role>,
    /// Members now (or when the user left).
    pub member_count: i64,
    /// The last message, as this user may see it.
    pub last_message: Option<Message>,
}

/// All that a client starts from, read in one transaction.
#[derive(Clone, Debug)]
pub struct SyncRows {
    /// The end of the log at that moment.
    pub head: Head,
    /// The user.
    pub me: User,
    /// Their conversations, those with the latest news first.
    pub conversations: Vec<ConversationRow>,
}

/// A page of catch-up: what one user may see, in position order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The messages; those with an audience that leaves the user out are included, the caller
    /// renders the stub.
    pub messages: Vec<Message>,
    /// Everything up to here was looked at: the last message's position if there may be more,
    /// else the head, read in the same transaction.
    pub scanned_to: Position,
    /// Whether this is all there is up to the head.
    pub complete: bool,
}

/// What the log says behind a cursor.
#[derive(Clone, Debug)]
pub enum Behind {
    /// A page.
    Page(Page),
    /// More than the allowed number of visible messages lie between: the client starts over.
    TooFar,
    /// The cursor lies ahead of the head: another past.
    Ahead,
}

/// A part of a conversation's history.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// Only before this.
    pub before: Option<Seq>,
    /// Only after this. With neither, or with `before` alone, the latest that fit.
    pub after: Option<Seq>,
    /// At most so many.
    pub limit: usize,
}

/// A read position as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPosition {
    /// Where.
    pub conversation: ConversationId,
    /// Up to here.
    pub read_seq: Seq,
    /// Unread-worthy messages up to there.
    pub read_counted: i64,
    /// The head (or where the user left).
    pub head_seq: Seq,
    /// Unread-worthy messages up to the head.
    pub counted: i64,
}

/// What was posted under a client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its place.
    pub seq: Seq,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
    /// Of kind and body as sent; empty once recalled.
    pub digest: String,
}

impl Posted {
    /// Whether what is posted now is the same; anything is, once the first was recalled.
    pub fn is_same(&self, digest: &str) -> bool {
        self.digest.is_empty() || self.digest == digest
    }
}
