//! The part of the contract that is about finding messages: an index beside the log.
//!
//! The index is derived: it holds, per message, the terms that the engine cut its text into
//! ([`crate::search::terms`]), and how far into the log it reaches. It is written behind the
//! posting path, in transactions of its own that are no batches, and may be dropped and made anew
//! at any time. It is a filter and no more: a search answers messages whose terms match, read from
//! the log as it is now, and whoever asked looks at the text itself.

use async_trait::async_trait;

use super::Result;
use crate::ids::{ConversationId, Position, Seq, UserId};
use crate::message::Message;

/// How far the index reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct IndexState {
    /// Which cutter made its terms.
    pub version: i64,
    /// Every message up to here is in it, if it has a text.
    pub position: Position,
}

/// A message in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// Which message.
    pub position: Position,
    /// Its terms, joined by spaces: lower-case ASCII letters and digits, each beginning with a
    /// letter, none twice.
    pub terms: String,
}

/// One step of the index along the log.
#[derive(Clone, Debug, Default)]
pub struct IndexStep {
    /// Where the index reaches now. If it does not, nothing is done.
    pub from: Position,
    /// Where it will reach.
    pub to: Position,
    /// What is added.
    pub add: Vec<Indexed>,
    /// Earlier messages that are taken out if they were recalled.
    pub recalled: Vec<(ConversationId, Seq)>,
}

/// What is looked for in one stretch of the log.
#[derive(Clone, Debug)]
pub struct Find {
    /// Who looks: finds what history shows them.
    pub user: UserId,
    /// Terms that the message has, all of them.
    pub all: Vec<String>,
    /// Terms of which the message has one. Empty: this is not asked.
    pub any: Vec<String>,
    /// Only there.
    pub conversation: Option<ConversationId>,
    /// Only from them.
    pub sender: Option<UserId>,
    /// Only sent at this Unix millisecond or later.
    pub from_ms: Option<i64>,
    /// Only sent before this Unix millisecond.
    pub to_ms: Option<i64>,
    /// Only at positions behind this.
    pub after: Position,
    /// Only at positions before this.
    pub before: Position,
    /// At most so many.
    pub limit: usize,
}

impl Find {
    /// Whether a message is one of those, apart from its terms and from who may see it.
    pub(crate) fn asks_for(&self, message: &Message) -> bool {
        self.after < message.position
            && message.position < self.before
            && message.body.is_some()
            && self
                .conversation
                .is_none_or(|id| id == message.conversation)
            && self.sender.is_none_or(|user| Some(user) == message.sender)
            && self.from_ms.is_none_or(|from| from <= message.sent_at_ms)
            && self.to_ms.is_none_or(|to| message.sent_at_ms < to)
    }
}

/// See the [module](self).
#[async_trait]
pub trait SearchStore {
    /// How far the index reaches.
    async fn index_state(&self) -> Result<IndexState>;

    /// The first messages behind a position in position order, whoever may see them.
    async fn log_after(&self, after: Position, limit: usize) -> Result<Vec<Message>>;

    /// Takes one step, in one transaction. `false`: the index is not where the step begins.
    async fn index(&self, step: &IndexStep) -> Result<bool>;

    /// Empties the index, to be filled from the beginning of the log by the cutter of this
    /// version.
    async fn clear_index(&self, version: i64) -> Result<()>;

    /// The conversations that a user is or was in.
    async fn places(&self, user: UserId) -> Result<Vec<ConversationId>>;

    /// Messages whose terms match, that history shows to the user and that are not recalled, the
    /// newest first. Those with an audience that leaves the user out are included. How much is
    /// looked at grows with the stretch of the log, not with the log.
    async fn search(&self, find: &Find) -> Result<Vec<Message>>;
}
