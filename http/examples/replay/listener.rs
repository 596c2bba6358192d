//! Those who listen: over Server-Sent Events or long-poll, going away now and then, and keeping
//! account of what reached them.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::{Connection, EventStream};

/// Events (SSE) or answers (long-poll) between two departures, at most.
const STAY_MOST: u64 = 200;
/// Milliseconds a listener stays away, at most.
const AWAY_MOST_MS: u64 = 200;
/// Longer than any heartbeat takes.
const SILENCE: Duration = Duration::from_secs(40);
/// Failed attempts in a row to reach the server.
const ATTEMPTS: u32 = 20;

/// A user with a token.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

/// How a listener hears.
#[derive(Clone, Copy)]
pub(crate) enum Transport {
    Sse,
    LongPoll,
}

/// What reached one listener, by the rule that every client keeps.
pub(crate) struct Ledger {
    me: Uuid,
    /// The seq that was applied last.
    last: i64,
    /// The first of the stay: the message that added me.
    pub(crate) first: i64,
    /// The client id of each message, by seq.
    pub(crate) applied: BTreeMap<i64, Uuid>,
    /// Arrived behind the one that should have followed it.
    pub(crate) out_of_order: usize,
    /// Sent once more and ignored, as after a reconnect.
    pub(crate) raw_duplicates: usize,
    pub(crate) reconnects: usize,
}

impl Ledger {
    fn new(me: Uuid) -> Self {
        Self {
            me,
            last: 0,
            first: 0,
            applied: BTreeMap::new(),
            out_of_order: 0,
            raw_duplicates: 0,
            reconnects: 0,
        }
    }

    /// Applies seq = last + 1, ignores what is at or below it; the message that adds me starts the
    /// count. Any other jump leaves a gap, which the final account finds.
    fn take(&mut self, event: &Value) -> Result<(), String> {
        if event["type"] == "reset" {
            return Err("the server sent a reset".into());
        }
        if event["type"] != "message" {
            return Ok(());
        }
        let (Some(seq), Some(client_id)) = (event["seq"].as_i64(), uuid(&event["client_id"]))
        else {
            return Err(format!("a message without seq or client id: {event}"));
        };
        if seq <= self.last {
            if self.applied.get(&seq) == Some(&client_id) {
                self.raw_duplicates += 1;
            } else {
                self.out_of_order += 1;
            }
            return Ok(());
        }
        let added = event["added"].as_array().into_iter().flatten();
        if added.filter_map(uuid).any(|user| user == self.me) {
            self.first = seq;
        }
        self.last = seq;
        self.applied.insert(seq, client_id);
        Ok(())
    }
}

fn uuid(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

/// One who listens.
pub(crate) struct Listener {
    pub(crate) server: SocketAddr,
    pub(crate) person: Person,
    /// The last seq that was applied; -1 until there is a cursor to start from.
    pub(crate) heard: Arc<AtomicI64>,
    pub(crate) stop: CancellationToken,
    pub(crate) random: Random,
}

impl Listener {
    /// Listens until it is told to stop.
    pub(crate) async fn run(mut self, transport: Transport) -> Result<Ledger, String> {
        let mut ledger = Ledger::new(self.person.id);
        let mut cursor = None;
        let mut failures = 0;
        let stop = self.stop.clone();
        loop {
            let visit = async {
                match transport {
                    Transport::Sse => self.stream(&mut cursor, &mut ledger).await,
                    Transport::LongPoll => self.poll(&mut cursor, &mut ledger).await,
                }
            };
            let left = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(ledger),
                left = visit => left,
            };
            match left {
                Ok(()) => failures = 0,
                Err(Trouble::Connection(error)) if failures < ATTEMPTS => {
                    tracing::debug!(%error, "a listener lost its connection");
                    failures += 1;
                }
                Err(Trouble::Connection(error)) => return Err(format!("no connection: {error}")),
                Err(Trouble::Wrong(sentence)) => return Err(sentence),
            }
            ledger.reconnects += 1;
            let away = Duration::from_millis(self.random.below(AWAY_MOST_MS));
            tokio::select! {
                () = stop.cancelled() => return Ok(ledger),
                () = tokio::time::sleep(away) => {}
            }
        }
    }

    /// Reads a stream for a while and drops it in the middle.
    async fn stream(
        &mut self,
        cursor: &mut Option<String>,
        ledger: &mut Ledger,
    ) -> Result<(), Trouble> {
        let asked = cursor.clone();
        let open = EventStream::open(self.server, &self.person.token, asked.as_deref());
        let mut stream = open.await?;
        for _ in 0..self.random.below(STAY_MOST) + 5 {
            let next = tokio::time::timeout(SILENCE, stream.next()).await;
            let silent = |_| io::Error::other("no heartbeat came");
            let Some(event) = next.map_err(silent)?? else {
                return Ok(());
            };
            if !event.data.is_empty() {
                self.hear(event.data, ledger)?;
            }
            // Only now: what the cursor stands for has been heard.
            if let Some(id) = event.id {
                *cursor = Some(id.to_owned());
            }
            if cursor.is_some() {
                self.tell(ledger);
            }
        }
        Ok(())
    }

    /// Polls for a while; then goes without waiting for the answer.
    async fn poll(
        &mut self,
        cursor: &mut Option<String>,
        ledger: &mut Ledger,
    ) -> Result<(), Trouble> {
        let mut connection = Connection::open(self.server).await?;
        let token = self.person.token.clone();
        let path = |cursor: &Option<String>| match cursor {
            Some(cursor) => format!("/api/poll?cursor={cursor}"),
            None => "/api/poll".to_owned(),
        };
        for _ in 0..self.random.below(STAY_MOST) + 5 {
            let path = path(cursor);
            let answer = connection.request("GET", &path, &token, None);
            let answer = tokio::time::timeout(SILENCE, answer).await;
            let answer = answer.map_err(|_| io::Error::other("no answer came"))??;
            let answer = answer.json(&[200]).map_err(Trouble::Wrong)?;
            for event in answer["events"].as_array().into_iter().flatten() {
                ledger.take(event).map_err(Trouble::Wrong)?;
            }
            *cursor = answer["cursor"].as_str().map(str::to_owned);
            self.tell(ledger);
        }
        connection.send("GET", &path(cursor), &token, None).await?;
        let moment = Duration::from_millis(self.random.below(20));
        tokio::time::sleep(moment).await;
        Ok(())
    }

    fn hear(&self, data: &str, ledger: &mut Ledger) -> Result<(), Trouble> {
        let event = serde_json::from_str(data);
        let event = event.map_err(|error| Trouble::Wrong(format!("{error} in {data}")))?;
        ledger.take(&event).map_err(Trouble::Wrong)
    }

    fn tell(&self, ledger: &Ledger) {
        self.heard.store(ledger.last, Ordering::SeqCst);
    }
}

/// Why a visit ended early.
enum Trouble {
    /// To be tried again.
    Connection(io::Error),
    /// A broken promise.
    Wrong(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
