//! Rows to columns and back. UUIDs are 16-byte blobs, lists of users are UUIDs in text joined by
//! commas, the system as a sender is the nil UUID.

use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use uuid::Uuid;

use crate::group::state::{Announcement, ConversationType, JoinMode, Role, Settings};
use crate::ids::{ClientId, ConversationId, FileId, Position, Seq, SessionId, UserId};
use crate::message::Message;
use crate::store::Status;
use crate::store::rows::*;

/// What [`head`] reads.
pub(super) const HEAD: &str = "position, batch, next_number, access_version";
/// What [`user`] reads.
pub(super) const USER: &str = "id, number, username, name, signature, status, password_hash, \
     administrator, disabled, created_at, avatar, read_receipts, deleted, bot_of";
/// What [`session`] reads.
pub(super) const SESSION: &str = "id, user_id, token_hash, device, created_at, last_used";
/// What [`conversation`] reads.
pub(super) const CONVERSATION: &str = "id, type, number, name, description, announcement, \
     join_mode, member_limit, history_shared, seq, counted, head_position, member_count, owner, \
     created_at, announced_by, announced_at, avatar, mute_all, slow_mode, dissolved_at";
/// What [`stay`] reads.
pub(super) const STAY: &str = "conversation, user_id, joined_position, from_seq, role, \
     muted_until, read_seq, read_counted, left_position, left_seq, left_counted, left_name, \
     left_member_count, card, posted_at, shown_seq";
/// What [`message`] reads.
pub(super) const MESSAGE: &str = "position, conversation, seq, counted, kind, sender, \
     sender_name, body, client_id, sent_at, added, removed, audience, mentions, notes";

/// A UUID as it is stored.
pub(super) fn blob(id: Uuid) -> [u8; 16] {
    *id.as_bytes()
}

/// Who posted, as it is stored.
pub(super) fn sender(user: Option<UserId>) -> [u8; 16] {
    blob(user.map_or(Uuid::nil(), |user| user.0))
}

/// Users as they are stored.
pub(super) fn list(users: &[UserId]) -> String {
    let texts: Vec<String> = users.iter().map(UserId::to_string).collect();
    texts.join(",")
}

pub(super) fn uuid(row: &Row<'_>, column: usize) -> Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

fn maybe(row: &Row<'_>, column: usize) -> Result<Option<Uuid>> {
    let id: Option<[u8; 16]> = row.get(column)?;
    Ok(id.map(Uuid::from_bytes))
}

fn corrupt(column: usize, text: &str) -> Error {
    let said = format!("{text:?} is not known here");
    Error::FromSqlConversionFailure(column, Type::Text, said.into())
}

pub(super) fn named<T>(row: &Row<'_>, column: usize, parse: fn(&str) -> Option<T>) -> Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| corrupt(column, &text))
}

fn users(row: &Row<'_>, column: usize) -> Result<Option<Vec<UserId>>> {
    let Some(text) = row.get::<_, Option<String>>(column)? else {
        return Ok(None);
    };
    let ids = text.split(',').filter(|id| !id.is_empty());
    let ids: std::result::Result<_, _> = ids.map(str::parse).collect();
    ids.map(Some).map_err(|_| corrupt(column, &text))
}

/// [`MESSAGE`], then the digest.
pub(super) fn message_record(row: &Row<'_>) -> Result<MessageRecord> {
    Ok(MessageRecord {
        message: message(row)?,
        digest: row.get(15)?,
    })
}

pub(super) fn head(row: &Row<'_>) -> Result<HeadRow> {
    Ok(HeadRow {
        position: Position(row.get(0)?),
        batch: row.get(1)?,
        next_number: row.get(2)?,
        access_version: row.get(3)?,
    })
}

pub(super) fn user(row: &Row<'_>) -> Result<UserRecord> {
    Ok(UserRecord {
        id: UserId(uuid(row, 0)?),
        number: row.get(1)?,
        username: row.get(2)?,
        name: row.get(3)?,
        signature: row.get(4)?,
        status: named(row, 5, Status::parse)?,
        password_hash: row.get(6)?,
        administrator: row.get(7)?,
        disabled: row.get(8)?,
        created_at_ms: row.get(9)?,
        avatar: maybe(row, 10)?.map(FileId),
        read_receipts: row.get(11)?,
        deleted: row.get(12)?,
        bot_of: maybe(row, 13)?.map(UserId),
    })
}

pub(super) fn session(row: &Row<'_>) -> Result<SessionRecord> {
    Ok(SessionRecord {
        id: SessionId(uuid(row, 0)?),
        user: UserId(uuid(row, 1)?),
        token_hash: row.get(2)?,
        device: row.get(3)?,
        created_at_ms: row.get(4)?,
        last_used_at_ms: row.get(5)?,
    })
}

pub(super) fn conversation(row: &Row<'_>) -> Result<ConversationRecord> {
    Ok(ConversationRecord {
        id: ConversationId(uuid(row, 0)?),
        r#type: named(row, 1, ConversationType::parse)?,
        number: row.get(2)?,
        settings: Settings {
            name: row.get(3)?,
            description: row.get(4)?,
            announcement: Announcement {
                text: row.get(5)?,
                by: maybe(row, 15)?.map(UserId),
                at_ms: row.get(16)?,
            },
            join_mode: named(row, 6, JoinMode::parse)?,
            member_limit: row.get(7)?,
            history_shared: row.get(8)?,
            avatar: maybe(row, 17)?.map(FileId),
            mute_all: row.get(18)?,
            slow_mode_s: row.get(19)?,
            dissolved_at_ms: row.get(20)?,
        },
        seq: Seq(row.get(9)?),
        counted: row.get(10)?,
        head_position: Position(row.get(11)?),
        member_count: row.get(12)?,
        owner: maybe(row, 13)?.map(UserId),
        created_at_ms: row.get(14)?,
    })
}

pub(super) fn stay(row: &Row<'_>) -> Result<StayRecord> {
    let left = match row.get::<_, Option<i64>>(8)? {
        None => None,
        Some(position) => Some(Left {
            position: Position(position),
            seq: Seq(row.get(9)?),
            counted: row.get(10)?,
            name: row.get(11)?,
            member_count: row.get(12)?,
        }),
    };
    Ok(StayRecord {
        conversation: ConversationId(uuid(row, 0)?),
        user: UserId(uuid(row, 1)?),
        joined_position: Position(row.get(2)?),
        from_seq: Seq(row.get(3)?),
        role: named(row, 4, Role::parse)?,
        muted_until_ms: row.get(5)?,
        read_seq: Seq(row.get(6)?),
        read_counted: row.get(7)?,
        card: row.get(13)?,
        posted_at_ms: row.get(14)?,
        shown_seq: Seq(row.get(15)?),
        left,
    })
}

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        position: Position(row.get(0)?),
        conversation: ConversationId(uuid(row, 1)?),
        seq: Seq(row.get(2)?),
        counted: row.get(3)?,
        kind: row.get(4)?,
        sender: Some(UserId(uuid(row, 5)?)).filter(|user| !user.0.is_nil()),
        sender_name: row.get(6)?,
        body: row.get(7)?,
        client_id: ClientId(uuid(row, 8)?),
        sent_at_ms: row.get(9)?,
        added: users(row, 10)?.unwrap_or_default(),
        removed: users(row, 11)?.unwrap_or_default(),
        audience: users(row, 12)?,
        mentions: users(row, 13)?.unwrap_or_default(),
        notes: row.get(14)?,
    })
}
