//! The kinds that ship, one file each: doc, body, rule, tests.
//!
//! To add one of your own: write such a file, and name it where the engine is built
//! (`Engine::builder().kind::<YourKind>()`). The list below is that line for these.

pub mod create;
pub mod join;
pub mod leave;
pub mod presence;
pub mod read;
pub(crate) mod registry;
pub mod remove;
pub mod role;
pub mod settings;
pub mod text;
pub mod typing;

use registry::Registry;

/// Adds the kinds that ship.
pub(crate) fn add_shipped(registry: &mut Registry) {
    registry.add::<create::Create>();
    registry.add::<join::Join>();
    registry.add::<leave::Leave>();
    registry.add::<remove::Remove>();
    registry.add::<role::SetRole>();
    registry.add::<settings::ChangeSettings>();
    registry.add::<text::Text>();
    registry.add::<typing::Typing>();
    registry.add::<read::Read>();
    registry.add::<presence::Presence>();
}

/// Helps the tests of kinds: one conversation, one draft, the verdict.
#[cfg(test)]
pub(crate) mod check {
    use super::registry::Registry;
    use crate::group::state::{ConversationState, ConversationType, Member, Role};
    use crate::ids::{ConversationId, UserId};
    use crate::kind::{Admission, Effects};
    use crate::message::{Message, Rejection};
    use serde_json::Value;
    use uuid::Uuid;

    pub(crate) fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    /// A group: user 1 owns it, 2 is an admin, 3 and 4 are members, 9 is a stranger.
    pub(crate) fn group() -> ConversationState {
        let id = ConversationId(Uuid::from_u128(100));
        let mut state = ConversationState::empty(id, ConversationType::Group);
        state.exists = true;
        state.settings.name = "Rust".into();
        for (n, role) in [
            (1, Role::Owner),
            (2, Role::Admin),
            (3, Role::Member),
            (4, Role::Member),
        ] {
            let member = Member {
                role,
                muted_until_ms: None,
            };
            state.roster.insert(user(n), member);
        }
        state
    }

    /// What the kind says to `sender` posting `body` there; the body as the rule left it.
    pub(crate) fn admit(
        kind: &str,
        state: &ConversationState,
        sender: u128,
        body: Value,
    ) -> Result<(Value, Effects), Rejection> {
        admit_with(kind, state, sender, body, &[])
    }

    pub(crate) fn admit_with(
        kind: &str,
        state: &ConversationState,
        sender: u128,
        body: Value,
        references: &[Message],
    ) -> Result<(Value, Effects), Rejection> {
        let mut registry = Registry::default();
        super::add_shipped(&mut registry);
        let kind = registry.get(kind).expect("a shipped kind");
        let at = Admission {
            conversation: state,
            sender: Some(user(sender)),
            now_ms: 1_000,
            group_members_most: 2_000,
            kind: kind.name(),
            references,
        };
        kind.admit(&body, &at)
    }

    /// The code of the refusal, or `ok`.
    pub(crate) fn code(verdict: &Result<(Value, Effects), Rejection>) -> &str {
        verdict.as_ref().map_or_else(|no| &*no.code, |_| "ok")
    }
}
