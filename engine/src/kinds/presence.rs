//! `presence`: a signal that somebody came, went, or changed their status. The engine alone sends
//! it; what is announced is state that actors keep.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kind::{Admission, ConversationType, Effects, Lang, MessageKind};
use crate::message::Rejection;

/// How somebody looks to others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Connected.
    Online,
    /// Connected, away.
    Away,
    /// Connected, busy.
    Busy,
    /// Not connected, or invisible.
    Offline,
}

impl Seen {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Offline => "offline",
        }
    }
}

/// Body of `presence`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// How they look now.
    pub status: Seen,
}

impl MessageKind for Presence {
    const NAME: &'static str = "presence";
    const DURABLE: bool = false;
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Own];

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none())
    }

    fn summary(&self, _lang: Lang) -> String {
        self.status.name().into()
    }
}
