//! Groups, as the people who run the server deal with them: finding all, allowing more members,
//! dissolving. The system posts the message that does it, and its row in the audit log goes with it.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::administration::Administrator;
use crate::directory::activate_group;
use crate::engine::Engine;
use crate::group::admission::digest;
use crate::group::state::ConversationType;
use crate::ids::{ClientId, ConversationId};
use crate::kind::MessageKind;
use crate::kinds::groups::{dissolve, settings};
use crate::limits::WRITE_TIMEOUT;
use crate::mailbox::{GroupMail, Post, Waiting};
use crate::message::{Draft, Refusal, Rejection};
use crate::posting::not_now;
use crate::store::{Act, Deed, Group};

impl Engine {
    /// Groups, dissolved ones too, by a part of their name or by number; by number, beyond `after`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn all_groups(
        &self,
        query: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Group>, Rejection> {
        let query = crate::names::normalised(query);
        let found = self.inner.core.store.all_groups(&query, after, limit).await;
        found.map_err(|_| not_now())
    }

    /// Allows a group so many members, also more than its owner may.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `invalid`, `below_member_count`, `dissolved`, `unavailable`.
    pub async fn limit_any_group(
        &self,
        by: &Administrator,
        group: ConversationId,
        members: i64,
    ) -> Result<(), Rejection> {
        let body = json!({"member_limit": members});
        let kind = settings::ChangeSettings::NAME;
        self.oversee(by, group, kind, body, Deed::LimitGroup(members))
            .await
    }

    /// Dissolves a group.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `dissolved`, `unavailable`.
    pub async fn dissolve_any_group(
        &self,
        by: &Administrator,
        group: ConversationId,
    ) -> Result<(), Rejection> {
        let kind = dissolve::Dissolve::NAME;
        self.oversee(by, group, kind, json!({}), Deed::DissolveGroup)
            .await
    }

    /// Posts as the system; what is so already is success, without a trace.
    async fn oversee(
        &self,
        by: &Administrator,
        group: ConversationId,
        kind: &str,
        body: Value,
        deed: Deed,
    ) -> Result<(), Rejection> {
        let core = &self.inner.core;
        let found = core.store.conversation_type(group).await;
        let found = found.map_err(|_| not_now())?;
        if found != Some(ConversationType::Group) {
            return Err(Rejection::not_found());
        }
        let busy = |_| Rejection::unavailable("The server is busy; try again.");
        let slot = core.directory.group(group);
        let in_all = self.inner.places.clone().try_acquire_owned();
        let of_group = slot.places.clone().try_acquire_owned();
        let places = vec![in_all.map_err(busy)?, of_group.map_err(busy)?];
        let (reply, answer) = oneshot::channel();
        let post = Box::new(Post {
            draft: Draft {
                conversation: group,
                sender: None,
                kind: kind.into(),
                body: body.clone(),
                client_id: ClientId(core.runtime.new_id()),
            },
            starts: None,
            from_client: false,
            looked_up: Default::default(),
            digest: digest(&core.secret, group, kind, &body),
            act: Some(Box::new(Act {
                by: Some(by.user),
                address: by.address.clone(),
                at_ms: core.runtime.wall_ms(),
                deed,
            })),
            attempts: 0,
            waiting: Waiting {
                reply,
                _places: places,
            },
        });
        let posted = async {
            let actor = activate_group(core, &slot).await.ok_or_else(not_now)?;
            actor.cast(GroupMail::Post(post)).map_err(|_| not_now())?;
            answer.await.unwrap_or_else(|_| Err(not_now()))
        };
        // An actor that was just going answers "perhaps": doing it again does no harm.
        let answer = core.runtime.timeout(WRITE_TIMEOUT, posted).await;
        match answer.unwrap_or_else(|| Err(not_now())) {
            Ok(_) => Ok(()),
            Err(rejection) if rejection.refusal == Refusal::Unchanged => Ok(()),
            Err(rejection) => Err(rejection),
        }
    }
}
