//! `group.dissolve`: the group is over. Nobody posts or joins any more; what was said stays readable to
//! those who were in it, until they leave.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::kind::{ConversationType, GroupField, Lang, MessageKind, Role};
use crate::message::Rejection;

/// Body of `group.dissolve`: nothing.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dissolve {}

impl MessageKind for Dissolve {
    const NAME: &'static str = "group.dissolve";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        // The system acts for those who run the server.
        if at.sender.is_some() {
            at.at_least(Role::Owner)?;
        }
        let over = GroupField::Dissolved(at.now_ms);
        Ok(Effects::of([Effect::SetField(over)]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "dissolved the group".into(),
            Lang::Zh => "解散了群".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::{admit, apply, code, group, user};
    use serde_json::json;

    #[test]
    fn the_owner_ends_the_group_and_then_anyone_may_leave() {
        let mut state = group();
        for by in [2, 3, 9] {
            let verdict = admit("group.dissolve", &state, by, json!({}));
            assert_eq!(code(&verdict), "not_allowed");
        }
        let leave = json!({"user": user(1)});
        let verdict = admit("group.leave", &state, 1, leave.clone());
        assert_eq!(code(&verdict), "owner_must_transfer");
        let (_, effects) = admit("group.dissolve", &state, 1, json!({})).unwrap();
        apply(&mut state, "group.dissolve", &effects);
        assert_eq!(state.settings.dissolved_at_ms, Some(1_000));
        assert_eq!(code(&admit("group.leave", &state, 1, leave)), "ok");
    }
}
