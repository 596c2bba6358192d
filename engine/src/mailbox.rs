//! What each actor can be told. Actors do not know one another; they meet here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::context::LookedUp;
use crate::group::state::ConversationType;
use crate::ids::{ConversationId, Position, Seq, SessionId, UserId};
use crate::kinds::presence::Seen;
use crate::message::{Draft, Message, Receipt, Rejection};
use crate::slot::{Gate, Slot};
use crate::store::{Act, Append, Outcome, Status, WhichSessions};
use crate::user::port::{Bye, Port, PortId};

/// What a user's actor can be told.
pub(crate) enum UserMail {
    /// News for this user.
    Deliver(Delivery),
    /// There is news that was not sent: everything attached catches up from the log.
    Behind,
    /// A stream or long-poll attaches; answered once it gets everything from now on.
    Attach(Port, Status, oneshot::Sender<Attached>),
    /// A stream or long-poll is gone.
    Detach(PortId),
    /// Comes back through the port's queue: everything up to `watermark` lies ahead of it.
    Mark(PortId, Position),
    /// Sessions have ended: their streams end, and so do they.
    EndSessions(WhichSessions, Bye),
    /// A read position moved: an own one, on whatever device, or that of the other in a direct
    /// conversation.
    Read(ConversationId, UserId, Seq),
    /// Somebody whose presence this user is told looks different.
    Presence(UserId, Seen),
    /// The user chose another status.
    Status(Status),
    /// A command outside the server may have ended sessions.
    CheckSessions,
    /// The grace after the last stream or poll may be over.
    CheckPresence,
    /// It may be time to passivate.
    CheckIdle,
}

/// What an attaching stream learns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attached {
    /// The version of the user's signalled state at that moment.
    pub(crate) version: u64,
}

/// A message or signal on its way to one user; the JSON is shared by all who receive it.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) json: Bytes,
    /// Of a message; `None` for a signal.
    pub(crate) position: Option<Position>,
    /// The watermark read before its fan-out began.
    pub(crate) watermark: Position,
}

/// What a conversation's actor can be told.
pub(crate) enum GroupMail {
    /// The first mail: read the state.
    Load,
    /// A draft to admit.
    Post(Box<Post>),
    /// What became of drafts, in order; all of one batch.
    Settled(i64, Vec<Settled>),
    /// It may be time to passivate.
    CheckIdle,
}

/// A draft on its way, with whoever waits for it.
pub(crate) struct Post {
    pub(crate) draft: Draft,
    /// Where the draft may start a conversation: what sort.
    pub(crate) starts: Option<ConversationType>,
    /// Whether a client posted it (then kinds that are not postable are refused).
    pub(crate) from_client: bool,
    /// What its rule may look at beside the conversation.
    pub(crate) looked_up: LookedUp,
    /// Of kind and body as sent.
    pub(crate) digest: String,
    /// The act that it carries out for somebody who runs the server.
    pub(crate) act: Option<Box<Act>>,
    pub(crate) attempts: u32,
    pub(crate) waiting: Waiting,
}

/// Who waits for a draft, and the places it takes up while it is under way.
pub(crate) struct Waiting {
    pub(crate) reply: oneshot::Sender<Result<Receipt, Rejection>>,
    pub(crate) _places: Vec<OwnedSemaphorePermit>,
}

impl Waiting {
    /// Answers; nobody may be waiting any more, which is no error.
    pub(crate) fn answer(self, answer: Result<Receipt, Rejection>) {
        let _gone = self.reply.send(answer);
    }
}

/// What became of one draft.
pub(crate) enum Settled {
    /// Committed; its poster is answered.
    Committed(Arc<Committed>),
    /// Not appended. `post` is there when it may be admitted again.
    Not {
        generation: u64,
        outcome: Outcome,
        append: Box<Append>,
        post: Option<Box<Post>>,
    },
}

/// A committed message with what it changed.
pub(crate) struct Committed {
    /// Which life of the conversation's actor admitted it.
    pub(crate) generation: u64,
    pub(crate) message: Message,
    pub(crate) append: Append,
}

/// Where a user's actor lives, and what others may know about the user without asking it.
pub(crate) struct UserSlot {
    pub(crate) user: UserId,
    pub(crate) slot: Slot<UserMail>,
    /// How the user looks to others; kept by the actor.
    pub(crate) seen: std::sync::atomic::AtomicU8,
}

impl UserSlot {
    pub(crate) fn new(user: UserId) -> Self {
        Self {
            user,
            slot: Slot::default(),
            seen: std::sync::atomic::AtomicU8::new(Seen::Offline as u8),
        }
    }

    /// How the user looks to others.
    pub(crate) fn seen(&self) -> Seen {
        match self.seen.load(Ordering::SeqCst) {
            x if x == Seen::Online as u8 => Seen::Online,
            x if x == Seen::Away as u8 => Seen::Away,
            x if x == Seen::Busy as u8 => Seen::Busy,
            _ => Seen::Offline,
        }
    }

    /// Hands a delivery to the actor, if one lives here. Beyond the bound of its mailbox, one
    /// `behind` mark takes the place of all that follows.
    pub(crate) fn deliver(&self, delivery: Delivery) {
        let Some((actor, gate)) = self.slot.live() else {
            return;
        };
        if gate.behind.load(Ordering::SeqCst) {
            return; // The mark is in the mailbox; this will be read from the log.
        }
        if gate.waiting.load(Ordering::SeqCst) >= crate::limits::USER_MAILBOX_DELIVERIES {
            Self::mark(&actor, &gate);
            return;
        }
        gate.waiting.fetch_add(1, Ordering::SeqCst);
        if actor.cast(UserMail::Deliver(delivery)).is_err() {
            gate.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Sends everything that is attached back to the log.
    pub(crate) fn catch_up(&self) {
        if let Some((actor, gate)) = self.slot.live() {
            Self::mark(&actor, &gate);
        }
    }

    fn mark(actor: &ractor::ActorRef<UserMail>, gate: &Gate) {
        if !gate.behind.swap(true, Ordering::SeqCst) {
            // Refused only by an actor that is going: its streams attach anew anyway.
            let _going = actor.cast(UserMail::Behind);
        }
    }

    /// Tells the actor something, if one lives here.
    pub(crate) fn tell(&self, mail: UserMail) {
        if let Some((actor, _)) = self.slot.live() {
            let _going = actor.cast(mail);
        }
    }
}

/// Where a conversation's actor lives.
pub(crate) struct GroupSlot {
    pub(crate) conversation: ConversationId,
    pub(crate) slot: Slot<GroupMail>,
    /// What sort of conversation it is, once that is known; it never changes.
    pub(crate) sort: OnceLock<ConversationType>,
    /// Places for posts under way.
    pub(crate) places: Arc<tokio::sync::Semaphore>,
}

impl GroupSlot {
    pub(crate) fn new(conversation: ConversationId) -> Self {
        Self {
            conversation,
            slot: Slot::default(),
            sort: OnceLock::new(),
            places: Arc::new(tokio::sync::Semaphore::new(
                crate::limits::POSTS_IN_FLIGHT_PER_GROUP,
            )),
        }
    }
}

/// A session, for comparing.
pub(crate) fn concerns(which: WhichSessions, session: SessionId) -> bool {
    match which {
        WhichSessions::One(one) => session == one,
        WhichSessions::Except(one) => session != one,
        WhichSessions::All => true,
    }
}

/// Counts bytes in a queue that two sides share.
#[derive(Clone, Default, Debug)]
pub(crate) struct Bytecount(Arc<AtomicUsize>);

impl Bytecount {
    pub(crate) fn add(&self, bytes: usize) -> usize {
        self.0.fetch_add(bytes, Ordering::SeqCst) + bytes
    }
    pub(crate) fn sub(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::SeqCst);
    }
}
