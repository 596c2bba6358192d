//! `text`: what people write.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::Seq;
use crate::kind::{ConversationType, Lang, MessageKind, Role};
use crate::limits::{MENTIONS_OF_ALL_PER_DAY, TEXT_CHARS};
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
        let mut mentions = at.mentions(&self.text)?;
        // From others it is a word like any other.
        mentions.all &= at.role() >= Some(Role::Admin);
        let effects = match mentions.all {
            true => vec![one_more_today(at)?],
            false => Vec::new(),
        };
        Ok(Effects::of(effects).calling(mentions))
    }

    fn summary(&self, _lang: Lang) -> String {
        self.text.chars().take(100).collect()
    }

    fn refers_to(&self) -> Vec<Seq> {
        self.reply_to.into_iter().collect()
    }

    fn mentions_in(&self) -> Option<&str> {
        Some(&self.text)
    }

    fn search_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.text))
    }
}

const DAY_MS: i64 = 86_400_000;

/// Counts a message that calls everyone. The kind's state is the day (in UTC, since 1970) and how
/// many there were.
fn one_more_today(at: &Admission<'_>) -> Result<Effect, Rejection> {
    let day = at.now_ms.div_euclid(DAY_MS);
    let of_today = at.state().filter(|state| state["day"] == day);
    let before = of_today
        .and_then(|state| state["all"].as_u64())
        .unwrap_or(0);
    if before >= MENTIONS_OF_ALL_PER_DAY {
        let detail = format!("A group's members are called all at once {before} times a day.");
        let wait = (day + 1) * DAY_MS - at.now_ms;
        let wait = u64::try_from(wait).unwrap_or(0);
        return Err(Rejection::too_many(
            "too_many_mentions_of_all",
            detail,
            wait,
        ));
    }
    Ok(Effect::SetState(json!({"day": day, "all": before + 1})))
}

#[cfg(test)]
mod tests {
    use crate::context::LookedUp;
    use crate::group::state::ConversationState;
    use crate::kinds::check::{admit, admit_at, apply, code, group};
    use serde_json::json;

    #[test]
    fn is_kept_as_written() {
        let (body, effects) = admit("text", &group(), 3, json!({"text": " 你好\n"})).unwrap();
        assert_eq!(body, json!({"text": " 你好\n"}));
        assert!(effects.list.is_empty());
    }

    #[test]
    fn everyone_is_called_ten_times_a_day_by_those_who_govern() {
        let mut state = group();
        let say = |state: &ConversationState, by: u128, now: i64| {
            let body = json!({"text": "@all 开会"});
            admit_at("text", state, by, body, &LookedUp::default(), now)
        };
        let (_, effects) = say(&state, 3, 0).unwrap();
        assert!(!effects.mentions.all && effects.list.is_empty());
        for _ in 0..10 {
            let (_, effects) = say(&state, 2, 5_000).unwrap();
            assert!(effects.mentions.all);
            apply(&mut state, "text", &effects);
        }
        let refused = say(&state, 1, 5_000).unwrap_err();
        assert_eq!(refused.code, "too_many_mentions_of_all");
        assert_eq!(refused.retry_after_ms, Some(86_395_000));
        assert_eq!(code(&say(&state, 1, 86_400_000)), "ok");
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
