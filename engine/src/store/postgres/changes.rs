//! Writing what the plan changed: one statement a table, whole columns as arrays.
//!
//! Tables are written in the order of `schema.sql`, in which applying the schema locks them, so
//! that a command which starts beside a server never deadlocks with its writer.

use futures_util::future::try_join_all;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::administration;
use super::columns::{list, sender};
use super::connect::Connection;
use super::file_changes;
use crate::group::state::{ConversationType, Role};
use crate::ids::UserId;
use crate::message::Message;
use crate::store::plan::{Changes, EntryKey};
use crate::store::rows::{ConversationRecord, StayRecord};
use crate::store::{Result, fold};

const USERS: &str = "insert into users (id, number, username, username_folded, name, name_folded, \
     signature, status, password_hash, administrator, disabled, deleted, created_at, avatar, \
     read_receipts, bot_of) \
     select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], \
     $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[], $11::boolean[], \
     $12::boolean[], $13::bigint[], $14::uuid[], $15::boolean[], $16::uuid[]) \
     on conflict (id) do update set username = excluded.username, \
     username_folded = excluded.username_folded, name = excluded.name, \
     name_folded = excluded.name_folded, signature = excluded.signature, \
     status = excluded.status, password_hash = excluded.password_hash, \
     administrator = excluded.administrator, disabled = excluded.disabled, \
     deleted = excluded.deleted, avatar = excluded.avatar, \
     read_receipts = excluded.read_receipts";
const END_SESSIONS: &str = "delete from sessions where id = any($1)";
const SESSIONS: &str = "insert into sessions (id, user_id, token_hash, device, created_at, \
     last_used) \
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], \
     $6::bigint[]) \
     on conflict (id) do update set last_used = excluded.last_used";
const CONVERSATIONS: &str = "insert into conversations (id, type, number, name, name_folded, \
     description, announcement, join_mode, member_limit, history_shared, seq, counted, \
     head_position, member_count, owner, created_at, announced_by, announced_at, avatar, \
     mute_all, slow_mode, dissolved_at) \
     select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], \
     $6::text[], $7::text[], $8::text[], $9::bigint[], $10::boolean[], $11::bigint[], \
     $12::bigint[], $13::bigint[], $14::bigint[], $15::uuid[], $16::bigint[], $17::uuid[], \
     $18::bigint[], $19::uuid[], $20::boolean[], $21::bigint[], $22::bigint[]) \
     on conflict (id) do update set name = excluded.name, name_folded = excluded.name_folded, \
     description = excluded.description, announcement = excluded.announcement, \
     join_mode = excluded.join_mode, member_limit = excluded.member_limit, \
     history_shared = excluded.history_shared, seq = excluded.seq, counted = excluded.counted, \
     head_position = excluded.head_position, member_count = excluded.member_count, \
     owner = excluded.owner, announced_by = excluded.announced_by, \
     announced_at = excluded.announced_at, avatar = excluded.avatar, \
     mute_all = excluded.mute_all, slow_mode = excluded.slow_mode, \
     dissolved_at = excluded.dissolved_at";
const STAYS: &str = "insert into stays (conversation, user_id, joined_position, from_seq, role, \
     muted_until, read_seq, read_counted, left_position, left_seq, left_counted, left_name, \
     left_member_count, card, posted_at, shown_seq) \
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], \
     $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], \
     $12::text[], $13::bigint[], $14::text[], $15::bigint[], $16::bigint[]) \
     on conflict (conversation, user_id, joined_position) do update set role = excluded.role, \
     muted_until = excluded.muted_until, read_seq = excluded.read_seq, \
     read_counted = excluded.read_counted, left_position = excluded.left_position, \
     left_seq = excluded.left_seq, left_counted = excluded.left_counted, \
     left_name = excluded.left_name, left_member_count = excluded.left_member_count, \
     card = excluded.card, posted_at = excluded.posted_at, shown_seq = excluded.shown_seq";
const MESSAGES: &str = "insert into messages (position, conversation, seq, counted, kind, sender, \
     sender_name, body, client_id, digest, sent_at, added, removed, audience, mentions, notes) \
     select * from unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], \
     $6::uuid[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::bigint[], $12::text[], \
     $13::text[], $14::text[], $15::text[], $16::text[])";
const REWRITTEN: &str = "update messages m set body = n.body, digest = n.digest, \
     mentions = n.mentions, notes = n.notes \
     from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) \
     as n (position, body, digest, mentions, notes) where m.position = n.position";
const ENTRIES: &str = "insert into map_entries (conversation, map, key, value) \
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) \
     on conflict (conversation, map, key) do update set value = excluded.value";
const TAKEN: &str = "delete from map_entries e using unnest($1::uuid[], $2::text[], $3::text[]) \
     as n (conversation, map, key) \
     where e.conversation = n.conversation and e.map = n.map and e.key = n.key";
const MENTIONS: &str = "insert into mentions (conversation, user_id, seq) \
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[])";
const FORGOTTEN: &str = "delete from mentions m using unnest($1::uuid[], $2::bigint[]) \
     as n (conversation, seq) where m.conversation = n.conversation and m.seq = n.seq";
const KIND_STATES: &str = "insert into kind_states (conversation, kind, state) \
     select * from unnest($1::uuid[], $2::text[], $3::text[]) \
     on conflict (conversation, kind) do update set state = excluded.state";
const HEAD: &str = "update head set position = $1, batch = $2, outcomes = coalesce($3, outcomes), \
     next_number = $4, access_version = $5 where id = 1";

/// One statement with its values.
pub(super) struct Write<'a> {
    sql: &'static str,
    values: Vec<Box<dyn ToSql + Sync + Send + 'a>>,
}

/// Writes all rows within the open transaction, in one round trip. `outcomes`: what to keep, if
/// the batch is numbered.
pub(super) async fn write(
    db: &Connection,
    changes: &Changes,
    outcomes: Option<&str>,
) -> Result<()> {
    let tables = [
        users(changes),
        ended_sessions(changes),
        sessions(changes),
        conversations(changes),
        stays(changes),
        messages(changes),
        rewritten(changes),
        kind_states(changes),
        entries(changes),
        taken(changes),
        mentions(changes),
        forgotten(changes),
    ];
    let last = [Some(head(changes, outcomes))];
    let writes = tables
        .into_iter()
        .chain(administration::writes(&changes.administration))
        .chain(file_changes::writes(&changes.files));
    let writes: Vec<Write<'_>> = writes.chain(last).flatten().collect();
    // First all statements, so that the writes leave in their order.
    let prepared = writes.iter().map(|write| db.prepare_cached(write.sql));
    let prepared = try_join_all(prepared).await?;
    let writes = prepared.iter().zip(&writes);
    try_join_all(writes.map(|(statement, write)| execute(db, statement, write))).await?;
    Ok(())
}

async fn execute(db: &Connection, statement: &Statement, write: &Write<'_>) -> Result<()> {
    let values: Vec<&(dyn ToSql + Sync)> = write.values.iter().map(|v| &**v as _).collect();
    db.execute(statement, &values).await?;
    Ok(())
}

/// Rows on their way to become a [`Write`], column by column.
pub(super) struct Rows<'a, R> {
    rows: Vec<&'a R>,
    write: Write<'a>,
}

impl<'a, R> Rows<'a, R> {
    pub(super) fn new(sql: &'static str, rows: impl IntoIterator<Item = &'a R>) -> Self {
        Self {
            rows: rows.into_iter().collect(),
            write: Write {
                sql,
                values: Vec::new(),
            },
        }
    }

    pub(super) fn column<T>(mut self, value: impl Fn(&'a R) -> T) -> Self
    where
        Vec<T>: ToSql + Sync + Send + 'a,
    {
        let column: Vec<T> = self.rows.iter().copied().map(value).collect();
        self.write.values.push(Box::new(column));
        self
    }

    /// `None`: there are no rows.
    pub(super) fn write(self) -> Option<Write<'a>> {
        (!self.rows.is_empty()).then_some(self.write)
    }
}

fn users(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(USERS, changes.users.values())
        .column(|row| row.id.0)
        .column(|row| row.number)
        .column(|row| row.username.as_str())
        .column(|row| fold(&row.username))
        .column(|row| row.name.as_str())
        .column(|row| fold(&row.name))
        .column(|row| row.signature.as_str())
        .column(|row| row.status.name())
        .column(|row| row.password_hash.as_deref())
        .column(|row| row.administrator)
        .column(|row| row.disabled)
        .column(|row| row.deleted)
        .column(|row| row.created_at_ms)
        .column(|row| row.avatar.map(|file| file.0))
        .column(|row| row.read_receipts)
        .column(|row| row.bot_of.map(|user| user.0))
        .write()
}

fn ended_sessions(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(END_SESSIONS, &changes.ended_sessions)
        .column(|session| session.0)
        .write()
}

fn sessions(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(SESSIONS, changes.sessions.values())
        .column(|row| row.id.0)
        .column(|row| row.user.0)
        .column(|row| row.token_hash.as_str())
        .column(|row| row.device.as_str())
        .column(|row| row.created_at_ms)
        .column(|row| row.last_used_at_ms)
        .write()
}

/// The folded name of a group; other conversations, and groups that are over, have none.
fn group_name(row: &ConversationRecord) -> Option<String> {
    let named = row.r#type == ConversationType::Group && row.settings.dissolved_at_ms.is_none();
    named.then(|| fold(&row.settings.name))
}

fn conversations(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(CONVERSATIONS, changes.conversations.values())
        .column(|row| row.id.0)
        .column(|row| row.r#type.name())
        .column(|row| row.number)
        .column(|row| row.settings.name.as_str())
        .column(group_name)
        .column(|row| row.settings.description.as_str())
        .column(|row| row.settings.announcement.text.as_str())
        .column(|row| row.settings.join_mode.name())
        .column(|row| row.settings.member_limit)
        .column(|row| row.settings.history_shared)
        .column(|row| row.seq.0)
        .column(|row| row.counted)
        .column(|row| row.head_position.0)
        .column(|row| row.member_count)
        .column(|row| row.owner.map(|owner| owner.0))
        .column(|row| row.created_at_ms)
        .column(|row| row.settings.announcement.by.map(|user| user.0))
        .column(|row| row.settings.announcement.at_ms)
        .column(|row| row.settings.avatar.map(|file| file.0))
        .column(|row| row.settings.mute_all)
        .column(|row| row.settings.slow_mode_s)
        .column(|row| row.settings.dissolved_at_ms)
        .write()
}

fn stays(changes: &Changes) -> Option<Write<'_>> {
    // One open stay of a user, one owner of a group: what gives way is written first.
    let mut rows: Vec<&StayRecord> = changes.stays.values().collect();
    rows.sort_by_key(|row| (row.left.is_none(), row.role == Role::Owner));
    Rows::new(STAYS, rows)
        .column(|row| row.conversation.0)
        .column(|row| row.user.0)
        .column(|row| row.joined_position.0)
        .column(|row| row.from_seq.0)
        .column(|row| row.role.name())
        .column(|row| row.muted_until_ms)
        .column(|row| row.read_seq.0)
        .column(|row| row.read_counted)
        .column(|row| row.left.as_ref().map(|left| left.position.0))
        .column(|row| row.left.as_ref().map(|left| left.seq.0))
        .column(|row| row.left.as_ref().map(|left| left.counted))
        .column(|row| row.left.as_ref().map(|left| left.name.as_str()))
        .column(|row| row.left.as_ref().map(|left| left.member_count))
        .column(|row| row.card.as_str())
        .column(|row| row.posted_at_ms)
        .column(|row| row.shown_seq.0)
        .write()
}

fn messages(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(MESSAGES, &changes.messages)
        .column(|row| row.message.position.0)
        .column(|row| row.message.conversation.0)
        .column(|row| row.message.seq.0)
        .column(|row| row.message.counted)
        .column(|row| row.message.kind.as_str())
        .column(|row| sender(row.message.sender))
        .column(|row| row.message.sender_name.as_str())
        .column(|row| row.message.body.as_deref())
        .column(|row| row.message.client_id.0)
        .column(|row| row.digest.as_str())
        .column(|row| row.message.sent_at_ms)
        .column(|row| list(&row.message.added))
        .column(|row| list(&row.message.removed))
        .column(|row| row.message.audience.as_deref().map(list))
        .column(|row| list(&row.message.mentions))
        .column(|row| row.message.notes.as_deref())
        .write()
}

fn rewritten(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(REWRITTEN, changes.rewritten.values())
        .column(|row| row.message.position.0)
        .column(|row| row.message.body.as_deref())
        .column(|row| row.digest.as_str())
        .column(|row| list(&row.message.mentions))
        .column(|row| row.message.notes.as_deref())
        .write()
}

fn mentions(changes: &Changes) -> Option<Write<'_>> {
    let called = changes.messages.iter().flat_map(|row| {
        let message = &row.message;
        message.mentions.iter().map(move |user| (message, user))
    });
    let called: Vec<_> = called.collect();
    let (messages, users): (Vec<&Message>, Vec<&UserId>) = called.into_iter().unzip();
    let mut write = Rows::new(MENTIONS, messages)
        .column(|message| message.conversation.0)
        .column(|message| message.seq.0)
        .write()?;
    let users: Vec<Uuid> = users.into_iter().map(|user| user.0).collect();
    write.values.insert(1, Box::new(users));
    Some(write)
}

fn forgotten(changes: &Changes) -> Option<Write<'_>> {
    let recalled = changes.rewritten.values().map(|row| &row.message);
    Rows::new(FORGOTTEN, recalled.filter(|message| message.body.is_none()))
        .column(|message| message.conversation.0)
        .column(|message| message.seq.0)
        .write()
}

fn entries(changes: &Changes) -> Option<Write<'_>> {
    let put = changes.entries.iter().filter(|(_, value)| value.is_some());
    let put: Vec<_> = put.collect();
    let (keys, values): (Vec<&EntryKey>, Vec<&Option<String>>) = put.into_iter().unzip();
    let mut write = keyed(ENTRIES, keys)?;
    let values: Vec<Option<&str>> = values.into_iter().map(Option::as_deref).collect();
    write.values.push(Box::new(values));
    Some(write)
}

fn taken(changes: &Changes) -> Option<Write<'_>> {
    let taken = changes.entries.iter().filter(|(_, value)| value.is_none());
    keyed(TAKEN, taken.map(|(key, _)| key))
}

fn keyed<'a>(sql: &'static str, keys: impl IntoIterator<Item = &'a EntryKey>) -> Option<Write<'a>> {
    Rows::new(sql, keys)
        .column(|(conversation, _, _)| conversation.0)
        .column(|(_, map, _)| map.as_str())
        .column(|(_, _, key)| key.as_str())
        .write()
}

fn kind_states(changes: &Changes) -> Option<Write<'_>> {
    Rows::new(KIND_STATES, changes.kind_states.values())
        .column(|row| row.conversation.0)
        .column(|row| row.kind.as_str())
        .column(|row| row.state.as_str())
        .write()
}

fn head<'a>(changes: &'a Changes, outcomes: Option<&'a str>) -> Write<'a> {
    let head = &changes.head;
    Write {
        sql: HEAD,
        values: vec![
            Box::new(head.position.0),
            Box::new(head.batch),
            Box::new(outcomes),
            Box::new(head.next_number),
            Box::new(head.access_version),
        ],
    }
}
