//! A slot: the place where at most one actor of one name lives.
//!
//! Actors come and go (activation, passivation, crash); the slot stays, and whoever wants to talk
//! to the actor looks into it each time. Activation is single-flight and begins only after the old
//! occupant's end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ractor::{ActorId, ActorRef, Message};
use tokio::sync::Notify;

/// Who lives here.
enum Occupant<M> {
    /// Nobody.
    Vacant,
    /// This actor, with what its visitors share.
    Live(ActorRef<M>, Arc<Gate>),
    /// It is going, or what it left undone is being made good: nobody new may move in yet.
    Leaving(ActorId),
}

/// What those who send to an actor must agree on; new for each occupant.
#[derive(Default, Debug)]
pub(crate) struct Gate {
    /// Deliveries in its mailbox.
    pub(crate) waiting: std::sync::atomic::AtomicUsize,
    /// A `behind` mark is in the mailbox: what comes after it need not be sent.
    pub(crate) behind: std::sync::atomic::AtomicBool,
}

/// See the [module](self).
pub(crate) struct Slot<M> {
    occupant: Mutex<Occupant<M>>,
    changed: Notify,
    moving_in: tokio::sync::Mutex<()>,
}

impl<M> Default for Slot<M> {
    fn default() -> Self {
        Self {
            occupant: Mutex::new(Occupant::Vacant),
            changed: Notify::new(),
            moving_in: tokio::sync::Mutex::new(()),
        }
    }
}

impl<M: Message> Slot<M> {
    /// The actor that lives here now, if it takes mail.
    pub(crate) fn live(&self) -> Option<(ActorRef<M>, Arc<Gate>)> {
        match &*self.occupant() {
            Occupant::Live(actor, gate) => Some((actor.clone(), gate.clone())),
            _ => None,
        }
    }

    /// The actor here; made by `spawn` if there is none, after the end of one that is leaving.
    ///
    /// # Errors
    /// What `spawn` says.
    pub(crate) async fn occupy<E>(
        &self,
        spawn: impl AsyncFnOnce(Arc<Gate>) -> Result<ActorRef<M>, E>,
    ) -> Result<(ActorRef<M>, Arc<Gate>), E> {
        let _alone = self.moving_in.lock().await;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let leaving = match &*self.occupant() {
                Occupant::Live(actor, gate) => return Ok((actor.clone(), gate.clone())),
                Occupant::Leaving(_) => true,
                Occupant::Vacant => false,
            };
            if !leaving {
                break;
            }
            changed.await;
        }
        let gate = Arc::new(Gate::default());
        let actor = spawn(gate.clone()).await?;
        *self.occupant() = Occupant::Live(actor.clone(), gate.clone());
        Ok((actor, gate))
    }

    /// The occupant says that it takes no more mail. False if it does not live here (any more).
    pub(crate) fn leave(&self, actor: ActorId) -> bool {
        let mut occupant = self.occupant();
        match &*occupant {
            Occupant::Live(one, _) if one.get_id() == actor => {
                *occupant = Occupant::Leaving(actor);
                true
            }
            Occupant::Leaving(one) => *one == actor,
            _ => false,
        }
    }

    /// The occupant is gone, and all it left undone is made good.
    pub(crate) fn vacate(&self, actor: ActorId) {
        let mut occupant = self.occupant();
        let is_here = match &*occupant {
            Occupant::Live(one, _) => one.get_id() == actor,
            Occupant::Leaving(one) => *one == actor,
            Occupant::Vacant => false,
        };
        if is_here {
            *occupant = Occupant::Vacant;
            drop(occupant);
            self.changed.notify_waiters();
        }
    }

    /// Whether nobody lives here and nobody is moving.
    pub(crate) fn is_vacant(&self) -> bool {
        matches!(&*self.occupant(), Occupant::Vacant)
    }

    /// Ends when nobody lives here (any more).
    pub(crate) async fn vacant(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.is_vacant() {
                return;
            }
            changed.await;
        }
    }

    fn occupant(&self) -> MutexGuard<'_, Occupant<M>> {
        self.occupant.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
