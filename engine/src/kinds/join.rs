//! `group.join`: somebody becomes a member.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::kind::{
    Admission, ConversationType, Effect, Effects, JoinMode, Lang, MessageKind, Role,
};
use crate::message::Rejection;

/// Body of `group.join`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Who joins.
    pub user: UserId,
}

impl MessageKind for Join {
    const NAME: &'static str = "group.join";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const FROM_OUTSIDE: bool = true;
    // Groups per user is for the store to judge.
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = at.person()?;
        if !at.conversation.exists || user != self.user {
            return Err(Rejection::not_found());
        }
        if at.member().is_some() {
            return Err(Rejection::unchanged());
        }
        if at.conversation.settings.join_mode == JoinMode::Closed {
            let detail = "This group takes no new members.";
            return Err(Rejection::forbidden("group_closed", detail));
        }
        if at.conversation.is_full() {
            let limit = at.conversation.settings.member_limit;
            let detail = format!("The group is full: it has its {limit} members.");
            return Err(Rejection::conflict("group_full", detail));
        }
        let role = Role::Member;
        Ok(Effects::of([Effect::AddMember { user, role }]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "joined the group".into(),
            Lang::Zh => "加入了群".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::group::state::{ConversationState, ConversationType};
    use crate::kind::JoinMode;
    use crate::kinds::check::{admit, apply, code, group, user};
    use serde_json::json;

    #[test]
    fn the_last_place_is_given_once() {
        let mut state = group();
        state.settings.member_limit = 5;
        let verdict = admit("group.join", &state, 9, json!({"user": user(9)}));
        assert_eq!(code(&verdict), "ok");
        apply(&mut state, "group.join", &verdict.unwrap().1);
        let next = admit("group.join", &state, 10, json!({"user": user(10)}));
        assert_eq!(code(&next), "group_full");
        let again = admit("group.join", &state, 9, json!({"user": user(9)}));
        assert_eq!(code(&again), "unchanged");
    }

    #[test]
    fn nobody_joins_for_another_or_nowhere_or_a_closed_group() {
        let mut state = group();
        let other = admit("group.join", &state, 9, json!({"user": user(10)}));
        assert_eq!(code(&other), "not_found");
        let nowhere = ConversationState::empty(state.id, ConversationType::Group);
        let verdict = admit("group.join", &nowhere, 9, json!({"user": user(9)}));
        assert_eq!(code(&verdict), "not_found");
        state.settings.join_mode = JoinMode::Closed;
        let closed = admit("group.join", &state, 9, json!({"user": user(9)}));
        assert_eq!(code(&closed), "group_closed");
    }
}
