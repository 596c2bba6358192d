//! The seam to the world: clock, sleep, spawn, randomness, new ids.
//!
//! Actors, journal and feeds take all five from one [`Runtime`], so that the same code runs under
//! a seeded simulator. Order and time-outs use [`now`](Runtime::now), which never jumps; the wall
//! clock is for display and expiries only.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::accounts::hexadecimal;

/// A task that can be moved to another thread.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the engine takes from outside. See the [module](self).
pub trait Runtime: Send + Sync + 'static {
    /// Time since some fixed moment; never goes back.
    fn now(&self) -> Duration;

    /// Unix milliseconds; may jump.
    fn wall_ms(&self) -> i64;

    /// Ends after `time`.
    fn sleep(&self, time: Duration) -> Task;

    /// Runs a task beside the caller.
    fn spawn(&self, task: Task);

    /// Fills `bytes` with randomness that an outsider cannot guess.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number.
    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A secret of so many random bytes, in hexadecimal.
    fn secret(&self, bytes: usize) -> String {
        let mut secret = vec![0; bytes];
        self.fill(&mut secret);
        hexadecimal(&secret)
    }

    /// A new id, roughly ordered by time (UUID version 7).
    fn new_id(&self) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let ms = u64::try_from(self.wall_ms()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }

    /// `time`, up to `percent` shorter or longer: keeps many clients from coming at once.
    fn spread(&self, time: Duration, percent: u64) -> Duration {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let width = (ms / 100).saturating_mul(percent);
        let offset = self.random() % (2 * width + 1);
        Duration::from_millis(ms - width + offset)
    }
}

/// A shared [`Runtime`].
#[derive(Clone)]
pub struct RuntimeHandle(Arc<dyn Runtime>);

impl RuntimeHandle {
    /// Shares a runtime.
    pub fn new(runtime: impl Runtime) -> Self {
        Self(Arc::new(runtime))
    }

    /// Runs `future` for at most `time`; `None` if it took longer.
    pub async fn timeout<T>(&self, time: Duration, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            value = future => Some(value),
            () = self.0.sleep(time) => None,
        }
    }
}

impl Deref for RuntimeHandle {
    type Target = dyn Runtime;
    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

/// The real one: tokio's clock (which a test may pause), the system's wall clock and randomness.
pub struct TokioRuntime {
    started: tokio::time::Instant,
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self {
            started: tokio::time::Instant::now(),
        }
    }
}

impl Runtime for TokioRuntime {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn wall_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |time| {
            i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
        })
    }

    fn sleep(&self, time: Duration) -> Task {
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn(&self, task: Task) {
        tokio::spawn(task);
    }

    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Without randomness there are no unguessable tokens; nothing sensible can go on.
            tracing::error!("the operating system gives no randomness");
            std::process::abort();
        }
    }
}
