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

use crate::group::state::{ConversationState, Member};
use crate::ids::{Seq, UserId};
use crate::message::{Message, Rejection};

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
}

/// What a rule may look at.
pub struct Admission<'a> {
    /// The conversation with its roster and settings, including what was admitted just before
    /// and is still on its way to the log.
    pub conversation: &'a ConversationState,
    /// Who posts; `None` is the system.
    pub sender: Option<UserId>,
    /// Unix milliseconds; for display and expiries, never for order.
    pub now_ms: i64,
    /// The most an owner may set as member limit.
    pub group_members_most: i64,
    pub(crate) kind: &'static str,
    pub(crate) references: &'a [Message],
}

impl<'a> Admission<'a> {
    /// The sender's entry in the roster; `None` for a non-member and for the system.
    pub fn member(&self) -> Option<&'a Member> {
        self.conversation.roster.get(&self.sender?)
    }

    /// The sender's role; `None` for a non-member and for the system.
    pub fn role(&self) -> Option<Role> {
        self.member().map(|member| member.role)
    }

    /// The kind's own state in this conversation, as [`Effect::SetState`] last set it.
    pub fn state(&self) -> Option<&'a Value> {
        self.conversation.kind_states.get(self.kind)
    }

    /// An earlier message that [`MessageKind::refers_to`] asked for, if the sender may see it.
    pub fn message(&self, seq: Seq) -> Option<&'a Message> {
        self.references.iter().find(|message| message.seq == seq)
    }

    /// The sender, or the refusal that a rule for people gives to the system.
    ///
    /// # Errors
    /// `not_found`, as to a stranger.
    pub fn person(&self) -> Result<UserId, Rejection> {
        self.sender.ok_or_else(Rejection::not_found)
    }
}

/// One change of a conversation, as data. Committed in the same transaction as its message.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Opens a stay for someone who is not a member.
    AddMember {
        /// Whom.
        user: UserId,
        /// As what.
        role: Role,
    },
    /// Ends a member's stay.
    RemoveMember {
        /// Whom.
        user: UserId,
    },
    /// Changes a member's role.
    SetRole {
        /// Whose.
        user: UserId,
        /// To what.
        role: Role,
    },
    /// Mutes a member until then (Unix milliseconds), or unmutes.
    SetMute {
        /// Whom.
        user: UserId,
        /// Until when; `None` unmutes.
        until_ms: Option<i64>,
    },
    /// Changes one field of the group.
    SetField(GroupField),
    /// Replaces the kind's own state in this conversation.
    SetState(Value),
}

/// Who sees a message, of those who are in the conversation.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Audience {
    /// Everyone.
    #[default]
    Everyone,
    /// Owner and admins (and the sender).
    Admins,
    /// These (and the sender).
    Members(Vec<UserId>),
}

/// All that a message changes, and who sees it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Effects {
    /// In order.
    pub list: Vec<Effect>,
    /// Who sees it.
    pub audience: Audience,
}

impl Effects {
    /// Changes nothing, seen by everyone.
    pub fn none() -> Self {
        Self::default()
    }

    /// These changes, seen by everyone.
    pub fn of(list: impl Into<Vec<Effect>>) -> Self {
        Self {
            list: list.into(),
            audience: Audience::Everyone,
        }
    }

    /// The same, seen by `audience` only.
    pub fn seen_by(self, audience: Audience) -> Self {
        Self { audience, ..self }
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
    /// Where it may stand.
    pub conversations: Vec<ConversationType>,
    /// JSON schema of the body.
    pub schema: Value,
}
