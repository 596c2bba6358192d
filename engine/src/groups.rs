//! Groups and direct chats, as routes ask for them. What changes a group is a message in its log;
//! each method here posts one.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::context::may_write;
use crate::engine::Engine;
use crate::group::state::ConversationType;
use crate::ids::{ClientId, ConversationId, UserId};
use crate::kind::MessageKind;
use crate::kinds::groups::{create, dissolve, settings};
use crate::limits::FIND_RESULTS;
use crate::message::Rejection;
use crate::posting::{Request, not_now};
use crate::store::{Entry, Group, User};

/// The namespace of groups made with a client id (a UUID drawn once for this project).
const CREATED: Uuid = Uuid::from_u128(0x2c3f_9d0e_71b5_4f8a_8d25_0b6e_93c4_a717);

impl Engine {
    /// Makes a group that `owner` owns. With a client id, a retry finds the group it made.
    ///
    /// # Errors
    /// `invalid`, `name_taken`, `too_many_groups`, `unavailable`.
    pub async fn create_group(
        &self,
        owner: &User,
        fields: settings::Fields,
        client_id: Option<ClientId>,
    ) -> Result<Group, Rejection> {
        let id = match client_id {
            Some(ClientId(client)) => {
                let mut name = [0u8; 32];
                name[..16].copy_from_slice(owner.id.0.as_bytes());
                name[16..].copy_from_slice(client.as_bytes());
                ConversationId(Uuid::new_v5(&CREATED, &name))
            }
            None => ConversationId(self.inner.core.runtime.new_id()),
        };
        self.submit(
            owner,
            Request {
                conversation: id,
                kind: create::Create::NAME.into(),
                body: serde_json::to_value(&fields).unwrap_or(Value::Null),
                client_id: client_id.unwrap_or_else(|| self.client_id()),
                from_client: false,
                starts: Some(ConversationType::Group),
            },
        )
        .await?;
        self.group(owner.id, id).await
    }

    /// A group as `viewer` sees it.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn group(&self, viewer: UserId, id: ConversationId) -> Result<Group, Rejection> {
        let group = self.inner.core.store.group(viewer, id).await;
        let group = group.map_err(|_| not_now())?;
        // Of a group that is over, only those who are still in it know.
        let known =
            |group: &Group| group.role.is_some() || group.settings.dissolved_at_ms.is_none();
        group.filter(known).ok_or_else(Rejection::not_found)
    }

    /// Groups by a part of their name, or by number.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn find_groups(&self, viewer: UserId, query: &str) -> Result<Vec<Group>, Rejection> {
        let store = &self.inner.core.store;
        let found = store.find_groups(viewer, query, FIND_RESULTS).await;
        found.map_err(|_| not_now())
    }

    /// Changes a group's settings. What is so already is no change and no message.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `not_allowed`, `invalid`, `name_taken`,
    /// `below_member_count`, `unavailable`.
    pub async fn change_group(
        &self,
        user: &User,
        id: ConversationId,
        fields: settings::Fields,
    ) -> Result<Group, Rejection> {
        let body = serde_json::to_value(&fields).unwrap_or(Value::Null);
        self.govern(user, id, settings::ChangeSettings::NAME, body)
            .await?;
        self.group(user.id, id).await
    }

    /// Ends a group. What was said stays readable to those who were in it, until they leave.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `not_allowed`, `dissolved`, `unavailable`.
    pub async fn dissolve_group(&self, user: &User, id: ConversationId) -> Result<(), Rejection> {
        self.govern(user, id, dissolve::Dissolve::NAME, json!({}))
            .await
    }

    /// The direct conversation of two users; made if `user` may write to `other`.
    ///
    /// # Errors
    /// `not_found` (also for somebody who may not be written to), `you_block_them`, `invalid` with
    /// oneself, `unavailable`.
    pub async fn direct(&self, user: UserId, other: UserId) -> Result<ConversationId, Rejection> {
        if user == other {
            let detail = "There is no direct conversation with oneself.";
            return Err(Rejection::invalid("user", detail));
        }
        let core = &self.inner.core;
        let id = ConversationId::direct(user, other);
        let there = core.store.read_position(user, id).await;
        if there.map_err(|_| not_now())?.is_some() {
            return Ok(id);
        }
        let rights = core.store.relation(user, other).await;
        may_write(rights.map_err(|_| not_now())?, core.limits.direct)?;
        let at_ms = core.runtime.wall_ms();
        let (one, other) = (user, other);
        self.write(Entry::OpenDirect { one, other, at_ms }).await?;
        Ok(id)
    }

    /// A governance message.
    pub(crate) fn governance(
        &self,
        user: &User,
        conversation: ConversationId,
        kind: &str,
        body: Value,
    ) -> Request {
        let own = ConversationId::own(user.id) == conversation;
        Request {
            conversation,
            kind: kind.into(),
            body,
            client_id: self.client_id(),
            from_client: false,
            starts: own.then_some(ConversationType::Own),
        }
    }

    /// A message in the user's own conversation.
    pub(crate) fn own_request(&self, user: &User, kind: &str, body: Value) -> Request {
        self.governance(user, ConversationId::own(user.id), kind, body)
    }

    pub(crate) fn client_id(&self) -> ClientId {
        ClientId(self.inner.core.runtime.new_id())
    }
}
