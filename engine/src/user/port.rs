//! A port: the bounded queue from a user's actor to one stream or long-poll.
//!
//! A closed queue is an overflow: whenever the actor's side goes (the queue was full, the actor
//! was sent to catch-up, drained or crashed), the stream drops what the queue still holds and
//! attaches anew. The one exception is a port that was closed with a [`Bye`]: that ends the stream.
//!
//! A port whose queue has overflowed stays with the actor until its reader detaches: a reader that
//! has stalled is still a stream of its user, and ends with its session.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::ids::{Position, SessionId};
use crate::limits::{STREAM_QUEUE_BYTES, STREAM_QUEUE_DELIVERIES};
use crate::mailbox::Bytecount;

/// Names a port within its user.
pub(crate) type PortId = u64;

/// Why a stream is told to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bye {
    /// The session is over: do not come back with it.
    SignedOut,
    /// The server is going: come back soon.
    Draining,
    /// The stream is old: come back at once.
    Rotated,
    /// The store cannot be reached: come back later.
    Unavailable,
    /// The user has newer streams; come back when somebody looks.
    Superseded,
}

impl Bye {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Draining => "draining",
            Self::Rotated => "rotated",
            Self::Unavailable => "unavailable",
            Self::Superseded => "superseded",
        }
    }
}

/// What lies in the queue.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// A message or, without a position, a signal.
    News {
        json: Bytes,
        position: Option<Position>,
        watermark: Position,
        version: u64,
    },
    /// A mark that went through the mailbox.
    Mark { watermark: Position, version: u64 },
}

impl Frame {
    /// What it counts for in the queue.
    fn bytes(&self) -> usize {
        match self {
            Self::News { json, .. } => json.len(),
            Self::Mark { .. } => 0,
        }
    }
}

/// How a port was told to end; set once.
#[derive(Clone, Default, Debug)]
pub(crate) struct Ending {
    reason: Arc<OnceLock<Bye>>,
    token: CancellationToken,
}

impl Ending {
    pub(crate) fn end(&self, bye: Bye) {
        let _first_wins = self.reason.set(bye);
        self.token.cancel();
    }

    pub(crate) fn reason(&self) -> Option<Bye> {
        self.reason.get().copied()
    }

    /// Cancelled when the stream is told to end.
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }
}

/// What sort of reader a port has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reader {
    /// A stream: counts towards the user's streams.
    Stream,
    /// A long-poll.
    Poll,
}

/// The actor's side.
pub(crate) struct Port {
    pub(crate) id: PortId,
    pub(crate) session: SessionId,
    pub(crate) reader: Reader,
    pub(crate) ending: Ending,
    /// `None` once it has overflowed.
    queue: Option<mpsc::Sender<Frame>>,
    bytes: Bytecount,
    /// That it has overflowed was counted.
    counted: bool,
}

/// The reader's side.
pub(crate) struct Intake {
    queue: mpsc::Receiver<Frame>,
    bytes: Bytecount,
}

/// Makes both sides of a port.
pub(crate) fn port(
    id: PortId,
    session: SessionId,
    reader: Reader,
    ending: Ending,
) -> (Port, Intake) {
    let (sender, receiver) = mpsc::channel(STREAM_QUEUE_DELIVERIES);
    let bytes = Bytecount::default();
    let port = Port {
        id,
        session,
        reader,
        ending,
        queue: Some(sender),
        bytes: bytes.clone(),
        counted: false,
    };
    let intake = Intake {
        queue: receiver,
        bytes,
    };
    (port, intake)
}

impl Port {
    /// Queues a frame. One that does not fit closes the queue, which sends the reader back to the
    /// log; after that nothing is taken.
    pub(crate) fn push(&mut self, frame: Frame) {
        let Some(queue) = &self.queue else {
            return;
        };
        let bytes = frame.bytes();
        // One frame always fits into an empty queue, whatever its size.
        let total = self.bytes.add(bytes);
        let fits = total <= STREAM_QUEUE_BYTES || total == bytes;
        if !fits || queue.try_send(frame).is_err() {
            self.fall_behind();
        }
    }

    /// Closes the queue: the reader drops what it holds and catches up from the log.
    pub(crate) fn fall_behind(&mut self) {
        self.queue = None;
    }

    /// Whether it has fallen behind since this was last asked.
    pub(crate) fn has_fallen_behind(&mut self) -> bool {
        self.queue.is_none() && !std::mem::replace(&mut self.counted, true)
    }
}

impl Intake {
    /// The next frame; `None` once the actor's side is gone, even if frames are left: they are
    /// of no use behind a gap.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        if self.queue.is_closed() {
            return None;
        }
        let frame = self.queue.recv().await?;
        self.bytes.sub(frame.bytes());
        Some(frame)
    }

    /// A frame that is there already.
    pub(crate) fn ready(&mut self) -> Option<Frame> {
        if self.queue.is_closed() {
            return None;
        }
        let frame = self.queue.try_recv().ok()?;
        self.bytes.sub(frame.bytes());
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn news(bytes: usize) -> Frame {
        Frame::News {
            json: vec![b'x'; bytes].into(),
            position: Some(Position(1)),
            watermark: Position(0),
            version: 0,
        }
    }

    fn pair() -> (Port, Intake) {
        let session = SessionId(Uuid::nil());
        port(1, session, Reader::Stream, Ending::default())
    }

    #[tokio::test]
    async fn is_bounded_by_deliveries() {
        let (mut port, mut intake) = pair();
        for _ in 0..STREAM_QUEUE_DELIVERIES {
            port.push(news(1));
        }
        assert!(port.queue.is_some());
        port.push(news(1));
        assert!(intake.next().await.is_none());
    }

    #[tokio::test]
    async fn is_bounded_by_bytes_but_takes_one_of_any_size() {
        let (mut port, mut intake) = pair();
        port.push(news(STREAM_QUEUE_BYTES + 1));
        assert!(intake.next().await.is_some());
        port.push(news(STREAM_QUEUE_BYTES));
        port.push(news(1));
        assert!(intake.next().await.is_none());
    }

    #[tokio::test]
    async fn what_lies_behind_a_gap_is_dropped() {
        let (mut port, mut intake) = pair();
        port.push(news(1));
        drop(port);
        assert!(intake.next().await.is_none());
        assert!(intake.ready().is_none());
    }
}
