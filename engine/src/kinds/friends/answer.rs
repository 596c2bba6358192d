//! `friend.accept` and `friend.decline`: the answers to a request. Accepting makes both friends in one
//! transaction and opens their direct chat.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{maps, told};
use super::{OWN, friend, settled, tell};
use crate::context::Admission;
use crate::effects::{Companion, Effects, Place};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::message::Rejection;

/// Body of `friend.accept`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Who asked.
    pub user: UserId,
}

impl MessageKind for Accept {
    const NAME: &'static str = "friend.accept";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    // The other's friends may be as many as may be.
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let me = at.person()?;
        must_have_asked(at, self.user)?;
        let since = json!({"since": at.now_ms});
        let effects = |other: UserId| {
            let mut effects = vec![friend(other, since.clone())];
            effects.extend(settled(other));
            effects
        };
        let opening = Companion {
            to: Place::Direct(self.user),
            kind: told::FriendMade::NAME,
            body: json!({}),
            effects: Vec::new(),
            counts: false,
            unless: None,
        };
        let theirs = tell(self.user, me, told::FriendAccepted::NAME, effects(me));
        Ok(Effects::of(effects(self.user)).with(theirs).with(opening))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You accepted a friend request".into(),
            Lang::Zh => "你通过了好友申请".into(),
        }
    }
}

/// Body of `friend.decline`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Who asked.
    pub user: UserId,
}

impl MessageKind for Decline {
    const NAME: &'static str = "friend.decline";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let me = at.person()?;
        must_have_asked(at, self.user)?;
        let theirs = tell(
            self.user,
            me,
            told::FriendDeclined::NAME,
            settled(me).into(),
        );
        Ok(Effects::of(settled(self.user)).with(theirs))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You declined a friend request".into(),
            Lang::Zh => "你拒绝了好友申请".into(),
        }
    }
}

fn must_have_asked(at: &Admission<'_>, user: UserId) -> Result<(), Rejection> {
    let request = at.entry(maps::FRIEND_REQUESTS, &user.to_string());
    request.map(|_| ()).ok_or_else(Rejection::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::ConversationState;
    use crate::ids::ConversationId;
    use crate::kinds::check::{admit, apply, code, user};

    #[test]
    fn only_a_request_is_answered_and_both_sides_change_alike() {
        let own = |n| ConversationState::empty(ConversationId::own(user(n)), ConversationType::Own);
        let (mut mine, mut theirs) = (own(1), own(2));
        for kind in ["friend.accept", "friend.decline"] {
            let verdict = admit(kind, &mine, 1, json!({"user": user(2)}));
            assert_eq!(code(&verdict), "not_found");
        }
        mine.put(maps::FRIEND_REQUESTS, &user(2).to_string(), json!({}));
        theirs.put(maps::FRIENDS_ASKED, &user(1).to_string(), json!({}));
        let (_, effects) = admit("friend.accept", &mine, 1, json!({"user": user(2)})).unwrap();
        let places: Vec<_> = effects.companions.iter().map(|one| one.to).collect();
        assert_eq!(places, [Place::Own(user(2)), Place::Direct(user(2))]);
        apply(&mut mine, "friend.accept", &effects);
        let there = Effects::of(effects.companions[0].effects.clone());
        apply(&mut theirs, "friend.accepted", &there);
        for (side, other) in [(&mine, 2), (&theirs, 1)] {
            assert!(
                side.entry(maps::FRIENDS, &user(other).to_string())
                    .is_some()
            );
            assert_eq!(side.maps.len(), 1, "nothing is left of the request");
        }
    }
}
