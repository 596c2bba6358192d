//! `read`: a signal to a user's own devices that a read position moved. The position itself is
//! state, kept in the store; the signal only announces it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Seq;
use crate::kind::{Admission, Audience, ConversationType, Effects, Lang, MessageKind};
use crate::message::Rejection;

/// Body of `read`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Read up to here.
    pub seq: Seq,
}

impl MessageKind for Read {
    const NAME: &'static str = "read";
    const DURABLE: bool = false;
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[
        ConversationType::Group,
        ConversationType::Direct,
        ConversationType::Own,
    ];

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none().seen_by(Audience::Members(Vec::new())))
    }

    fn summary(&self, _lang: Lang) -> String {
        String::new()
    }
}
