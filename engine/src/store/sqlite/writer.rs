//! The writer: one thread with a connection of its own, one transaction for each batch.

use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::columns;
use super::search;
use super::setup::{self, failed};
use super::snapshot;
use super::write::{one, select, write};
use crate::ids::Epoch;
use crate::store::memory::FailCommit;
use crate::store::{Batch, Head, IndexStep, Outcome, Result, StoreError, plan};

/// Requests waiting for the writer; beyond: [`StoreError::Unavailable`] at once. The journal has
/// one under way; those whose callers gave up are skipped.
const QUEUE: usize = 64;

/// What the writer is asked to do.
pub(super) enum Job {
    Commit(Batch, oneshot::Sender<Result<Vec<Outcome>>>),
    Resolve(i64, oneshot::Sender<Result<Option<Vec<Outcome>>>>),
    NewEpoch(Epoch, oneshot::Sender<Result<Head>>),
    Index(IndexStep, oneshot::Sender<Result<bool>>),
    ClearIndex(i64, oneshot::Sender<Result<()>>),
    Close(oneshot::Sender<()>),
}

/// What the writer holds. The lock on the log ends with it.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    /// `None` after a failure whose outcome is unknown: the next job opens another.
    pub(super) connection: Option<Connection>,
    pub(super) fault: Arc<Mutex<Option<FailCommit>>>,
    /// Held to the end; `None` beside a running server.
    pub(super) lock: Option<File>,
}

impl Writer {
    /// Starts the thread. It ends with [`Job::Close`] or when the queue is dropped.
    pub(super) fn start(self) -> Result<SyncSender<Job>> {
        let (queue, jobs) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || self.run(&jobs))
            .map_err(|error| StoreError::Unavailable(format!("no thread: {error}")))?;
        Ok(queue)
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        // An answer that nobody waits for any more is dropped; `resolve` will tell.
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Commit(batch, reply) if !reply.is_closed() => {
                    let fault = self
                        .fault
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .take();
                    let _ = reply.send(self.on_connection(|tx| commit(tx, &batch, fault)));
                }
                Job::Resolve(number, reply) if !reply.is_closed() => {
                    let _ = reply.send(self.on_connection(|tx| resolve(&tx, number)));
                }
                Job::NewEpoch(epoch, reply) => {
                    let _ = reply.send(self.on_connection(|tx| new_epoch(tx, epoch)));
                }
                Job::Index(step, reply) if !reply.is_closed() => {
                    let _ = reply.send(self.on_connection(|tx| search::index(tx, &step)));
                }
                Job::ClearIndex(version, reply) => {
                    let _ = reply.send(self.on_connection(|tx| search::clear(tx, version)));
                }
                Job::Commit(..) | Job::Resolve(..) | Job::Index(..) => {}
                Job::Close(reply) => {
                    self.close();
                    let _ = reply.send(());
                    return;
                }
            }
        }
        self.close();
    }

    /// Does one job in a transaction that holds the writer's lock of the database. After a
    /// failure that leaves the outcome open, the connection is not used again.
    fn on_connection<T>(&mut self, job: impl FnOnce(Transaction<'_>) -> Result<T>) -> Result<T> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(setup::writer(&self.path)?),
        };
        let result = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)
            .and_then(job);
        if let Err(StoreError::Unavailable(_)) = result {
            self.connection = None;
        }
        result
    }

    /// Leaves one file, without a log beside it, and gives up the lock.
    fn close(self) {
        // Neither is needed for correctness: the next start would do it. A command does not wait
        // for the server's readers.
        if let (Some(connection), Some(_)) = (self.connection, &self.lock) {
            let _ = connection.execute_batch("pragma optimize; pragma wal_checkpoint(truncate)");
        }
    }
}

fn commit(tx: Transaction<'_>, batch: &Batch, fault: Option<FailCommit>) -> Result<Vec<Outcome>> {
    let injected = || StoreError::Unavailable("a fault was injected".into());
    let head = one(&tx, &select(columns::HEAD, "head"), [], columns::head).map_err(failed)?;
    let head = head.ok_or_else(|| StoreError::Unusable("the head row is gone".into()))?;
    plan::check(batch, &head)?;
    let snapshot = snapshot::read(&tx, head, &plan::needs(&batch.entries)).map_err(failed)?;
    let (outcomes, changes) = plan::plan(batch, snapshot);
    write(&tx, &changes).map_err(failed)?;
    if batch.number.is_some() {
        let json = serde_json::to_string(&outcomes)
            .map_err(|error| StoreError::Refused(error.to_string()))?;
        tx.execute("update head set outcomes = ?1", [json])
            .map_err(failed)?;
    }
    if fault == Some(FailCommit::Before) {
        return Err(injected());
    }
    // Whatever goes wrong from here on leaves the outcome open.
    tx.commit()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    match fault {
        Some(FailCommit::After) => Err(injected()),
        _ => Ok(outcomes),
    }
}

fn new_epoch(tx: Transaction<'_>, epoch: Epoch) -> Result<Head> {
    tx.execute("update head set epoch = ?1", [i64::from(epoch.0)])
        .map_err(failed)?;
    let head = super::read::head(&tx).map_err(failed)?;
    tx.commit()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(head)
}

fn resolve(tx: &Transaction<'_>, number: i64) -> Result<Option<Vec<Outcome>>> {
    let (batch, outcomes): (i64, String) = tx
        .query_row("select batch, outcomes from head", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(failed)?;
    if !plan::is_in(number, batch)? {
        return Ok(None);
    }
    serde_json::from_str(&outcomes).map(Some).map_err(|error| {
        StoreError::Unusable(format!(
            "the outcomes of batch {number} are damaged: {error}"
        ))
    })
}
