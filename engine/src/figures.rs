//! What the engine counts about itself: relaxed atomics, one set per engine, read by
//! [`Engine::figures`]. They say how much and how long, never who or what.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::engine::Engine;
use crate::ids::{ConversationId, UserId};
use crate::message::{Receipt, Refusal, Rejection};

/// Upper ends of the classes of commit latency, in milliseconds; longer ones are beyond the last.
pub const COMMIT_MS: [u64; 10] = [1, 2, 5, 10, 20, 50, 100, 500, 1_000, 5_000];
/// Upper ends of the classes of batch sizes, in entries.
pub const BATCH_ENTRIES: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/// What becomes of posts, in the order in which they are counted.
pub const POST_OUTCOMES: [&str; 6] = [
    "posted",
    "posted_before",
    "refused",
    "too_many",
    "unchanged",
    "unavailable",
];
/// Seconds that "per second" looks back.
const WINDOW: usize = 10;
/// How many of the deepest mailboxes are named.
const DEEPEST: usize = 10;

/// Counts.
#[derive(Default, Debug)]
struct Counter(AtomicU64);

impl Counter {
    fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts by class: as many as there are upper ends, and those beyond.
#[derive(Default, Debug)]
struct Classes {
    counts: [Counter; 11],
    sum: Counter,
}

impl Classes {
    fn add(&self, ends: &[u64; 10], value: u64) {
        let class = ends.iter().position(|end| value <= *end);
        self.counts[class.unwrap_or(ends.len())].add(1);
        self.sum.0.fetch_add(value, Ordering::Relaxed);
    }

    fn read(&self, ends: [u64; 10]) -> Histogram {
        Histogram {
            ends,
            counts: std::array::from_fn(|class| self.counts[class].get()),
            sum: self.sum.get(),
        }
    }
}

/// How often a value fell into which class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Upper ends of the classes, included.
    pub ends: [u64; 10],
    /// One count for each class, and the last for what lies beyond.
    pub counts: [u64; 11],
    /// Of all values.
    pub sum: u64,
}

/// See the [module](self).
#[derive(Default, Debug)]
pub(crate) struct Figures {
    commits: Classes,
    batches: Classes,
    posts: [Counter; 6],
    deliveries: Counter,
    fell_behind: Counter,
    streams: Arc<AtomicU64>,
    stalled: Arc<AtomicU64>,
    /// How many deliveries there were at each of the last seconds.
    seconds: Mutex<VecDeque<u64>>,
}

/// A stream that is open; until dropped.
#[derive(Debug)]
pub(crate) struct Open(Arc<AtomicU64>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Figures {
    /// A batch of so many entries is known to be in, or not, after this time.
    pub(crate) fn committed(&self, entries: usize, time: Duration) {
        // A commit is never free: what is faster than a millisecond counts as one.
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        self.commits.add(&COMMIT_MS, ms);
        self.batches.add(&BATCH_ENTRIES, entries as u64);
    }

    /// A post was answered.
    pub(crate) fn posted(&self, answer: &Result<Receipt, Rejection>) {
        let outcome = match answer {
            Ok(receipt) if receipt.first => 0,
            Ok(_) => 1,
            Err(rejection) => match rejection.refusal {
                Refusal::TooMany => 3,
                Refusal::Unchanged => 4,
                Refusal::Unavailable => 5,
                _ => 2,
            },
        };
        self.posts[outcome].add(1);
    }

    /// A message or signal was handed to so many streams and long-polls.
    pub(crate) fn delivered(&self, ports: usize) {
        self.deliveries.add(ports);
    }

    /// A stream or long-poll did not take its deliveries in time, and reads the log instead.
    pub(crate) fn fell_behind(&self) {
        self.fell_behind.add(1);
    }

    /// A stream is opened.
    pub(crate) fn stream(&self) -> Open {
        self.streams.fetch_add(1, Ordering::Relaxed);
        Open(self.streams.clone())
    }

    /// Called once a second.
    pub(crate) fn second(&self) {
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        seconds.push_back(self.deliveries.get());
        if seconds.len() > WINDOW + 1 {
            seconds.pop_front();
        }
    }

    /// Over the last ten seconds, or as long as there are.
    fn deliveries_per_second(&self) -> u64 {
        let seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        match (seconds.front(), seconds.back()) {
            (Some(first), Some(last)) if seconds.len() > 1 => {
                (last - first) / (seconds.len() as u64 - 1)
            }
            _ => 0,
        }
    }
}

/// The engine at one moment. Counts are since it started.
#[derive(Clone, Debug)]
pub struct Now {
    /// Users who look online, away or busy to others.
    pub users_online: usize,
    /// Actors of users.
    pub user_actors: usize,
    /// Actors of conversations.
    pub conversation_actors: usize,
    /// Streams that are open.
    pub streams: u64,
    /// Streams and long-polls whose reader fell behind, so that they read the log instead.
    pub fell_behind: u64,
    /// Connections closed because their client took nothing.
    pub stalled: u64,
    /// Entries that wait for the journal.
    pub journal_queue: usize,
    /// How long commits took, in milliseconds.
    pub commit_ms: Histogram,
    /// How many entries batches had.
    pub batch_entries: Histogram,
    /// What became of posts, as in [`POST_OUTCOMES`].
    pub posts: [u64; 6],
    /// Messages and signals that were handed to streams and long-polls.
    pub deliveries: u64,
    /// The same over the last ten seconds.
    pub deliveries_per_second: u64,
    /// Users with the most deliveries waiting in their mailbox, the deepest first.
    pub deepest_users: Vec<(UserId, usize)>,
    /// Conversations with the most posts under way, the deepest first.
    pub deepest_conversations: Vec<(ConversationId, usize)>,
}

impl Engine {
    /// What the engine counts about itself.
    pub fn figures(&self) -> Now {
        let core = &self.inner.core;
        let figures = &core.figures;
        let (user_actors, conversation_actors) = core.directory.population();
        let slots = core.directory.known_users();
        let online = |seen| seen != crate::kinds::presence::Seen::Offline;
        let users = slots.iter().filter_map(|slot| {
            let (_, gate) = slot.slot.live()?;
            Some((slot.user, gate.waiting.load(Ordering::Relaxed)))
        });
        Now {
            users_online: slots.iter().filter(|slot| online(slot.seen())).count(),
            user_actors,
            conversation_actors,
            streams: figures.streams.load(Ordering::Relaxed),
            fell_behind: figures.fell_behind.get(),
            stalled: figures.stalled.load(Ordering::Relaxed),
            journal_queue: core.journal.waiting(),
            commit_ms: figures.commits.read(COMMIT_MS),
            batch_entries: figures.batches.read(BATCH_ENTRIES),
            posts: std::array::from_fn(|outcome| figures.posts[outcome].get()),
            deliveries: figures.deliveries.get(),
            deliveries_per_second: figures.deliveries_per_second(),
            deepest_users: deepest(users),
            deepest_conversations: deepest(core.directory.posts_under_way().into_iter()),
        }
    }

    /// Where whoever carries streams counts the connections that it closed because their client
    /// took nothing.
    pub fn stalled(&self) -> Arc<AtomicU64> {
        self.inner.core.figures.stalled.clone()
    }
}

fn deepest<K: Ord>(depths: impl Iterator<Item = (K, usize)>) -> Vec<(K, usize)> {
    let mut depths: Vec<_> = depths.filter(|(_, depth)| *depth > 0).collect();
    depths.sort_by(|(a, one), (b, other)| other.cmp(one).then(a.cmp(b)));
    depths.truncate(DEEPEST);
    depths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_into_classes() {
        let figures = Figures::default();
        for ms in [0, 1, 2, 3, 5, 6, 5_000, 5_001, 60_000] {
            figures.committed(1, Duration::from_millis(ms));
        }
        figures.committed(513, Duration::from_millis(1));
        let commits = figures.commits.read(COMMIT_MS);
        assert_eq!(commits.counts, [3, 1, 2, 1, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(
            commits.sum,
            1 + 1 + 2 + 3 + 5 + 6 + 5_000 + 5_001 + 60_000 + 1
        );
        let batches = figures.batches.read(BATCH_ENTRIES);
        assert_eq!((batches.counts[0], batches.counts[10]), (9, 1));
    }

    #[test]
    fn per_second_looks_back_ten_seconds() {
        let figures = Figures::default();
        assert_eq!(figures.deliveries_per_second(), 0);
        for _ in 0..30 {
            figures.delivered(7);
            figures.second();
        }
        assert_eq!(figures.deliveries_per_second(), 7);
        for _ in 0..5 {
            figures.second();
        }
        assert_eq!(figures.deliveries_per_second(), 3);
    }

    #[test]
    fn the_deepest_come_first() {
        let depths = (0..20).map(|n: usize| (n, n % 7));
        let found = deepest(depths);
        assert_eq!(found.len(), DEEPEST);
        assert_eq!(found[..4], [(6, 6), (13, 6), (5, 5), (12, 5)]);
    }
}
