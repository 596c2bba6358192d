//! What is read: people, groups, snapshots, pages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Head;
use crate::group::state::{ConversationType, Role, Settings};
use crate::ids::{ConversationId, FileId, Position, Seq, SessionId, UserId};
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
    /// Avatar.
    pub avatar: Option<FileId>,
    /// Whether read positions in direct chats are shown, and seen.
    pub read_receipts: bool,
    /// Whether they run the server.
    pub administrator: bool,
    /// Whether they may no longer sign in.
    pub disabled: bool,
    /// Whether they have ended the account; then the names are neutral ones.
    pub deleted: bool,
    /// Whose bot it is; `None`: a person.
    pub bot_of: Option<UserId>,
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
    /// Whether the viewer has asked to join and waits for an answer.
    pub pending: bool,
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
    /// What they are called here; empty: as everywhere else.
    pub card: String,
}

/// What a member may be called by.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberName {
    /// Who.
    pub user: UserId,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Card; may be empty.
    pub card: String,
}

/// What decides whether somebody may write to the other of a direct conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The other.
    pub peer: UserId,
    /// The other has the sender as a friend.
    pub friends: bool,
    /// The other blocks the sender.
    pub blocked: bool,
    /// The sender blocks the other.
    pub blocking: bool,
    /// The two are in a common group.
    pub share_a_group: bool,
    /// The other's account is disabled.
    pub peer_disabled: bool,
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
    /// A group's avatar, while the user is in it.
    pub avatar: Option<FileId>,
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
    /// Messages behind the read position that call the user.
    pub mentions: i64,
    /// How far the other of a direct conversation has read, as far as they let the user know.
    pub peer_read_seq: Option<Seq>,
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
    /// What the user set for single conversations: the entries of their map.
    pub settings: BTreeMap<ConversationId, Value>,
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
    /// What sort of conversation.
    pub r#type: ConversationType,
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
        is_same(&self.digest, digest)
    }
}

/// Whether two digests are of the same message; the first one is empty once it was recalled.
pub fn is_same(first: &str, other: &str) -> bool {
    first.is_empty() || first == other
}
