//! Membership of groups, as routes ask for it: joining, asking, inviting, bans, mutes, cards.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::engine::Engine;
use crate::group::state::Role;
use crate::ids::{ConversationId, UserId};
use crate::kind::MessageKind;
use crate::kinds::groups::{ban, card, invite, join, leave, mute, remove, request, role};
use crate::kinds::maps;
use crate::message::{Refusal, Rejection};
use crate::posting::not_now;
use crate::store::{Group, MemberRow, User};

/// What became of somebody who wants to join.
#[derive(Clone, Debug, PartialEq)]
pub enum Joined {
    /// They are a member.
    Member(Box<Group>),
    /// The owner or an admin is asked to let them in.
    Pending,
}

/// A user with what is kept about them in a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entered {
    /// Who.
    pub user: User,
    /// What is kept.
    pub entry: Value,
}

impl Engine {
    /// Makes `user` a member, or asks for it where people are let in. A member who joins stays one,
    /// without a message.
    ///
    /// # Errors
    /// `not_found`, `banned`, `group_closed`, `not_invited`, `group_full`, `too_many_groups`,
    /// `too_many_requests`, `unavailable`.
    pub async fn join_group(
        &self,
        user: &User,
        id: ConversationId,
        note: &str,
    ) -> Result<Joined, Rejection> {
        let body = json!({"user": user.id});
        match self.govern(user, id, join::Join::NAME, body).await {
            Ok(()) => self.member_of(user, id).await,
            Err(rejection) if rejection.code == join::APPROVAL_REQUIRED => {
                let body = json!({"user": user.id, "note": note});
                self.govern(user, id, request::Request::NAME, body).await?;
                Ok(Joined::Pending)
            }
            Err(rejection) => Err(rejection),
        }
    }

    pub(crate) async fn member_of(
        &self,
        user: &User,
        id: ConversationId,
    ) -> Result<Joined, Rejection> {
        let group = self.group(user.id, id).await?;
        Ok(Joined::Member(Box::new(group)))
    }

    /// Lets in who asked, or not. Who asked takes it back by declining themselves.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `group_full`, `too_many_groups`, `unavailable`.
    pub async fn answer_request(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
        accept: bool,
    ) -> Result<(), Rejection> {
        let kind = match accept {
            true => join::Join::NAME,
            false => request::Decline::NAME,
        };
        self.govern(user, id, kind, json!({"user": whom})).await
    }

    /// Who waits to be let in, for owner and admins.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `not_allowed`, `unavailable`.
    pub async fn requests(
        &self,
        user: UserId,
        id: ConversationId,
    ) -> Result<Vec<Entered>, Rejection> {
        self.entered(user, id, maps::REQUESTS).await
    }

    /// Who is banned, for owner and admins.
    ///
    /// # Errors
    /// As [`requests`](Self::requests).
    pub async fn bans(&self, user: UserId, id: ConversationId) -> Result<Vec<Entered>, Rejection> {
        self.entered(user, id, maps::BANS).await
    }

    /// Lifts a ban.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `unavailable`.
    pub async fn unban(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
    ) -> Result<(), Rejection> {
        let body = json!({"user": whom});
        self.govern(user, id, ban::Unban::NAME, body).await
    }

    /// Invites somebody, who finds a card in the direct chat of the two.
    ///
    /// # Errors
    /// `not_found` (also for somebody who may not be written to), `group_closed`, `banned`,
    /// `too_many_invitations`, `unavailable`.
    pub async fn invite(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
    ) -> Result<(), Rejection> {
        let body = json!({"user": whom});
        self.govern(user, id, invite::Invite::NAME, body).await
    }

    /// Removes `whom`: oneself leaves, somebody else is removed, for good with `ban`.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `not_allowed`, `owner_must_transfer`, `too_many_bans`,
    /// `unavailable`.
    pub async fn remove_member(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
        ban: bool,
    ) -> Result<(), Rejection> {
        let (kind, body) = match whom == user.id {
            true => (leave::Leave::NAME, json!({"user": whom})),
            false => (remove::Remove::NAME, json!({"user": whom, "ban": ban})),
        };
        self.govern(user, id, kind, body).await
    }

    /// Gives `whom` a role; `Role::Owner` transfers the group.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `not_allowed`, `owner_must_transfer`, `too_many_admins`,
    /// `unavailable`.
    pub async fn set_role(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
        role: Role,
    ) -> Result<(), Rejection> {
        let body = json!({"user": whom, "role": role});
        self.govern(user, id, role::SetRole::NAME, body).await
    }

    /// Mutes a member for so many seconds; 0: no longer.
    ///
    /// # Errors
    /// `invalid`, `not_found`, `not_allowed`, `unavailable`.
    pub async fn mute_member(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
        seconds: i64,
    ) -> Result<(), Rejection> {
        let body = json!({"user": whom, "seconds": seconds});
        self.govern(user, id, mute::Mute::NAME, body).await
    }

    /// Changes what a member is called in the group; empty: as everywhere else.
    ///
    /// # Errors
    /// `invalid`, `not_found`, `not_allowed`, `unavailable`.
    pub async fn set_card(
        &self,
        user: &User,
        id: ConversationId,
        whom: UserId,
        card: &str,
    ) -> Result<(), Rejection> {
        let body = json!({"user": whom, "card": card});
        self.govern(user, id, card::SetCard::NAME, body).await
    }

    /// The members of a group, for a member.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `unavailable`.
    pub async fn members(
        &self,
        viewer: UserId,
        id: ConversationId,
    ) -> Result<Vec<MemberRow>, Rejection> {
        self.must_be(viewer, id, Role::Member).await?;
        let members = self.inner.core.store.members(id).await;
        members.map_err(|_| not_now())
    }

    pub(crate) async fn must_govern(
        &self,
        user: UserId,
        id: ConversationId,
    ) -> Result<(), Rejection> {
        self.must_be(user, id, Role::Admin).await
    }

    async fn must_be(
        &self,
        user: UserId,
        id: ConversationId,
        least: Role,
    ) -> Result<(), Rejection> {
        match self.group(user, id).await?.role {
            None => {
                let detail = "You are not a member of this group.";
                Err(Rejection::forbidden("not_a_member", detail))
            }
            Some(role) if role < least => {
                let detail = "Only the owner and the admins may see this.";
                Err(Rejection::forbidden("not_allowed", detail))
            }
            Some(_) => Ok(()),
        }
    }

    async fn entered(
        &self,
        user: UserId,
        id: ConversationId,
        map: &str,
    ) -> Result<Vec<Entered>, Rejection> {
        self.must_govern(user, id).await?;
        self.users_in(id, map).await
    }

    /// A map whose keys are users, with them; those that are gone are left out.
    pub(crate) async fn users_in(
        &self,
        id: ConversationId,
        map: &str,
    ) -> Result<Vec<Entered>, Rejection> {
        let mut entries = self.map(id, map).await?;
        let ids: Vec<UserId> = entries.keys().filter_map(|id| id.parse().ok()).collect();
        let users = self.users(&ids).await?;
        let entered = users.into_iter().filter_map(|user| {
            let entry = entries.remove(&user.id.to_string())?;
            Some(Entered { user, entry })
        });
        Ok(entered.collect())
    }

    /// A map that a conversation keeps.
    ///
    /// # Errors
    /// `unavailable`.
    pub(crate) async fn map(
        &self,
        id: ConversationId,
        map: &str,
    ) -> Result<BTreeMap<String, Value>, Rejection> {
        let found = self.inner.core.store.map(id, map).await;
        found.map_err(|_| not_now())
    }

    /// Posts a governance message; what is so already is success.
    pub(crate) async fn govern(
        &self,
        user: &User,
        conversation: ConversationId,
        kind: &str,
        body: Value,
    ) -> Result<(), Rejection> {
        let request = self.governance(user, conversation, kind, body);
        match self.submit(user, request).await {
            Ok(_) => Ok(()),
            Err(rejection) if rejection.refusal == Refusal::Unchanged => Ok(()),
            Err(rejection) => Err(rejection),
        }
    }
}
