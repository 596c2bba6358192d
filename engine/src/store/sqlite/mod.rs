//! The store in one SQLite file: what the server uses unless told otherwise.
//!
//! One thread writes ([`writer`]), with the log's lock in its hand: an exclusive lock on the file
//! `DATABASE.lock`, which the operating system gives up when the process ends, however it ends.
//! Reads go through a few read-only connections; thanks to the write-ahead log neither waits for
//! the other. Every commit is on the disk before it is answered (`synchronous = full`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, InterruptHandle, Transaction};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

use self::writer::{Job, Writer};
use super::memory::FailCommit;
use super::*;

mod administration;
mod backup;
mod columns;
mod files;
mod people;
mod read;
mod relations;
mod search;
mod setup;
mod snapshot;
mod transfer;
mod write;
mod writer;

pub use backup::backup;
pub use transfer::SqliteTransfer;

/// Connections that read. More reads at once wait for one.
const READERS: usize = 4;
/// How long anything may take. Beyond: [`StoreError::Unavailable`].
const LONGEST: Duration = crate::limits::WRITE_TIMEOUT;

/// As whom to open a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// As its one writer: the server, and commands that need it to stand still.
    Writer,
    /// Beside a running server, without its lock: reads everything, commits batches without a
    /// number only.
    Beside,
}

/// A log in a SQLite file.
pub struct SqliteStore {
    access: Access,
    writer: SyncSender<Job>,
    readers: Arc<Readers>,
    fault: Arc<Mutex<Option<FailCommit>>>,
}

impl SqliteStore {
    /// Opens the database at `path`, with its directory, its tables and a new log if need be.
    /// Blocks: call it before the runtime is busy.
    ///
    /// # Errors
    /// [`StoreError::Locked`]: another process is the writer. [`StoreError::Unusable`]: not a
    /// database of this version, or not a disk for one.
    pub fn open(path: &Path, access: Access) -> Result<Self> {
        // The file first, so that nobody but its owner may read what is in it.
        drop(setup::create(path)?);
        let lock = match access {
            Access::Writer => Some(setup::lock(path)?),
            Access::Beside => None,
        };
        let mut connection = setup::writer(path)?;
        setup::prepare(&mut connection)?;
        setup::refuse_unfinished_import(&connection)?;
        let fault = Arc::new(Mutex::new(None));
        let writer = Writer {
            path: path.to_owned(),
            connection: Some(connection),
            fault: fault.clone(),
            lock,
        };
        Ok(Self {
            access,
            writer: writer.start()?,
            readers: Arc::new(Readers {
                path: path.to_owned(),
                permits: Arc::new(Semaphore::new(READERS)),
                idle: Mutex::new(Vec::new()),
            }),
            fault,
        })
    }

    /// Fault injection for tests: the next commit is written or not, and in both cases its caller
    /// is told that the connection broke.
    pub fn fail_next_commit(&self, fail: FailCommit) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fail);
    }

    /// Hands a job to the writer and waits for the answer.
    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.writer
            .try_send(job(reply))
            .map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Unavailable("the writer is busy".into()),
                TrySendError::Disconnected(_) => closed(),
            })?;
        match tokio::time::timeout(LONGEST, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(too_long()),
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.clone().read(work).await
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".into())
}

fn too_long() -> StoreError {
    StoreError::Unavailable(format!("no answer within {} s", LONGEST.as_secs()))
}

/// The connections that read.
struct Readers {
    path: PathBuf,
    permits: Arc<Semaphore>,
    /// Those that nobody is using; one that failed is not put back.
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Does one read in a transaction of its own on a thread that may block. One that takes too
    /// long is interrupted.
    async fn read<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let end = Instant::now() + LONGEST;
        let permit = match timeout_at(end, self.permits.clone().acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| closed())?,
            Err(_) => return Err(too_long()),
        };
        // Holds the handle exactly while the connection is ours.
        let running: Arc<Mutex<Option<InterruptHandle>>> = Arc::default();
        let mine = running.clone();
        let set = move |handle| *mine.lock().unwrap_or_else(PoisonError::into_inner) = handle;
        let task = tokio::task::spawn_blocking(move || {
            let mut connection = self.take()?;
            set(Some(connection.get_interrupt_handle()));
            let result = transact(&mut connection, work).map_err(setup::failed);
            set(None);
            if !matches!(result, Err(StoreError::Unavailable(_))) {
                self.idle().push(connection);
            }
            drop(permit);
            result
        });
        match timeout_at(end, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(gone)) => Err(StoreError::Unavailable(format!("a read broke off: {gone}"))),
            Err(_) => {
                let running = running.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(handle) = &*running {
                    handle.interrupt();
                }
                Err(too_long())
            }
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<Connection> {
        let idle = self.idle().pop();
        idle.map_or_else(|| setup::reader(&self.path), Ok)
    }

    /// Waits for the reads under way and closes the connections; reads after it fail.
    async fn close(&self) {
        let all = self.permits.acquire_many(READERS as u32);
        // A read that hangs is left to itself: it must not hold up the end of the server.
        let all = tokio::time::timeout(LONGEST, all).await;
        self.permits.close();
        drop(all);
        self.idle().clear();
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let tx = connection.transaction()?;
    let found = work(&tx)?;
    tx.commit()?;
    Ok(found)
}

#[async_trait]
impl Store for SqliteStore {
    async fn head(&self) -> Result<Head> {
        self.read(read::head).await
    }

    async fn secret(&self) -> Result<[u8; 32]> {
        self.read(read::secret).await
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<Outcome>> {
        if self.access == Access::Beside && batch.number.is_some() {
            let said = "beside a running server only batches without a number may be written";
            return Err(StoreError::Refused(said.into()));
        }
        self.ask(|reply| Job::Commit(batch.clone(), reply)).await?
    }

    async fn resolve(&self, number: i64) -> Result<Option<Vec<Outcome>>> {
        self.ask(|reply| Job::Resolve(number, reply)).await?
    }

    async fn new_epoch(&self, epoch: Epoch) -> Result<Head> {
        self.ask(|reply| Job::NewEpoch(epoch, reply)).await?
    }

    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<(ConversationState, Position)>> {
        self.read(move |tx| read::conversation(tx, id)).await
    }

    async fn audience(&self, positions: &[Position]) -> Result<BTreeSet<UserId>> {
        let positions = positions.to_vec();
        self.read(move |tx| read::audience(tx, &positions)).await
    }

    async fn page(
        &self,
        user: UserId,
        after: Position,
        messages: usize,
        bytes: usize,
        furthest: i64,
    ) -> Result<Behind> {
        self.read(move |tx| read::page(tx, user, after, messages, bytes, furthest))
            .await
    }

    async fn history(
        &self,
        user: UserId,
        conversation: ConversationId,
        range: Range,
    ) -> Result<Option<Vec<Message>>> {
        self.read(move |tx| read::history(tx, user, conversation, range))
            .await
    }

    async fn messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        seqs: &[Seq],
    ) -> Result<Vec<Message>> {
        let seqs = seqs.to_vec();
        self.read(move |tx| read::messages(tx, user, conversation, &seqs))
            .await
    }

    async fn posted(
        &self,
        conversation: ConversationId,
        sender: Option<UserId>,
        client_id: ClientId,
    ) -> Result<Option<Posted>> {
        self.read(move |tx| read::posted(tx, conversation, sender, client_id))
            .await
    }

    async fn sync(&self, user: UserId) -> Result<Option<SyncRows>> {
        self.read(move |tx| read::sync(tx, user)).await
    }

    async fn read_position(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Result<Option<ReadPosition>> {
        self.read(move |tx| read::read_position(tx, user, conversation))
            .await
    }

    async fn read_positions(&self, user: UserId) -> Result<Vec<ReadPosition>> {
        self.read(move |tx| read::read_positions(tx, user)).await
    }

    async fn group(&self, viewer: UserId, id: ConversationId) -> Result<Option<Group>> {
        self.read(move |tx| relations::group(tx, viewer, id)).await
    }

    async fn find_groups(&self, viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>> {
        let query = query.to_owned();
        self.read(move |tx| relations::find_groups(tx, viewer, &query, limit))
            .await
    }

    async fn members(&self, id: ConversationId) -> Result<Vec<MemberRow>> {
        self.read(move |tx| read::members(tx, id)).await
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        let ids = ids.to_vec();
        self.read(move |tx| people::users(tx, &ids)).await
    }

    async fn bots(&self, owner: UserId) -> Result<Vec<User>> {
        self.read(move |tx| people::bots(tx, owner)).await
    }

    async fn find_users(&self, query: &str, limit: usize) -> Result<Vec<User>> {
        let query = query.to_owned();
        self.read(move |tx| people::find_users(tx, &query, limit))
            .await
    }

    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>> {
        let username = username.to_owned();
        self.read(move |tx| people::credentials(tx, &username))
            .await
    }

    async fn share_a_group(&self, one: UserId, other: UserId) -> Result<bool> {
        self.read(move |tx| relations::share_a_group(tx, one, other))
            .await
    }

    async fn conversation_type(&self, id: ConversationId) -> Result<Option<ConversationType>> {
        self.read(move |tx| relations::conversation_type(tx, id))
            .await
    }

    async fn rights(&self, conversation: ConversationId, user: UserId) -> Result<Option<Rights>> {
        self.read(move |tx| relations::rights(tx, conversation, user))
            .await
    }

    async fn relation(&self, user: UserId, other: UserId) -> Result<Option<Rights>> {
        self.read(move |tx| relations::relation(tx, user, other))
            .await
    }

    async fn member_names(&self, id: ConversationId) -> Result<Vec<MemberName>> {
        self.read(move |tx| relations::member_names(tx, id)).await
    }

    async fn map(&self, id: ConversationId, map: &str) -> Result<BTreeMap<String, Value>> {
        let map = map.to_owned();
        self.read(move |tx| relations::map(tx, id, &map)).await
    }

    async fn session(&self, token_hash: &str) -> Result<Option<Session>> {
        let token_hash = token_hash.to_owned();
        self.read(move |tx| people::session(tx, &token_hash)).await
    }

    async fn sessions(&self, user: UserId) -> Result<Vec<Session>> {
        self.read(move |tx| people::sessions(tx, user)).await
    }

    async fn living_sessions(&self, sessions: &[SessionId]) -> Result<BTreeSet<SessionId>> {
        let sessions = sessions.to_vec();
        self.read(move |tx| people::living_sessions(tx, &sessions))
            .await
    }

    async fn close(&self) {
        // Readers first: the last connection to go is the one that tidies up.
        self.readers.close().await;
        let _ = self.ask(Job::Close).await;
    }
}

#[cfg(test)]
mod tests;
