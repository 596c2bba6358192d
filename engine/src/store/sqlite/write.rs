//! What a commit reads and writes: the rows that a batch touches, and those that it changes.

use rusqlite::{OptionalExtension, Params, Row, Transaction};

use super::columns::{self, blob};
use crate::group::state::ConversationType;
use crate::store::plan::{Changes, Needs, Snapshot};
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

pub(super) fn read(
    tx: &Transaction<'_>,
    head: HeadRow,
    needs: &Needs,
) -> rusqlite::Result<Snapshot> {
    let mut rows = Snapshot::new(head);
    let sql = select(columns::CONVERSATION, "conversations where id = ?1");
    for id in &needs.conversations {
        let row = one(tx, &sql, [blob(id.0)], columns::conversation)?;
        rows.conversations.extend(row.map(|row| (*id, row)));
    }
    for name in &needs.group_names {
        let sql = "select id from conversations where name_folded = ?1";
        let id = one(tx, sql, [name], |row| columns::uuid(row, 0))?;
        let id = id.map(crate::ids::ConversationId);
        rows.group_names.extend(id.map(|id| (name.clone(), id)));
    }
    let sql = select(
        columns::STAY,
        "stays where conversation = ?1 and user_id = ?2 order by joined_position desc limit 1",
    );
    for key @ (conversation, user) in &needs.stays {
        let row = one(
            tx,
            &sql,
            [blob(conversation.0), blob(user.0)],
            columns::stay,
        )?;
        rows.stays.extend(row.map(|row| (*key, row)));
    }
    for key @ (conversation, sender, client) in &needs.posted {
        let params = [
            blob(conversation.0),
            columns::sender(*sender),
            blob(client.0),
        ];
        let row = one(tx, POSTED, params, posted)?;
        rows.posted.extend(row.map(|row| (*key, row)));
    }
    for key @ (conversation, seq) in &needs.counted {
        let sql = "select counted from messages where conversation = ?1 and seq = ?2";
        let row = one(tx, sql, (blob(conversation.0), seq.0), |row| row.get(0))?;
        rows.counted.extend(row.map(|row| (*key, row)));
    }
    for user in &needs.group_counts {
        let sql = "select count(*) from stays s join conversations c on c.id = s.conversation \
                   where s.user_id = ?1 and s.left_position is null and c.type = 'group'";
        let count = one(tx, sql, [blob(user.0)], |row| row.get(0))?;
        rows.group_counts.extend(count.map(|count| (*user, count)));
    }
    let sql = select(columns::USER, "users where id = ?1");
    for user in &needs.users {
        let row = one(tx, &sql, [blob(user.0)], columns::user)?;
        rows.users.extend(row.map(|row| (*user, row)));
    }
    for name in &needs.usernames {
        let sql = "select id from users where username_folded = ?1";
        let id = one(tx, sql, [name], |row| columns::uuid(row, 0))?;
        let id = id.map(crate::ids::UserId);
        rows.usernames.extend(id.map(|id| (name.clone(), id)));
    }
    let sql = select(columns::SESSION, "sessions where user_id = ?1");
    for user in &needs.sessions_of {
        let found = all(tx, &sql, [blob(user.0)], columns::session)?;
        rows.sessions
            .extend(found.into_iter().map(|row| (row.id, row)));
    }
    let sql = select(columns::SESSION, "sessions where id = ?1");
    for session in &needs.sessions {
        let row = one(tx, &sql, [blob(session.0)], columns::session)?;
        rows.sessions.extend(row.map(|row| (*session, row)));
    }
    Ok(rows)
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
         body, client_id, digest, sent_at, added, removed, audience) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute((
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
    ))?;
    Ok(())
}

fn write_conversation(tx: &Transaction<'_>, row: &ConversationRecord) -> rusqlite::Result<()> {
    let settings = &row.settings;
    let folded = (row.r#type == ConversationType::Group).then(|| fold(&settings.name));
    tx.prepare_cached(
        "insert into conversations (id, type, number, name, name_folded, description, \
         announcement, join_mode, member_limit, history_shared, seq, counted, head_position, \
         member_count, owner, created_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         on conflict (id) do update set name = excluded.name, \
         name_folded = excluded.name_folded, description = excluded.description, \
         announcement = excluded.announcement, join_mode = excluded.join_mode, \
         member_limit = excluded.member_limit, history_shared = excluded.history_shared, \
         seq = excluded.seq, counted = excluded.counted, \
         head_position = excluded.head_position, member_count = excluded.member_count, \
         owner = excluded.owner",
    )?
    .execute((
        blob(row.id.0),
        row.r#type.name(),
        row.number,
        &settings.name,
        folded,
        &settings.description,
        &settings.announcement,
        settings.join_mode.name(),
        settings.member_limit,
        settings.history_shared,
        row.seq.0,
        row.counted,
        row.head_position.0,
        row.member_count,
        row.owner.map(|owner| blob(owner.0)),
        row.created_at_ms,
    ))?;
    Ok(())
}

fn write_stay(tx: &Transaction<'_>, row: &StayRecord) -> rusqlite::Result<()> {
    let left = row.left.as_ref();
    tx.prepare_cached(
        "insert into stays (conversation, user_id, joined_position, from_seq, role, muted_until, \
         read_seq, read_counted, left_position, left_seq, left_counted, left_name, \
         left_member_count) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
         on conflict (conversation, user_id, joined_position) do update set \
         from_seq = excluded.from_seq, role = excluded.role, muted_until = excluded.muted_until, \
         read_seq = excluded.read_seq, read_counted = excluded.read_counted, \
         left_position = excluded.left_position, left_seq = excluded.left_seq, \
         left_counted = excluded.left_counted, left_name = excluded.left_name, \
         left_member_count = excluded.left_member_count",
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
    ))?;
    Ok(())
}

fn write_user(tx: &Transaction<'_>, row: &UserRecord) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "insert into users (id, number, username, username_folded, name, name_folded, signature, \
         status, password_hash, administrator, disabled, created_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
         on conflict (id) do update set username = excluded.username, \
         username_folded = excluded.username_folded, name = excluded.name, \
         name_folded = excluded.name_folded, signature = excluded.signature, \
         status = excluded.status, password_hash = excluded.password_hash, \
         administrator = excluded.administrator, disabled = excluded.disabled",
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
        row.created_at_ms,
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
