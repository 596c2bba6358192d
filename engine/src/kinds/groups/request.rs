//! `group.request`: somebody asks to be let in. `group.decline`: they are not, or take it back. Both
//! are for owner and admins to see.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{maps, told};
use crate::context::Admission;
use crate::effects::{Audience, Companion, Effect, Effects, Place};
use crate::ids::UserId;
use crate::kind::{ConversationType, JoinMode, Lang, MessageKind, Role};
use crate::limits::{NOTE_CHARS, REQUESTS};
use crate::message::Rejection;
use crate::names::clean_line;

/// Body of `group.request`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who asks.
    pub user: UserId,
    /// At most 100 characters.
    #[serde(default)]
    pub note: String,
}

impl MessageKind for Request {
    const NAME: &'static str = "group.request";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const FROM_OUTSIDE: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = at.person()?;
        if !at.conversation.exists || user != self.user {
            return Err(Rejection::not_found());
        }
        if at.member().is_some() {
            return Err(Rejection::unchanged());
        }
        let key = user.to_string();
        if at.entry(maps::BANS, &key).is_some() {
            let detail = "You are banned from this group.";
            return Err(Rejection::forbidden("banned", detail));
        }
        if at.conversation.settings.join_mode != JoinMode::Approval {
            let detail = "Nobody is asked here: join, or be invited.";
            return Err(Rejection::conflict("not_by_approval", detail));
        }
        self.note = clean_line("note", &self.note, 0, NOTE_CHARS)?;
        let known = at.entry(maps::REQUESTS, &key);
        if known.is_some_and(|entry| entry["note"] == self.note.as_str()) {
            return Err(Rejection::unchanged());
        }
        let request = Effect::Put {
            map: maps::REQUESTS.into(),
            key,
            value: json!({"note": self.note, "name": at.sender_name, "at": at.now_ms}),
            most: REQUESTS,
            full: "too_many_requests",
        };
        Ok(Effects::of([request]).seen_by(Audience::Admins))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "asks to join the group".into(),
            Lang::Zh => "申请加入群".into(),
        }
    }
}

/// Body of `group.decline`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Who asked. The sender: they take it back.
    pub user: UserId,
}

impl MessageKind for Decline {
    const NAME: &'static str = "group.decline";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const FROM_OUTSIDE: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let by = at.person()?;
        let own = by == self.user;
        if !own {
            at.at_least(Role::Admin)?;
        }
        let key = self.user.to_string();
        if at.entry(maps::REQUESTS, &key).is_none() {
            return Err(Rejection::not_found());
        }
        let map = maps::REQUESTS.into();
        let effects = Effects::of([Effect::Take { map, key }]).seen_by(Audience::Admins);
        if own {
            return Ok(effects);
        }
        let name = &at.conversation.settings.name;
        Ok(effects.with(Companion {
            to: Place::Own(self.user),
            kind: told::GroupDeclined::NAME,
            body: json!({"group": at.conversation.id, "name": name}),
            effects: Vec::new(),
            counts: false,
            unless: None,
        }))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "declined a request to join".into(),
            Lang::Zh => "拒绝了一个入群申请".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{admit, apply, code, group, user};

    #[test]
    fn a_stranger_asks_and_those_who_govern_answer() {
        let mut state = group();
        let body = json!({"user": user(9), "note": " let  me in "});
        let verdict = admit("group.request", &state, 9, body.clone());
        assert_eq!(code(&verdict), "not_by_approval");
        state.settings.join_mode = JoinMode::Approval;
        let (left, effects) = admit("group.request", &state, 9, body.clone()).unwrap();
        assert_eq!(left["note"], "let me in");
        assert_eq!(effects.audience, Audience::Admins);
        apply(&mut state, "group.request", &effects);
        assert_eq!(code(&admit("group.request", &state, 9, body)), "unchanged");
        for (by, expected) in [
            (3, "not_allowed"),
            (10, "not_allowed"),
            (1, "ok"),
            (9, "ok"),
        ] {
            let verdict = admit("group.decline", &state, by, json!({"user": user(9)}));
            assert_eq!(code(&verdict), expected, "{by}");
            if let Ok((_, effects)) = verdict {
                let told = usize::from(by != 9);
                assert_eq!(
                    effects.companions.len(),
                    told,
                    "the asker is told by others only"
                );
            }
        }
        let nothing = admit("group.decline", &state, 1, json!({"user": user(10)}));
        assert_eq!(code(&nothing), "not_found");
    }

    #[test]
    fn members_the_banned_and_others_do_not_ask() {
        let mut state = group();
        state.settings.join_mode = JoinMode::Approval;
        state.put(maps::BANS, &user(9).to_string(), json!({}));
        for (by, who, expected) in [(3, 3, "unchanged"), (9, 9, "banned"), (10, 11, "not_found")] {
            let verdict = admit("group.request", &state, by, json!({"user": user(who)}));
            assert_eq!(code(&verdict), expected);
        }
        let long = json!({"user": user(10), "note": "x".repeat(101)});
        assert_eq!(code(&admit("group.request", &state, 10, long)), "invalid");
    }
}
