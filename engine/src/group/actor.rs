//! The conversation's actor: a shell around [`state`](super::state), [`admission`](super::admission)
//! and [`fan_out`](super::fan_out). Also runs direct chats and `self` conversations.
//!
//! **Speculation.** Drafts are admitted one after the other against `ahead`: what is committed
//! plus what is on its way. Each carries the seq it expects; the store refuses one whose
//! expectation fails, alone. Then `ahead` was wrong: nothing more is admitted until all that is
//! on its way is settled, the state is read again, and what was refused is admitted again.
//!
//! **Commit, then fan out.** `committed` folds exactly what the journal says, in order. What lies
//! at or below the position the state was read at is in the state already and was perhaps fanned
//! out by nobody: those who may see it are sent to catch-up before the next mail is handled.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef};

use super::admission::{self, Circumstances};
use super::fan_out::Members;
use super::settling::{again, posted_before};
use super::state::{ConversationState, ConversationType, Member, Role};
use crate::core::Core;
use crate::ids::{ClientId, Position, Seq, UserId};
use crate::journal::Submission;
use crate::limits::{GROUP_IDLE, RECENT_RECEIPTS};
use crate::mailbox::{GroupMail, GroupSlot, Post};
use crate::message::{Receipt, Rejection, Signal, rfc3339};
use crate::store::{Append, is_same};

pub(crate) struct GroupActor {
    pub(crate) core: Arc<Core>,
}

pub(crate) struct GroupArguments {
    pub(crate) slot: Arc<GroupSlot>,
    /// Tells this life's drafts from those of an earlier one.
    pub(crate) generation: u64,
}

pub(super) type PostKey = (Option<UserId>, ClientId);

pub(crate) struct State {
    pub(super) slot: Arc<GroupSlot>,
    pub(super) generation: u64,
    /// What the log says.
    pub(super) committed: ConversationState,
    /// The same, plus what is on its way.
    pub(super) ahead: ConversationState,
    /// The position `committed` was read at.
    pub(super) read_at: Position,
    pub(super) members: Members,
    /// Drafts handed to the journal and not settled.
    pub(super) under_way: usize,
    /// Nothing is admitted until `under_way` is 0; then the state is read again if `reload`.
    pub(super) held: bool,
    pub(super) reload: bool,
    /// Posts that wait for `held`; bounded by the slot's places.
    pub(super) line: VecDeque<Box<Post>>,
    /// Second posts of a client id that is under way.
    pub(super) doubles: BTreeMap<PostKey, VecDeque<Box<Post>>>,
    pub(super) under_way_keys: BTreeMap<PostKey, String>,
    /// The latest receipts with their digests, to answer retries without asking the store.
    pub(super) recent: BTreeMap<PostKey, (Receipt, String)>,
    pub(super) recent_order: VecDeque<PostKey>,
    pub(super) last_work: Duration,
    /// Whether anybody has posted in this life.
    pub(super) served: bool,
    pub(super) leaving: bool,
}

impl Actor for GroupActor {
    type Msg = GroupMail;
    type State = State;
    type Arguments = GroupArguments;

    async fn pre_start(
        &self,
        _: ActorRef<GroupMail>,
        arguments: GroupArguments,
    ) -> Result<State, ActorProcessingErr> {
        let id = arguments.slot.conversation;
        let empty = ConversationState::empty(id, ConversationType::Group);
        Ok(State {
            slot: arguments.slot,
            generation: arguments.generation,
            committed: empty.clone(),
            ahead: empty,
            read_at: Position(0),
            members: Members::default(),
            under_way: 0,
            held: false,
            reload: false,
            line: VecDeque::new(),
            doubles: BTreeMap::new(),
            under_way_keys: BTreeMap::new(),
            recent: BTreeMap::new(),
            recent_order: VecDeque::new(),
            last_work: self.core.runtime.now(),
            served: false,
            leaving: false,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<GroupMail>,
        mail: GroupMail,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match mail {
            GroupMail::Load => self.load(state).await?,
            GroupMail::Post(post) => {
                state.served = true;
                state.last_work = self.core.runtime.now();
                // One that is leaving hands drafts back: the caller tries the next life.
                if !state.leaving {
                    self.take(state, post);
                }
            }
            GroupMail::Settled(batch, settled) => {
                state.last_work = self.core.runtime.now();
                self.settle(state, batch, settled).await?;
            }
            GroupMail::CheckIdle => {}
        }
        self.go_if_idle(&myself, state);
        Ok(())
    }
}

impl GroupActor {
    /// Reads the state. Fails as a crash: what is undone then is made good by the journal.
    pub(super) async fn load(&self, state: &mut State) -> Result<(), ActorProcessingErr> {
        let id = state.slot.conversation;
        match self.core.store.conversation(id).await? {
            Some((read, at)) => {
                let _known = state.slot.sort.set(read.r#type);
                state.committed = read;
                state.read_at = at;
            }
            None => {
                state.committed = ConversationState::empty(id, ConversationType::Group);
            }
        }
        state.ahead = state.committed.clone();
        state.members = Members::of(&self.core, &state.committed);
        Ok(())
    }

    // ---- admission -----------------------------------------------------------------------------

    fn take(&self, state: &mut State, post: Box<Post>) {
        if state.held {
            state.line.push_back(post);
        } else {
            self.admit(state, post);
        }
    }

    pub(super) fn admit(&self, state: &mut State, post: Box<Post>) {
        let key = key_of(&post);
        if let Some((receipt, digest)) = state.recent.get(&key) {
            let answer = again(receipt.clone(), is_same(digest, &post.digest));
            return post.waiting.answer(answer);
        }
        if state.under_way_keys.contains_key(&key) {
            // The answer of the first is the answer of the second.
            return state.doubles.entry(key).or_default().push_back(post);
        }
        if !state.ahead.exists {
            match post.starts {
                Some(sort) => {
                    state.ahead.r#type = sort;
                    with_own_member(&mut state.ahead);
                }
                None => return self.refuse(post, Rejection::not_found()),
            }
        }
        let around = Circumstances {
            registry: &self.core.registry,
            now_ms: self.core.runtime.wall_ms(),
            group_members_most: self.core.limits.group_members_most,
            direct: self.core.limits.direct,
        };
        match admission::admit(&state.ahead, &post, &around) {
            Err(rejection) => self.refuse(post, rejection),
            Ok(admitted) if !admitted.durable => Self::signal(state, *post, &admitted.append),
            Ok(admitted) => self.submit(state, post, admitted.append, admitted.barrier),
        }
    }

    fn submit(&self, state: &mut State, post: Box<Post>, append: Append, barrier: bool) {
        let key = key_of(&post);
        let digest = post.digest.clone();
        let ahead = append.clone();
        let submission = Submission::draft(append, post, state.generation);
        match self.core.journal.submit(submission) {
            Err(submission) => submission.refuse(&Rejection::unavailable(
                "The server is busy; try again with the same client id.",
            )),
            Ok(()) => {
                state.ahead.apply(ahead.step());
                state.under_way += 1;
                state.under_way_keys.insert(key, digest);
                state.held |= barrier;
            }
        }
    }

    /// Refuses, unless the same was posted before: then its receipt is the answer, because the
    /// look-up comes before the rules.
    fn refuse(&self, post: Box<Post>, rejection: Rejection) {
        let core = self.core.clone();
        self.core.runtime.spawn(Box::pin(async move {
            let draft = &post.draft;
            let sender = draft.sender.as_ref().map(|sender| sender.id);
            let (store, digest) = (&*core.store, &post.digest);
            let posted = posted_before(store, draft.conversation, sender, draft.client_id, digest);
            let answer = match posted.await {
                Ok(Some(answer)) => answer,
                Ok(None) => Err(rejection),
                Err(_) => Err(Rejection::unavailable("The store cannot be reached.")),
            };
            post.waiting.answer(answer);
        }));
    }

    // ---- signals, passivation ------------------------------------------------------------------

    /// Fans a signal out at once: it is never stored, so nothing is waited for.
    fn signal(state: &State, post: Post, append: &Append) {
        let fields = serde_json::from_str(&append.body).unwrap_or_default();
        let sender = append.sender;
        let signal = Signal {
            name: append.kind.clone().into(),
            conversation: Some(append.conversation),
            user: sender.unwrap_or(UserId(append.conversation.0)),
            fields,
        };
        let audience = append.audience.as_deref();
        let invisible = post.draft.sender.as_ref().is_some_and(|one| one.invisible);
        if !invisible {
            state.members.signal(sender, audience, &signal.render());
        }
        post.waiting.answer(Ok(Receipt {
            conversation: append.conversation,
            seq: Seq(0),
            sent_at: rfc3339(append.sent_at_ms),
            first: true,
        }));
    }

    fn go_if_idle(&self, myself: &ActorRef<GroupMail>, state: &mut State) {
        let idle = self.core.runtime.now().saturating_sub(state.last_work);
        let busy = state.under_way > 0 || !state.line.is_empty();
        // One that was not made after all has nothing to keep warm.
        let enough = idle >= GROUP_IDLE || (state.served && !state.committed.exists);
        if !busy && enough && !state.leaving && state.slot.slot.leave(myself.get_id()) {
            state.leaving = true;
            let _going = myself.drain();
        }
    }
}

impl State {
    /// A message was taken back: nothing of it is compared any more.
    pub(super) fn forget(&mut self, seq: Seq) {
        for (receipt, digest) in self.recent.values_mut() {
            if receipt.seq == seq {
                digest.clear();
            }
        }
    }

    pub(super) fn remember(&mut self, key: PostKey, receipt: Receipt, digest: String) {
        if self.recent.insert(key, (receipt, digest)).is_none() {
            self.recent_order.push_back(key);
        }
        if self.recent_order.len() > RECENT_RECEIPTS
            && let Some(oldest) = self.recent_order.pop_front()
        {
            self.recent.remove(&oldest);
        }
    }
}

/// A `self` conversation has its one member from its first message on. True if that is now.
pub(super) fn with_own_member(state: &mut ConversationState) -> bool {
    if state.r#type != ConversationType::Own || !state.roster.is_empty() {
        return false;
    }
    let member = Member::new(Role::Member);
    state.roster.insert(UserId(state.id.0), member);
    true
}

fn key_of(post: &Post) -> PostKey {
    let sender = post.draft.sender.as_ref().map(|sender| sender.id);
    (sender, post.draft.client_id)
}
