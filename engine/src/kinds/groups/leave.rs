//! `group.leave`: a member goes. An owner transfers or dissolves the group first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::kind::{Admission, ConversationType, Effect, Effects, Lang, MessageKind, Role};
use crate::message::Rejection;

/// Body of `group.leave`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// Who leaves.
    pub user: UserId,
}

impl MessageKind for Leave {
    const NAME: &'static str = "group.leave";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    // Also a group that is over is left, to clear it away.
    const ALWAYS: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = at.person()?;
        if user != self.user || at.member().is_none() {
            return Err(Rejection::not_found());
        }
        let is_over = at.conversation.settings.dissolved_at_ms.is_some();
        if at.role() == Some(Role::Owner) && !is_over {
            let detail = "The owner transfers or dissolves the group before leaving it.";
            return Err(Rejection::conflict("owner_must_transfer", detail));
        }
        Ok(Effects::of([Effect::RemoveMember { user }]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "left the group".into(),
            Lang::Zh => "退出了群".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::{admit, code, group, user};
    use serde_json::json;

    #[test]
    fn anyone_but_the_owner_may_go() {
        let state = group();
        for (sender, who, expected) in [
            (1, 1, "owner_must_transfer"),
            (2, 2, "ok"),
            (3, 3, "ok"),
            (3, 4, "not_found"),
            (9, 9, "not_found"),
        ] {
            let verdict = admit("group.leave", &state, sender, json!({"user": user(who)}));
            assert_eq!(code(&verdict), expected, "{sender} {who}");
        }
    }
}
