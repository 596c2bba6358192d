//! What a commit reads: the rows that a batch touches.

use rusqlite::Transaction;

use super::administration;
use super::columns::{self, blob};
use super::files;
use super::write::{POSTED, all, one, posted, select};
use crate::store::plan::{Needs, Snapshot};
use crate::store::rows::HeadRow;

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
    let sql = format!(
        "select {}, digest from messages where conversation = ?1 and seq = ?2",
        columns::MESSAGE
    );
    for key @ (conversation, seq) in &needs.messages {
        let params = (blob(conversation.0), seq.0);
        let row = one(tx, &sql, params, columns::message_record)?;
        rows.messages.extend(row.map(|row| (*key, row)));
    }
    for entry @ (conversation, map, key) in &needs.entries {
        let sql = "select 1 from map_entries where conversation = ?1 and map = ?2 and key = ?3";
        let found = one(tx, sql, (blob(conversation.0), map, key), |_| Ok(()))?;
        rows.entries.extend(found.map(|()| entry.clone()));
    }
    for key @ (conversation, map) in &needs.map_sizes {
        let sql = "select count(*) from map_entries where conversation = ?1 and map = ?2";
        let size: Option<i64> = one(tx, sql, (blob(conversation.0), map), |row| row.get(0))?;
        let size = usize::try_from(size.unwrap_or(0)).unwrap_or(usize::MAX);
        rows.map_sizes.insert(key.clone(), size);
    }
    for user in &needs.group_counts {
        let sql = "select count(*) from stays s join conversations c on c.id = s.conversation \
                   where s.user_id = ?1 and s.left_position is null and c.type = 'group' \
                   and c.dissolved_at is null";
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
    rows.administration = administration::read(tx, &needs.administration)?;
    rows.files = files::read(tx, &needs.files)?;
    Ok(rows)
}
