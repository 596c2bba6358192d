//! Message kinds: the extension point.
//!
//! A kind is one type: its fields are the body, [`MessageKind::admit`] is its rule, and what it
//! changes it says as [`Effects`], which commit in one transaction with the message. Everything
//! else (order, durability, idempotency, limits, fan-out, resume, both transports, history) comes
//! with the log. `kinds/` holds those that ship; they use nothing that yours cannot use.
//!
//! ```
//! use webqq_engine::kind::*;
//! use webqq_engine::message::Rejection;
//!
//! /// Rolls a die for everyone to see.
//! #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Dice { sides: u8 }
//!
//! impl MessageKind for Dice {
//!     const NAME: &'static str = "dice";
//!     const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];
//!     fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
//!         if self.sides < 2 {
//!             return Err(Rejection::invalid("sides", "A die has at least two sides."));
//!         }
//!         Ok(Effects::none())
//!     }
//!     fn summary(&self, _lang: Lang) -> String { format!("[d{}]", self.sides) }
//! }
//! ```

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{ConversationId, FileId, Seq, UserId};
use crate::message::Rejection;

pub use crate::context::Admission;
pub use crate::effects::{
    Audience, Companion, Effect, Effects, MapName, Mentions, Place, ProfileField,
};
pub use crate::group::state::{ConversationType, GroupField, JoinMode, Role};

/// The language of a summary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// A message type: body, rule, effects. See the [module](self) for a whole one.
pub trait MessageKind: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The name on the wire: lower case, words joined by dots (`poll.vote`).
    const NAME: &'static str;
    /// False: a signal. It is fanned out and forgotten.
    const DURABLE: bool = true;
    /// Whether it raises the unread figure. A message with an audience never does.
    const COUNTS_AS_UNREAD: bool = true;
    /// False: only through a route of its own (governance); posting it is 422.
    const POSTABLE: bool = true;
    /// Where it may stand.
    const CONVERSATIONS: &'static [ConversationType];
    /// True: a non-member may be admitted (joining).
    const FROM_OUTSIDE: bool = false;
    /// Whether a message of this kind may be taken back by `recall`. Governance never may.
    const RECALLABLE: bool = Self::POSTABLE && Self::COUNTS_AS_UNREAD;
    /// True: it stays possible where ordinary posting is not: to the muted, in slow mode, and to
    /// people who may no longer be written to. For what takes something back.
    const ALWAYS: bool = false;
    /// True: the store may refuse it for reasons outside its conversation (a unique name, groups
    /// per user); the conversation then waits for the answer before it admits the next draft.
    const BARRIER: bool = false;

    /// The rule: may this be posted here and now, and with what effects? Pure: no clock, no I/O;
    /// what it may look at is in `at`. It may rewrite its own fields (trim, normalise).
    ///
    /// # Errors
    /// A [`Rejection`] with a stable code, which goes to the poster as it is.
    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection>;

    /// The line in conversation lists and notifications.
    fn summary(&self, lang: Lang) -> String;

    /// Earlier messages of the same conversation that [`admit`](Self::admit) wants to look at, at
    /// most [`REFERENCES_PER_DRAFT`](crate::limits::REFERENCES_PER_DRAFT).
    fn refers_to(&self) -> Vec<Seq> {
        Vec::new()
    }

    /// A message of any conversation that [`admit`](Self::admit) wants to look at; it gets it with
    /// [`Admission::quoted`] if the sender may see it.
    fn quotes(&self) -> Option<(ConversationId, Seq)> {
        None
    }

    /// Somebody, a member or not, whom [`admit`](Self::admit) wants to look at;
    /// [`Admission::rights`] tells what the sender and they are to one another.
    fn about(&self) -> Option<UserId> {
        None
    }

    /// Files that [`admit`](Self::admit) wants to look at, at most
    /// [`FILES_PER_DRAFT`](crate::limits::FILES_PER_DRAFT); it gets them with [`Admission::file`],
    /// and refers to them with [`Effect::Attach`].
    fn files(&self) -> Vec<FileId> {
        Vec::new()
    }

    /// The text in which people may be mentioned; [`Admission::mentions`] finds them.
    fn mentions_in(&self) -> Option<&str> {
        None
    }

    /// Whether this message raises the unread figure: [`COUNTS_AS_UNREAD`](Self::COUNTS_AS_UNREAD),
    /// unless the body makes a difference. Asked after [`admit`](Self::admit).
    fn counts(&self) -> bool {
        Self::COUNTS_AS_UNREAD
    }
}

/// What `GET /api/kinds` tells about a kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct KindInfo {
    /// The name on the wire.
    pub name: String,
    /// False: a signal.
    pub durable: bool,
    /// Whether it raises the unread figure.
    pub counts_as_unread: bool,
    /// Whether `POST …/messages` takes it.
    pub postable: bool,
    /// Whether `recall` takes it back.
    pub recallable: bool,
    /// Where it may stand.
    pub conversations: Vec<ConversationType>,
    /// JSON schema of the body.
    pub schema: Value,
}
