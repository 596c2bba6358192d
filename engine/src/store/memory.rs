//! The store in memory, for tests and simulation: the same contract and the same plan, without
//! threads and timers, so that it runs under a paused clock and the same way every time. It
//! outlives the server that uses it: [`MemoryStore::reopen`] is a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::rows::*;
use super::*;

mod administration;
mod contract;
mod files;
mod tables;
pub(super) mod views;

use tables::Tables;

/// What a test makes of the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailCommit {
    /// It is not written, and reported as [`StoreError::Unavailable`].
    Before,
    /// It is written, and reported as [`StoreError::Unavailable`].
    After,
}

/// A log in memory.
pub struct MemoryStore {
    tables: Mutex<Tables>,
    fault: Mutex<Option<FailCommit>>,
    paused: watch::Sender<bool>,
    reads: AtomicU64,
    commits: AtomicU64,
}

/// An older copy of a log.
pub struct Backup(Box<Tables>);

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(Epoch(1))
    }
}

impl MemoryStore {
    /// An empty log of this epoch; its secret follows from the epoch.
    pub fn new(epoch: Epoch) -> Self {
        let head = HeadRow {
            position: Position(0),
            batch: 0,
            next_number: 10_001,
            access_version: 0,
        };
        let tables = Tables {
            closed: false,
            epoch,
            head,
            outcomes: Vec::new(),
            conversations: BTreeMap::new(),
            group_names: BTreeMap::new(),
            stays: BTreeMap::new(),
            stays_of: BTreeSet::new(),
            messages: BTreeMap::new(),
            by_seq: BTreeMap::new(),
            by_client_id: BTreeMap::new(),
            kind_states: BTreeMap::new(),
            entries: BTreeMap::new(),
            users: BTreeMap::new(),
            usernames: BTreeMap::new(),
            sessions: BTreeMap::new(),
            administration: administration::Administration::default(),
            files: files::FileTables::default(),
        };
        Self {
            tables: Mutex::new(tables),
            fault: Mutex::new(None),
            paused: watch::Sender::new(false),
            reads: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        }
    }

    /// Fault injection for tests: the next commit is written or not, and in both cases its caller
    /// is told that the connection broke.
    pub fn fail_next_commit(&self, fail: FailCommit) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fail);
    }

    /// Fault injection for tests: while paused, commits, resolves and reads wait.
    pub fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// Undoes [`close`](Store::close), with everything still there.
    pub fn reopen(&self) {
        self.lock().closed = false;
    }

    /// A copy of the log as it is now, for [`restore`](Self::restore).
    pub fn backup(&self) -> Backup {
        Backup(Box::new(self.lock().clone()))
    }

    /// Fault injection for tests: puts an older copy in the log's place, as somebody who restores
    /// a backup behind a running server's back would.
    pub fn restore(&self, backup: &Backup) {
        self.lock().clone_from(&backup.0);
    }

    /// How many reads there were.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// How many commits there were, refused and failed ones included.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tables, once not paused.
    async fn open(&self) -> Result<MutexGuard<'_, Tables>> {
        // The sender lives as long as we do, so waiting cannot fail.
        let _ = self.paused.subscribe().wait_for(|paused| !paused).await;
        let tables = self.lock();
        if tables.closed {
            return Err(StoreError::Unavailable("it is closed".into()));
        }
        Ok(tables)
    }

    async fn read(&self) -> Result<MutexGuard<'_, Tables>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.open().await
    }
}
