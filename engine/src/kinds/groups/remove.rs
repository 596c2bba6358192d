//! `group.remove`: a member is removed (a kick), for good if they are banned with it. Owner and admins
//! only, and only those below them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::maps;
use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::BANS;
use crate::message::Rejection;

/// Body of `group.remove`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// Who is removed.
    pub user: UserId,
    /// Whether they are kept from coming back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ban: bool,
}

impl MessageKind for Remove {
    const NAME: &'static str = "group.remove";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = self.user;
        at.below(user)?;
        let mut effects = vec![Effect::RemoveMember { user }];
        if self.ban {
            effects.push(Effect::Put {
                map: maps::BANS.into(),
                key: user.to_string(),
                value: json!({"by": at.person()?, "at": at.now_ms}),
                most: BANS,
                full: "too_many_bans",
            });
        }
        Ok(Effects::of(effects))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "removed a member".into(),
            Lang::Zh => "移出了一位成员".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{admit, apply, code, group, user};

    #[test]
    fn only_downwards() {
        let state = group();
        for (sender, who, expected) in [
            (1, 2, "ok"),
            (1, 3, "ok"),
            (1, 1, "not_allowed"),
            (2, 3, "ok"),
            (2, 2, "not_allowed"),
            (2, 1, "not_allowed"),
            (3, 4, "not_allowed"),
            (9, 3, "not_allowed"),
            (1, 9, "not_found"),
        ] {
            let verdict = admit("group.remove", &state, sender, json!({"user": user(who)}));
            assert_eq!(code(&verdict), expected, "{sender} {who}");
        }
    }

    #[test]
    fn a_ban_goes_with_it() {
        let body = json!({"user": user(3), "ban": true});
        let (_, effects) = admit("group.remove", &group(), 2, body).unwrap();
        let mut state = group();
        apply(&mut state, "group.remove", &effects);
        assert!(state.entry(maps::BANS, &user(3).to_string()).is_some());
    }
}
