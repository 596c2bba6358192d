//! `friend.remove`: ends a friendship, or takes a request back. Both sides forget it at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{maps, told};
use super::{OWN, settled, take, tell};
use crate::context::Admission;
use crate::effects::Effects;
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::message::Rejection;

/// Body of `friend.remove`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// Whom.
    pub user: UserId,
}

impl MessageKind for Remove {
    const NAME: &'static str = "friend.remove";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let me = at.person()?;
        let key = self.user.to_string();
        let known = [maps::FRIENDS, maps::FRIENDS_ASKED];
        if known.iter().all(|map| at.entry(map, &key).is_none()) {
            return Err(Rejection::not_found());
        }
        Ok(apart(me, self.user))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You removed a friend".into(),
            Lang::Zh => "你删除了一位好友".into(),
        }
    }
}

/// The two are nothing to one another any more.
pub(super) fn apart(me: UserId, other: UserId) -> Effects {
    let effects = |one: UserId| {
        let mut effects = vec![take(maps::FRIENDS, one)];
        effects.extend(settled(one));
        effects
    };
    let theirs = tell(other, me, told::FriendRemoved::NAME, effects(me));
    Effects::of(effects(other)).with(theirs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::ConversationState;
    use crate::ids::ConversationId;
    use crate::kinds::check::{admit, code, user};
    use serde_json::json;

    #[test]
    fn who_is_a_friend_or_was_asked() {
        let mut own = ConversationState::empty(ConversationId::own(user(1)), ConversationType::Own);
        let body = json!({"user": user(2)});
        assert_eq!(
            code(&admit("friend.remove", &own, 1, body.clone())),
            "not_found"
        );
        own.put(maps::FRIENDS_ASKED, &user(2).to_string(), json!({}));
        let (_, effects) = admit("friend.remove", &own, 1, body).unwrap();
        assert_eq!(effects.companions.len(), 1);
    }
}
