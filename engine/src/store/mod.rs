//! The store: what is kept, and the contract that SQLite, PostgreSQL and memory fulfil alike.
//!
//! **One writer.** Everything is written by [`Store::commit`], a batch of [`Entry`] in ONE
//! transaction. The transaction first locks the head row, then reads what the batch touches (a
//! [`plan::Snapshot`]), then [`plan::plan`] decides, entry by entry and without I/O, what becomes
//! of each ([`Outcome`]) and which rows change ([`plan::Changes`]), then the rows are written and
//! the head row with them. So both databases share every rule, an entry that is refused never
//! disturbs its neighbours, and SQL does nothing but read and write rows.
//!
//! **Compare and append.** A message is appended only if its conversation's head is still the seq
//! that its admission saw ([`Append::expects`]); otherwise that entry alone is [`Outcome::Conflict`].
//!
//! **Unknown outcomes.** The head row counts batches and keeps the outcomes of the last one.
//! After a lost connection [`Store::resolve`] locks the head row (waiting for whatever the lost
//! session still does) and says whether the batch is in, and with which outcomes.
//!
//! **Reads** see committed data only, each in one transaction on the primary that begins after
//! the call; reads of several tables see one snapshot.
//!
//! Rows that hold somebody's name for comparing hold it folded ([`fold`]), because databases
//! disagree about case outside ASCII.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::Value;

// The stores below take what they need from here.
pub(crate) use crate::group::state::{ConversationState, ConversationType, Role};
use crate::ids::{ClientId, ConversationId, Epoch, Position, Seq, SessionId, UserId};
use crate::message::Message;

pub mod administration;
pub mod entries;
pub mod files;
pub mod memory;
pub mod plan;
pub mod postgres;
pub mod rows;
pub mod search;
pub mod sqlite;
mod transfer;
pub mod views;

pub use administration::{
    Account, Act, AdministrationStore, AuditRecord, Deed, InvitationRecord, Invited, ReportRecord,
    ReportState,
};
pub use entries::*;
pub use files::FileStore;
pub use search::*;
pub use views::*;

/// Which `schema.sql` this program understands.
pub const SCHEMA_VERSION: i64 = 2;

/// What can go wrong with a store as such. Refusals of single entries are [`Outcome`]s.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Cannot be reached, or the connection broke. For a commit: the outcome is unknown.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// The store refused a statement that should have been fine. For a commit: nothing of the
    /// batch was written.
    #[error("the store refused: {0}")]
    Refused(String),
    /// Somebody else is the writer of this log.
    #[error("another server is writing to this store: {0}")]
    Locked(String),
    /// What is in the store is not what this version understands, or is set up dangerously.
    #[error("{0}")]
    Unusable(String),
}

/// Short for results of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which log this is.
    pub epoch: Epoch,
    /// The last message's position; 0: none.
    pub position: Position,
    /// How many batches the journal has committed.
    pub batch: i64,
    /// Raised by whoever ends sessions or changes rights from outside the server (commands), so
    /// that the server looks again at what it has open.
    pub access_version: i64,
}

/// The contract. Every method may be called from any task at any time; all of them end within
/// five seconds (a commit or read that takes longer fails as [`StoreError::Unavailable`]).
#[async_trait]
pub trait Store: AdministrationStore + FileStore + SearchStore + Send + Sync + 'static {
    /// The end of the log.
    async fn head(&self) -> Result<Head>;

    /// A secret of this log, 32 bytes, drawn when it was made: keys the digests.
    async fn secret(&self) -> Result<[u8; 32]>;

    /// Writes a batch in one transaction and answers one outcome per entry, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the outcome is unknown, ask [`resolve`](Self::resolve).
    /// [`StoreError::Refused`]: nothing was written.
    async fn commit(&self, batch: &Batch) -> Result<Vec<Outcome>>;

    /// Whether the batch of this number is in, and with which outcomes; `None`: it is not, and
    /// nothing that is still under way can put it in. Reconnects if need be.
    async fn resolve(&self, number: i64) -> Result<Option<Vec<Outcome>>>;

    /// Gives the log another epoch, because its past was changed: by hand (restore, import), or
    /// under a server that finds the head where it cannot be.
    async fn new_epoch(&self, epoch: Epoch) -> Result<Head>;

    /// A conversation as of now, with the position it was read at. `None`: there is none.
    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<(ConversationState, Position)>>;

    /// Who may see any of the messages at these positions: the members just before or just after.
    async fn audience(&self, positions: &[Position]) -> Result<BTreeSet<UserId>>;

    /// What `user` may see after `after`, at most `messages` and about `bytes` of body (at least
    /// one message). `furthest`: more visible messages than this up to the head is
    /// [`Behind::TooFar`]; 0: unlimited.
    async fn page(
        &self,
        user: UserId,
        after: Position,
        messages: usize,
        bytes: usize,
        furthest: i64,
    ) -> Result<Behind>;

    /// History, ascending. `None`: the user was never in there.
    async fn history(
        &self,
        user: UserId,
        conversation: ConversationId,
        range: Range,
    ) -> Result<Option<Vec<Message>>>;

    /// Single messages that the user may read (also outside the audience, for the stub); those
    /// that do not exist or may not be seen are left out.
    async fn messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        seqs: &[Seq],
    ) -> Result<Vec<Message>>;

    /// What `sender` posted there under this client id.
    async fn posted(
        &self,
        conversation: ConversationId,
        sender: Option<UserId>,
        client_id: ClientId,
    ) -> Result<Option<Posted>>;

    /// The snapshot. `None`: no such user.
    async fn sync(&self, user: UserId) -> Result<Option<SyncRows>>;

    /// The read position of one user in one conversation. `None`: never in there.
    async fn read_position(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Result<Option<ReadPosition>>;

    /// All read positions of one user.
    async fn read_positions(&self, user: UserId) -> Result<Vec<ReadPosition>>;

    /// A group as `viewer` sees it. `None`: there is none.
    async fn group(&self, viewer: UserId, id: ConversationId) -> Result<Option<Group>>;

    /// Groups that are not dissolved and whose folded name contains the folded `query`, or whose
    /// number it is; by name.
    async fn find_groups(&self, viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>>;

    /// The members of a conversation: owner, admins, then the rest, each by user name.
    async fn members(&self, id: ConversationId) -> Result<Vec<MemberRow>>;

    /// Users by id; those that do not exist are left out.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>>;

    /// Users whose folded user name or display name begins with the folded `query`, or whose
    /// number it is; by user name. Disabled users are left out.
    async fn find_users(&self, query: &str, limit: usize) -> Result<Vec<User>>;

    /// The bots of a user that are not deleted, by user name.
    async fn bots(&self, owner: UserId) -> Result<Vec<User>>;

    /// A user and their password hash, by user name.
    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>>;

    /// Whether two users have an open stay in a common group that is not dissolved.
    async fn share_a_group(&self, one: UserId, other: UserId) -> Result<bool>;

    /// What sort of conversation this is. `None`: there is none.
    async fn conversation_type(&self, id: ConversationId) -> Result<Option<ConversationType>>;

    /// What decides whether `user` may write to the other of a direct conversation. `None`: it is
    /// none, or `user` is not one of the two.
    async fn rights(&self, conversation: ConversationId, user: UserId) -> Result<Option<Rights>>;

    /// The same of two users, whether there is a direct conversation or not. `None`: there is nobody
    /// of the id `other`.
    async fn relation(&self, user: UserId, other: UserId) -> Result<Option<Rights>>;

    /// What the members of a conversation may be called by.
    async fn member_names(&self, id: ConversationId) -> Result<Vec<MemberName>>;

    /// A map that a conversation keeps; empty if there is none.
    async fn map(&self, id: ConversationId, map: &str) -> Result<BTreeMap<String, Value>>;

    /// The session of a token, by the token's SHA-256 in hexadecimal. Disabled users have none,
    /// nor have bots of disabled users.
    async fn session(&self, token_hash: &str) -> Result<Option<Session>>;

    /// The sessions of one user, those used last first.
    async fn sessions(&self, user: UserId) -> Result<Vec<Session>>;

    /// Which of these sessions are still there and would be found by [`session`](Self::session).
    async fn living_sessions(&self, sessions: &[SessionId]) -> Result<BTreeSet<SessionId>>;

    /// Closes connections and files. Calls after it fail as [`StoreError::Unavailable`].
    async fn close(&self);
}

/// A name for comparing: trimmed, lower case by Unicode's rules, with one small sigma (lower-casing
/// writes another one at the end of a word).
pub fn fold(name: &str) -> String {
    name.trim().to_lowercase().replace('ς', "σ")
}
