//! Where actors live: find, activate, passivate, supervise.
//!
//! Every user and conversation that somebody asked for has a slot. Activation runs in a task of
//! its own, so that a caller who gives up leaves no half-made actor behind. The supervisor is told
//! of every end and survives it; a conversation's actor that ended with work undone is replaced
//! only after the journal has sent everyone concerned to catch-up.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, SupervisionEvent};
use tokio::sync::oneshot;

use crate::core::Core;
use crate::group::actor::{GroupActor, GroupArguments};
use crate::ids::{ConversationId, UserId};
use crate::kinds::presence::Seen;
use crate::mailbox::{GroupMail, GroupSlot, UserMail, UserSlot};
use crate::user::actor::{UserActor, UserArguments};

/// How often slots are looked through for idle actors and for slots that nobody needs.
const SWEEP: Duration = Duration::from_secs(30);

/// See the [module](self).
#[derive(Default)]
pub(crate) struct Directory {
    users: Mutex<BTreeMap<UserId, Arc<UserSlot>>>,
    groups: Mutex<BTreeMap<ConversationId, Arc<GroupSlot>>>,
    /// Whose actor this is.
    living: Mutex<BTreeMap<ActorId, Lives>>,
    supervisor: OnceLock<ActorCell>,
}

#[derive(Clone)]
enum Lives {
    User(Arc<UserSlot>),
    Group(Arc<GroupSlot>),
}

impl Directory {
    /// The slot of a user.
    pub(crate) fn user(&self, user: UserId) -> Arc<UserSlot> {
        let mut users = lock(&self.users);
        let slot = users
            .entry(user)
            .or_insert_with(|| Arc::new(UserSlot::new(user)));
        slot.clone()
    }

    /// The slot of a user, if anybody needed it lately.
    pub(crate) fn known_user(&self, user: UserId) -> Option<Arc<UserSlot>> {
        lock(&self.users).get(&user).cloned()
    }

    /// All users with a slot, in the order of their ids.
    pub(crate) fn known_users(&self) -> Vec<Arc<UserSlot>> {
        lock(&self.users).values().cloned().collect()
    }

    /// The slot of a conversation.
    pub(crate) fn group(&self, conversation: ConversationId) -> Arc<GroupSlot> {
        let mut groups = lock(&self.groups);
        let slot = groups
            .entry(conversation)
            .or_insert_with(|| Arc::new(GroupSlot::new(conversation)));
        slot.clone()
    }

    /// The slot of a conversation, if anybody needed it lately.
    pub(crate) fn known_group(&self, conversation: ConversationId) -> Option<Arc<GroupSlot>> {
        lock(&self.groups).get(&conversation).cloned()
    }

    /// Ends every conversation's actor at once, with what it knows; each loads anew when needed.
    pub(crate) fn end_groups(&self) {
        for slot in lock(&self.groups).values() {
            if let Some((actor, _)) = slot.slot.live() {
                slot.slot.leave(actor.get_id());
                #[expect(
                    clippy::disallowed_methods,
                    reason = "what it knows and holds belongs to a past that is gone"
                )]
                actor.kill();
            }
        }
    }

    /// How many actors live now: users, conversations.
    pub(crate) fn population(&self) -> (usize, usize) {
        let living = lock(&self.living);
        let users = living.values().filter(|one| matches!(one, Lives::User(_)));
        let users = users.count();
        (users, living.len() - users)
    }

    /// How many posts are under way in each conversation that has any.
    pub(crate) fn posts_under_way(&self) -> Vec<(ConversationId, usize)> {
        let groups = lock(&self.groups);
        let posts = groups.values().map(|slot| {
            let free = slot.places.available_permits();
            let under_way = crate::limits::POSTS_IN_FLIGHT_PER_GROUP.saturating_sub(free);
            (slot.conversation, under_way)
        });
        posts.filter(|(_, posts)| *posts > 0).collect()
    }

    /// Who a new actor is linked to; nobody once the engine closes.
    fn supervisor_for(&self, core: &Core) -> Option<ActorCell> {
        let closing = core.stopping.is_cancelled();
        self.supervisor.get().filter(|_| !closing).cloned()
    }
}

/// The actor of a user; made if there is none. `None`: the engine is closing.
pub(crate) async fn activate_user(
    core: &Arc<Core>,
    slot: &Arc<UserSlot>,
) -> Option<ActorRef<UserMail>> {
    if let Some((actor, _)) = slot.slot.live() {
        return Some(actor);
    }
    let (answer, answered) = oneshot::channel();
    let (core_, slot_) = (core.clone(), slot.clone());
    core.runtime.spawn(Box::pin(async move {
        let made = slot_.slot.occupy(async |gate| {
            let supervisor = core_.directory.supervisor_for(&core_).ok_or(())?;
            let arguments = UserArguments {
                slot: slot_.clone(),
                gate,
            };
            let actor = UserActor {
                core: core_.clone(),
            };
            let spawned = Actor::spawn_linked(None, actor, arguments, supervisor).await;
            let (actor, _) = spawned.map_err(|_| ())?;
            let lives = Lives::User(slot_.clone());
            lock(&core_.directory.living).insert(actor.get_id(), lives);
            Ok::<_, ()>(actor)
        });
        let _gone = answer.send(made.await.ok().map(|(actor, _)| actor));
    }));
    answered.await.ok().flatten()
}

/// The actor of a conversation; made if there is none. `None`: the engine is closing.
pub(crate) async fn activate_group(
    core: &Arc<Core>,
    slot: &Arc<GroupSlot>,
) -> Option<ActorRef<GroupMail>> {
    if let Some((actor, _)) = slot.slot.live() {
        return Some(actor);
    }
    let (answer, answered) = oneshot::channel();
    let (core_, slot_) = (core.clone(), slot.clone());
    core.runtime.spawn(Box::pin(async move {
        let made = slot_.slot.occupy(async |_gate| {
            let supervisor = core_.directory.supervisor_for(&core_).ok_or(())?;
            let arguments = GroupArguments {
                slot: slot_.clone(),
                generation: core_.number(),
            };
            let actor = GroupActor {
                core: core_.clone(),
            };
            let spawned = Actor::spawn_linked(None, actor, arguments, supervisor).await;
            let (actor, _) = spawned.map_err(|_| ())?;
            let lives = Lives::Group(slot_.clone());
            lock(&core_.directory.living).insert(actor.get_id(), lives);
            // The first mail of every life. The state is read when it is handled: after the
            // registration that follows this, so that no commit falls between.
            actor.cast(GroupMail::Load).map_err(|_| ())?;
            Ok::<_, ()>(actor)
        });
        let _gone = answer.send(made.await.ok().map(|(actor, _)| actor));
    }));
    answered.await.ok().flatten()
}

/// Starts the supervisor and the sweeper.
pub(crate) async fn start(core: &Arc<Core>) -> Result<(), String> {
    let supervisor = Supervisor {
        core: Arc::downgrade(core),
    };
    let spawned = Actor::spawn(None, supervisor, ()).await;
    let (actor, _) = spawned.map_err(|error| error.to_string())?;
    let _first = core.directory.supervisor.set(actor.get_cell());
    let (core_, runtime) = (Arc::downgrade(core), core.runtime.clone());
    let stopping = core.stopping.clone();
    core.runtime.spawn(Box::pin(async move {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = runtime.sleep(SWEEP) => {}
            }
            let Some(core) = core_.upgrade() else { return };
            sweep(&core.directory);
        }
    }));
    Ok(())
}

/// Asks idle conversations to go and forgets slots that nobody needs.
fn sweep(directory: &Directory) {
    let groups: Vec<_> = lock(&directory.groups).values().cloned().collect();
    for group in groups {
        if let Some((actor, _)) = group.slot.live() {
            let _going = actor.cast(GroupMail::CheckIdle);
        }
    }
    // Counted under the lock that hands slots out: one means that only the table holds it.
    let needed = |count, vacant: bool| count > 1 || !vacant;
    lock(&directory.groups).retain(|_, s| needed(Arc::strong_count(s), s.slot.is_vacant()));
    lock(&directory.users).retain(|_, s| needed(Arc::strong_count(s), s.slot.is_vacant()));
}

/// Drains every actor, then the supervisor; ends when all are gone.
pub(crate) async fn close(core: &Arc<Core>) {
    let directory = &core.directory;
    let groups: Vec<_> = lock(&directory.groups).values().cloned().collect();
    for group in &groups {
        if let Some((actor, _)) = group.slot.live() {
            group.slot.leave(actor.get_id());
            let _gone = actor.drain();
        }
    }
    for group in &groups {
        group.slot.vacant().await;
    }
    let users = directory.known_users();
    for user in &users {
        if let Some((actor, _)) = user.slot.live() {
            user.slot.leave(actor.get_id());
            let _gone = actor.drain();
        }
    }
    for user in &users {
        user.slot.vacant().await;
    }
    if let Some(supervisor) = directory.supervisor.get() {
        let _gone = supervisor.drain_and_wait(None).await;
    }
}

struct Supervisor {
    core: Weak<Core>,
}

impl Actor for Supervisor {
    type Msg = ();
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    /// Outlives its children, whatever becomes of them.
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<()>,
        event: SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        let Some(core) = self.core.upgrade() else {
            return Ok(());
        };
        match event {
            SupervisionEvent::ActorFailed(cell, error) => {
                tracing::error!(actor = %cell.get_id(), %error, "an actor crashed");
                ended(&core, cell.get_id());
            }
            SupervisionEvent::ActorTerminated(cell, _, _) => ended(&core, cell.get_id()),
            _ => {}
        }
        Ok(())
    }
}

fn ended(core: &Arc<Core>, actor: ActorId) {
    match lock(&core.directory.living).remove(&actor) {
        Some(Lives::User(slot)) => {
            slot.seen.store(Seen::Offline as u8, Ordering::SeqCst);
            slot.slot.vacate(actor);
        }
        Some(Lives::Group(slot)) => {
            slot.slot.leave(actor);
            let core_ = core.clone();
            core.runtime.spawn(Box::pin(async move {
                crate::recovery::group_ended(&core_, slot.conversation).await;
                slot.slot.vacate(actor);
            }));
        }
        None => tracing::error!(%actor, "an actor ended that was not known"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
