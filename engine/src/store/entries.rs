//! What is written: a batch of entries, and what becomes of each.

use serde::{Deserialize, Serialize};

use super::administration::{Act, Invited, ReportRecord};
use super::files::NewFile;
use crate::effects::{Effect, MapName};
use crate::group::state::{ConversationType, Step, added_and_removed};
use crate::ids::{BlobId, ClientId, ConversationId, FileId, Position, Seq, SessionId, UserId};
use crate::message::{Message, Rejection};

/// What the journal commits together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// [`Head::batch`](super::Head::batch) plus one; `None` for a command beside a running server, which counts no
    /// batch, appends no message and raises [`Head::access_version`](super::Head::access_version) instead.
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
    /// Bytes that one user may upload in 24 hours; 0: unlimited.
    pub upload_bytes_per_day: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            groups_per_user: 500,
            sessions_per_user: crate::limits::SESSIONS_PER_USER,
            upload_bytes_per_day: 0,
        }
    }
}

/// One write.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A message with its effects.
    Append(Append),
    /// A new user. Refused: `username_taken`, `username_lookalike`.
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
    /// A new user who was invited.
    Invited(Box<Invited>),
    /// Ends an account whose user has left all groups; messages stay. Refused: `in_groups`,
    /// `last_administrator`.
    DeleteUser {
        /// Whose.
        user: UserId,
    },
    /// A user reports a message.
    Report(Box<ReportRecord>),
    /// What somebody who runs the server does, with its row in the audit log.
    Act(Box<Act>),
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
    /// A new file, whose bytes are in the file storage. Refused: `too_many_uploads`.
    AddFile(Box<NewFile>),
    /// Collects those of these files that nothing uses and that are due; leaves the others.
    ForgetFiles {
        /// Which.
        files: Vec<FileId>,
        /// Unix milliseconds.
        now_ms: i64,
    },
    /// Forgets those of these contents that no file has; leaves the others.
    ForgetBlobs {
        /// Which.
        blobs: Vec<BlobId>,
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
    /// The seq its admission saw as the last; `None` for a companion, which comes after whatever
    /// is there.
    pub expects: Option<Seq>,
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
    /// Whom it calls, sorted; [`UserId::ALL`] is everyone.
    pub mentions: Vec<UserId>,
    /// What changes with it.
    pub effects: Vec<Effect>,
    /// What goes to other conversations with it; companions have none of their own.
    pub companions: Vec<CompanionAppend>,
    /// The act that this carries out for somebody who runs the server, for the audit log.
    pub act: Option<Box<Act>>,
}

/// A companion, addressed.
#[derive(Clone, Debug)]
pub struct CompanionAppend {
    /// The message.
    pub append: Append,
    /// The two of a direct conversation, which is made if it is not there.
    pub direct: Option<(UserId, UserId)>,
    /// It is left out if its conversation has this entry.
    pub unless: Option<(MapName, String)>,
}

impl Append {
    /// The message that this became.
    pub fn at(&self, place: Placed) -> Message {
        let (added, removed) = added_and_removed(&self.effects);
        Message {
            position: place.position,
            conversation: self.conversation,
            seq: place.seq,
            counted: place.counted,
            kind: self.kind.clone(),
            sender: self.sender,
            sender_name: self.sender_name.clone(),
            body: Some(self.body.clone()),
            client_id: self.client_id,
            sent_at_ms: self.sent_at_ms,
            added,
            removed,
            audience: self.audience.clone(),
            mentions: self.mentions.clone(),
            notes: None,
        }
    }

    /// What it does to the state of its conversation.
    pub fn step(&self) -> Step<'_> {
        Step {
            kind: &self.kind,
            effects: &self.effects,
            counts: self.counts,
            sender: self.sender,
            sent_at_ms: self.sent_at_ms,
        }
    }
}

/// The place that a message was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Place in the log.
    pub position: Position,
    /// Place in the conversation.
    pub seq: Seq,
    /// Unread-worthy messages up to and including it.
    pub counted: i64,
}

/// What became of an entry. Kept in the head row until the next batch (see the module).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Appended.
    Appended {
        /// Its place.
        #[serde(flatten)]
        at: Placed,
        /// Those of its companions, in order; `None` for one that was left out.
        companions: Vec<Option<Placed>>,
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
    /// Whose bot it is; `None`: a person.
    pub bot_of: Option<UserId>,
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
