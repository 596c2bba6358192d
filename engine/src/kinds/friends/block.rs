//! `block` and `unblock`: keeps somebody's messages and requests away, for good or until it is taken
//! back. They are not told; a friend is no longer one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::maps;
use super::remove::apart;
use super::{OWN, settled, take};
use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::BLOCKS;
use crate::message::Rejection;

/// Body of `block`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Whom.
    pub user: UserId,
}

impl MessageKind for Block {
    const NAME: &'static str = "block";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let me = at.person()?;
        if self.user == me {
            let detail = "Somebody else.";
            return Err(Rejection::invalid("user", detail));
        }
        at.rights().ok_or_else(Rejection::not_found)?;
        let key = self.user.to_string();
        if at.entry(maps::BLOCKS, &key).is_some() {
            return Err(Rejection::unchanged());
        }
        let has = |map| at.entry(map, &key).is_some();
        // Whose request waits is not told that it is gone: a stranger would wait as well.
        let mut effects = match has(maps::FRIENDS) || has(maps::FRIENDS_ASKED) {
            true => apart(me, self.user),
            false => Effects::of(settled(self.user)),
        };
        effects.list.push(Effect::Put {
            map: maps::BLOCKS.into(),
            key,
            value: json!({"at": at.now_ms}),
            most: BLOCKS,
            full: "too_many_blocks",
        });
        Ok(effects)
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You blocked somebody".into(),
            Lang::Zh => "你拉黑了一位用户".into(),
        }
    }

    fn about(&self) -> Option<UserId> {
        Some(self.user)
    }
}

/// Body of `unblock`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unblock {
    /// Whom.
    pub user: UserId,
}

impl MessageKind for Unblock {
    const NAME: &'static str = "unblock";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        if at.entry(maps::BLOCKS, &self.user.to_string()).is_none() {
            return Err(Rejection::not_found());
        }
        Ok(Effects::of([take(maps::BLOCKS, self.user)]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You took a block back".into(),
            Lang::Zh => "你解除了拉黑".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::group::state::ConversationState;
    use crate::ids::ConversationId;
    use crate::kinds::check::{admit, admit_with, apply, code, rights, user};

    #[test]
    fn a_stranger_is_not_told_and_a_friend_is_none_any_more() {
        let mut own = ConversationState::empty(ConversationId::own(user(1)), ConversationType::Own);
        let block = |own: &ConversationState, whom: u128| {
            let looked_up = LookedUp {
                rights: Some(rights(user(whom))),
                ..LookedUp::default()
            };
            admit_with("block", own, 1, json!({"user": user(whom)}), &looked_up)
        };
        assert_eq!(code(&block(&own, 1)), "invalid");
        let key = user(2).to_string();
        own.put(maps::FRIEND_REQUESTS, &key, json!({}));
        let (_, effects) = block(&own, 2).unwrap();
        assert!(effects.companions.is_empty());
        apply(&mut own, "block", &effects);
        assert_eq!(own.maps.len(), 1, "the request is gone");
        assert_eq!(code(&block(&own, 2)), "unchanged");
        own.put(maps::FRIENDS, &user(3).to_string(), json!({}));
        let (_, effects) = block(&own, 3).unwrap();
        assert_eq!(effects.companions.len(), 1);
        let (_, effects) = admit("unblock", &own, 1, json!({"user": user(2)})).unwrap();
        apply(&mut own, "unblock", &effects);
        assert!(own.entry(maps::BLOCKS, &key).is_none());
        let nobody = admit_with(
            "block",
            &own,
            1,
            json!({"user": user(9)}),
            &LookedUp::default(),
        );
        assert_eq!(code(&nobody), "not_found");
    }
}
