//! PostgreSQL: the store of deployments.
//!
//! [`init`](PostgresStore::init) makes the tables, [`open`](PostgresStore::open) connects. One
//! session of its own writes (`writer`), a pool reads. Every call ends within five seconds
//! (`connect`), also against a server that swallows what it is sent.
//!
//! Nothing may stand between that pools sessions (pgbouncer in transaction mode): the writer lock
//! belongs to a session, and so do our settings.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::Pool;

use self::connect::{CALL, Connection, configuration, lent, pool, within};
use self::writer::Writer;
pub use super::sqlite::Access;
use super::*;

mod administration;
mod changes;
mod columns;
mod connect;
mod file_changes;
mod files;
mod init;
mod log;
mod people;
mod relations;
mod search;
mod transfer;
mod write;
mod writer;

pub use transfer::PostgresTransfer;

/// How long a starting server waits for another to give up the writer lock.
pub const WRITER_PATIENCE: Duration = Duration::from_secs(15);

/// A store in PostgreSQL.
pub struct PostgresStore {
    pool: Pool,
    writer: Writer,
}

impl PostgresStore {
    /// Makes the tables and the head row, where they are missing. Safe to call again, and from
    /// several processes at once. Blocks: call it from a thread of its own, not from a task.
    ///
    /// # Errors
    /// [`StoreError::Unusable`]: the URL, the tables' version, or a server that is set up to lose
    /// what was acknowledged; the text says what to do.
    pub fn init(url: &str) -> Result<()> {
        init::init(url)
    }

    /// Connects to tables that [`init`](Self::init) made.
    ///
    /// # Errors
    /// [`StoreError::Locked`]: there is another writer, also after [`WRITER_PATIENCE`].
    pub async fn open(url: &str, access: Access) -> Result<Self> {
        Self::open_within(url, access, WRITER_PATIENCE).await
    }

    /// Like [`open`](Self::open), waiting for the writer lock no longer than `patience`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_within(url: &str, access: Access, patience: Duration) -> Result<Self> {
        let config = configuration(url)?;
        let pool = pool(&config)?;
        within(CALL, lent(&pool, init::refuse_unknown_tables)).await?;
        within(CALL, lent(&pool, init::refuse_unfinished_import)).await?;
        let writer = Writer::open(config, access, patience);
        let writer = within(patience + CALL, writer).await?;
        Ok(Self { pool, writer })
    }

    /// Reads with a connection of the pool.
    async fn read<T>(&self, work: impl AsyncFnOnce(&Connection) -> Result<T>) -> Result<T> {
        within(CALL, lent(&self.pool, work)).await
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn head(&self) -> Result<Head> {
        self.read(log::head).await
    }

    async fn secret(&self) -> Result<[u8; 32]> {
        self.read(log::secret).await
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<Outcome>> {
        within(CALL, self.writer.commit(batch)).await
    }

    async fn resolve(&self, number: i64) -> Result<Option<Vec<Outcome>>> {
        within(CALL, self.writer.resolve(number)).await
    }

    async fn new_epoch(&self, epoch: Epoch) -> Result<Head> {
        within(CALL, self.writer.new_epoch(epoch)).await?;
        self.head().await
    }

    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<(ConversationState, Position)>> {
        self.read(async |db| log::conversation(db, id).await).await
    }

    async fn audience(&self, positions: &[Position]) -> Result<BTreeSet<UserId>> {
        self.read(async |db| log::audience(db, positions).await)
            .await
    }

    async fn page(
        &self,
        user: UserId,
        after: Position,
        messages: usize,
        bytes: usize,
        furthest: i64,
    ) -> Result<Behind> {
        self.read(async |db| log::page(db, user, after, messages, bytes, furthest).await)
            .await
    }

    async fn history(
        &self,
        user: UserId,
        conversation: ConversationId,
        range: Range,
    ) -> Result<Option<Vec<Message>>> {
        self.read(async |db| log::history(db, user, conversation, range).await)
            .await
    }

    async fn messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        seqs: &[Seq],
    ) -> Result<Vec<Message>> {
        self.read(async |db| log::messages(db, user, conversation, seqs).await)
            .await
    }

    async fn posted(
        &self,
        conversation: ConversationId,
        sender: Option<UserId>,
        client_id: ClientId,
    ) -> Result<Option<Posted>> {
        self.read(async |db| log::posted(db, conversation, sender, client_id).await)
            .await
    }

    async fn sync(&self, user: UserId) -> Result<Option<SyncRows>> {
        self.read(async |db| people::sync(db, user).await).await
    }

    async fn read_position(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Result<Option<ReadPosition>> {
        self.read(async |db| people::read_position(db, user, conversation).await)
            .await
    }

    async fn read_positions(&self, user: UserId) -> Result<Vec<ReadPosition>> {
        self.read(async |db| people::read_positions(db, user).await)
            .await
    }

    async fn group(&self, viewer: UserId, id: ConversationId) -> Result<Option<Group>> {
        self.read(async |db| people::group(db, viewer, id).await)
            .await
    }

    async fn find_groups(&self, viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>> {
        self.read(async |db| people::find_groups(db, viewer, query, limit).await)
            .await
    }

    async fn members(&self, id: ConversationId) -> Result<Vec<MemberRow>> {
        self.read(async |db| people::members(db, id).await).await
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        self.read(async |db| people::users(db, ids).await).await
    }

    async fn bots(&self, owner: UserId) -> Result<Vec<User>> {
        self.read(async |db| people::bots(db, owner).await).await
    }

    async fn find_users(&self, query: &str, limit: usize) -> Result<Vec<User>> {
        self.read(async |db| people::find_users(db, query, limit).await)
            .await
    }

    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>> {
        self.read(async |db| people::credentials(db, username).await)
            .await
    }

    async fn share_a_group(&self, one: UserId, other: UserId) -> Result<bool> {
        self.read(async |db| people::share_a_group(db, one, other).await)
            .await
    }

    async fn conversation_type(&self, id: ConversationId) -> Result<Option<ConversationType>> {
        self.read(async |db| relations::conversation_type(db, id).await)
            .await
    }

    async fn rights(&self, conversation: ConversationId, user: UserId) -> Result<Option<Rights>> {
        self.read(async |db| relations::rights(db, conversation, user).await)
            .await
    }

    async fn relation(&self, user: UserId, other: UserId) -> Result<Option<Rights>> {
        self.read(async |db| relations::relation(db, user, other).await)
            .await
    }

    async fn member_names(&self, id: ConversationId) -> Result<Vec<MemberName>> {
        self.read(async |db| relations::member_names(db, id).await)
            .await
    }

    async fn map(&self, id: ConversationId, map: &str) -> Result<BTreeMap<String, Value>> {
        self.read(async |db| relations::map(db, id, map).await)
            .await
    }

    async fn session(&self, token_hash: &str) -> Result<Option<Session>> {
        self.read(async |db| people::session(db, token_hash).await)
            .await
    }

    async fn sessions(&self, user: UserId) -> Result<Vec<Session>> {
        self.read(async |db| people::sessions(db, user).await).await
    }

    async fn living_sessions(&self, sessions: &[SessionId]) -> Result<BTreeSet<SessionId>> {
        self.read(async |db| people::living_sessions(db, sessions).await)
            .await
    }

    async fn close(&self) {
        self.pool.close();
        // Also if the writer is stuck: then its session ends with the store.
        let _ = tokio::time::timeout(CALL, self.writer.close()).await;
    }
}
