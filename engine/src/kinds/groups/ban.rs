//! `group.unban`: somebody who was removed for good may come back. The ban itself is part of
//! `group.remove`. For owner and admins to see.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::maps;
use crate::context::Admission;
use crate::effects::{Audience, Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind, Role};
use crate::message::Rejection;

/// Body of `group.unban`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unban {
    /// Whom.
    pub user: UserId,
}

impl MessageKind for Unban {
    const NAME: &'static str = "group.unban";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        at.at_least(Role::Admin)?;
        let key = self.user.to_string();
        if at.entry(maps::BANS, &key).is_none() {
            return Err(Rejection::not_found());
        }
        let map = maps::BANS.into();
        Ok(Effects::of([Effect::Take { map, key }]).seen_by(Audience::Admins))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "lifted a ban".into(),
            Lang::Zh => "解除了一个封禁".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{admit, code, group, user};
    use serde_json::json;

    #[test]
    fn those_who_govern_lift_bans() {
        let mut state = group();
        state.put(maps::BANS, &user(9).to_string(), json!({}));
        for (by, who, expected) in [
            (2, 9, "ok"),
            (1, 9, "ok"),
            (3, 9, "not_allowed"),
            (2, 10, "not_found"),
        ] {
            let verdict = admit("group.unban", &state, by, json!({"user": user(who)}));
            assert_eq!(code(&verdict), expected);
        }
    }
}
