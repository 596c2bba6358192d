//! The feed of a long-poll: the same attach and page, then one answer.
//!
//! Woken by a delivery, a poll waits a few milliseconds for company and sends a mark through the
//! user's mailbox; the answer is everything in front of the mark, and its cursor is the mark. The
//! cursor of the next request is the only acknowledgement; sending removes nothing.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::attach::{Attachment, Viewer, is_living, read_page};
use super::entries;
use super::port::{Bye, Ending, Frame, Reader};
use super::track::Track;
use crate::core::Core;
use crate::ids::Cursor;
use crate::limits::{POLL_BYTES, POLL_COMPANY, POLL_EVENTS};
use crate::store::{Behind, Page, StoreError};

/// How long a mark may take through the mailbox before the answer goes without it.
const MARK: Duration = Duration::from_secs(1);

/// The answer to a long-poll.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What to ask with next.
    pub cursor: Cursor,
    /// The entries as JSON.
    pub events: Vec<Bytes>,
}

/// Why a long-poll has no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoAnswer {
    /// The session is over.
    SignedOut,
    /// The store cannot be reached, or the engine is closing.
    Unavailable,
}

impl From<StoreError> for NoAnswer {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

struct Poll {
    core: Arc<Core>,
    viewer: Viewer,
    ending: Ending,
    track: Track,
    events: Vec<Bytes>,
    bytes: usize,
}

/// Answers when there is news, or after `wait`.
pub(crate) async fn poll(
    core: Arc<Core>,
    viewer: Viewer,
    asked: Option<String>,
    wait: Duration,
) -> Result<Answer, NoAnswer> {
    let ending = Ending::default();
    let deadline = core.runtime.now() + wait;
    let attached = Attachment::new(&core, &viewer, Reader::Poll, &ending).await;
    let mut attached = attached.ok_or(NoAnswer::Unavailable)?;
    if !is_living(&core, viewer.session).await? {
        return Err(NoAnswer::SignedOut);
    }
    let fresh = core.cursor(attached.now, attached.version);
    let Some(asked) = asked else {
        let events = Vec::new();
        return Ok(Answer {
            cursor: fresh,
            events,
        });
    };
    let reset = Answer {
        cursor: core.cursor(attached.now, 0),
        events: vec![entries::reset()],
    };
    let own = Cursor::parse(&asked).filter(|cursor| cursor.epoch == core.epoch());
    let Some(own) = own else {
        return Ok(reset);
    };
    let mut poll = Poll {
        core,
        viewer,
        ending,
        track: Track::new(own),
        events: Vec::new(),
        bytes: 0,
    };
    loop {
        let after = poll.track.cursor().position;
        match read_page(&poll.core, viewer.user, after).await? {
            Behind::TooFar | Behind::Ahead => return Ok(reset),
            Behind::Page(page) => poll.take_page(&page, attached.version).await?,
        }
        if !poll.events.is_empty() || poll.core.runtime.now() >= deadline {
            return Ok(poll.answer());
        }
        if poll.hold(&mut attached, deadline).await? {
            return Ok(poll.answer());
        }
        // The queue was closed: what it held is read from the log.
        let again = Attachment::new(&poll.core, &viewer, Reader::Poll, &poll.ending).await;
        match again {
            Some(again) => attached = again,
            None => return poll.ended().map(|_| poll.answer()),
        }
        if !is_living(&poll.core, viewer.session).await? {
            return Err(NoAnswer::SignedOut);
        }
    }
}

impl Poll {
    async fn take_page(&mut self, page: &Page, version: u64) -> Result<(), NoAnswer> {
        if self.track.version() != version {
            let state = entries::state(&self.core, self.viewer.user).await?;
            self.track.set_version(version);
            self.push(state);
        }
        for message in &page.messages {
            self.track.paged(message.position);
            self.push(message.render_for(self.viewer.user));
        }
        if page.complete {
            self.track.scanned(page.scanned_to);
        }
        Ok(())
    }

    /// Waits for news. False: the queue was closed before the answer was whole.
    async fn hold(
        &mut self,
        attached: &mut Attachment,
        deadline: Duration,
    ) -> Result<bool, NoAnswer> {
        let core = self.core.clone();
        let token = self.ending.token().clone();
        loop {
            let left = deadline.saturating_sub(core.runtime.now());
            let first = tokio::select! {
                biased;
                () = token.cancelled() => return self.ended(),
                () = core.stopping.cancelled() => return Ok(true),
                frame = attached.intake.next() => match frame {
                    None if self.ending.reason().is_some() => return self.ended(),
                    None => return Ok(false),
                    frame => frame,
                },
                () = core.runtime.sleep(left) => None,
            };
            let Some(frame) = first else {
                break;
            };
            self.take_frame(frame);
            // What the page had already is no news, and nobody is woken for it.
            if !self.events.is_empty() {
                core.runtime.sleep(POLL_COMPANY).await;
                break;
            }
        }
        attached.mark(&core);
        let collected = core.runtime.timeout(MARK, async {
            while self.has_room() {
                match attached.intake.next().await {
                    None => return,
                    Some(Frame::Mark { watermark, version }) => {
                        self.track.set_version(version);
                        self.track.marked(watermark);
                        return;
                    }
                    Some(frame) => self.take_frame(frame),
                }
            }
        });
        // Without the mark the cursor is that of the last frame: safe, and sent again next time.
        let _in_time = collected.await;
        Ok(true)
    }

    fn take_frame(&mut self, frame: Frame) {
        let Frame::News {
            json,
            position,
            watermark,
            version,
        } = frame
        else {
            return;
        };
        self.track.set_version(version);
        let is_new = match position {
            Some(position) => self.track.live(position, watermark).is_some(),
            None => true,
        };
        if is_new {
            self.push(json);
        }
    }

    fn push(&mut self, json: Bytes) {
        self.bytes += json.len();
        self.events.push(json);
    }

    /// Whether one more entry of any size would still fit.
    fn has_room(&self) -> bool {
        let most = POLL_BYTES - crate::limits::STREAM_QUEUE_BYTES;
        self.events.len() < POLL_EVENTS && self.bytes < most
    }

    /// Told to end: newer polls took its place, or the session is over.
    fn ended(&self) -> Result<bool, NoAnswer> {
        match self.ending.reason() {
            Some(Bye::SignedOut) => Err(NoAnswer::SignedOut),
            _ => Ok(true),
        }
    }

    fn answer(&mut self) -> Answer {
        let mut events = std::mem::take(&mut self.events);
        // Whoever polls is told, too, why nobody will answer for a while.
        if self.core.stopping.is_cancelled() {
            events.push(entries::bye(Bye::Draining));
        }
        Answer {
            cursor: self.track.cursor(),
            events,
        }
    }
}
