//! Clients that listen over connections that break, and come back with what they hold.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use webqq_testkit::http::Client;
use webqq_testkit::sse::EventStream;

use crate::reader::Reader;
use crate::world::{User, World, text};

const PAUSE: Duration = Duration::from_millis(20);
/// Longer than the longest hold of a poll, and than two heartbeats.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long a poll is held, in seconds.
const WAIT_S: u32 = 5;

/// How a client gets its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Stream,
    Poll,
}

/// One device of a user.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) reader: Reader,
    transport: Transport,
    token: String,
    /// What it resumes from.
    pub(crate) cursor: String,
    /// The server's addresses; it takes one at random for each connection.
    ways: Vec<SocketAddr>,
    random: Random,
    /// Hangs up after a number of events in this range. Empty: never by itself.
    pub(crate) hangs_up_after: Range<u64>,
    /// Connections that began, for the report.
    pub(crate) connections: u32,
    /// Events that came, duplicates included.
    pub(crate) events: u64,
}

impl Listener {
    /// A device that takes the snapshot now and listens from there.
    pub(crate) fn new(world: &World, user: usize, transport: Transport, seed: u64) -> Self {
        let (reader, cursor) = Reader::from_snapshot(&mut world.client(user));
        let User { token, .. } = &world.users[user];
        Self {
            reader,
            transport,
            token: token.clone(),
            cursor,
            ways: vec![world.addr()],
            random: Random(seed),
            hangs_up_after: 0..0,
            connections: 0,
            events: 0,
        }
    }

    /// Connects through this address, too.
    pub(crate) fn also_through(mut self, address: SocketAddr) -> Self {
        self.ways.push(address);
        self
    }

    /// Breaks its connections by itself, too.
    pub(crate) fn hanging_up_after(mut self, events: Range<u64>) -> Self {
        self.hangs_up_after = events;
        self
    }

    /// Listens until `enough` holds, over as many connections as it takes.
    ///
    /// # Errors
    /// A gap, a reset, an answer that ends a real client for good, or `enough` not by `deadline`.
    pub(crate) fn listen(
        &mut self,
        deadline: Instant,
        mut enough: impl FnMut(&Reader) -> bool,
    ) -> Result<(), String> {
        while !enough(&self.reader) {
            if Instant::now() > deadline {
                return Err(format!("{:?}: not enough in time", self.transport));
            }
            let place = self.random.below(self.ways.len() as u64) as usize;
            let client = Client::new(self.ways[place]).bearer(&self.token);
            let hang_up = if self.hangs_up_after.is_empty() {
                u64::MAX
            } else {
                self.random.within(&self.hangs_up_after)
            };
            self.connections += 1;
            match self.transport {
                Transport::Stream => self.stream(&client, hang_up, deadline, &mut enough)?,
                Transport::Poll => self.poll(client, hang_up, deadline, &mut enough)?,
            }
        }
        Ok(())
    }

    fn stream(
        &mut self,
        client: &Client,
        hang_up: u64,
        deadline: Instant,
        enough: &mut impl FnMut(&Reader) -> bool,
    ) -> Result<(), String> {
        let Ok(mut stream) = client.stream(Some(&self.cursor)) else {
            thread::sleep(PAUSE);
            return Ok(());
        };
        if stream.status() != 200 {
            let status = stream.status();
            return Err(format!("{status} ends an EventSource for good"));
        }
        self.read_on(&mut stream, hang_up, deadline, enough)
    }

    /// Reads an open stream until it ends, `enough` holds, or so many events came.
    pub(crate) fn read_on(
        &mut self,
        stream: &mut EventStream,
        events: u64,
        deadline: Instant,
        enough: &mut impl FnMut(&Reader) -> bool,
    ) -> Result<(), String> {
        for _ in 0..events {
            let patience = PATIENCE.min(deadline.saturating_duration_since(Instant::now()));
            let Some(event) = stream.next(patience) else {
                if !stream.is_closed() && Instant::now() < deadline {
                    return Err(format!("a stream without a heartbeat for {PATIENCE:?}"));
                }
                break;
            };
            let json = event.json();
            self.events += 1;
            self.reader.take(&json)?;
            // Only now: what was received and not applied is asked for again.
            if let Some(id) = event.id {
                self.cursor = id;
            }
            if json["type"] == "bye" {
                thread::sleep(PAUSE);
                break;
            }
            if enough(&self.reader) {
                break;
            }
        }
        Ok(())
    }

    fn poll(
        &mut self,
        client: Client,
        hang_up: u64,
        deadline: Instant,
        enough: &mut impl FnMut(&Reader) -> bool,
    ) -> Result<(), String> {
        let (mut client, mut seen) = (client.timeout(PATIENCE), 0);
        while !enough(&self.reader) && Instant::now() < deadline {
            let path = format!("/api/poll?cursor={}&wait={WAIT_S}", self.cursor);
            let Ok(answer) = client.get(&path) else {
                thread::sleep(PAUSE);
                return Ok(());
            };
            if answer.status == 503 {
                thread::sleep(10 * PAUSE);
                return Ok(());
            }
            if answer.status != 200 {
                return Err(format!("a poll: {} {}", answer.status, answer.text()));
            }
            if seen >= hang_up {
                // This answer is lost on the way: the next request asks for it again.
                return Ok(());
            }
            let answer = answer.json();
            let events = answer["events"].as_array().ok_or("no events")?;
            for event in events {
                seen += 1;
                self.events += 1;
                self.reader.take(event)?;
            }
            self.cursor = text(&answer["cursor"]).to_owned();
        }
        Ok(())
    }

    /// One line for the test's output.
    pub(crate) fn report(&self) -> String {
        format!(
            "{:?}: {} events over {} connections, {} duplicates",
            self.transport, self.events, self.connections, self.reader.duplicates
        )
    }
}

/// Sets its flag when it goes, also when its test fails: the test's threads end with it.
#[derive(Debug)]
pub(crate) struct SetAtEnd<'a>(pub(crate) &'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Repeatable randomness (splitmix64): a test that failed fails again.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// 0 to `end` - 1.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    pub(crate) fn within(&mut self, range: &Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }
}
