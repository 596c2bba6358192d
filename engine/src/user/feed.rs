//! The feed of a stream: attach, page, live; whatever happens, back to attach.
//!
//! First connect, reconnect, slow reader and crashed actor are the same thing. A feed is pulled:
//! a reader that does not read costs its bounded queue and nothing else, and finds everything in
//! the log when it goes on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::attach::{Attachment, Viewer, is_living, read_page};
use super::entries;
use super::port::{Bye, Ending, Frame, Reader};
use super::track::Track;
use crate::core::Core;
use crate::ids::Cursor;
use crate::limits::{HEARTBEAT, SPREAD_PERCENT, STREAM_LIFE};
use crate::runtime::Task;
use crate::store::Behind;

/// Frames handed over at once, at most, when many are ready.
const TOGETHER: usize = 64;
/// Pause before an attached stream tries again to read from a store that does not answer.
const AGAIN: Duration = Duration::from_millis(500);

/// One entry of a feed.
#[derive(Clone, Debug)]
pub struct Event {
    /// The cursor it stands for; signals carry none.
    pub id: Option<Cursor>,
    /// The entry as JSON, shared by all who receive it.
    pub json: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Not attached (any more).
    Attach,
    /// Attached, reading from the log.
    Page,
    /// Attached, everything older was sent.
    Live,
    /// `bye` was said.
    Over,
}

/// See the [module](self).
pub struct Feed {
    core: Arc<Core>,
    viewer: Viewer,
    ending: Ending,
    phase: Phase,
    /// `None` until the first page was read, which decides where the feed starts.
    track: Option<Track>,
    /// What the client sent as its cursor.
    asked: Option<String>,
    attachment: Option<Attachment>,
    /// The user's state must be sent before the next message.
    owes_state: bool,
    marking: bool,
    /// The session was still good after this attachment stood.
    checked: bool,
    heartbeat: Task,
    rotation: Task,
    _open: crate::figures::Open,
}

impl Feed {
    pub(crate) fn new(core: Arc<Core>, viewer: Viewer, asked: Option<String>) -> Self {
        let runtime = core.runtime.clone();
        let timer = |time| runtime.sleep(runtime.spread(time, SPREAD_PERCENT));
        Self {
            heartbeat: timer(HEARTBEAT),
            rotation: timer(STREAM_LIFE),
            _open: core.figures.stream(),
            core,
            viewer,
            ending: Ending::default(),
            phase: Phase::Attach,
            track: None,
            asked,
            attachment: None,
            owes_state: false,
            marking: false,
            checked: false,
        }
    }

    /// Ends when the feed is told to end (its session is over, newer streams took its place):
    /// whoever carries it gives it a moment to say `bye` and then cuts the connection.
    pub fn ending(&self) -> impl Future<Output = ()> + Send + 'static {
        let token = self.ending.token().clone();
        async move { token.cancelled().await }
    }

    /// The next entries, at least one; `None` after `bye`.
    pub async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            if self.phase == Phase::Over {
                return None;
            }
            if let Some(bye) = self.must_end() {
                return Some(self.say_bye(bye));
            }
            let events = match self.phase {
                Phase::Attach => self.attach().await,
                Phase::Page => self.page().await,
                Phase::Live => self.live().await,
                Phase::Over => return None,
            };
            if !events.is_empty() {
                return Some(events);
            }
        }
    }

    fn must_end(&self) -> Option<Bye> {
        let closing = self.core.stopping.is_cancelled();
        self.ending
            .reason()
            .or_else(|| closing.then_some(Bye::Draining))
    }

    fn say_bye(&mut self, bye: Bye) -> Vec<Event> {
        self.phase = Phase::Over;
        self.attachment = None;
        vec![entry(entries::bye(bye))]
    }

    // ---- attach --------------------------------------------------------------------------------

    async fn attach(&mut self) -> Vec<Event> {
        self.attachment = None;
        self.marking = false;
        self.checked = false;
        let attached =
            Attachment::new(&self.core, &self.viewer, Reader::Stream, &self.ending).await;
        let Some(attachment) = attached else {
            return Vec::new(); // `must_end` says why.
        };
        let version = attachment.version;
        self.attachment = Some(attachment);
        self.phase = Phase::Page;
        match &self.track {
            None => self.open(version).await,
            Some(track) if track.cursor().epoch != self.core.epoch() => {
                let now = self.attachment.as_ref().map(|one| one.now);
                let fresh = self.core.cursor(now.unwrap_or_default(), version);
                self.start_over(fresh, false)
            }
            Some(track) => {
                self.owes_state = track.version() != version;
                Vec::new()
            }
        }
    }

    /// The first time: is the session still good, and where does the feed start?
    async fn open(&mut self, version: u64) -> Vec<Event> {
        match is_living(&self.core, self.viewer.session).await {
            Ok(true) => self.checked = true,
            Ok(false) => return self.say_bye(Bye::SignedOut),
            Err(_) => return self.say_bye(Bye::Unavailable),
        }
        let now = self.attachment.as_ref().map(|one| one.now);
        let fresh = self.core.cursor(now.unwrap_or_default(), version);
        let Some(asked) = self.asked.take() else {
            self.track = Some(Track::new(fresh));
            self.owes_state = true;
            return vec![event(fresh, entries::hello(fresh, false))];
        };
        let own = Cursor::parse(&asked).filter(|cursor| cursor.epoch == self.core.epoch());
        let Some(own) = own else {
            return self.start_over(fresh, true);
        };
        match read_page(&self.core, self.viewer.user, own.position).await {
            Err(_) => self.say_bye(Bye::Unavailable),
            Ok(Behind::TooFar | Behind::Ahead) => self.start_over(fresh, true),
            Ok(Behind::Page(page)) => {
                self.track = Some(Track::new(own));
                self.owes_state = own.version != version;
                let mut events = vec![event(own, entries::hello(own, true))];
                match self.pay_state().await {
                    Ok(state) => events.extend(state),
                    Err(_) => return self.say_bye(Bye::Unavailable),
                }
                events.extend(self.take_page(page));
                events
            }
        }
    }

    /// `reset`: the client forgets everything and reads the snapshot; the feed goes on from now.
    fn start_over(&mut self, fresh: Cursor, first: bool) -> Vec<Event> {
        self.track = Some(Track::new(fresh));
        self.owes_state = true;
        let hello = first.then(|| event(fresh, entries::hello(fresh, false)));
        let reset = event(fresh, entries::reset());
        hello.into_iter().chain([reset]).collect()
    }

    // ---- page ----------------------------------------------------------------------------------

    async fn page(&mut self) -> Vec<Event> {
        let Some(after) = self.track.as_ref().map(|track| track.cursor().position) else {
            return self.say_bye(Bye::Unavailable);
        };
        if !self.checked {
            match is_living(&self.core, self.viewer.session).await {
                Ok(true) => self.checked = true,
                Ok(false) => return self.say_bye(Bye::SignedOut),
                Err(_) => return self.wait_for_the_store().await,
            }
        }
        let read = async {
            let state = self.pay_state().await?;
            let page = read_page(&self.core, self.viewer.user, after).await?;
            Ok::<_, crate::store::StoreError>((state, page))
        };
        match read.await {
            Err(_) => self.wait_for_the_store().await,
            Ok((state, Behind::Page(page))) => {
                let mut events = Vec::from_iter(state);
                events.extend(self.take_page(page));
                events
            }
            Ok((_, Behind::TooFar | Behind::Ahead)) => {
                let attached = self.attachment.as_ref();
                let (now, version) = attached.map_or_else(Default::default, |a| (a.now, a.version));
                let fresh = self.core.cursor(now, version);
                self.start_over(fresh, false)
            }
        }
    }

    fn take_page(&mut self, page: crate::store::Page) -> Vec<Event> {
        let user = self.viewer.user;
        let Some(track) = &mut self.track else {
            return Vec::new();
        };
        let events = page.messages.iter().map(|message| {
            let id = track.paged(message.position);
            event(id, message.render_for(user))
        });
        let events = events.collect();
        if page.complete {
            track.scanned(page.scanned_to);
            self.phase = Phase::Live;
        }
        events
    }

    /// The state entry, if it is owed; ids vouch for its version from then on.
    async fn pay_state(&mut self) -> Result<Option<Event>, crate::store::StoreError> {
        if !self.owes_state {
            return Ok(None);
        }
        let json = entries::state(&self.core, self.viewer.user).await?;
        self.owes_state = false;
        if let (Some(track), Some(attached)) = (&mut self.track, &self.attachment) {
            track.set_version(attached.version);
        }
        Ok(Some(entry(json)))
    }

    /// The store does not answer: the stream stays open and alive.
    async fn wait_for_the_store(&mut self) -> Vec<Event> {
        let again = self.core.runtime.sleep(AGAIN);
        tokio::select! {
            () = self.ending.token().cancelled() => Vec::new(),
            () = self.core.stopping.cancelled() => Vec::new(),
            () = &mut self.rotation => self.say_bye(Bye::Rotated),
            () = &mut self.heartbeat => self.beat(),
            () = again => Vec::new(),
        }
    }

    // ---- live ----------------------------------------------------------------------------------

    async fn live(&mut self) -> Vec<Event> {
        let Some(attached) = &mut self.attachment else {
            self.phase = Phase::Attach;
            return Vec::new();
        };
        tokio::select! {
            biased;
            () = self.ending.token().cancelled() => Vec::new(),
            () = self.core.stopping.cancelled() => Vec::new(),
            frame = attached.intake.next() => self.take_frames(frame),
            () = &mut self.heartbeat => {
                if self.marking {
                    // The mark of the last beat is still on its way: say that we are alive.
                    return self.beat();
                }
                attached.mark(&self.core);
                self.marking = true;
                self.wind_heartbeat();
                Vec::new()
            }
            () = &mut self.rotation => self.say_bye(Bye::Rotated),
        }
    }

    fn take_frames(&mut self, first: Option<Frame>) -> Vec<Event> {
        let mut events = Vec::new();
        let mut frame = first;
        loop {
            match frame {
                None => {
                    // Overflow, catch-up, drain, crash: one way back. What was taken stays taken.
                    self.phase = Phase::Attach;
                    return events;
                }
                Some(frame) => events.extend(self.take_frame(frame)),
            }
            if events.len() >= TOGETHER {
                return events;
            }
            frame = match self.attachment.as_mut().and_then(|a| a.intake.ready()) {
                Some(frame) => Some(frame),
                None => return events,
            };
        }
    }

    fn take_frame(&mut self, frame: Frame) -> Option<Event> {
        let track = self.track.as_mut()?;
        match frame {
            Frame::News {
                json,
                position: None,
                version,
                ..
            } => {
                track.set_version(version);
                Some(entry(json))
            }
            Frame::News {
                json,
                position: Some(position),
                watermark,
                version,
            } => {
                track.set_version(version);
                track.live(position, watermark).map(|id| event(id, json))
            }
            Frame::Mark { watermark, version } => {
                self.marking = false;
                track.set_version(version);
                let id = track.marked(watermark);
                Some(event(id, entries::heartbeat()))
            }
        }
    }

    /// A heartbeat that did not come through the mailbox repeats the last id.
    fn beat(&mut self) -> Vec<Event> {
        self.wind_heartbeat();
        let id = self.track.as_ref().map(Track::cursor);
        let json = entries::heartbeat();
        vec![Event { id, json }]
    }

    fn wind_heartbeat(&mut self) {
        let runtime = &self.core.runtime;
        self.heartbeat = runtime.sleep(runtime.spread(HEARTBEAT, SPREAD_PERCENT));
    }
}

fn event(id: Cursor, json: Bytes) -> Event {
    Event { id: Some(id), json }
}

fn entry(json: Bytes) -> Event {
    Event { id: None, json }
}
