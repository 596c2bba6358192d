//! The transaction of a batch, in three round trips: begin, lock the head row and read what the
//! batch needs; write what the plan says; commit.

use futures_util::future::{try_join3, try_join4, try_join5};
use tokio_postgres::Row;
use uuid::Uuid;

use super::administration;
use super::changes;
use super::columns::{
    self, conversation_columns, message_columns, session_columns, stay_columns, user_columns,
};
use super::connect::{Connection, Values, query, query_opt, whole};
use super::files;
use super::log::no_head;
use crate::ids::{ClientId, ConversationId, Seq, UserId};
use crate::store::plan::{self, Needs, PostedKey, Snapshot};
use crate::store::rows::MessageRecord;
use crate::store::{Batch, Outcome, Posted, Result, StoreError};

const LOCK_HEAD: &str =
    "select position, batch, next_number, access_version from head where id = 1 for update";
const LOCK_OUTCOMES: &str = "select batch, outcomes from head where id = 1 for update";

const CONVERSATIONS: &str = concat!(
    "select ",
    conversation_columns!(),
    " from conversations c where c.id = any($1)"
);
const GROUP_NAMES: &str = "select name_folded, id from conversations where name_folded = any($1)";
const STAYS: &str = concat!(
    "select ",
    stay_columns!(),
    " from unnest($1::uuid[], $2::uuid[]) as n (conversation, user_id) cross join lateral (\
     select * from stays o where o.conversation = n.conversation and o.user_id = n.user_id \
     order by o.joined_position desc limit 1) s"
);
// `lateral … limit` holds the planner to one look into an index for each key.
const POSTED: &str = "select m.conversation, m.sender, m.client_id, m.seq, m.sent_at, m.digest \
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n (conversation, sender, client_id) \
     cross join lateral (select * from messages o where o.conversation = n.conversation \
     and o.sender = n.sender and o.client_id = n.client_id limit 1) m";
const COUNTED: &str = "select m.conversation, m.seq, m.counted \
     from unnest($1::uuid[], $2::bigint[]) as n (conversation, seq) \
     cross join lateral (select * from messages o where o.conversation = n.conversation \
     and o.seq = n.seq limit 1) m";
const GROUP_COUNTS: &str = "select s.user_id, count(*) from stays s \
     join conversations c on c.id = s.conversation and c.type = 'group' \
     and c.dissolved_at is null \
     where s.user_id = any($1) and s.left_position is null group by s.user_id";
const MESSAGES: &str = concat!(
    "select ",
    message_columns!(),
    ", m.digest from unnest($1::uuid[], $2::bigint[]) as n (conversation, seq) \
     cross join lateral (select * from messages o where o.conversation = n.conversation \
     and o.seq = n.seq limit 1) m"
);
const ENTRIES: &str = "select e.conversation, e.map, e.key from map_entries e \
     join unnest($1::uuid[], $2::text[], $3::text[]) as n (conversation, map, key) \
     on e.conversation = n.conversation and e.map = n.map and e.key = n.key";
const MAP_SIZES: &str = "select e.conversation, e.map, count(*) from map_entries e \
     join unnest($1::uuid[], $2::text[]) as n (conversation, map) \
     on e.conversation = n.conversation and e.map = n.map group by e.conversation, e.map";
const USERS: &str = concat!(
    "select ",
    user_columns!(),
    ", u.password_hash, u.created_at from users u where u.id = any($1)"
);
const USERNAMES: &str = "select username_folded, id from users where username_folded = any($1)";
const SESSIONS_OF: &str = concat!(
    "select ",
    session_columns!(),
    " from sessions s where s.user_id = any($1)"
);
const SESSIONS: &str = concat!(
    "select ",
    session_columns!(),
    " from sessions s where s.id = any($1)"
);

/// Writes the batch on a connection that is not in a transaction. After
/// [`StoreError::Unavailable`] the connection is not to be used again.
pub(super) async fn commit(db: &Connection, batch: &Batch) -> Result<Vec<Outcome>> {
    match write(db, batch).await {
        Ok(outcomes) => {
            // Sent only when every statement before it has said that it is done. An error here
            // says nothing about whether the commit took place.
            let committed = db.batch_execute("COMMIT").await;
            committed.map_err(|error| StoreError::Unavailable(whole(&error)))?;
            Ok(outcomes)
        }
        Err(StoreError::Unavailable(why)) => Err(StoreError::Unavailable(why)),
        Err(refused) => {
            db.batch_execute("ROLLBACK").await?;
            Err(refused)
        }
    }
}

/// What became of the batch of this number; waits for whoever has the head row locked.
pub(super) async fn resolve(db: &Connection, number: i64) -> Result<Option<Vec<Outcome>>> {
    let Some(row) = query_opt(db, LOCK_OUTCOMES, &[]).await? else {
        return Err(no_head());
    };
    if !plan::is_in(number, row.try_get(0)?)? {
        return Ok(None);
    }
    let outcomes: &str = row.try_get(1)?;
    let outcomes = serde_json::from_str(outcomes);
    outcomes
        .map(Some)
        .map_err(|error| StoreError::Unusable(format!("outcomes that are unreadable: {error}")))
}

async fn write(db: &Connection, batch: &Batch) -> Result<Vec<Outcome>> {
    let needs = plan::needs(&batch.entries);
    let snapshot = read(db, &needs).await?;
    plan::check(batch, &snapshot.head)?;
    let (outcomes, changes) = plan::plan(batch, snapshot);
    // The outcomes of the last numbered batch may still be asked for: others leave them.
    let kept = batch.number.map(|_| serde_json::to_string(&outcomes));
    let kept = kept.transpose();
    let kept = kept.map_err(|error| StoreError::Refused(format!("outcomes: {error}")))?;
    changes::write(db, &changes, kept.as_deref()).await?;
    Ok(outcomes)
}

/// Begins the transaction, locks the head row, and reads what the batch needs.
async fn read(db: &Connection, needs: &Needs) -> Result<Snapshot> {
    // Each statement sees what was committed before it began, and is begun by the server only
    // after the one before it: so all of this is read under the lock.
    db.prepare_cached(LOCK_HEAD).await?;
    let conversations = ids(&needs.conversations, |id| id.0);
    let names = ids(&needs.group_names, String::as_str);
    let stays = (
        ids(&needs.stays, |(conversation, _)| conversation.0),
        ids(&needs.stays, |(_, user)| user.0),
    );
    let posted = (
        ids(&needs.posted, |(conversation, _, _)| conversation.0),
        ids(&needs.posted, |(_, sender, _)| columns::sender(*sender)),
        ids(&needs.posted, |(_, _, client_id)| client_id.0),
    );
    let counted = (
        ids(&needs.counted, |(conversation, _)| conversation.0),
        ids(&needs.counted, |(_, seq)| seq.0),
    );
    let messages = (
        ids(&needs.messages, |(conversation, _)| conversation.0),
        ids(&needs.messages, |(_, seq)| seq.0),
    );
    let entries = (
        ids(&needs.entries, |(conversation, _, _)| conversation.0),
        ids(&needs.entries, |(_, map, _)| map.as_str()),
        ids(&needs.entries, |(_, _, key)| key.as_str()),
    );
    let sizes = (
        ids(&needs.map_sizes, |(conversation, _)| conversation.0),
        ids(&needs.map_sizes, |(_, map)| map.as_str()),
    );
    let joiners = ids(&needs.group_counts, |id| id.0);
    let users = ids(&needs.users, |id| id.0);
    let usernames = ids(&needs.usernames, String::as_str);
    let owners = ids(&needs.sessions_of, |id| id.0);
    let sessions = ids(&needs.sessions, |id| id.0);

    let begin = async { Ok(db.batch_execute("BEGIN").await?) };
    let head = query_opt(db, LOCK_HEAD, &[]);
    let (_, head, (places, people, kept), of_files) = try_join4(
        begin,
        head,
        try_join3(
            try_join5(
                select(db, CONVERSATIONS, conversations.len(), &[&conversations]),
                select(db, GROUP_NAMES, names.len(), &[&names]),
                select(db, STAYS, stays.0.len(), &[&stays.0, &stays.1]),
                select(
                    db,
                    POSTED,
                    posted.0.len(),
                    &[&posted.0, &posted.1, &posted.2],
                ),
                select(db, COUNTED, counted.0.len(), &[&counted.0, &counted.1]),
            ),
            try_join5(
                select(db, GROUP_COUNTS, joiners.len(), &[&joiners]),
                select(db, USERS, users.len(), &[&users]),
                select(db, USERNAMES, usernames.len(), &[&usernames]),
                select(db, SESSIONS_OF, owners.len(), &[&owners]),
                select(db, SESSIONS, sessions.len(), &[&sessions]),
            ),
            try_join3(
                select(db, MESSAGES, messages.0.len(), &[&messages.0, &messages.1]),
                select(
                    db,
                    ENTRIES,
                    entries.0.len(),
                    &[&entries.0, &entries.1, &entries.2],
                ),
                select(db, MAP_SIZES, sizes.0.len(), &[&sizes.0, &sizes.1]),
            ),
        ),
        files::read(db, &needs.files),
    )
    .await?;

    let mut snapshot = Snapshot::new(columns::head(&head.ok_or_else(no_head)?, 0)?);
    snapshot.files = of_files;
    let (conversations, names, stays, posted, counted) = places;
    for row in &conversations {
        let record = columns::conversation(row, 0)?;
        snapshot.conversations.insert(record.id, record);
    }
    for row in &names {
        let id = ConversationId(row.try_get(1)?);
        snapshot.group_names.insert(row.try_get(0)?, id);
    }
    for row in &stays {
        let record = columns::stay(row, 0)?;
        let key = (record.conversation, record.user);
        snapshot.stays.insert(key, record);
    }
    for row in &posted {
        let (key, what) = posted_row(row)?;
        snapshot.posted.insert(key, what);
    }
    for row in &counted {
        let key = (ConversationId(row.try_get(0)?), Seq(row.try_get(1)?));
        snapshot.counted.insert(key, row.try_get(2)?);
    }
    let (messages, entries, sizes) = kept;
    for row in &messages {
        let record = MessageRecord {
            message: columns::message(row, 0)?,
            digest: row.try_get(columns::MESSAGES)?,
        };
        let key = (record.message.conversation, record.message.seq);
        snapshot.messages.insert(key, record);
    }
    for row in &entries {
        let id = ConversationId(row.try_get(0)?);
        snapshot
            .entries
            .insert((id, row.try_get(1)?, row.try_get(2)?));
    }
    for row in &sizes {
        let key = (ConversationId(row.try_get(0)?), row.try_get(1)?);
        let size: i64 = row.try_get(2)?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        snapshot.map_sizes.insert(key, size);
    }
    let (joiners, users, usernames, of_users, sessions) = people;
    for row in &joiners {
        let user = UserId(row.try_get(0)?);
        snapshot.group_counts.insert(user, row.try_get(1)?);
    }
    for row in &users {
        let record = columns::user_record(row)?;
        snapshot.users.insert(record.id, record);
    }
    for row in &usernames {
        let user = UserId(row.try_get(1)?);
        snapshot.usernames.insert(row.try_get(0)?, user);
    }
    for row in of_users.iter().chain(&sessions) {
        let record = columns::session(row, 0)?;
        snapshot.sessions.insert(record.id, record);
    }
    snapshot.administration = administration::read(db, &needs.administration).await?;
    Ok(snapshot)
}

fn posted_row(row: &Row) -> Result<(PostedKey, Posted)> {
    let sender: Uuid = row.try_get(1)?;
    let sender = Some(UserId(sender)).filter(|user| !user.0.is_nil());
    let client_id = ClientId(row.try_get(2)?);
    let key = (ConversationId(row.try_get(0)?), sender, client_id);
    let posted = Posted {
        seq: Seq(row.try_get(3)?),
        sent_at_ms: row.try_get(4)?,
        digest: row.try_get(5)?,
    };
    Ok((key, posted))
}

/// One column of keys.
pub(super) fn ids<'a, K, T>(
    keys: impl IntoIterator<Item = &'a K>,
    column: impl FnMut(&'a K) -> T,
) -> Vec<T>
where
    K: 'a,
{
    keys.into_iter().map(column).collect()
}

/// The rows for these many keys; asks nothing for none.
pub(super) async fn select(
    db: &Connection,
    sql: &str,
    keys: usize,
    values: Values<'_>,
) -> Result<Vec<Row>> {
    match keys {
        0 => Ok(Vec::new()),
        _ => query(db, sql, values).await,
    }
}
