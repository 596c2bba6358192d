//! `group.role`: the owner makes admins, takes it back, or hands the group over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::kind::{Admission, ConversationType, Effect, Effects, Lang, MessageKind, Role};
use crate::limits::GROUP_ADMINS;
use crate::message::Rejection;

/// Body of `group.role`. The role `owner` transfers the group; its old owner becomes an admin, or
/// a member where there are as many admins as there may be.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    /// Whose role.
    pub user: UserId,
    /// To what.
    pub role: Role,
}

impl MessageKind for SetRole {
    const NAME: &'static str = "group.role";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let owner = at.person()?;
        if at.role() != Some(Role::Owner) {
            let detail = "Only the owner gives roles.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        let (user, role) = (self.user, self.role);
        let Some(other) = at.conversation.roster.get(&user) else {
            return Err(Rejection::not_found());
        };
        if other.role == role {
            return Err(Rejection::unchanged());
        }
        if user == owner {
            let detail = "The owner transfers the group before taking a lower role.";
            return Err(Rejection::conflict("owner_must_transfer", detail));
        }
        let admins = at.conversation.count(Role::Admin);
        match role {
            Role::Admin if admins >= GROUP_ADMINS => {
                let detail = format!("A group has at most {GROUP_ADMINS} admins.");
                Err(Rejection::conflict("too_many_admins", detail))
            }
            Role::Admin | Role::Member => Ok(Effects::of([Effect::SetRole { user, role }])),
            Role::Owner => {
                let stay = admins - usize::from(other.role == Role::Admin);
                let old = if stay < GROUP_ADMINS {
                    Role::Admin
                } else {
                    Role::Member
                };
                // The old owner first: at no moment are there two.
                Ok(Effects::of([
                    Effect::SetRole {
                        user: owner,
                        role: old,
                    },
                    Effect::SetRole { user, role },
                ]))
            }
        }
    }

    fn summary(&self, lang: Lang) -> String {
        match (lang, self.role) {
            (Lang::En, Role::Owner) => "handed the group over".into(),
            (Lang::Zh, Role::Owner) => "转让了群".into(),
            (Lang::En, Role::Admin) => "made a member an admin".into(),
            (Lang::Zh, Role::Admin) => "设置了一位管理员".into(),
            (Lang::En, Role::Member) => "made an admin a member".into(),
            (Lang::Zh, Role::Member) => "取消了一位管理员".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::group::state::{Member, Role};
    use crate::kinds::check::{admit, apply, code, group, user};
    use serde_json::json;

    #[test]
    fn only_the_owner_gives_roles() {
        let state = group();
        for (sender, who, role, expected) in [
            (1, 3, "admin", "ok"),
            (1, 2, "member", "ok"),
            (1, 2, "admin", "unchanged"),
            (1, 3, "owner", "ok"),
            (1, 1, "member", "owner_must_transfer"),
            (1, 9, "admin", "not_found"),
            (2, 3, "admin", "not_allowed"),
            (3, 3, "owner", "not_allowed"),
            (9, 9, "owner", "not_allowed"),
        ] {
            let body = json!({"user": user(who), "role": role});
            assert_eq!(
                code(&admit("group.role", &state, sender, body)),
                expected,
                "{sender} {who} {role}"
            );
        }
    }

    #[test]
    fn after_a_transfer_there_is_one_owner() {
        let mut state = group();
        let body = json!({"user": user(3), "role": "owner"});
        let (_, effects) = admit("group.role", &state, 1, body).unwrap();
        apply(&mut state, "group.role", &effects);
        assert_eq!(state.count(Role::Owner), 1);
        assert_eq!(state.owner(), Some(user(3)));
        assert_eq!(state.roster[&user(1)].role, Role::Admin);
    }

    #[test]
    fn admins_are_bounded_also_by_a_transfer() {
        let mut state = group();
        for n in 20..39 {
            state.roster.insert(user(n), Member::new(Role::Admin));
        }
        let body = json!({"user": user(3), "role": "admin"});
        assert_eq!(
            code(&admit("group.role", &state, 1, body)),
            "too_many_admins"
        );
        let body = json!({"user": user(3), "role": "owner"});
        let (_, effects) = admit("group.role", &state, 1, body).unwrap();
        apply(&mut state, "group.role", &effects);
        assert_eq!(state.roster[&user(1)].role, Role::Member);
    }
}
