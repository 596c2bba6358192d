//! What a commit writes: the rows that the plan says; and how statements are run.

use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

use super::administration;
use super::columns::{self, blob};
use super::files;
use crate::group::state::ConversationType;
use crate::store::plan::Changes;
use crate::store::rows::*;
use crate::store::{Posted, fold};

pub(super) fn select(columns: &str, rest: &str) -> String {
    format!("select {columns} from {rest}")
}

/// The first row, if there is any.
pub(super) fn one<T>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
    map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    tx.prepare_cached(sql)?.query_row(params, map).optional()
}

/// All rows.
pub(super) fn all<T>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
    map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    tx.prepare_cached(sql)?.query_map(params, map)?.collect()
}

/// What was posted under a client id.
pub(super) const POSTED: &str = "select seq, sent_at, digest from messages \
     where conversation = ?1 and sender = ?2 and client_id = ?3";

/// A row of [`POSTED`].
pub(super) fn posted(row: &Row<'_>) -> rusqlite::Result<Posted> {
    Ok(Posted {
        seq: crate::ids::Seq(row.get(0)?),
        sent_at_ms: row.get(1)?,
        digest: row.get(2)?,
    })
}

// ---- writing -----------------------------------------------------------------------------------

pub(super) fn write(tx: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    for row in &changes.messages {
        write_message(tx, row)?;
    }
    for row in changes.rewritten.values() {
        rewrite_message(tx, row)?;
    }
    for row in changes.conversations.values() {
        write_conversation(tx, row)?;
    }
    // A group's owner, and a user's open stay, are unique at every moment: first what ends, then
    // what is open, the owner last.
    let mut stays: Vec<_> = changes.stays.values().collect();
    stays.sort_by_key(|row| (row.left.is_none(), row.role));
    for row in stays {
        write_stay(tx, row)?;
    }
    for row in changes.kind_states.values() {
        tx.prepare_cached(
            "insert into kind_states (conversation, kind, state) values (?1, ?2, ?3) \
             on conflict (conversation, kind) do update set state = excluded.state",
        )?
        .execute((blob(row.conversation.0), &row.kind, &row.state))?;
    }
    for ((conversation, map, key), value) in &changes.entries {
        match value {
            Some(value) => tx
                .prepare_cached(
                    "insert into map_entries (conversation, map, key, value) \
                     values (?1, ?2, ?3, ?4) \
                     on conflict (conversation, map, key) do update set value = excluded.value",
                )?
                .execute((blob(conversation.0), map, key, value))?,
            None => tx
                .prepare_cached(
                    "delete from map_entries where conversation = ?1 and map = ?2 and key = ?3",
                )?
                .execute((blob(conversation.0), map, key))?,
        };
    }
    for row in changes.users.values() {
        write_user(tx, row)?;
    }
    // Ended ones first: a session may end and come again in one batch, never the other way.
    for session in &changes.ended_sessions {
        tx.prepare_cached("delete from sessions where id = ?1")?
            .execute([blob(session.0)])?;
    }
    for row in changes.sessions.values() {
        write_session(tx, row)?;
    }
    administration::write(tx, &changes.administration)?;
    files::write(tx, &changes.files)?;
    let head = &changes.head;
    tx.prepare_cached(
        "update head set position = ?1, batch = ?2, next_number = ?3, access_version = ?4",
    )?
    .execute((
        head.position.0,
        head.batch,
        head.next_number,
        head.access_version,
    ))?;
    Ok(())
}

fn write_message(tx: &Transaction<'_>, row: &MessageRecord) -> rusqlite::Result<()> {
    let message = &row.message;
    tx.prepare_cached(
        "insert into messages (position, conversation, seq, counted, kind, sender, sender_name, \
         body, client_id, digest, sent_at, added, removed, audience, mentions, notes) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute(params![
        message.position.0,
        blob(message.conversation.0),
        message.seq.0,
        message.counted,
        &message.kind,
        columns::sender(message.sender),
        &message.sender_name,
        &message.body,
        blob(message.client_id.0),
        &row.digest,
        message.sent_at_ms,
        columns::list(&message.added),
        columns::list(&message.removed),
        message.audience.as_deref().map(columns::list),
        columns::list(&message.mentions),
        &message.notes,
    ])?;
    for user in &message.mentions {
        tx.prepare_cached("insert into mentions (conversation, user_id, seq) values (?1, ?2, ?3)")?
            .execute((blob(message.conversation.0), blob(user.0), message.seq.0))?;
    }
    Ok(())
}

/// What may change about a message that was written before.
fn rewrite_message(tx: &Transaction<'_>, row: &MessageRecord) -> rusqlite::Result<()> {
    let message = &row.message;
    tx.prepare_cached(
        "update messages set body = ?2, digest = ?3, mentions = ?4, notes = ?5 \
         where position = ?1",
    )?
    .execute((
        message.position.0,
        &message.body,
        &row.digest,
        columns::list(&message.mentions),
        &message.notes,
    ))?;
    if message.body.is_none() {
        tx.prepare_cached("delete from mentions where conversation = ?1 and seq = ?2")?
            .execute((blob(message.conversation.0), message.seq.0))?;
    }
    Ok(())
}

fn write_conversation(tx: &Transaction<'_>, row: &ConversationRecord) -> rusqlite::Result<()> {
    let settings = &row.settings;
    let named = row.r#type == ConversationType::Group && settings.dissolved_at_ms.is_none();
    let folded = named.then(|| fold(&settings.name));
    tx.prepare_cached(
        "insert into conversations (id, type, number, name, name_folded, description, \
         announcement, join_mode, member_limit, history_shared, seq, counted, head_position, \
         member_count, owner, created_at, announced_by, announced_at, avatar, mute_all, \
         slow_mode, dissolved_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
         ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) \
         on conflict (id) do update set name = excluded.name, \
         name_folded = excluded.name_folded, description = excluded.description, \
         announcement = excluded.announcement, join_mode = excluded.join_mode, \
         member_limit = excluded.member_limit, history_shared = excluded.history_shared, \
         seq = excluded.seq, counted = excluded.counted, \
         head_position = excluded.head_position, member_count = excluded.member_count, \
         owner = excluded.owner, announced_by = excluded.announced_by, \
         announced_at = excluded.announced_at, avatar = excluded.avatar, \
         mute_all = excluded.mute_all, slow_mode = excluded.slow_mode, \
         dissolved_at = excluded.dissolved_at",
    )?
    .execute(params![
        blob(row.id.0),
        row.r#type.name(),
        row.number,
        &settings.name,
        folded,
        &settings.description,
        &settings.announcement.text,
        settings.join_mode.name(),
        settings.member_limit,
        settings.history_shared,
        row.seq.0,
        row.counted,
        row.head_position.0,
        row.member_count,
        row.owner.map(|owner| blob(owner.0)),
        row.created_at_ms,
        settings.announcement.by.map(|user| blob(user.0)),
        settings.announcement.at_ms,
        settings.avatar.map(|file| blob(file.0)),
        settings.mute_all,
        settings.slow_mode_s,
        settings.dissolved_at_ms,
    ])?;
    Ok(())
}

fn write_stay(tx: &Transaction<'_>, row: &StayRecord) -> rusqlite::Result<()> {
    let left = row.left.as_ref();
    tx.prepare_cached(
        "insert into stays (conversation, user_id, joined_position, from_seq, role, muted_until, \
         read_seq, read_counted, left_position, left_seq, left_counted, left_name, \
         left_member_count, card, posted_at, shown_seq) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         on conflict (conversation, user_id, joined_position) do update set \
         from_seq = excluded.from_seq, role = excluded.role, muted_until = excluded.muted_until, \
         read_seq = excluded.read_seq, read_counted = excluded.read_counted, \
         left_position = excluded.left_position, left_seq = excluded.left_seq, \
         left_counted = excluded.left_counted, left_name = excluded.left_name, \
         left_member_count = excluded.left_member_count, card = excluded.card, \
         posted_at = excluded.posted_at, shown_seq = excluded.shown_seq",
    )?
    .execute((
        blob(row.conversation.0),
        blob(row.user.0),
        row.joined_position.0,
        row.from_seq.0,
        row.role.name(),
        row.muted_until_ms,
        row.read_seq.0,
        row.read_counted,
        left.map(|left| left.position.0),
        left.map(|left| left.seq.0),
        left.map(|left| left.counted),
        left.map(|left| &left.name),
        left.map(|left| left.member_count),
        &row.card,
        row.posted_at_ms,
        row.shown_seq.0,
    ))?;
    Ok(())
}

fn write_user(tx: &Transaction<'_>, row: &UserRecord) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into users (id, number, username, username_folded, name, name_folded, signature, \
         status, password_hash, administrator, disabled, deleted, created_at, avatar, \
         read_receipts, bot_of) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         on conflict (id) do update set username = excluded.username, \
         username_folded = excluded.username_folded, name = excluded.name, \
         name_folded = excluded.name_folded, signature = excluded.signature, \
         status = excluded.status, password_hash = excluded.password_hash, \
         administrator = excluded.administrator, disabled = excluded.disabled, \
         deleted = excluded.deleted, avatar = excluded.avatar, \
         read_receipts = excluded.read_receipts",
    )?
    .execute((
        blob(row.id.0),
        row.number,
        &row.username,
        fold(&row.username),
        &row.name,
        fold(&row.name),
        &row.signature,
        row.status.name(),
        &row.password_hash,
        row.administrator,
        row.disabled,
        row.deleted,
        row.created_at_ms,
        row.avatar.map(|file| blob(file.0)),
        row.read_receipts,
        row.bot_of.map(|user| blob(user.0)),
    ))?;
    Ok(())
}

fn write_session(tx: &Transaction<'_>, row: &SessionRecord) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into sessions (id, user_id, token_hash, device, created_at, last_used) \
         values (?1, ?2, ?3, ?4, ?5, ?6) \
         on conflict (id) do update set token_hash = excluded.token_hash, \
         device = excluded.device, last_used = excluded.last_used",
    )?
    .execute((
        blob(row.id.0),
        blob(row.user.0),
        &row.token_hash,
        &row.device,
        row.created_at_ms,
        row.last_used_at_ms,
    ))?;
    Ok(())
}
