//! Files: bytes that messages refer to, and the faces of users and groups.
//!
//! | room | what is there |
//! |---|---|
//! | [`storage`], `remote` | where the bytes are: objects in a directory, or in an object store |
//! | `marker` | whose files these are |
//! | [`upload`], `contents` | from the first byte of an upload to its row |
//! | [`download`] | who may have which bytes |
//! | [`avatars`] | the faces of users and groups |
//! | [`sniff`] | what something is, found in its content; what it may be called |
//! | [`picture`], [`moving`] | pictures made anew, without what was hidden in them |
//! | [`pool`] | how many pictures at once |
//! | [`collector`] | what nothing refers to goes |
//!
//! **Objects have names of their own**, not that of their content. An upload writes its bytes under
//! a name that was never used; the transaction that adds the file decides whether a blob with this
//! content is there already, and then the upload's own object is superfluous. So nothing that is
//! deleted can be wanted by an upload that is under way: deleting takes the row first, under the
//! same lock that adds files, and an upload after that brings its own object.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::ids::{BlobId, UserId};
use crate::limits::{UPLOADS, UPLOADS_PER_USER};
use crate::runtime::RuntimeHandle;

pub mod avatars;
pub mod collector;
mod contents;
pub mod download;
pub(crate) mod marker;
pub mod moving;
pub mod picture;
pub mod pool;
mod remote;
pub mod sniff;
pub mod storage;
pub mod upload;

use marker::{Claim, LogName};
use pool::Pool;
use storage::Storage;

/// What one engine's file rooms share.
pub(crate) struct Files {
    pub(crate) storage: Storage,
    pub(crate) pool: Pool,
    uploads: Arc<Semaphore>,
    uploads_of: Arc<Mutex<BTreeMap<UserId, usize>>>,
    /// Objects that are being written, or whose row is on its way: not left behind.
    under_way: Arc<Mutex<BTreeSet<BlobId>>>,
    /// Until the engine closes.
    claim: Mutex<Option<Claim>>,
}

impl Files {
    /// In this place, which becomes or is that of the log with this secret.
    ///
    /// # Errors
    /// It is another's, or does not work: a sentence without its end.
    pub(crate) async fn open(
        storage: Storage,
        runtime: &RuntimeHandle,
        secret: &[u8],
    ) -> Result<Self, String> {
        let claim = marker::claim(&storage, runtime, &LogName::of(secret)).await?;
        Ok(Self {
            claim: Mutex::new(Some(claim)),
            storage,
            pool: Pool::default(),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            uploads_of: Arc::default(),
            under_way: Arc::default(),
        })
    }

    /// The place may be taken by the next engine.
    pub(crate) fn release(&self) {
        locked(&self.claim).take();
    }

    /// Marks an object as one that somebody is about to refer to.
    pub(crate) fn under_way(&self, blob: BlobId) -> UnderWay {
        locked(&self.under_way).insert(blob);
        UnderWay {
            blob,
            all: self.under_way.clone(),
        }
    }

    pub(crate) fn is_under_way(&self, blob: BlobId) -> bool {
        locked(&self.under_way).contains(&blob)
    }

    /// One more upload of this user; `None`: they have enough.
    fn of_user(&self, user: UserId) -> Option<OfUser> {
        let mut counts = locked(&self.uploads_of);
        let count = counts.entry(user).or_default();
        if *count >= UPLOADS_PER_USER {
            return None;
        }
        *count += 1;
        let all = self.uploads_of.clone();
        Some(OfUser { user, all })
    }
}

/// See [`Files::under_way`].
pub(crate) struct UnderWay {
    blob: BlobId,
    all: Arc<Mutex<BTreeSet<BlobId>>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        locked(&self.all).remove(&self.blob);
    }
}

/// A user's place for one upload.
struct OfUser {
    user: UserId,
    all: Arc<Mutex<BTreeMap<UserId, usize>>>,
}

impl Drop for OfUser {
    fn drop(&mut self) {
        let mut counts = locked(&self.all);
        if let Some(count) = counts.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
