//! The engine's public face: one cloneable handle. Callers never see a mailbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, oneshot};

use crate::core::Core;
use crate::directory::{self, Directory};
use crate::files::Files;
use crate::files::storage::Storage;
use crate::ids::{Cursor, Position};
use crate::journal;
use crate::kind::{KindInfo, Lang, MessageKind};
use crate::kinds::registry::Registry;
use crate::limits::{Limits, POSTS_IN_FLIGHT};
use crate::message::Message;
use crate::recovery;
use crate::runtime::{RuntimeHandle, TokioRuntime};
use crate::store::{Store, StoreError};
use crate::user::attach::Viewer;
use crate::user::feed::Feed;
use crate::user::poll::{Answer, NoAnswer};

/// The chat engine. Cheap to clone; all clones are one engine.
///
/// [`close`](Self::close) ends it. Dropping the last clone of an engine that was not closed is a
/// mistake (its actors would live on): debug builds panic.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) core: Arc<Core>,
    /// Places for posts under way in all.
    pub(crate) places: Arc<Semaphore>,
    pub(crate) places_of: crate::places::PlacesOf,
    pub(crate) reads: crate::reading::Reads,
    pub(crate) files: Arc<Files>,
    journal: Mutex<Option<oneshot::Receiver<()>>>,
    closed: AtomicBool,
}

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Two kinds have one name.
    #[error("two kinds are called {0}; every kind needs a name of its own")]
    DuplicateKind(&'static str),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The actor system does not start.
    #[error("the actors cannot start: {0}")]
    Actors(String),
    /// The files are another log's, or cannot be reached.
    #[error("{0}")]
    Files(String),
}

/// Builds an [`Engine`].
pub struct Builder {
    store: Arc<dyn Store>,
    runtime: RuntimeHandle,
    limits: Limits,
    registry: Registry,
    files: Storage,
}

impl Builder {
    /// Another runtime than tokio's.
    #[must_use]
    pub fn runtime(mut self, runtime: RuntimeHandle) -> Self {
        self.runtime = runtime;
        self
    }

    /// Other limits than the defaults.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where files are kept, if not in memory.
    #[must_use]
    pub fn files(mut self, files: Storage) -> Self {
        self.files = files;
        self
    }

    /// One more message kind.
    #[must_use]
    pub fn kind<K: MessageKind>(mut self) -> Self {
        self.registry.add::<K>();
        self
    }

    /// Makes the search index of the store anew instead of starting the engine; answers up to
    /// where it reaches.
    ///
    /// # Errors
    /// What the store says.
    pub async fn reindex(self) -> Result<Position, StoreError> {
        crate::search::indexer::rebuild(&*self.store, &self.registry).await
    }

    /// Starts the engine.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(self) -> Result<Engine, StartError> {
        if let Some(name) = self.registry.twice().first() {
            return Err(StartError::DuplicateKind(name));
        }
        let head = self.store.head().await?;
        let secret = self.store.secret().await?;
        let files = Files::open(self.files, &self.runtime, &secret).await;
        let files = Arc::new(files.map_err(StartError::Files)?);
        let (handle, intake) = journal::queue();
        let core = Arc::new(Core::new(
            self.runtime,
            self.store,
            self.limits,
            self.registry,
            Directory::default(),
            handle,
            head,
            secret,
        ));
        directory::start(&core).await.map_err(StartError::Actors)?;
        recovery::watch(&core);
        let journal = journal::run(&core, intake, head.batch);
        crate::accounts::watch_access(&core, head.access_version);
        crate::search::indexer::start(&core);
        crate::files::collector::watch(&core, &files);
        Ok(Engine {
            inner: Arc::new(Inner {
                core,
                places: Arc::new(Semaphore::new(POSTS_IN_FLIGHT)),
                places_of: crate::places::PlacesOf::default(),
                reads: crate::reading::Reads::default(),
                files,
                journal: Mutex::new(Some(journal)),
                closed: AtomicBool::new(false),
            }),
        })
    }
}

impl Engine {
    /// Builds an engine over this store.
    pub fn builder(store: Arc<dyn Store>) -> Builder {
        let mut registry = Registry::default();
        crate::kinds::add_shipped(&mut registry);
        Builder {
            store,
            runtime: RuntimeHandle::new(TokioRuntime::default()),
            limits: Limits::default(),
            registry,
            files: Storage::memory(),
        }
    }

    /// Ends the engine: streams say `bye`, what was handed to the journal is written, actors
    /// drain, the store closes. Later calls wait for the first.
    pub async fn close(&self) {
        let mut journal = self.inner.journal.lock().await;
        let core = &self.inner.core;
        core.stopping.cancel();
        if let Some(ended) = journal.take() {
            let _over = ended.await;
            directory::close(core).await;
            self.inner.files.release();
            core.store.close().await;
        }
        self.inner.closed.store(true, Ordering::SeqCst);
    }

    /// The feed of a stream; `cursor` as the client sent it, `None`: from now on.
    pub fn feed(&self, viewer: Viewer, cursor: Option<String>) -> Feed {
        Feed::new(self.inner.core.clone(), viewer, cursor)
    }

    /// The answer to a long-poll; `cursor` as the client sent it, `None`: answers at once with
    /// now. Held for at most `wait` until there is news.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn poll(
        &self,
        viewer: Viewer,
        cursor: Option<String>,
        wait: Duration,
    ) -> Result<Answer, NoAnswer> {
        crate::user::poll::poll(self.inner.core.clone(), viewer, cursor, wait).await
    }

    /// The kinds this engine knows.
    pub fn kinds(&self) -> Vec<KindInfo> {
        self.inner.core.registry.infos()
    }

    /// The line that stands for a message in lists and notifications; `None` for kinds this
    /// engine does not know and for recalled messages.
    pub fn summary(&self, message: &Message, lang: Lang) -> Option<String> {
        let body = serde_json::from_str(message.body.as_deref()?).ok()?;
        let kind = self.inner.core.registry.get(&message.kind)?;
        kind.summary(&body, lang)
    }

    /// The limits this engine works with.
    pub fn limits(&self) -> &Limits {
        &self.inner.core.limits
    }

    /// The highest position that was handed over to everyone attached.
    pub fn watermark(&self) -> Position {
        self.inner.core.watermark.read()
    }

    /// A cursor of this log at `position` that vouches for no signalled state.
    pub fn cursor(&self, position: Position) -> Cursor {
        self.inner.core.cursor(position, 0)
    }

    /// How many actors live now: users, conversations.
    pub fn population(&self) -> (usize, usize) {
        self.inner.core.directory.population()
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// What the store says.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.inner.core.store.head().await.map(|_| ())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let forgotten = !self.closed.load(Ordering::SeqCst) && !std::thread::panicking();
        debug_assert!(
            !forgotten,
            "an engine was dropped without close(): its actors live on"
        );
        self.core.stopping.cancel();
    }
}
