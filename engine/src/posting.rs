//! Posting: the way of a draft from a caller to the conversation's actor, and the answer back.

use serde_json::Value;
use tokio::sync::oneshot;

use crate::context::LookedUp;
use crate::directory::activate_group;
use crate::engine::Engine;
use crate::group::admission::{digest, find_kind};
use crate::group::settling::posted_before;
use crate::group::state::ConversationType;
use crate::ids::{ClientId, ConversationId, Seq, UserId};
use crate::kind::MessageKind;
use crate::kinds::registry::Wants;
use crate::kinds::typing::Typing;
use crate::limits::WRITE_TIMEOUT;
use crate::mailbox::{GroupMail, Post, Waiting};
use crate::message::{Draft, Message, Receipt, Rejection, Sender};
use crate::store::{Status, User};

/// How long a caller waits before it tries a conversation's next life.
const NEXT_LIFE: std::time::Duration = std::time::Duration::from_millis(20);

/// What a route or a client asks to post.
pub(crate) struct Request {
    pub(crate) conversation: ConversationId,
    pub(crate) kind: String,
    pub(crate) body: Value,
    pub(crate) client_id: ClientId,
    pub(crate) from_client: bool,
    pub(crate) starts: Option<ConversationType>,
}

impl Engine {
    /// Posts a message of a postable kind. The receipt comes when it is durable. Idempotent per
    /// sender, conversation and client id.
    ///
    /// # Errors
    /// What the rules say; `unavailable` means "perhaps": retry with the same client id.
    pub async fn post(
        &self,
        sender: &User,
        conversation: ConversationId,
        kind: &str,
        body: Value,
        client_id: ClientId,
    ) -> Result<Receipt, Rejection> {
        let own = ConversationId::own(sender.id) == conversation;
        let request = Request {
            conversation,
            kind: kind.into(),
            body,
            client_id,
            from_client: true,
            starts: own.then_some(ConversationType::Own),
        };
        self.submit(sender, request).await
    }

    /// Fans a signal out to the other members: that `sender` is typing.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `muted`, `too_many_signals`, `unavailable`.
    pub async fn typing(
        &self,
        sender: &User,
        conversation: ConversationId,
    ) -> Result<(), Rejection> {
        let core = &self.inner.core;
        let rate = core
            .rates
            .typing(sender.id, conversation, core.runtime.now());
        rate.map_err(|wait| {
            let detail = "At most one typing signal a second.";
            Rejection::too_many("too_many_signals", detail, in_ms(wait))
        })?;
        let request = Request {
            conversation,
            kind: Typing::NAME.into(),
            body: Value::Object(serde_json::Map::new()),
            client_id: ClientId(core.runtime.new_id()),
            from_client: false,
            starts: None,
        };
        self.submit(sender, request).await.map(|_| ())
    }

    pub(crate) async fn submit(
        &self,
        sender: &User,
        request: Request,
    ) -> Result<Receipt, Rejection> {
        let core = &self.inner.core;
        let answer = core
            .runtime
            .timeout(WRITE_TIMEOUT, self.submit_in_time(sender, request));
        let answer = answer.await.unwrap_or_else(|| Err(not_now()));
        core.figures.posted(&answer);
        answer
    }

    async fn submit_in_time(&self, sender: &User, request: Request) -> Result<Receipt, Rejection> {
        let core = &self.inner.core;
        let digest = digest(
            &core.secret,
            request.conversation,
            &request.kind,
            &request.body,
        );
        if request.kind != Typing::NAME
            && let Err(wait) = core.rates.post(sender.id, core.runtime.now())
        {
            let detail = "Too many posts; wait a moment.";
            let sorry = Rejection::too_many("too_many_posts", detail, in_ms(wait));
            return self
                .posted_before(sender.id, &request, &digest, sorry)
                .await;
        }
        let place = self.place(&request).await?;
        let slot = core.directory.group(request.conversation);
        loop {
            let places = self.places(sender.id, &slot.places)?;
            let looked_up = self.look_up(sender.id, &request, place).await?;
            let (reply, answer) = oneshot::channel();
            let post = Box::new(Post {
                draft: Draft {
                    conversation: request.conversation,
                    sender: Some(Sender {
                        id: sender.id,
                        name: sender.name.clone(),
                        invisible: sender.status == Status::Invisible,
                    }),
                    kind: request.kind.clone(),
                    body: request.body.clone(),
                    client_id: request.client_id,
                },
                starts: request.starts,
                from_client: request.from_client,
                looked_up,
                digest: digest.clone(),
                act: None,
                attempts: 0,
                waiting: Waiting {
                    reply,
                    _places: places,
                },
            });
            let Some(actor) = activate_group(core, &slot).await else {
                return Err(not_now());
            };
            if actor.cast(GroupMail::Post(post)).is_ok()
                && let Ok(answer) = answer.await
            {
                return answer;
            }
            // The actor was going, or crashed. Whatever became of the draft, the same client id
            // makes the next try safe.
            core.runtime.sleep(NEXT_LIFE).await;
        }
    }

    /// What sort of conversation it is. Asked before anything is made for it: an actor for every id
    /// that somebody invents would be memory without a bound.
    async fn place(&self, request: &Request) -> Result<ConversationType, Rejection> {
        let core = &self.inner.core;
        let slot = core.directory.known_group(request.conversation);
        if let Some(sort) = slot.and_then(|slot| slot.sort.get().copied()) {
            return Ok(sort);
        }
        let found = core.store.conversation_type(request.conversation).await;
        let found = found.map_err(|_| not_now())?;
        found.or(request.starts).ok_or_else(Rejection::not_found)
    }

    /// The places a post takes up while it is under way: in all, of its user, of its group.
    fn places(
        &self,
        user: UserId,
        group: &std::sync::Arc<tokio::sync::Semaphore>,
    ) -> Result<Vec<tokio::sync::OwnedSemaphorePermit>, Rejection> {
        let inner = &self.inner;
        let busy = |_| Rejection::unavailable("The server is busy; try again.");
        let of_user = inner.places_of.take(user).ok_or_else(|| {
            let detail = "Too many of your posts are under way; wait for their answers.";
            Rejection::too_many("too_many_in_flight", detail, 1_000)
        })?;
        let in_all = inner.places.clone().try_acquire_owned().map_err(busy)?;
        let of_group = group.clone().try_acquire_owned().map_err(busy)?;
        Ok(vec![of_user, in_all, of_group])
    }

    /// What the kind wants to look at, as the sender may see it.
    async fn look_up(
        &self,
        sender: UserId,
        request: &Request,
        place: ConversationType,
    ) -> Result<LookedUp, Rejection> {
        let core = &self.inner.core;
        // A kind that does not exist, or a body that is none, is refused by admission.
        let wants: Wants = find_kind(&core.registry, &request.kind, request.from_client)
            .and_then(|kind| kind.wants(&request.body))
            .unwrap_or_default();
        let mut found = LookedUp::default();
        if !wants.refers_to.is_empty() {
            let seqs = &wants.refers_to;
            found.references = self.shown(sender, request.conversation, seqs).await?;
        }
        if let Some((conversation, seq)) = wants.quotes {
            found.quoted = self.shown(sender, conversation, &[seq]).await?.pop();
        }
        if !wants.files.is_empty() {
            let files = core.store.files_for(sender, &wants.files).await;
            found.files = files.map_err(|_| not_now())?;
        }
        if let Some(quoted) = &found.quoted {
            let (conversation, seq) = (quoted.conversation, quoted.seq);
            let files = core.store.files_of(conversation, seq).await;
            found.quoted_files = files.map_err(|_| not_now())?;
        }
        if place == ConversationType::Direct {
            let rights = core.store.rights(request.conversation, sender).await;
            found.rights = rights.map_err(|_| not_now())?;
        }
        if let Some(other) = wants.about {
            let rights = core.store.relation(sender, other).await;
            found.rights = rights.map_err(|_| not_now())?;
        }
        if wants.names && place == ConversationType::Group {
            let names = core.store.member_names(request.conversation).await;
            found.names = names.map_err(|_| not_now())?;
        }
        Ok(found)
    }

    /// Messages as a user may see them; what they may not see is left out.
    async fn shown(
        &self,
        user: UserId,
        conversation: ConversationId,
        seqs: &[Seq],
    ) -> Result<Vec<Message>, Rejection> {
        let store = &self.inner.core.store;
        let found = store.messages(user, conversation, seqs).await;
        let mut found = found.map_err(|_| not_now())?;
        found.retain(|message| message.shown_to(user));
        Ok(found)
    }

    /// The receipt of what was posted before under the same client id, else the refusal.
    async fn posted_before(
        &self,
        sender: UserId,
        request: &Request,
        digest: &str,
        refusal: Rejection,
    ) -> Result<Receipt, Rejection> {
        let store = &*self.inner.core.store;
        let (conversation, client_id) = (request.conversation, request.client_id);
        let posted = posted_before(store, conversation, Some(sender), client_id, digest);
        match posted.await {
            Ok(Some(answer)) => answer,
            _ => Err(refusal),
        }
    }
}

/// Not in time, or not possible now: perhaps done, perhaps not.
pub(crate) fn not_now() -> Rejection {
    Rejection::unavailable("The server cannot say in time; try again with the same client id.")
}

fn in_ms(wait: std::time::Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
