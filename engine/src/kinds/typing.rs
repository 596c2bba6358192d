//! `typing`: a signal that somebody is writing. At most one a second; never stored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kind::{Admission, ConversationType, Effects, Lang, MessageKind};
use crate::message::Rejection;

/// Body of `typing`: nothing.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Typing {}

impl MessageKind for Typing {
    const NAME: &'static str = "typing";
    const DURABLE: bool = false;
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none())
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "is typing".into(),
            Lang::Zh => "正在输入".into(),
        }
    }
}
