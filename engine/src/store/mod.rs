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

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::group::state::{ConversationState, ConversationType, Role, Settings};
use crate::ids::{ClientId, ConversationId, Epoch, Position, Seq, SessionId, UserId};
use crate::kind::Effect;
use crate::message::{Message, Rejection};

pub mod memory;
pub mod plan;
pub mod postgres;
pub mod rows;
pub mod sqlite;

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

/// What the journal commits together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// [`Head::batch`] plus one; `None` for a command beside a running server, which counts no
    /// batch, appends no message and raises [`Head::access_version`] instead.
    pub number: Option<i64>,
    /// In order; 1 to [`JOURNAL_BATCH`](crate::limits::JOURNAL_BATCH).
    pub entries: Vec<Entry>,
    /// Bounds that the transaction checks again.
    pub bounds: Bounds,
}

/// Bounds that the transaction checks again; the actor's check was the fast path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Groups one user may be in; 0: unlimited.
    pub groups_per_user: i64,
    /// Sessions of one user; opening one more ends the one used longest ago.
    pub sessions_per_user: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            groups_per_user: 500,
            sessions_per_user: crate::limits::SESSIONS_PER_USER,
        }
    }
}

/// One write.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A message with its effects.
    Append(Append),
    /// A new user. Refused: `username_taken`.
    CreateUser(NewUser),
    /// Another password hash; ends all sessions of the user but `keep`.
    SetPassword {
        /// Whose.
        user: UserId,
        /// PHC string.
        hash: String,
        /// The session that stays.
        keep: Option<SessionId>,
    },
    /// Makes an administrator of the server, or no longer.
    SetAdministrator {
        /// Whom.
        user: UserId,
        /// Whether.
        administrator: bool,
    },
    /// Changes a profile; `None` leaves a field as it is.
    SetProfile {
        /// Whose.
        user: UserId,
        /// Display name.
        name: Option<String>,
        /// Signature.
        signature: Option<String>,
        /// Chosen status.
        status: Option<Status>,
    },
    /// Signs a device in.
    OpenSession(NewSession),
    /// Ends sessions of a user; the outcome is [`Outcome::Done`] also where there are none.
    CloseSessions {
        /// Whose.
        user: UserId,
        /// Which.
        which: WhichSessions,
    },
    /// Notes that a session was used.
    TouchSession {
        /// Which.
        session: SessionId,
        /// Unix milliseconds.
        at_ms: i64,
    },
    /// Makes a direct conversation, unless it is there: stays for both, from the head on.
    OpenDirect {
        /// One of the two.
        one: UserId,
        /// The other.
        other: UserId,
        /// Unix milliseconds.
        at_ms: i64,
    },
    /// Moves a read position forward: min(max(old, seq), head of the open stay or the seq at
    /// which the last stay ended). Never back.
    SetRead {
        /// Whose.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// To where.
        seq: Seq,
    },
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichSessions {
    /// This one.
    One(SessionId),
    /// All but this one.
    Except(SessionId),
    /// All.
    All,
}

/// A message to append, admitted.
#[derive(Clone, Debug)]
pub struct Append {
    /// Where.
    pub conversation: ConversationId,
    /// What sort of conversation, for one that does not exist yet.
    pub r#type: ConversationType,
    /// The seq its admission saw as the last.
    pub expects: Seq,
    /// The kind's name.
    pub kind: String,
    /// Who; `None` is the system.
    pub sender: Option<UserId>,
    /// Display name.
    pub sender_name: String,
    /// JSON text.
    pub body: String,
    /// Unique per sender and conversation.
    pub client_id: ClientId,
    /// Of kind and body as they were sent: tells a retry from a reuse of the client id.
    pub digest: String,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
    /// Whether it raises the unread figure.
    pub counts: bool,
    /// Who sees it, if not everyone; resolved to users, holding the sender.
    pub audience: Option<Vec<UserId>>,
    /// What changes with it.
    pub effects: Vec<Effect>,
}

/// What became of an entry. Kept in the head row until the next batch (see the module).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Appended.
    Appended {
        /// Place in the log.
        position: Position,
        /// Place in the conversation.
        seq: Seq,
        /// Unread-worthy messages up to and including it.
        counted: i64,
    },
    /// The same sender had posted under the same client id there before.
    Duplicate {
        /// Its place.
        seq: Seq,
        /// Unix milliseconds.
        sent_at_ms: i64,
        /// Kind and body are the same (always true once the first was recalled).
        same: bool,
    },
    /// The conversation's head is not what the admission saw.
    Conflict,
    /// Refused by a rule that only the store can judge.
    Refused(Rejection),
    /// Done, for entries that are no messages.
    Done,
}

/// A new user.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Id, made by the engine.
    pub id: UserId,
    /// As typed, trimmed and normalised.
    pub username: String,
    /// Display name.
    pub name: String,
    /// PHC string; `None`: cannot sign in with a password.
    pub password_hash: Option<String>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// A new session. The token itself is never stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Id, made by the engine.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// What the device calls itself, cut to 200 characters.
    pub device: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// A status that a user chose.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, schemars::JsonSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As connected.
    #[default]
    Online,
    /// Away.
    Away,
    /// Busy.
    Busy,
    /// Looks offline to everyone else.
    Invisible,
}

impl Status {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Invisible => "invisible",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Online, Self::Away, Self::Busy, Self::Invisible]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// A user, as stored (without the password).
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Public number, from 10001 up.
    pub number: i64,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Signature.
    pub signature: String,
    /// Chosen status.
    pub status: Status,
    /// Whether they run the server.
    pub administrator: bool,
    /// Whether they may no longer sign in.
    pub disabled: bool,
}

/// A session with its user: what authenticates a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// Whose.
    pub user: User,
    /// What the device calls itself.
    pub device: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Unix milliseconds; at most an hour behind.
    pub last_used_at_ms: i64,
}

/// A group as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Id; also its conversation's.
    pub id: ConversationId,
    /// Public number, from 10001 up.
    pub number: i64,
    /// Its settings.
    pub settings: Settings,
    /// Members now.
    pub member_count: i64,
    /// The viewer's role; `None`: not a member.
    pub role: Option<Role>,
}

/// A member as others see them.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    /// Who.
    pub user: User,
    /// As what.
    pub role: Role,
    /// Muted until then, Unix milliseconds.
    pub muted_until_ms: Option<i64>,
}

/// A conversation in the snapshot of one user. For one that was left, everything is as it was at
/// the moment of leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// What sort.
    pub r#type: ConversationType,
    /// A group's name; the other user's display name in a direct conversation.
    pub name: String,
    /// The other user of a direct conversation.
    pub peer: Option<UserId>,
    /// The last message's seq.
    pub head_seq: Seq,
    /// Unread-worthy messages up to the head.
    pub counted: i64,
    /// The read position.
    pub read_seq: Seq,
    /// Unread-worthy messages up to the read position.
    pub read_counted: i64,
    /// The first seq this user may read.
    pub from_seq: Seq,
    /// Whether the user has left.
    pub left: bool,
    /// The user's role; `None` after leaving.
    pub role: Option<Role>,
    /// Members now (or when the user left).
    pub member_count: i64,
    /// The last message, as this user may see it.
    pub last_message: Option<Message>,
}

/// All that a client starts from, read in one transaction.
#[derive(Clone, Debug)]
pub struct SyncRows {
    /// The end of the log at that moment.
    pub head: Head,
    /// The user.
    pub me: User,
    /// Their conversations, those with the latest news first.
    pub conversations: Vec<ConversationRow>,
}

/// A page of catch-up: what one user may see, in position order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The messages; those with an audience that leaves the user out are included, the caller
    /// renders the stub.
    pub messages: Vec<Message>,
    /// Everything up to here was looked at: the last message's position if there may be more,
    /// else the head, read in the same transaction.
    pub scanned_to: Position,
    /// Whether this is all there is up to the head.
    pub complete: bool,
}

/// What the log says behind a cursor.
#[derive(Clone, Debug)]
pub enum Behind {
    /// A page.
    Page(Page),
    /// More than the allowed number of visible messages lie between: the client starts over.
    TooFar,
    /// The cursor lies ahead of the head: another past.
    Ahead,
}

/// A part of a conversation's history.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// Only before this.
    pub before: Option<Seq>,
    /// Only after this. With neither, or with `before` alone, the latest that fit.
    pub after: Option<Seq>,
    /// At most so many.
    pub limit: usize,
}

/// A read position as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPosition {
    /// Where.
    pub conversation: ConversationId,
    /// Up to here.
    pub read_seq: Seq,
    /// Unread-worthy messages up to there.
    pub read_counted: i64,
    /// The head (or where the user left).
    pub head_seq: Seq,
    /// Unread-worthy messages up to the head.
    pub counted: i64,
}

/// What was posted under a client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its place.
    pub seq: Seq,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
    /// Of kind and body as sent; empty once recalled.
    pub digest: String,
}

/// The contract. Every method may be called from any task at any time; all of them end within
/// five seconds (a commit or read that takes longer fails as [`StoreError::Unavailable`]).
#[async_trait]
pub trait Store: Send + Sync + 'static {
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

    /// Groups whose folded name contains the folded `query`, or whose number it is; by name.
    async fn find_groups(&self, viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>>;

    /// The members of a conversation: owner, admins, then the rest, each by user name.
    async fn members(&self, id: ConversationId) -> Result<Vec<MemberRow>>;

    /// Users by id; those that do not exist are left out.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>>;

    /// Users whose folded user name or display name begins with the folded `query`, or whose
    /// number it is; by user name. Disabled users are left out.
    async fn find_users(&self, query: &str, limit: usize) -> Result<Vec<User>>;

    /// A user and their password hash, by user name.
    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>>;

    /// Whether two users have an open stay in a common group.
    async fn share_a_group(&self, one: UserId, other: UserId) -> Result<bool>;

    /// The users with whom `user` has a direct conversation, at most `limit`.
    async fn direct_peers(&self, user: UserId, limit: usize) -> Result<Vec<UserId>>;

    /// The session of a token, by the token's SHA-256 in hexadecimal. Disabled users have none.
    async fn session(&self, token_hash: &str) -> Result<Option<Session>>;

    /// The sessions of one user, those used last first.
    async fn sessions(&self, user: UserId) -> Result<Vec<Session>>;

    /// Which of these sessions are still there (and their users not disabled).
    async fn living_sessions(&self, sessions: &[SessionId]) -> Result<BTreeSet<SessionId>>;

    /// Closes connections and files. Calls after it fail as [`StoreError::Unavailable`].
    async fn close(&self);
}

/// A name for comparing: trimmed, lower case by Unicode's rules.
pub fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}
