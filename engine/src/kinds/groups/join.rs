//! `group.join`: somebody becomes a member: by themselves where the group is open, with an invitation
//! or a link; or let in by the owner or an admin, after asking.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::maps;
use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, JoinMode, Lang, MessageKind, Role};
use crate::limits::LINKS;
use crate::message::Rejection;

/// The code of the refusal that means: ask to be let in.
pub const APPROVAL_REQUIRED: &str = "approval_required";

/// Body of `group.join`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Who becomes a member. Somebody else than the sender: who asked, and is let in.
    pub user: UserId,
    /// The hash of the link's secret, for who comes by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl MessageKind for Join {
    const NAME: &'static str = "group.join";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const FROM_OUTSIDE: bool = true;
    // Groups per user is for the store to judge.
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let sender = at.person()?;
        let user = self.user;
        if !at.conversation.exists {
            return Err(Rejection::not_found());
        }
        let key = user.to_string();
        let mut effects = Vec::new();
        if user == sender {
            if at.member().is_some() {
                return Err(Rejection::unchanged());
            }
            if at.entry(maps::BANS, &key).is_some() {
                let detail = "You are banned from this group.";
                return Err(Rejection::forbidden("banned", detail));
            }
            effects.extend(self.way_in(at, &key)?);
        } else {
            at.at_least(Role::Admin)?;
            if at.conversation.roster.contains_key(&user) {
                return Err(Rejection::unchanged());
            }
            if at.entry(maps::REQUESTS, &key).is_none() {
                return Err(Rejection::not_found());
            }
        }
        if at.conversation.is_full() {
            let limit = at.conversation.settings.member_limit;
            let detail = format!("The group is full: it has its {limit} members.");
            return Err(Rejection::conflict("group_full", detail));
        }
        let role = Role::Member;
        effects.push(Effect::AddMember { user, role });
        for map in [maps::REQUESTS, maps::INVITATIONS] {
            if at.entry(map, &key).is_some() {
                let (map, key) = (map.into(), key.clone());
                effects.push(Effect::Take { map, key });
            }
        }
        Ok(Effects::of(effects))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "joined the group".into(),
            Lang::Zh => "加入了群".into(),
        }
    }
}

impl Join {
    /// Whether somebody may come in by themselves, and what that uses up.
    fn way_in(&self, at: &Admission<'_>, key: &str) -> Result<Option<Effect>, Rejection> {
        let mode = at.conversation.settings.join_mode;
        if mode == JoinMode::Closed {
            let detail = "This group takes no new members.";
            return Err(Rejection::forbidden("group_closed", detail));
        }
        if let Some(link) = &self.link {
            return use_link(at, link).map(Some);
        }
        let invitation = at.entry(maps::INVITATIONS, key);
        match mode {
            JoinMode::Open => Ok(None),
            JoinMode::Invitation if invitation.is_some() => Ok(None),
            JoinMode::Approval if invitation.is_some_and(|one| by_admin(at, one)) => Ok(None),
            JoinMode::Approval => {
                let detail = "The owner or an admin lets people in: ask them.";
                Err(Rejection::forbidden(APPROVAL_REQUIRED, detail))
            }
            _ => {
                let detail = "One comes into this group by invitation.";
                Err(Rejection::forbidden("not_invited", detail))
            }
        }
    }
}

/// Whether whoever invited governs the group now.
fn by_admin(at: &Admission<'_>, invitation: &Value) -> bool {
    let by: Option<UserId> = serde_json::from_value(invitation["by"].clone()).ok();
    let member = by.and_then(|by| at.conversation.roster.get(&by));
    member.is_some_and(|member| member.role >= Role::Admin)
}

/// One use of a link less.
fn use_link(at: &Admission<'_>, link: &str) -> Result<Effect, Rejection> {
    let entry = at.entry(maps::LINKS, link);
    let mut entry = entry.ok_or_else(Rejection::not_found)?.clone();
    let uses = entry["uses"].as_i64().unwrap_or(0);
    if uses < 1 || entry["until"].as_i64().unwrap_or(0) <= at.now_ms {
        let detail = "This link has expired or was used as often as it may be.";
        return Err(Rejection::conflict("link_expired", detail));
    }
    entry["uses"] = json!(uses - 1);
    Ok(Effect::Put {
        map: maps::LINKS.into(),
        key: link.to_owned(),
        value: entry,
        most: LINKS,
        full: "too_many_links",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::ConversationState;
    use crate::kinds::check::{admit, apply, code, group, user};

    fn join(state: &ConversationState, n: u128) -> Result<(Value, Effects), Rejection> {
        admit("group.join", state, n, json!({"user": user(n)}))
    }

    #[test]
    fn the_last_place_is_given_once() {
        let mut state = group();
        state.settings.member_limit = 5;
        let verdict = join(&state, 9);
        assert_eq!(code(&verdict), "ok");
        apply(&mut state, "group.join", &verdict.unwrap().1);
        assert_eq!(code(&join(&state, 10)), "group_full");
        assert_eq!(code(&join(&state, 9)), "unchanged");
    }

    #[test]
    fn nobody_brings_another_in_or_comes_to_nowhere() {
        let state = group();
        for (by, expected) in [(9, "not_allowed"), (3, "not_allowed"), (2, "not_found")] {
            let other = admit("group.join", &state, by, json!({"user": user(10)}));
            assert_eq!(code(&other), expected, "{by}");
        }
        let nowhere = ConversationState::empty(state.id, ConversationType::Group);
        assert_eq!(code(&join(&nowhere, 9)), "not_found");
    }

    #[test]
    fn each_mode_has_its_way_in() {
        let key = user(9).to_string();
        for (mode, plain, invited, invited_by_admin) in [
            (JoinMode::Open, "ok", "ok", "ok"),
            (
                JoinMode::Approval,
                APPROVAL_REQUIRED,
                APPROVAL_REQUIRED,
                "ok",
            ),
            (JoinMode::Invitation, "not_invited", "ok", "ok"),
            (
                JoinMode::Closed,
                "group_closed",
                "group_closed",
                "group_closed",
            ),
        ] {
            let mut state = group();
            state.settings.join_mode = mode;
            assert_eq!(code(&join(&state, 9)), plain, "{mode:?}");
            state.put(maps::INVITATIONS, &key, json!({"by": user(3), "at": 0}));
            assert_eq!(code(&join(&state, 9)), invited, "{mode:?}");
            state.put(maps::INVITATIONS, &key, json!({"by": user(2), "at": 0}));
            assert_eq!(code(&join(&state, 9)), invited_by_admin, "{mode:?}");
            state.put(maps::BANS, &key, json!({}));
            assert_eq!(code(&join(&state, 9)), "banned", "{mode:?}");
        }
    }

    #[test]
    fn who_asked_is_let_in_and_forgotten_as_a_request() {
        let mut state = group();
        state.settings.join_mode = JoinMode::Approval;
        state.put(maps::REQUESTS, &user(9).to_string(), json!({"note": "hi"}));
        let let_in = |state: &ConversationState, by: u128| {
            admit("group.join", state, by, json!({"user": user(9)}))
        };
        assert_eq!(code(&let_in(&state, 3)), "not_allowed");
        let (_, effects) = let_in(&state, 2).unwrap();
        apply(&mut state, "group.join", &effects);
        assert!(state.roster.contains_key(&user(9)));
        assert_eq!(state.entries(maps::REQUESTS).count(), 0);
        assert_eq!(code(&let_in(&state, 2)), "unchanged");
    }

    #[test]
    fn a_link_counts_its_uses_and_expires() {
        let mut state = group();
        state.settings.join_mode = JoinMode::Invitation;
        state.put(maps::LINKS, "a", json!({"until": 2_000, "uses": 1}));
        state.put(maps::LINKS, "b", json!({"until": 1_000, "uses": 1}));
        let by = |state: &ConversationState, n: u128, link: &str| {
            admit(
                "group.join",
                state,
                n,
                json!({"user": user(n), "link": link}),
            )
        };
        assert_eq!(code(&by(&state, 9, "b")), "link_expired");
        assert_eq!(code(&by(&state, 9, "c")), "not_found");
        let (_, effects) = by(&state, 9, "a").unwrap();
        apply(&mut state, "group.join", &effects);
        assert_eq!(code(&by(&state, 10, "a")), "link_expired");
    }
}
