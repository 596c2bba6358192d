//! What everything inside one engine shares. Two engines in one process share nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::directory::Directory;
use crate::figures::Figures;
use crate::ids::{Cursor, Epoch, Position};
use crate::journal::JournalHandle;
use crate::kinds::registry::Registry;
use crate::limits::{Limits, PAGES_AT_ONCE};
use crate::rates::Rates;
use crate::runtime::RuntimeHandle;
use crate::store::Store;
use crate::watermark::Watermark;

/// See the [module](self).
pub(crate) struct Core {
    pub(crate) runtime: RuntimeHandle,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) limits: Limits,
    pub(crate) registry: Registry,
    pub(crate) directory: Directory,
    pub(crate) journal: JournalHandle,
    pub(crate) watermark: Watermark,
    epoch: AtomicU32,
    /// Keys the digests that tell a retry from a reuse of a client id.
    pub(crate) secret: [u8; 32],
    /// Pages of the log read at once.
    pub(crate) pages: Semaphore,
    pub(crate) rates: Rates,
    /// Held while somebody's bots are counted and one is added.
    pub(crate) bots: tokio::sync::Mutex<()>,
    pub(crate) figures: Figures,
    pub(crate) search: crate::search::Desk,
    /// Cancelled when the engine closes: streams say `bye`.
    pub(crate) stopping: CancellationToken,
    numbers: AtomicU64,
}

impl Core {
    #[expect(clippy::too_many_arguments, reason = "called once, by the builder")]
    pub(crate) fn new(
        runtime: RuntimeHandle,
        store: Arc<dyn Store>,
        limits: Limits,
        registry: Registry,
        directory: Directory,
        journal: JournalHandle,
        head: crate::store::Head,
        secret: [u8; 32],
    ) -> Self {
        let rates = Rates::new(limits.posts_per_second, limits.searches_per_second);
        Self {
            runtime,
            store,
            limits,
            registry,
            directory,
            journal,
            watermark: Watermark::new(head.position),
            epoch: AtomicU32::new(head.epoch.0),
            secret,
            pages: Semaphore::new(PAGES_AT_ONCE),
            rates,
            bots: tokio::sync::Mutex::default(),
            figures: Figures::default(),
            search: crate::search::Desk::default(),
            stopping: CancellationToken::new(),
            numbers: AtomicU64::new(1),
        }
    }

    /// A number that was not given out before in this engine.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Which past this log has.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::SeqCst))
    }

    /// The past was changed under us: cursors into the old one are no longer good.
    pub(crate) fn set_epoch(&self, epoch: Epoch) {
        self.epoch.store(epoch.0, Ordering::SeqCst);
    }

    /// A cursor of this log.
    pub(crate) fn cursor(&self, position: Position, version: u64) -> Cursor {
        Cursor {
            epoch: self.epoch(),
            position,
            version,
        }
    }
}
