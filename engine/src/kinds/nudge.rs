//! `nudge`: shakes somebody's window (抖动窗口). Once a minute from one to another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::maps;
use crate::context::Admission;
use crate::effects::{Effect, Effects, Mentions};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::{MAP_ENTRIES, NUDGE_EVERY_MS};
use crate::message::Rejection;

/// Body of `nudge`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nudge {
    /// Whom. In a direct chat it is the other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

impl MessageKind for Nudge {
    const NAME: &'static str = "nudge";
    const RECALLABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let from = at.person()?;
        let to = match at.conversation.r#type {
            ConversationType::Direct => self.user.or(at.peer()),
            _ => self.user,
        };
        let to = to.ok_or_else(|| Rejection::invalid("body.user", "Say whom."))?;
        if to == from || !at.conversation.roster.contains_key(&to) {
            let detail = "Another member of this conversation.";
            return Err(Rejection::invalid("body.user", detail));
        }
        self.user = Some(to);
        let key = format!("{from} {to}");
        let left = |value: &Value| {
            let again = value.as_i64().unwrap_or(0).saturating_add(NUDGE_EVERY_MS);
            // A clock that was set back holds nobody for longer.
            (again - at.now_ms).min(NUDGE_EVERY_MS)
        };
        if let Some(wait) = at.entry(maps::NUDGES, &key).map(left)
            && wait > 0
        {
            let detail = "You have just nudged them; once a minute is enough.";
            let wait = u64::try_from(wait).unwrap_or(0);
            return Err(Rejection::too_many("nudged_already", detail, wait));
        }
        // Those that are over go with the next one, so the map stays small.
        let over = at.conversation.entries(maps::NUDGES);
        let over = over.filter(|(_, value)| left(value) <= 0);
        let mut effects: Vec<Effect> = over
            .map(|(key, _)| Effect::Take {
                map: maps::NUDGES.into(),
                key: key.clone(),
            })
            .collect();
        effects.push(Effect::Put {
            map: maps::NUDGES.into(),
            key,
            value: json!(at.now_ms),
            most: MAP_ENTRIES,
            full: "too_many_nudges",
        });
        Ok(Effects::of(effects).calling(Mentions {
            users: vec![to],
            all: false,
        }))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "[nudge]".into(),
            Lang::Zh => "[窗口抖动]".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::group::state::ConversationState;
    use crate::kinds::check::{admit_at, apply, code, group, user};

    fn nudge(state: &mut ConversationState, from: u128, body: Value, now: i64) -> String {
        let verdict = admit_at("nudge", state, from, body, &LookedUp::default(), now);
        if let Ok((_, effects)) = &verdict {
            apply(state, "nudge", effects);
        }
        code(&verdict).to_owned()
    }

    #[test]
    fn once_a_minute_from_one_to_another() {
        let mut state = group();
        let to = |n: u128| json!({"user": user(n)});
        assert_eq!(nudge(&mut state, 3, to(4), 1_000), "ok");
        assert_eq!(nudge(&mut state, 3, to(4), 60_999), "nudged_already");
        assert_eq!(nudge(&mut state, 3, to(1), 2_000), "ok");
        assert_eq!(nudge(&mut state, 4, to(3), 2_000), "ok");
        assert_eq!(nudge(&mut state, 3, to(4), -5_000_000), "nudged_already");
        assert_eq!(nudge(&mut state, 3, to(4), 62_000), "ok");
        assert_eq!(
            state.entries(maps::NUDGES).count(),
            1,
            "the others are over"
        );
    }

    #[test]
    fn another_member_only() {
        let mut state = group();
        for body in [
            json!({}),
            json!({"user": user(3)}),
            json!({"user": user(9)}),
        ] {
            assert_eq!(nudge(&mut state, 3, body, 0), "invalid");
        }
        state.r#type = ConversationType::Direct;
        state
            .roster
            .retain(|one, _| [user(3), user(4)].contains(one));
        assert_eq!(nudge(&mut state, 3, json!({}), 0), "ok");
    }
}
