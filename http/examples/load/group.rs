//! The group under load: who listens, who posts, and when what arrived.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::Seeded;
use crate::client::{Connection, EventStream};

/// Without a delivery for this long, some are lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// Messages of all runs together, at most.
const MESSAGES_MOST: usize = 1 << 20;

/// How messages are offered.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// So many, as fast as they are taken.
    Count(usize),
    /// As fast as they are taken, for so long.
    Saturation(Duration),
    /// So many a second, for so many seconds, whether or not the server keeps up.
    Rate(f64, f64),
}

/// What one run came to.
pub(crate) struct Run {
    pub(crate) messages: usize,
    /// From the first post to the last delivery.
    pub(crate) seconds: f64,
    /// Sorted; one per delivery.
    pub(crate) latencies_us: Vec<u32>,
}

impl Run {
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let at = self.latencies_us.len() * percent / 100;
        f64::from(self.latencies_us.get(at).copied().unwrap_or_default()) / 1e3
    }
}

/// The members' streams, and the way to post.
pub(crate) struct Group {
    posters: Posters,
    clock: Arc<Clock>,
    streams: JoinSet<String>,
    members: u64,
}

/// Those who post.
struct Posters {
    server: SocketAddr,
    path: String,
    tokens: Vec<String>,
    clock: Arc<Clock>,
}

/// When messages were due, and when they arrived.
struct Clock {
    origin: Instant,
    /// Microseconds since the origin, by the message's number.
    due: Vec<AtomicU64>,
    /// How many messages were numbered.
    next: AtomicUsize,
    delivered: AtomicU64,
    /// When the last delivery came.
    last_us: AtomicU64,
    latencies_us: Mutex<Vec<u32>>,
}

impl Clock {
    fn now_us(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn at(&self, us: u64) -> Instant {
        self.origin + Duration::from_micros(us)
    }

    fn latencies(&self) -> std::sync::MutexGuard<'_, Vec<u32>> {
        let latencies = self.latencies_us.lock();
        latencies.unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, number: usize) {
        let now = self.now_us();
        let due = self.due[number].load(Ordering::Relaxed);
        let latency = u32::try_from(now.saturating_sub(due)).unwrap_or(u32::MAX);
        self.latencies().push(latency);
        self.last_us.fetch_max(now, Ordering::Relaxed);
        self.delivered.fetch_add(1, Ordering::SeqCst);
    }
}

impl Group {
    /// Opens everyone's stream.
    pub(crate) async fn open(server: SocketAddr, seeded: Seeded) -> Result<Self, String> {
        let clock = Arc::new(Clock {
            origin: Instant::now(),
            due: (0..MESSAGES_MOST).map(|_| AtomicU64::new(0)).collect(),
            next: AtomicUsize::new(0),
            delivered: AtomicU64::new(0),
            last_us: AtomicU64::new(0),
            latencies_us: Mutex::default(),
        });
        let open = seeded.tokens.iter().map(async |token| {
            let mut stream = EventStream::open(server, token, None).await?;
            // Attached when it says hello.
            while let Some(event) = stream.next().await? {
                if event.data.contains(r#""type":"hello""#) {
                    break;
                }
            }
            std::io::Result::Ok(stream)
        });
        let open = try_join_all(open).await;
        let open = open.map_err(|error| format!("a stream does not open: {error}"))?;
        let members = open.len() as u64;
        let mut streams = JoinSet::new();
        for stream in open {
            streams.spawn(listen(stream, Arc::clone(&clock)));
        }
        let posters = Posters {
            server,
            path: format!("/api/conversations/{}/messages", seeded.group),
            tokens: seeded.tokens,
            clock: Arc::clone(&clock),
        };
        Ok(Self {
            posters,
            clock,
            streams,
            members,
        })
    }

    /// Posts at this pace and waits until everyone has everything.
    pub(crate) async fn run(&mut self, pace: Pace, posters: usize) -> Result<Run, String> {
        let clock = Arc::clone(&self.clock);
        let first = clock.next.load(Ordering::SeqCst);
        let delivered = clock.delivered.load(Ordering::SeqCst);
        let begun = clock.now_us();
        let plan = Plan { first, begun, pace };
        let posting = (0..posters).map(|nth| self.posters.post(nth, plan));
        let posting = try_join_all(posting);
        tokio::select! {
            posted = posting => posted?,
            Some(ended) = self.streams.join_next() => return Err(why(ended)),
        };
        // Each poster's last number may be one that was not posted.
        let messages = plan.total(&clock);
        clock.next.store(first + messages, Ordering::SeqCst);
        let expected = delivered + self.members * messages as u64;
        while clock.delivered.load(Ordering::SeqCst) < expected {
            let last = clock.at(clock.last_us.load(Ordering::Relaxed).max(begun));
            if last.elapsed() > PATIENCE {
                let missing = expected - clock.delivered.load(Ordering::SeqCst);
                return Err(format!("{missing} deliveries are missing"));
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(2)) => {}
                Some(ended) = self.streams.join_next() => return Err(why(ended)),
            }
        }
        let mut latencies_us = std::mem::take(&mut *clock.latencies());
        latencies_us.sort_unstable();
        Ok(Run {
            messages,
            seconds: (clock.last_us.load(Ordering::Relaxed) - begun) as f64 / 1e6,
            latencies_us,
        })
    }
}

impl Posters {
    /// One of them: the next message, when it is due, until there are no more.
    async fn post(&self, nth: usize, plan: Plan) -> Result<(), String> {
        let clock = &self.clock;
        let token = &self.tokens[nth % self.tokens.len()];
        let open = Connection::open(self.server).await;
        let mut connection = open.map_err(|error| format!("no connection: {error}"))?;
        loop {
            let Some((number, due)) = plan.take(clock) else {
                return Ok(());
            };
            tokio::time::sleep_until(clock.at(due).into()).await;
            clock.due[number].store(due, Ordering::Relaxed);
            let text = format!("load {number:07} and as much more as people write in a line");
            let draft =
                json!({"kind": "text", "body": {"text": text}, "client_id": Uuid::new_v4()});
            let answer = connection.request("POST", &self.path, token, Some(&draft));
            let answer = answer
                .await
                .map_err(|error| format!("no answer to a post: {error}"))?;
            answer.json(&[201])?;
        }
    }
}

/// A pace from a moment on.
#[derive(Clone, Copy)]
struct Plan {
    /// Number of its first message.
    first: usize,
    /// Microseconds since the clock's origin.
    begun: u64,
    pace: Pace,
}

impl Plan {
    /// The next message's number, and when it is due.
    fn take(&self, clock: &Clock) -> Option<(usize, u64)> {
        let now = clock.now_us();
        if let Pace::Saturation(length) = self.pace
            && u128::from(now - self.begun) >= length.as_micros()
        {
            return None;
        }
        let number = clock.next.fetch_add(1, Ordering::SeqCst);
        let nth = number - self.first;
        if nth >= self.most() || number >= MESSAGES_MOST {
            return None;
        }
        let due = match self.pace {
            Pace::Rate(rate, _) => self.begun + (nth as f64 * 1e6 / rate) as u64,
            _ => now,
        };
        Some((number, due))
    }

    /// Messages of the pace, at most.
    fn most(&self) -> usize {
        match self.pace {
            Pace::Count(count) => count,
            Pace::Saturation(_) => MESSAGES_MOST,
            Pace::Rate(rate, seconds) => (rate * seconds).ceil() as usize,
        }
    }

    /// Messages that were posted, once all posters are done.
    fn total(&self, clock: &Clock) -> usize {
        let end = clock.next.load(Ordering::SeqCst).min(MESSAGES_MOST);
        (end - self.first).min(self.most())
    }
}

/// Counts the messages of one stream; returns why it ended.
async fn listen(mut stream: EventStream, clock: Arc<Clock>) -> String {
    loop {
        match stream.next().await {
            Ok(Some(event)) => {
                // No JSON parser: this program must not take the server's cores.
                let text = event.data.split(r#""text":"load "#).nth(1);
                let number = text.and_then(|text| text.get(..7)?.parse().ok());
                if let Some(number) = number {
                    clock.deliver(number);
                }
            }
            Ok(None) => return "the server ended a stream".into(),
            Err(error) => return format!("a stream broke: {error}"),
        }
    }
}

fn why(ended: Result<String, tokio::task::JoinError>) -> String {
    ended.unwrap_or_else(|error| error.to_string())
}
