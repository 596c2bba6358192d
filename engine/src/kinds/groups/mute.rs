//! `group.mute`: an ordinary member may not post for a while, or may again. The owner mutes admins,
//! too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::MUTE_SECONDS;
use crate::message::Rejection;

/// Body of `group.mute`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    /// Whom.
    pub user: UserId,
    /// For how long, 60 to 2,592,000; 0: no longer.
    pub seconds: i64,
}

impl MessageKind for Mute {
    const NAME: &'static str = "group.mute";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let member = at.below(self.user)?;
        let until_ms = match self.seconds {
            0 => None,
            seconds if MUTE_SECONDS.contains(&seconds) => Some(at.now_ms + seconds * 1_000),
            _ => {
                let detail = "A mute lasts a minute to thirty days; 0 ends it.";
                return Err(Rejection::invalid("muted_seconds", detail));
            }
        };
        let now = member.muted_until_ms.filter(|until| *until > at.now_ms);
        if now.is_none() && until_ms.is_none() {
            return Err(Rejection::unchanged());
        }
        let user = self.user;
        Ok(Effects::of([Effect::SetMute { user, until_ms }]))
    }

    fn summary(&self, lang: Lang) -> String {
        match (lang, self.seconds) {
            (Lang::En, 0) => "unmuted a member".into(),
            (Lang::Zh, 0) => "解除了一位成员的禁言".into(),
            (Lang::En, _) => "muted a member".into(),
            (Lang::Zh, _) => "禁言了一位成员".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::{admit, apply, code, group, user};
    use serde_json::json;

    #[test]
    fn those_above_mute_those_below_for_a_while() {
        let state = group();
        for (by, who, seconds, expected) in [
            (1, 2, 60, "ok"),
            (2, 3, 2_592_000, "ok"),
            (2, 3, 59, "invalid"),
            (2, 3, 2_592_001, "invalid"),
            (2, 3, -1, "invalid"),
            (2, 3, 0, "unchanged"),
            (2, 1, 60, "not_allowed"),
            (2, 2, 60, "not_allowed"),
            (3, 4, 60, "not_allowed"),
            (1, 9, 60, "not_found"),
        ] {
            let body = json!({"user": user(who), "seconds": seconds});
            let verdict = admit("group.mute", &state, by, body);
            assert_eq!(code(&verdict), expected, "{by} {who} {seconds}");
        }
    }

    #[test]
    fn is_taken_back() {
        let mut state = group();
        let (_, effects) = admit(
            "group.mute",
            &state,
            2,
            json!({"user": user(3), "seconds": 60}),
        )
        .unwrap();
        apply(&mut state, "group.mute", &effects);
        assert_eq!(state.roster[&user(3)].muted_until_ms, Some(61_000));
        let (_, effects) = admit(
            "group.mute",
            &state,
            1,
            json!({"user": user(3), "seconds": 0}),
        )
        .unwrap();
        apply(&mut state, "group.mute", &effects);
        assert_eq!(state.roster[&user(3)].muted_until_ms, None);
    }
}
