//! `emoji`: one big emoji. And `reaction`: one of a set, on an earlier message, there or gone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::context::Admission;
use crate::effects::{Audience, Effect, Effects};
use crate::ids::Seq;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::{EMOJI_CHARS, REACTIONS_PER_MESSAGE};
use crate::message::Rejection;

/// What a message may be reacted to with.
pub const REACTIONS: [&str; 20] = [
    "👍", "👎", "👌", "👏", "🙏", "💪", "❤️", "💔", "😂", "😊", "😍", "😮", "😢", "😡", "🤔", "🎉",
    "🔥", "👀", "✅", "❌",
];

/// Body of `emoji`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Emoji {
    /// One emoji: a pictograph with what modifies and joins it.
    pub emoji: String,
}

impl MessageKind for Emoji {
    const NAME: &'static str = "emoji";
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        if !is_emoji(&self.emoji) {
            let detail = "This is not one emoji.";
            return Err(Rejection::invalid("body.emoji", detail));
        }
        Ok(Effects::none())
    }

    fn summary(&self, _lang: Lang) -> String {
        self.emoji.clone()
    }
}

/// Whether a text looks like one emoji: pictographs, flags or keycaps, joined and modified. What a
/// font makes of it is the client's affair.
fn is_emoji(text: &str) -> bool {
    let pictograph = |c: char| {
        matches!(c,
            '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
            | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
            | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}')
    };
    let modifies = |c: char| {
        matches!(
            c,
            '\u{200d}' | '\u{20e3}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}'
        )
    };
    let keycap = text.ends_with('\u{20e3}');
    let first = text.chars().next();
    first.is_some_and(|c| pictograph(c) || (keycap && matches!(c, '0'..='9' | '#' | '*')))
        && text.chars().skip(1).all(|c| pictograph(c) || modifies(c))
        && text.chars().count() <= EMOJI_CHARS
}

/// Body of `reaction`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// To which message of this conversation.
    pub seq: Seq,
    /// One of a set: 👍 👎 👌 👏 🙏 💪 ❤️ 💔 😂 😊 😍 😮 😢 😡 🤔 🎉 🔥 👀 ✅ ❌
    pub emoji: String,
    /// Whether it is there from now on.
    pub on: bool,
}

impl MessageKind for Reaction {
    const NAME: &'static str = "reaction";
    const COUNTS_AS_UNREAD: bool = false;
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = at.person()?;
        if !REACTIONS.contains(&self.emoji.as_str()) {
            let detail = format!("One of {}.", REACTIONS.join(" "));
            return Err(Rejection::invalid("body.emoji", detail));
        }
        let message = at.message(self.seq).ok_or_else(Rejection::not_found)?;
        if !at.is_recallable(&message.kind) {
            let detail = "There is nothing to react to in messages of this kind.";
            return Err(Rejection::unprocessable("no_reaction_here", detail));
        }
        let note = Effect::SetNote {
            seq: self.seq,
            key: format!("{} {user}", self.emoji),
            value: self.on.then_some(json!(true)),
            most: REACTIONS_PER_MESSAGE,
        };
        // Who does not see the message does not see what others make of it.
        let audience = message.audience.clone();
        let audience = audience.map_or(Audience::Everyone, Audience::Members);
        Ok(Effects::of([note]).seen_by(audience))
    }

    fn summary(&self, lang: Lang) -> String {
        match (lang, self.on) {
            (Lang::En, true) => format!("reacted with {}", self.emoji),
            (Lang::Zh, true) => format!("回应了 {}", self.emoji),
            (Lang::En, false) => format!("took {} back", self.emoji),
            (Lang::Zh, false) => format!("取消了 {}", self.emoji),
        }
    }

    fn refers_to(&self) -> Vec<Seq> {
        vec![self.seq]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::kinds::check::{admit, admit_with, code, group, message, user};
    use crate::message::Message;

    #[test]
    fn one_emoji_and_nothing_else() {
        for (text, expected) in [
            ("😀", "ok"),
            ("👩🏽‍💻", "ok"),
            ("🇨🇳", "ok"),
            ("1️⃣", "ok"),
            ("❤️", "ok"),
            ("", "invalid"),
            ("1", "invalid"),
            ("x", "invalid"),
            ("😀 ", "invalid"),
            ("😀a", "invalid"),
            ("好", "invalid"),
            ("\u{200d}", "invalid"),
            (&"😀".repeat(17), "invalid"),
        ] {
            let verdict = admit("emoji", &group(), 3, json!({"emoji": text}));
            assert_eq!(code(&verdict), expected, "{text:?}");
        }
    }

    #[test]
    fn a_reaction_is_a_note_of_its_own_on_the_message() {
        let looked_up = LookedUp {
            references: vec![
                message(7, 4, "text", &json!({"text": "x"})),
                message(8, 4, "group.join", &json!({})),
                Message {
                    audience: Some(vec![user(3), user(4)]),
                    ..message(9, 4, "text", &json!({"text": "x"}))
                },
            ],
            ..LookedUp::default()
        };
        let react = |seq: i64, emoji: &str, on: bool| {
            let body = json!({"seq": seq, "emoji": emoji, "on": on});
            admit_with("reaction", &group(), 3, body, &looked_up)
        };
        let (_, effects) = react(7, "👍", true).unwrap();
        assert_eq!(
            effects.list,
            [Effect::SetNote {
                seq: Seq(7),
                key: format!("👍 {}", user(3)),
                value: Some(json!(true)),
                most: 50
            }]
        );
        assert_eq!(code(&react(7, "👍", false)), "ok");
        assert_eq!(code(&react(7, "🦀", true)), "invalid");
        assert_eq!(code(&react(8, "👍", true)), "no_reaction_here");
        assert_eq!(code(&react(6, "👍", true)), "not_found");
        let (_, effects) = react(9, "👍", true).unwrap();
        assert_eq!(effects.audience, Audience::Members(vec![user(3), user(4)]));
        let longest = REACTIONS.iter().map(|one| one.len()).max().unwrap();
        assert!(longest + 1 + 36 <= crate::limits::MAP_KEY_BYTES);
    }
}
