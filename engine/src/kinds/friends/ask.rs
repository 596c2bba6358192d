//! `friend.ask`: somebody asks another to be a friend. The other finds a request in their own
//! conversation, unless they block the asker, who is not told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{maps, told};
use super::{OWN, blocks};
use crate::context::Admission;
use crate::effects::{Companion, Effect, Effects, Place};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::{NOTE_CHARS, REQUESTS};
use crate::message::Rejection;
use crate::names::clean_line;

/// Body of `friend.ask`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Whom.
    pub user: UserId,
    /// At most 100 characters.
    #[serde(default)]
    pub note: String,
}

impl MessageKind for Ask {
    const NAME: &'static str = "friend.ask";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let me = at.person()?;
        let rights = at.rights().filter(|rights| !rights.peer_disabled);
        let rights = rights.ok_or_else(Rejection::not_found)?;
        if self.user == me {
            let detail = "Somebody else.";
            return Err(Rejection::invalid("user", detail));
        }
        self.note = clean_line("note", &self.note, 0, NOTE_CHARS)?;
        let key = self.user.to_string();
        if at.entry(maps::FRIENDS, &key).is_some() {
            return Err(Rejection::unchanged());
        }
        if rights.blocking {
            let detail = "You block this person; take the block away first.";
            return Err(Rejection::forbidden("you_block_them", detail));
        }
        if at.entry(maps::FRIEND_REQUESTS, &key).is_some() {
            let detail = "They have asked you: answer their request.";
            return Err(Rejection::conflict("they_asked_you", detail));
        }
        let known = at.entry(maps::FRIENDS_ASKED, &key);
        if known.is_some_and(|entry| entry["note"] == self.note.as_str()) {
            return Err(Rejection::unchanged());
        }
        let put = |map: &'static str, key: String, value| Effect::Put {
            map: map.into(),
            key,
            value,
            most: REQUESTS,
            full: "too_many_requests",
        };
        let asked = json!({"note": self.note, "at": at.now_ms});
        let request = json!({"note": self.note, "name": at.sender_name, "at": at.now_ms});
        let theirs = Companion {
            to: Place::Own(self.user),
            kind: told::FriendRequest::NAME,
            body: json!({"user": me, "name": at.sender_name, "note": self.note}),
            effects: vec![put(maps::FRIEND_REQUESTS, me.to_string(), request)],
            counts: true,
            unless: Some(blocks(me)),
        };
        Ok(Effects::of([put(maps::FRIENDS_ASKED, key, asked)]).with(theirs))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You asked somebody to be your friend".into(),
            Lang::Zh => "你发出了好友申请".into(),
        }
    }

    fn about(&self) -> Option<UserId> {
        Some(self.user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::group::state::ConversationState;
    use crate::ids::ConversationId;
    use crate::kinds::check::{admit_with, code, rights, user};
    use crate::store::Rights;

    fn ask(own: &ConversationState, whom: u128, rights: Option<Rights>) -> (String, usize) {
        let looked_up = LookedUp {
            rights,
            ..LookedUp::default()
        };
        let body = json!({"user": user(whom), "note": " hi "});
        let verdict = admit_with("friend.ask", own, 1, body, &looked_up);
        let companions = verdict
            .as_ref()
            .map_or(0, |(_, effects)| effects.companions.len());
        (code(&verdict).to_owned(), companions)
    }

    #[test]
    fn the_other_is_asked_whether_they_block_or_not() {
        let mut own = ConversationState::empty(ConversationId::own(user(1)), ConversationType::Own);
        let stranger = rights(user(2));
        let blocked = Rights {
            blocked: true,
            ..stranger
        };
        // The rule answers alike; the transaction leaves the request out.
        assert_eq!(ask(&own, 2, Some(stranger)), ("ok".into(), 1));
        assert_eq!(ask(&own, 2, Some(blocked)), ("ok".into(), 1));
        let gone = Rights {
            peer_disabled: true,
            ..stranger
        };
        assert_eq!(ask(&own, 2, Some(gone)).0, "not_found");
        assert_eq!(ask(&own, 2, None).0, "not_found");
        assert_eq!(ask(&own, 1, Some(stranger)).0, "invalid");
        let blocking = Rights {
            blocking: true,
            ..stranger
        };
        assert_eq!(ask(&own, 2, Some(blocking)).0, "you_block_them");
        let key = user(2).to_string();
        own.put(maps::FRIENDS_ASKED, &key, json!({"note": "hi"}));
        assert_eq!(ask(&own, 2, Some(stranger)).0, "unchanged");
        own.put(maps::FRIENDS_ASKED, &key, json!({"note": "other"}));
        assert_eq!(ask(&own, 2, Some(stranger)).0, "ok");
        own.put(maps::FRIEND_REQUESTS, &key, json!({}));
        assert_eq!(ask(&own, 2, Some(stranger)).0, "they_asked_you");
        own.put(maps::FRIENDS, &key, json!({}));
        assert_eq!(ask(&own, 2, Some(stranger)).0, "unchanged");
    }
}
