//! The rows of the store's tables, as the [plan](super::plan) reads and writes them. A row here is
//! a row of `schema.sql`, column for column; the comments there say what each means.

use super::Status;
use crate::group::state::{ConversationType, Role, Settings};
use crate::ids::{ConversationId, FileId, Position, Seq, SessionId, UserId};
use crate::message::Message;

/// `head`: one row.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadRow {
    /// The last message's position.
    pub position: Position,
    /// Batches committed by the journal.
    pub batch: i64,
    /// The next public number.
    pub next_number: i64,
    /// Raised by commands that end sessions or change rights.
    pub access_version: i64,
}

/// `conversations`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRecord {
    /// Id.
    pub id: ConversationId,
    /// What sort.
    pub r#type: ConversationType,
    /// Public number of a group; `None` for others.
    pub number: Option<i64>,
    /// Settings; the folded name is made from the name.
    pub settings: Settings,
    /// The last message's seq.
    pub seq: Seq,
    /// Unread-worthy messages.
    pub counted: i64,
    /// The last message's position.
    pub head_position: Position,
    /// Open stays.
    pub member_count: i64,
    /// The owner of a group.
    pub owner: Option<UserId>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// `stays`.
#[derive(Clone, Debug, PartialEq)]
pub struct StayRecord {
    /// Where.
    pub conversation: ConversationId,
    /// Who.
    pub user: UserId,
    /// The position of the message that opened it (or the head, for a direct conversation).
    pub joined_position: Position,
    /// The first seq this stay may read in history.
    pub from_seq: Seq,
    /// As what.
    pub role: Role,
    /// Muted until then, Unix milliseconds.
    pub muted_until_ms: Option<i64>,
    /// What they are called here; empty: as everywhere else.
    pub card: String,
    /// When they last posted something that counts as unread, Unix milliseconds.
    pub posted_at_ms: Option<i64>,
    /// The read position.
    pub read_seq: Seq,
    /// Unread-worthy messages up to there.
    pub read_counted: i64,
    /// The read position as the other of a direct conversation may know it.
    pub shown_seq: Seq,
    /// How it ended.
    pub left: Option<Left>,
}

/// What a conversation was when somebody left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The position of the message that ended the stay.
    pub position: Position,
    /// Its seq.
    pub seq: Seq,
    /// Unread-worthy messages up to there.
    pub counted: i64,
    /// The name then.
    pub name: String,
    /// The members left behind.
    pub member_count: i64,
}

/// `users`.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRecord {
    /// Id.
    pub id: UserId,
    /// Public number.
    pub number: i64,
    /// User name; unique when folded.
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
    /// PHC string.
    pub password_hash: Option<String>,
    /// Runs the server.
    pub administrator: bool,
    /// May no longer sign in.
    pub disabled: bool,
    /// Ended by its owner; disabled for ever.
    pub deleted: bool,
    /// Whose bot it is; `None`: a person.
    pub bot_of: Option<UserId>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// `sessions`.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRecord {
    /// Id.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token in hexadecimal.
    pub token_hash: String,
    /// What the device calls itself.
    pub device: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Unix milliseconds.
    pub last_used_at_ms: i64,
}

/// `messages`: what travels, and what only the store knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRecord {
    /// The message.
    pub message: Message,
    /// Of kind and body as sent.
    pub digest: String,
}

/// `kind_states`.
#[derive(Clone, Debug, PartialEq)]
pub struct KindStateRecord {
    /// Where.
    pub conversation: ConversationId,
    /// The kind's name.
    pub kind: String,
    /// JSON text.
    pub state: String,
}
