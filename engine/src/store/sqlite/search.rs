//! The search index in SQLite: a table of FTS5, which lists positions per term, the newest first
//! as easily as the oldest.

use async_trait::async_trait;
use rusqlite::{Result, Transaction, named_params};

use super::columns::{self, blob};
use super::setup::failed;
use super::write::{all, select};
use super::writer::Job;
use super::{SqliteStore, StoreError};
use crate::ids::{ConversationId, Position, UserId};
use crate::message::Message;
use crate::store::{self, Find, IndexState, IndexStep, SearchStore};

/// The table that only this database has.
pub(super) const SCHEMA: &str = include_str!("search.sql");

type Tx<'a> = Transaction<'a>;

#[async_trait]
impl SearchStore for SqliteStore {
    async fn index_state(&self) -> store::Result<IndexState> {
        self.read(state).await
    }

    async fn log_after(&self, after: Position, limit: usize) -> store::Result<Vec<Message>> {
        self.read(move |tx| log_after(tx, after, limit)).await
    }

    async fn index(&self, step: &IndexStep) -> store::Result<bool> {
        self.ask(|reply| Job::Index(step.clone(), reply)).await?
    }

    async fn clear_index(&self, version: i64) -> store::Result<()> {
        self.ask(|reply| Job::ClearIndex(version, reply)).await?
    }

    async fn places(&self, user: UserId) -> store::Result<Vec<ConversationId>> {
        self.read(move |tx| places(tx, user)).await
    }

    async fn search(&self, find: &Find) -> store::Result<Vec<Message>> {
        let find = find.clone();
        self.read(move |tx| search(tx, &find)).await
    }
}

fn state(tx: &Tx<'_>) -> Result<IndexState> {
    tx.prepare_cached("select version, position from search_state")?
        .query_row([], |row| {
            Ok(IndexState {
                version: row.get(0)?,
                position: Position(row.get(1)?),
            })
        })
}

fn log_after(tx: &Tx<'_>, after: Position, limit: usize) -> Result<Vec<Message>> {
    let rest = "messages where position > ?1 order by position limit ?2";
    let sql = select(columns::MESSAGE, rest);
    all(tx, &sql, (after.0, limit as i64), columns::message)
}

fn places(tx: &Tx<'_>, user: UserId) -> Result<Vec<ConversationId>> {
    let sql = "select distinct conversation from stays where user_id = ?1";
    let places = all(tx, sql, [blob(user.0)], |row| columns::uuid(row, 0))?;
    Ok(places.into_iter().map(ConversationId).collect())
}

/// The index first, from its end, and each message as it comes: what is asked for is soon there.
fn search(tx: &Tx<'_>, find: &Find) -> Result<Vec<Message>> {
    // The row id as it is, and nothing else in the order: only so does the index itself go
    // backwards and stop at the bounds.
    let sql = select(
        columns::MESSAGE,
        "search cross join messages m on m.position = search.rowid \
         where search match :terms and search.rowid > :after and search.rowid < :before \
         and m.body is not null \
         and (:conversation is null or m.conversation = :conversation) \
         and (:sender is null or m.sender = :sender) \
         and (:from is null or m.sent_at >= :from) and (:to is null or m.sent_at < :to) \
         and exists (select 1 from stays s where s.conversation = m.conversation \
         and s.user_id = :user and m.seq >= s.from_seq \
         and (s.left_seq is null or m.seq <= s.left_seq)) \
         order by search.rowid desc limit :limit",
    );
    let params = named_params! {
        ":terms": expression(find),
        ":after": find.after.0,
        ":before": find.before.0,
        ":conversation": find.conversation.map(|id| blob(id.0)),
        ":sender": find.sender.map(|user| blob(user.0)),
        ":from": find.from_ms,
        ":to": find.to_ms,
        ":user": blob(find.user.0),
        ":limit": find.limit as i64,
    };
    all(tx, &sql, params, columns::message)
}

/// What FTS5 is asked: terms in quotation marks, so that none is taken for an operator.
fn expression(find: &Find) -> String {
    let quoted = |terms: &[String], by: &str| {
        let terms: Vec<String> = terms.iter().map(|term| format!("\"{term}\"")).collect();
        terms.join(by)
    };
    let all = quoted(&find.all, " AND ");
    match find.any.as_slice() {
        [] => all,
        any => format!("{all} AND ({})", quoted(any, " OR ")),
    }
}

// ---- on the writer's thread --------------------------------------------------------------------

/// See [`SearchStore::index`].
pub(super) fn index(tx: Tx<'_>, step: &IndexStep) -> store::Result<bool> {
    let moved = take(&tx, step).map_err(failed)?;
    done(tx)?;
    Ok(moved)
}

fn take(tx: &Tx<'_>, step: &IndexStep) -> Result<bool> {
    let moved = tx
        .prepare_cached("update search_state set position = ?1 where position = ?2")?
        .execute([step.to.0, step.from.0])?;
    if moved == 0 {
        return Ok(false);
    }
    let mut add = tx.prepare_cached("insert into search (rowid, terms) values (?1, ?2)")?;
    for row in &step.add {
        add.execute((row.position.0, &row.terms))?;
    }
    let mut remove = tx.prepare_cached(
        "delete from search where rowid = (select position from messages \
         where conversation = ?1 and seq = ?2 and body is null)",
    )?;
    for (conversation, seq) in &step.recalled {
        remove.execute((blob(conversation.0), seq.0))?;
    }
    Ok(true)
}

/// See [`SearchStore::clear_index`].
pub(super) fn clear(tx: Tx<'_>, version: i64) -> store::Result<()> {
    let work = |tx: &Tx<'_>| -> Result<()> {
        tx.execute("insert into search (search) values ('delete-all')", [])?;
        tx.execute(
            "update search_state set version = ?1, position = 0",
            [version],
        )?;
        Ok(())
    };
    work(&tx).map_err(failed)?;
    done(tx)
}

fn done(tx: Tx<'_>) -> store::Result<()> {
    let committed = tx.commit();
    committed.map_err(|error| StoreError::Unavailable(error.to_string()))
}
