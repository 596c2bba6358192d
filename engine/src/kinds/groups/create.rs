//! `group.create`: the first message of a group. Its sender becomes the owner.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::Fields;
use crate::kind::{Admission, ConversationType, Effect, Effects, Lang, MessageKind, Role};
use crate::limits::GROUP_MEMBERS;
use crate::message::Rejection;

/// Body of `group.create`: the settings the group begins with.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Create(pub Fields);

impl MessageKind for Create {
    const NAME: &'static str = "group.create";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const FROM_OUTSIDE: bool = true;
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = at.person()?;
        if at.conversation.exists {
            return Err(Rejection::conflict(
                "group_exists",
                "There is this group already.",
            ));
        }
        if self.0.name.is_none() {
            return Err(Rejection::invalid("name", "A group needs a name."));
        }
        if at.group_members_most < GROUP_MEMBERS {
            self.0.member_limit.get_or_insert(at.group_members_most);
        }
        let mut effects = self.0.check(at)?;
        let role = Role::Owner;
        effects.push(Effect::AddMember { user, role });
        Ok(Effects::of(effects))
    }

    fn summary(&self, lang: Lang) -> String {
        let name = self.0.name.as_deref().unwrap_or_default();
        match lang {
            Lang::En => format!("Group “{name}” was created"),
            Lang::Zh => format!("创建了群“{name}”"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::group::state::{ConversationState, ConversationType};
    use crate::kind::{Effect, GroupField, Role};
    use crate::kinds::check::{admit, code, group, user};
    use serde_json::json;

    #[test]
    fn makes_its_sender_the_owner() {
        let fresh = ConversationState::empty(group().id, ConversationType::Group);
        let verdict = admit("group.create", &fresh, 9, json!({"name": " Rust  学习 "}));
        let (body, effects) = verdict.unwrap();
        assert_eq!(body, json!({"name": "Rust 学习"}));
        assert_eq!(
            effects.list,
            [
                Effect::SetField(GroupField::Name("Rust 学习".into())),
                Effect::AddMember {
                    user: user(9),
                    role: Role::Owner
                },
            ]
        );
    }

    #[test]
    fn happens_once_and_needs_a_name() {
        let fresh = ConversationState::empty(group().id, ConversationType::Group);
        assert_eq!(
            code(&admit("group.create", &fresh, 9, json!({}))),
            "invalid"
        );
        let again = admit("group.create", &group(), 1, json!({"name": "x"}));
        assert_eq!(code(&again), "group_exists");
    }
}
