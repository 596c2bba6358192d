//! Rows to columns and back. Lists of users are UUIDs in text joined by commas; the system as a
//! sender is the nil UUID.
//!
//! Each reader takes the columns that the constant above it names, from the column `at` on.

use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::group::state::{Announcement, ConversationType, JoinMode, Role, Settings};
use crate::ids::{ClientId, ConversationId, FileId, Position, Seq, SessionId, UserId};
use crate::message::Message;
use crate::store::rows::{
    ConversationRecord, HeadRow, Left, SessionRecord, StayRecord, UserRecord,
};
use crate::store::{Result, Status, StoreError, User};

/// Who posted, as it is stored.
pub(super) fn sender(user: Option<UserId>) -> Uuid {
    user.map_or(Uuid::nil(), |user| user.0)
}

/// Users as they are stored.
pub(super) fn list(users: &[UserId]) -> String {
    let texts: Vec<String> = users.iter().map(UserId::to_string).collect();
    texts.join(",")
}

/// What is stored is not what this version understands.
pub(super) fn unknown(what: &str, text: &str) -> StoreError {
    StoreError::Unusable(format!(
        "the database holds {text:?} as {what}, which this version does not know"
    ))
}

/// A name that a type gives to itself.
pub(super) fn named<T>(row: &Row, column: usize, parse: fn(&str) -> Option<T>) -> Result<T> {
    let text: &str = row.try_get(column)?;
    parse(text).ok_or_else(|| unknown(row.columns()[column].name(), text))
}

/// JSON that a kind keeps.
pub(super) fn json(row: &Row, column: usize) -> Result<Value> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| unknown(row.columns()[column].name(), text))
}

fn users(row: &Row, column: usize) -> Result<Option<Vec<UserId>>> {
    let Some(text) = row.try_get::<_, Option<&str>>(column)? else {
        return Ok(None);
    };
    let ids = text.split(',').filter(|id| !id.is_empty());
    let ids: std::result::Result<_, _> = ids.map(str::parse).collect();
    ids.map(Some)
        .map_err(|_| unknown(row.columns()[column].name(), text))
}

/// Of `head`.
pub(super) fn head(row: &Row, at: usize) -> Result<HeadRow> {
    Ok(HeadRow {
        position: Position(row.try_get(at)?),
        batch: row.try_get(at + 1)?,
        next_number: row.try_get(at + 2)?,
        access_version: row.try_get(at + 3)?,
    })
}

/// Of `users u`.
macro_rules! user_columns {
    () => {
        "u.id, u.number, u.username, u.name, u.signature, u.status, u.administrator, u.disabled, \
         u.avatar, u.read_receipts, u.deleted, u.bot_of"
    };
}
pub(super) use user_columns;
/// How many those are.
pub(super) const USERS: usize = 12;

pub(super) fn user(row: &Row, at: usize) -> Result<User> {
    Ok(User {
        id: UserId(row.try_get(at)?),
        number: row.try_get(at + 1)?,
        username: row.try_get(at + 2)?,
        name: row.try_get(at + 3)?,
        signature: row.try_get(at + 4)?,
        status: named(row, at + 5, Status::parse)?,
        administrator: row.try_get(at + 6)?,
        disabled: row.try_get(at + 7)?,
        avatar: row.try_get::<_, Option<Uuid>>(at + 8)?.map(FileId),
        read_receipts: row.try_get(at + 9)?,
        deleted: row.try_get(at + 10)?,
        bot_of: row.try_get::<_, Option<Uuid>>(at + 11)?.map(UserId),
    })
}

/// [`user_columns`], then `u.password_hash, u.created_at`.
pub(super) fn user_record(row: &Row) -> Result<UserRecord> {
    let user = user(row, 0)?;
    Ok(UserRecord {
        id: user.id,
        number: user.number,
        username: user.username,
        name: user.name,
        signature: user.signature,
        status: user.status,
        avatar: user.avatar,
        read_receipts: user.read_receipts,
        password_hash: row.try_get(USERS)?,
        administrator: user.administrator,
        disabled: user.disabled,
        deleted: user.deleted,
        bot_of: user.bot_of,
        created_at_ms: row.try_get(USERS + 1)?,
    })
}

/// Of `sessions s`.
macro_rules! session_columns {
    () => {
        "s.id, s.user_id, s.token_hash, s.device, s.created_at, s.last_used"
    };
}
pub(super) use session_columns;
/// How many those are.
pub(super) const SESSIONS: usize = 6;

pub(super) fn session(row: &Row, at: usize) -> Result<SessionRecord> {
    Ok(SessionRecord {
        id: SessionId(row.try_get(at)?),
        user: UserId(row.try_get(at + 1)?),
        token_hash: row.try_get(at + 2)?,
        device: row.try_get(at + 3)?,
        created_at_ms: row.try_get(at + 4)?,
        last_used_at_ms: row.try_get(at + 5)?,
    })
}

/// Of `conversations c`.
macro_rules! conversation_columns {
    () => {
        "c.id, c.type, c.number, c.name, c.description, c.announcement, c.join_mode, \
         c.member_limit, c.history_shared, c.seq, c.counted, c.head_position, c.member_count, \
         c.owner, c.created_at, c.announced_by, c.announced_at, c.avatar, c.mute_all, \
         c.slow_mode, c.dissolved_at"
    };
}
pub(super) use conversation_columns;
/// How many those are.
pub(super) const CONVERSATIONS: usize = 21;

pub(super) fn conversation(row: &Row, at: usize) -> Result<ConversationRecord> {
    Ok(ConversationRecord {
        id: ConversationId(row.try_get(at)?),
        r#type: named(row, at + 1, ConversationType::parse)?,
        number: row.try_get(at + 2)?,
        settings: Settings {
            name: row.try_get(at + 3)?,
            description: row.try_get(at + 4)?,
            announcement: Announcement {
                text: row.try_get(at + 5)?,
                by: row.try_get::<_, Option<Uuid>>(at + 15)?.map(UserId),
                at_ms: row.try_get(at + 16)?,
            },
            join_mode: named(row, at + 6, JoinMode::parse)?,
            member_limit: row.try_get(at + 7)?,
            history_shared: row.try_get(at + 8)?,
            avatar: row.try_get::<_, Option<Uuid>>(at + 17)?.map(FileId),
            mute_all: row.try_get(at + 18)?,
            slow_mode_s: row.try_get(at + 19)?,
            dissolved_at_ms: row.try_get(at + 20)?,
        },
        seq: Seq(row.try_get(at + 9)?),
        counted: row.try_get(at + 10)?,
        head_position: Position(row.try_get(at + 11)?),
        member_count: row.try_get(at + 12)?,
        owner: row.try_get::<_, Option<Uuid>>(at + 13)?.map(UserId),
        created_at_ms: row.try_get(at + 14)?,
    })
}

/// Of `stays s`.
macro_rules! stay_columns {
    () => {
        "s.conversation, s.user_id, s.joined_position, s.from_seq, s.role, s.muted_until, \
         s.read_seq, s.read_counted, s.left_position, s.left_seq, s.left_counted, s.left_name, \
         s.left_member_count, s.card, s.posted_at, s.shown_seq"
    };
}
pub(super) use stay_columns;
/// How many those are.
pub(super) const STAYS: usize = 16;

pub(super) fn stay(row: &Row, at: usize) -> Result<StayRecord> {
    let left = match row.try_get::<_, Option<i64>>(at + 8)? {
        None => None,
        Some(position) => Some(Left {
            position: Position(position),
            seq: Seq(row.try_get(at + 9)?),
            counted: row.try_get(at + 10)?,
            name: row.try_get(at + 11)?,
            member_count: row.try_get(at + 12)?,
        }),
    };
    Ok(StayRecord {
        conversation: ConversationId(row.try_get(at)?),
        user: UserId(row.try_get(at + 1)?),
        joined_position: Position(row.try_get(at + 2)?),
        from_seq: Seq(row.try_get(at + 3)?),
        role: named(row, at + 4, Role::parse)?,
        muted_until_ms: row.try_get(at + 5)?,
        read_seq: Seq(row.try_get(at + 6)?),
        read_counted: row.try_get(at + 7)?,
        card: row.try_get(at + 13)?,
        posted_at_ms: row.try_get(at + 14)?,
        shown_seq: Seq(row.try_get(at + 15)?),
        left,
    })
}

/// Of `messages m`.
macro_rules! message_columns {
    () => {
        "m.position, m.conversation, m.seq, m.counted, m.kind, m.sender, m.sender_name, m.body, \
         m.client_id, m.sent_at, m.added, m.removed, m.audience, m.mentions, m.notes"
    };
}
pub(super) use message_columns;
/// How many those are.
pub(super) const MESSAGES: usize = 15;

pub(super) fn message(row: &Row, at: usize) -> Result<Message> {
    Ok(Message {
        position: Position(row.try_get(at)?),
        conversation: ConversationId(row.try_get(at + 1)?),
        seq: Seq(row.try_get(at + 2)?),
        counted: row.try_get(at + 3)?,
        kind: row.try_get(at + 4)?,
        sender: Some(UserId(row.try_get(at + 5)?)).filter(|user| !user.0.is_nil()),
        sender_name: row.try_get(at + 6)?,
        body: row.try_get(at + 7)?,
        client_id: ClientId(row.try_get(at + 8)?),
        sent_at_ms: row.try_get(at + 9)?,
        added: users(row, at + 10)?.unwrap_or_default(),
        removed: users(row, at + 11)?.unwrap_or_default(),
        audience: users(row, at + 12)?,
        mentions: users(row, at + 13)?.unwrap_or_default(),
        notes: row.try_get(at + 14)?,
    })
}
