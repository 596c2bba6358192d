//! The user's actor: holds the ports of a user's streams and long-polls, and hands on to each
//! what the conversations deliver. It decides nothing about messages.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::sync::oneshot;

use super::entries;
use super::port::{Bye, Frame, Port, PortId, Reader};
use crate::core::Core;
use crate::ids::{ConversationId, Seq, UserId};
use crate::kinds::presence::Seen;
use crate::limits::{POLL_PRESENCE, POLLS_PER_USER, PRESENCE_GRACE, USER_IDLE};
use crate::mailbox::{Attached, Delivery, UserMail, UserSlot, concerns};
use crate::message::Signal;
use crate::slot::Gate;
use crate::store::Status;

pub(crate) struct UserActor {
    pub(crate) core: Arc<Core>,
}

pub(crate) struct UserArguments {
    pub(crate) slot: Arc<UserSlot>,
    pub(crate) gate: Arc<Gate>,
}

pub(crate) struct State {
    slot: Arc<UserSlot>,
    gate: Arc<Gate>,
    /// Oldest first.
    ports: Vec<Port>,
    /// Of the state that signals announce; drawn anew in every life, so that a cursor from an
    /// earlier one is recognised.
    version: u64,
    status: Status,
    /// Counts as connected until then, without a stream.
    lingers_until: Duration,
    /// When the last port went.
    idle_since: Duration,
    checks_presence: bool,
    checks_idle: bool,
}

impl Actor for UserActor {
    type Msg = UserMail;
    type State = State;
    type Arguments = UserArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<UserMail>,
        arguments: UserArguments,
    ) -> Result<State, ActorProcessingErr> {
        let mut state = State {
            slot: arguments.slot,
            gate: arguments.gate,
            ports: Vec::new(),
            version: self.core.runtime.random() | 1,
            status: Status::Online,
            lingers_until: Duration::ZERO,
            idle_since: self.core.runtime.now(),
            checks_presence: false,
            checks_idle: false,
        };
        self.check_idle_later(&myself, &mut state);
        Ok(state)
    }

    async fn handle(
        &self,
        myself: ActorRef<UserMail>,
        mail: UserMail,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match mail {
            UserMail::Deliver(delivery) => {
                state.gate.waiting.fetch_sub(1, Ordering::SeqCst);
                self.core.figures.delivered(state.ports.len());
                state.deliver(&delivery);
            }
            UserMail::Behind => {
                // Taken down first: what is dropped because it was seen up lies in the log
                // before the pages that follow are read.
                state.gate.behind.store(false, Ordering::SeqCst);
                state.ports.iter_mut().for_each(Port::fall_behind);
            }
            UserMail::Attach(port, status, reply) => self.attach(state, port, status, reply),
            UserMail::Detach(port) => state.ports.retain(|one| one.id != port),
            UserMail::Mark(port, watermark) => {
                let version = state.version;
                state.push_to(port, Frame::Mark { watermark, version });
            }
            UserMail::EndSessions(which, bye) => {
                for port in &state.ports {
                    if concerns(which, port.session) {
                        port.ending.end(bye);
                    }
                }
                state.ports.retain(|port| !concerns(which, port.session));
            }
            UserMail::Read(conversation, user, seq) => {
                state.announce_read(conversation, user, seq);
            }
            UserMail::Presence(user, seen) => state.announce(&presence(user, seen)),
            UserMail::Status(status) => state.status = status,
            UserMail::CheckSessions => {
                let sessions = state.ports.iter().map(|port| port.session).collect();
                let (core, user) = (self.core.clone(), state.slot.user);
                self.core.runtime.spawn(Box::pin(async move {
                    crate::accounts::end_dead_sessions(&core, user, sessions).await;
                }));
            }
            UserMail::CheckPresence => state.checks_presence = false,
            UserMail::CheckIdle => {
                state.checks_idle = false;
                self.go_if_idle(&myself, state);
            }
        }
        self.after(&myself, state);
        Ok(())
    }
}

impl UserActor {
    fn attach(
        &self,
        state: &mut State,
        port: Port,
        status: Status,
        reply: oneshot::Sender<Attached>,
    ) {
        state.status = status;
        match port.reader {
            Reader::Stream => {
                state.make_room(Reader::Stream, self.core.limits.streams_per_user);
            }
            Reader::Poll => {
                state.make_room(Reader::Poll, POLLS_PER_USER);
                let lingers = self.core.runtime.now() + POLL_PRESENCE;
                state.lingers_until = state.lingers_until.max(lingers);
            }
        }
        let version = state.version;
        if reply.send(Attached { version }).is_ok() {
            state.ports.push(port);
        }
    }

    /// Keeps presence and the idle timer up to date with the ports.
    fn after(&self, myself: &ActorRef<UserMail>, state: &mut State) {
        for port in &mut state.ports {
            if port.has_fallen_behind() {
                self.core.figures.fell_behind();
            }
        }
        let now = self.core.runtime.now();
        let streams = state.ports.iter().any(|p| p.reader == Reader::Stream);
        if streams {
            state.lingers_until = state.lingers_until.max(now + PRESENCE_GRACE);
        }
        if !state.ports.is_empty() {
            state.idle_since = now;
        } else {
            self.check_idle_later(myself, state);
        }
        let seen = match (streams || now < state.lingers_until, state.status) {
            (false, _) | (_, Status::Invisible) => Seen::Offline,
            (true, Status::Online) => Seen::Online,
            (true, Status::Away) => Seen::Away,
            (true, Status::Busy) => Seen::Busy,
        };
        if seen != state.slot.seen() {
            state.slot.seen.store(seen as u8, Ordering::SeqCst);
            self.tell_watchers(state.slot.user, seen);
        }
        if !streams && now < state.lingers_until && !state.checks_presence {
            state.checks_presence = true;
            let wait = state.lingers_until - now;
            self.later(myself, wait, UserMail::CheckPresence);
        }
    }

    fn check_idle_later(&self, myself: &ActorRef<UserMail>, state: &mut State) {
        if !state.checks_idle {
            state.checks_idle = true;
            self.later(myself, USER_IDLE, UserMail::CheckIdle);
        }
    }

    fn go_if_idle(&self, myself: &ActorRef<UserMail>, state: &mut State) {
        let idle = self.core.runtime.now().saturating_sub(state.idle_since);
        if state.ports.is_empty() && idle >= USER_IDLE && state.slot.slot.leave(myself.get_id()) {
            // Drained, never stopped: an attach in the box is answered by the closing of its
            // port, and its stream attaches to the next life.
            let _going = myself.drain();
        }
    }

    fn later(&self, myself: &ActorRef<UserMail>, wait: Duration, mail: UserMail) {
        let (sleep, myself) = (self.core.runtime.sleep(wait), myself.clone());
        self.core.runtime.spawn(Box::pin(async move {
            sleep.await;
            let _gone = myself.cast(mail);
        }));
    }

    /// Tells those who are told: friends.
    fn tell_watchers(&self, user: UserId, seen: Seen) {
        let core = self.core.clone();
        self.core.runtime.spawn(Box::pin(async move {
            match entries::friends(&core, user).await {
                Ok(friends) => {
                    let friends = friends.into_iter();
                    for slot in friends.filter_map(|one| core.directory.known_user(one)) {
                        slot.tell(UserMail::Presence(user, seen));
                    }
                }
                Err(error) => tracing::debug!(%error, "presence was not announced"),
            }
        }));
    }
}

impl State {
    /// Ends the oldest of these readers until there is room for one more; 0: unlimited.
    fn make_room(&mut self, reader: Reader, most: usize) {
        let same = |port: &Port| port.reader == reader;
        while most > 0 && self.ports.iter().filter(|p| same(p)).count() >= most {
            let Some(oldest) = self.ports.iter().position(same) else {
                break;
            };
            self.ports.remove(oldest).ending.end(Bye::Superseded);
        }
    }

    fn deliver(&mut self, delivery: &Delivery) {
        self.push(&Frame::News {
            json: delivery.json.clone(),
            position: delivery.position,
            watermark: delivery.watermark,
            version: self.version,
        });
    }

    fn announce(&mut self, signal: &Signal) {
        self.version += 1;
        self.push(&Frame::News {
            json: signal.render(),
            position: None,
            watermark: crate::ids::Position(0),
            version: self.version,
        });
    }

    fn announce_read(&mut self, conversation: ConversationId, user: UserId, seq: Seq) {
        let mut fields = serde_json::Map::new();
        fields.insert("seq".into(), seq.0.into());
        self.announce(&Signal {
            name: "read".into(),
            conversation: Some(conversation),
            user,
            fields,
        });
    }

    /// Queues a frame at every port; those it does not fit into fall behind.
    fn push(&mut self, frame: &Frame) {
        for port in &mut self.ports {
            port.push(frame.clone());
        }
    }

    fn push_to(&mut self, id: PortId, frame: Frame) {
        if let Some(port) = self.ports.iter_mut().find(|port| port.id == id) {
            port.push(frame);
        }
    }
}

/// Somebody looks different now.
pub(crate) fn presence(user: UserId, seen: Seen) -> Signal {
    let mut fields = serde_json::Map::new();
    fields.insert("status".into(), seen.name().into());
    Signal {
        name: "presence".into(),
        conversation: None,
        user,
        fields,
    }
}
