//! `group.remove`: a member is removed (a kick). Owner and admins only, and only those below them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::kind::{Admission, ConversationType, Effect, Effects, Lang, MessageKind, Role};
use crate::message::Rejection;

/// Body of `group.remove`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// Who is removed.
    pub user: UserId,
}

impl MessageKind for Remove {
    const NAME: &'static str = "group.remove";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let mine = at.role();
        if mine < Some(Role::Admin) {
            let detail = "Only the owner and admins remove members.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        let Some(other) = at.conversation.roster.get(&self.user) else {
            return Err(Rejection::not_found());
        };
        if Some(other.role) >= mine {
            let detail = "You may remove only members below you.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        let user = self.user;
        Ok(Effects::of([Effect::RemoveMember { user }]))
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
    use crate::kinds::check::{admit, code, group, user};
    use serde_json::json;

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
}
