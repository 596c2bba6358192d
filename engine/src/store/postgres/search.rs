//! The search index in PostgreSQL: vectors of terms under a GIN index.
//!
//! GIN lists positions per term, but answers with all of them at once and in no order. So each
//! vector also holds the stretch of the log that its message lies in as a term, and a search that
//! names its stretches never gathers more than they hold.

use async_trait::async_trait;

use super::PostgresStore;
use super::columns::{self, message_columns};
use super::connect::{Connection, query, query_opt};
use super::log::{bounded, messages_of, no_head};
use crate::ids::{ConversationId, Position, UserId};
use crate::message::Message;
use crate::store::{Find, IndexState, IndexStep, Result, SearchStore};

/// The table that only this database has.
pub(super) const SCHEMA: &str = include_str!("search.sql");

/// A stretch: so many bits of a position are its place within it.
const STRETCH_BITS: u32 = 14;

const STATE: &str = "select version, position from search_state";
const LOG: &str = concat!(
    "select ",
    message_columns!(),
    " from messages m where m.position > $1 order by m.position limit $2"
);
const PLACES: &str = "select distinct conversation from stays where user_id = $1";
/// What the terms lead to is gathered first, whatever the planner thinks of the order; then the
/// messages are looked up from the newest on until there are enough.
const SEARCH: &str = concat!(
    "with hits as materialized (select i.position from search i where i.terms @@ $1::text::tsquery) \
     select ",
    message_columns!(),
    " from (select h.position from hits h where h.position > $2 and h.position < $3 \
     order by h.position desc) h join messages m on m.position = h.position \
     where m.body is not null \
     and ($4::uuid is null or m.conversation = $4) and ($5::uuid is null or m.sender = $5) \
     and ($6::bigint is null or m.sent_at >= $6) and ($7::bigint is null or m.sent_at < $7) \
     and exists (select from stays s where s.conversation = m.conversation and s.user_id = $8 \
     and m.seq >= s.from_seq and (s.left_seq is null or m.seq <= s.left_seq)) \
     order by m.position desc limit $9"
);

const MOVE: &str = "update search_state set position = $1 where position = $2";
const ADD: &str = "insert into search (position, terms) \
     select position, array_to_tsvector(string_to_array(terms, ' ')) \
     from unnest($1::bigint[], $2::text[]) as added (position, terms)";
const REMOVE: &str = "delete from search i using messages m, \
     unnest($1::uuid[], $2::bigint[]) as recalled (conversation, seq) \
     where m.conversation = recalled.conversation and m.seq = recalled.seq and m.body is null \
     and i.position = m.position";

#[async_trait]
impl SearchStore for PostgresStore {
    async fn index_state(&self) -> Result<IndexState> {
        self.read(state).await
    }

    async fn log_after(&self, after: Position, limit: usize) -> Result<Vec<Message>> {
        self.read(async |db| {
            let rows = query(db, LOG, &[&after.0, &bounded(limit)]).await?;
            messages_of(&rows)
        })
        .await
    }

    async fn index(&self, step: &IndexStep) -> Result<bool> {
        self.read(async |db| index(db, step).await).await
    }

    async fn clear_index(&self, version: i64) -> Result<()> {
        self.read(async |db| clear(db, version).await).await
    }

    async fn places(&self, user: UserId) -> Result<Vec<ConversationId>> {
        self.read(async |db| {
            let rows = query(db, PLACES, &[&user.0]).await?;
            let places = rows.iter().map(|row| Ok(ConversationId(row.try_get(0)?)));
            places.collect()
        })
        .await
    }

    async fn search(&self, find: &Find) -> Result<Vec<Message>> {
        self.read(async |db| search(db, find).await).await
    }
}

async fn state(db: &Connection) -> Result<IndexState> {
    let row = query_opt(db, STATE, &[]).await?.ok_or_else(no_head)?;
    Ok(IndexState {
        version: row.try_get(0)?,
        position: Position(row.try_get(1)?),
    })
}

async fn search(db: &Connection, find: &Find) -> Result<Vec<Message>> {
    let Some(expression) = expression(find) else {
        return Ok(Vec::new());
    };
    let sender = find.sender.map(|user| columns::sender(Some(user)));
    let rows = query(
        db,
        SEARCH,
        &[
            &expression,
            &find.after.0,
            &find.before.0,
            &find.conversation.map(|id| id.0),
            &sender,
            &find.from_ms,
            &find.to_ms,
            &find.user.0,
            &bounded(find.limit),
        ],
    )
    .await?;
    messages_of(&rows)
}

/// The query as text. Terms hold nothing that the language of queries knows. `None`: there is no
/// position to look at.
fn expression(find: &Find) -> Option<String> {
    let (first, last) = (find.after.0.checked_add(1)?, find.before.0.checked_sub(1)?);
    if first > last {
        return None;
    }
    let stretches = (first >> STRETCH_BITS)..=(last >> STRETCH_BITS);
    let stretches: Vec<String> = stretches.map(stretch).collect();
    let mut parts = find.all.clone();
    parts.push(format!("({})", stretches.join("|")));
    if !find.any.is_empty() {
        parts.push(format!("({})", find.any.join("|")));
    }
    Some(parts.join("&"))
}

/// The term of a stretch.
fn stretch(number: i64) -> String {
    format!("p{number}")
}

/// Two things at once are one transaction: where the index reaches, and what it holds.
async fn index(db: &Connection, step: &IndexStep) -> Result<bool> {
    let positions: Vec<i64> = step.add.iter().map(|row| row.position.0).collect();
    let terms = step.add.iter().map(|row| {
        let stretch = stretch(row.position.0 >> STRETCH_BITS);
        format!("{} {stretch}", row.terms)
    });
    let terms: Vec<String> = terms.collect();
    let conversations: Vec<_> = step.recalled.iter().map(|(id, _)| id.0).collect();
    let seqs: Vec<i64> = step.recalled.iter().map(|(_, seq)| seq.0).collect();
    // What a power cut takes back is indexed again.
    db.batch_execute("begin; set local synchronous_commit = off")
        .await?;
    let moved = db.prepare_cached(MOVE).await?;
    if db.execute(&moved, &[&step.to.0, &step.from.0]).await? == 0 {
        db.batch_execute("rollback").await?;
        return Ok(false);
    }
    if !positions.is_empty() {
        query(db, ADD, &[&positions, &terms]).await?;
    }
    if !seqs.is_empty() {
        query(db, REMOVE, &[&conversations, &seqs]).await?;
    }
    db.batch_execute("commit").await?;
    Ok(true)
}

async fn clear(db: &Connection, version: i64) -> Result<()> {
    // A number, written out: several statements take no values.
    let sql = format!(
        "begin; update search_state set version = {version}, position = 0; truncate search; commit"
    );
    Ok(db.batch_execute(&sql).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(all: &[&str], any: &[&str], after: i64, before: i64) -> Option<String> {
        let texts = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect();
        expression(&Find {
            user: UserId(uuid::Uuid::nil()),
            all: texts(all),
            any: texts(any),
            conversation: None,
            sender: None,
            from_ms: None,
            to_ms: None,
            after: Position(after),
            before: Position(before),
            limit: 1,
        })
    }

    #[test]
    fn a_search_names_all_its_stretches() {
        let stretch = 1 << STRETCH_BITS;
        for (after, before, expected) in [
            (0, 2, Some("wtea&(p0)")),
            (0, stretch, Some("wtea&(p0)")),
            (0, stretch + 1, Some("wtea&(p0|p1)")),
            (stretch - 1, stretch + 1, Some("wtea&(p1)")),
            (stretch - 2, 3 * stretch, Some("wtea&(p0|p1|p2)")),
            (5, 6, None),
            (9, 2, None),
            (i64::MAX, i64::MIN, None),
        ] {
            let found = asked(&["wtea"], &[], after, before);
            assert_eq!(found.as_deref(), expected, "{after} {before}");
        }
        let both = asked(&["wa", "wb"], &["g1", "g2"], 0, 2);
        assert_eq!(both.as_deref(), Some("wa&wb&(p0)&(g1|g2)"));
    }
}
