//! All listeners together: started, waited for, sent home.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::listener::{Ledger, Listener, Person, Random, Transport};

/// Without any progress for this long, the replay has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// All who listen.
pub(crate) struct Audience {
    listeners: JoinSet<Result<Ledger, String>>,
    heard: Vec<Arc<AtomicI64>>,
    stop: CancellationToken,
}

impl Audience {
    pub(crate) fn start(server: SocketAddr, people: &[Person], seed: u64) -> Self {
        let mut audience = Self {
            listeners: JoinSet::new(),
            heard: Vec::new(),
            stop: CancellationToken::new(),
        };
        for (nth, person) in (0..).zip(people) {
            let heard = Arc::new(AtomicI64::new(-1));
            audience.heard.push(Arc::clone(&heard));
            let listener = Listener {
                server,
                person: person.clone(),
                heard,
                stop: audience.stop.clone(),
                random: Random(seed.wrapping_mul(1_000_003) + nth),
            };
            let transport = match nth % 2 {
                0 => Transport::Sse,
                _ => Transport::LongPoll,
            };
            audience.listeners.spawn(listener.run(transport));
        }
        audience
    }

    /// Waits until everyone has heard `seq`.
    pub(crate) async fn wait_for(&mut self, seq: i64) -> Result<(), String> {
        let heard = self.heard.clone();
        let read = || heard.iter().map(|one| one.load(Ordering::SeqCst));
        let waiting = async {
            let mut sum = i64::MIN;
            let mut progress = Instant::now();
            while read().any(|one| one < seq) {
                let now = read().sum();
                if now > sum {
                    (sum, progress) = (now, Instant::now());
                }
                if progress.elapsed() > PATIENCE {
                    let behind = read().filter(|one| *one < seq).count();
                    let least = read().min().unwrap_or_default();
                    return Err(format!(
                        "{behind} of {} listeners wait for seq {seq}; the slowest is at {least}",
                        heard.len()
                    ));
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        };
        self.or_trouble(waiting).await?
    }

    /// Does something, unless a listener meets trouble meanwhile.
    pub(crate) async fn or_trouble<T>(
        &mut self,
        work: impl Future<Output = T>,
    ) -> Result<T, String> {
        tokio::select! {
            done = work => Ok(done),
            Some(ended) = self.listeners.join_next() => {
                let ended = ended.map_err(|error| error.to_string())?;
                Err(ended.err().unwrap_or_else(|| "a listener left".into()))
            }
        }
    }

    /// Sends everyone home and collects what they have.
    pub(crate) async fn dismiss(mut self) -> Result<Vec<Ledger>, String> {
        self.stop.cancel();
        let mut ledgers = Vec::new();
        while let Some(ended) = self.listeners.join_next().await {
            ledgers.push(ended.map_err(|error| error.to_string())??);
        }
        Ok(ledgers)
    }
}
