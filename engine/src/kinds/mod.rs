//! The kinds that ship, one file each: doc, body, rule, tests.
//!
//! To add one of your own: write such a file, and name it where the engine is built
//! (`Engine::builder().kind::<YourKind>()`). The list below is that line for these.

pub mod avatar;
pub mod conversation;
pub mod emoji;
pub mod file;
pub mod forward;
pub mod friends;
pub mod groups;
pub mod image;
pub mod maps;
pub mod nudge;
pub mod presence;
pub mod profile;
pub mod read;
pub mod recall;
pub(crate) mod registry;
pub mod text;
pub mod told;
pub mod typing;

pub use groups::settings;
use registry::Registry;

/// Adds the kinds that ship.
pub(crate) fn add_shipped(registry: &mut Registry) {
    friends::add(registry);
    groups::add(registry);
    told::add(registry);
    registry.add::<avatar::GroupAvatar>();
    registry.add::<avatar::ProfileAvatar>();
    registry.add::<conversation::SetConversation>();
    registry.add::<emoji::Emoji>();
    registry.add::<emoji::Reaction>();
    registry.add::<file::File>();
    registry.add::<forward::Forward>();
    registry.add::<image::Image>();
    registry.add::<nudge::Nudge>();
    registry.add::<text::Text>();
    registry.add::<typing::Typing>();
    registry.add::<read::Read>();
    registry.add::<recall::Recall>();
    registry.add::<presence::Presence>();
    registry.add::<profile::ChangeProfile>();
}

/// Helps the tests of kinds: one conversation, one draft, the verdict.
#[cfg(test)]
pub(crate) mod check {
    use super::registry::Registry;
    use crate::context::{Admission, LookedUp};
    use crate::effects::Effects;
    use crate::group::state::{ConversationState, ConversationType, Member, Role, Step};
    use crate::ids::{ClientId, ConversationId, Position, Seq, UserId};
    use crate::limits::DirectPolicy;
    use crate::message::{Message, Rejection};
    use crate::store::Rights;
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
            state.roster.insert(user(n), Member::new(role));
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
        admit_with(kind, state, sender, body, &LookedUp::default())
    }

    /// The same with what was looked up, at 1,000 ms.
    pub(crate) fn admit_with(
        kind: &str,
        state: &ConversationState,
        sender: u128,
        body: Value,
        looked_up: &LookedUp,
    ) -> Result<(Value, Effects), Rejection> {
        admit_at(kind, state, sender, body, looked_up, 1_000)
    }

    pub(crate) fn admit_at(
        kind: &str,
        state: &ConversationState,
        sender: u128,
        body: Value,
        looked_up: &LookedUp,
        now_ms: i64,
    ) -> Result<(Value, Effects), Rejection> {
        let mut registry = Registry::default();
        super::add_shipped(&mut registry);
        let kind = registry.get(kind).expect("a shipped kind");
        let at = Admission {
            conversation: state,
            sender: Some(user(sender)),
            sender_name: "Somebody",
            now_ms,
            group_members_most: 2_000,
            kind: kind.name(),
            direct: DirectPolicy::Groups,
            registry: &registry,
            looked_up,
        };
        let verdict = kind.admit(&body, &at)?;
        Ok((verdict.body, verdict.effects))
    }

    /// Folds what a kind said into the state, as a message of user 1.
    pub(crate) fn apply(state: &mut ConversationState, kind: &str, effects: &Effects) {
        state.apply(Step {
            kind,
            effects: &effects.list,
            counts: false,
            sender: Some(user(1)),
            sent_at_ms: 1_000,
        });
    }

    /// Somebody to whom user 3 is nothing yet.
    pub(crate) fn rights(peer: UserId) -> Rights {
        Rights {
            peer,
            friends: false,
            blocked: false,
            blocking: false,
            share_a_group: false,
            peer_disabled: false,
        }
    }

    /// A message of `sender` at a seq, as a rule that refers to it finds it.
    pub(crate) fn message(seq: i64, sender: u128, kind: &str, body: &Value) -> Message {
        Message {
            position: Position(seq),
            conversation: ConversationId(Uuid::from_u128(100)),
            seq: Seq(seq),
            counted: seq,
            kind: kind.into(),
            sender: Some(user(sender)),
            sender_name: "Somebody".into(),
            body: Some(body.to_string()),
            client_id: ClientId(Uuid::from_u128(seq as u128)),
            sent_at_ms: 1_000,
            added: vec![],
            removed: vec![],
            audience: None,
            mentions: vec![],
            notes: None,
        }
    }

    /// The code of the refusal, or `ok`.
    pub(crate) fn code(verdict: &Result<(Value, Effects), Rejection>) -> &str {
        verdict.as_ref().map_or_else(|no| &*no.code, |_| "ok")
    }
}
