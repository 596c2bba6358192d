//! `text`: what people write.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Seq;
use crate::kind::{Admission, ConversationType, Effects, Lang, MessageKind};
use crate::limits::TEXT_CHARS;
use crate::message::Rejection;

/// Body of `text`. Kept as written: neither trimmed nor normalised.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 1 to 5,000 characters, not only white space.
    pub text: String,
    /// The earlier message it answers. A reference: drawn at reading, never copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
}

impl MessageKind for Text {
    const NAME: &'static str = "text";
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        if self.text.trim().is_empty() {
            return Err(Rejection::invalid("body.text", "There is no text."));
        }
        if self.text.chars().count() > TEXT_CHARS {
            let detail = format!("A text has at most {TEXT_CHARS} characters.");
            return Err(Rejection::invalid("body.text", detail));
        }
        if self.reply_to.is_some_and(|seq| at.message(seq).is_none()) {
            let detail = "There is no message that you may see at this seq.";
            return Err(Rejection::invalid("body.reply_to", detail));
        }
        Ok(Effects::none())
    }

    fn summary(&self, _lang: Lang) -> String {
        self.text.chars().take(100).collect()
    }

    fn refers_to(&self) -> Vec<Seq> {
        self.reply_to.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::{admit, code, group};
    use serde_json::json;

    #[test]
    fn is_kept_as_written() {
        let (body, effects) = admit("text", &group(), 3, json!({"text": " 你好\n"})).unwrap();
        assert_eq!(body, json!({"text": " 你好\n"}));
        assert!(effects.list.is_empty());
    }

    #[test]
    fn has_bounds() {
        let state = group();
        for (body, expected) in [
            (json!({"text": "x".repeat(5_000)}), "ok"),
            (json!({"text": "好".repeat(5_001)}), "invalid"),
            (json!({"text": " \n\t"}), "invalid"),
            (json!({"text": 1}), "invalid"),
            (json!({"text": "x", "colour": "red"}), "invalid"),
            (json!({}), "invalid"),
            (json!({"text": "x", "reply_to": 7}), "invalid"),
        ] {
            assert_eq!(
                code(&admit("text", &state, 3, body.clone())),
                expected,
                "{body}"
            );
        }
    }
}
