//! `group.invite`: a member invites somebody, who finds a card in the direct chat of the two.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{maps, told};
use crate::context::Admission;
use crate::effects::{Audience, Companion, Effect, Effects, Place};
use crate::ids::UserId;
use crate::kind::{ConversationType, JoinMode, Lang, MessageKind};
use crate::limits::INVITATIONS;
use crate::message::Rejection;

/// Body of `group.invite`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Who is invited. Somebody to whom the sender may write.
    pub user: UserId,
}

impl MessageKind for Invite {
    const NAME: &'static str = "group.invite";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let by = at.person()?;
        if at.conversation.settings.join_mode == JoinMode::Closed {
            let detail = "This group takes no new members.";
            return Err(Rejection::forbidden("group_closed", detail));
        }
        at.may_write()?;
        if at.conversation.roster.contains_key(&self.user) {
            return Err(Rejection::unchanged());
        }
        let key = self.user.to_string();
        if at.entry(maps::BANS, &key).is_some() {
            let detail = "They are banned from this group.";
            return Err(Rejection::conflict("banned", detail));
        }
        let known = at.entry(maps::INVITATIONS, &key);
        if known.is_some_and(|entry| entry["by"] == json!(by)) {
            return Err(Rejection::unchanged());
        }
        let invitation = Effect::Put {
            map: maps::INVITATIONS.into(),
            key,
            value: json!({"by": by, "at": at.now_ms}),
            most: INVITATIONS,
            full: "too_many_invitations",
        };
        let name = &at.conversation.settings.name;
        let card = Companion {
            to: Place::Direct(self.user),
            kind: told::GroupInvitation::NAME,
            body: json!({"group": at.conversation.id, "name": name}),
            effects: Vec::new(),
            counts: true,
            unless: None,
        };
        Ok(Effects::of([invitation])
            .seen_by(Audience::Admins)
            .with(card))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "invited somebody".into(),
            Lang::Zh => "邀请了一位新成员".into(),
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
    use crate::kinds::check::{admit_with, code, group, rights, user};
    use crate::store::Rights;

    #[test]
    fn members_invite_those_to_whom_they_may_write() {
        let mut state = group();
        let friend = Rights {
            friends: true,
            ..rights(user(9))
        };
        let stranger = rights(user(9));
        let blocked = Rights {
            blocked: true,
            ..friend
        };
        let invite = |state: &_, by: u128, who: u128, rights: Option<Rights>| {
            let looked_up = LookedUp {
                rights,
                ..LookedUp::default()
            };
            admit_with(
                "group.invite",
                state,
                by,
                json!({"user": user(who)}),
                &looked_up,
            )
        };
        let (_, effects) = invite(&state, 3, 9, Some(friend)).unwrap();
        assert_eq!(effects.companions[0].to, Place::Direct(user(9)));
        assert!(effects.companions[0].counts);
        for (rights, expected) in [
            (Some(stranger), "not_found"),
            (Some(blocked), "not_found"),
            (None, "not_found"),
        ] {
            assert_eq!(code(&invite(&state, 3, 9, rights)), expected);
        }
        assert_eq!(code(&invite(&state, 3, 4, Some(friend))), "unchanged");
        state.put(
            maps::INVITATIONS,
            &user(9).to_string(),
            json!({"by": user(3)}),
        );
        assert_eq!(code(&invite(&state, 3, 9, Some(friend))), "unchanged");
        assert_eq!(code(&invite(&state, 4, 9, Some(friend))), "ok");
        state.put(maps::BANS, &user(9).to_string(), json!({}));
        assert_eq!(code(&invite(&state, 4, 9, Some(friend))), "banned");
        state.settings.join_mode = JoinMode::Closed;
        assert_eq!(code(&invite(&state, 4, 9, Some(friend))), "group_closed");
    }
}
