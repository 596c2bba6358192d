//! Uploads: from the first byte to the file's row.
//!
//! Bytes go to the file storage as they come, hashed on the way; then a picture is made anew; then
//! one entry adds the file, and the transaction says whether it was within the day's limit and
//! whether the content was there before. First the object, then the row: what breaks off in between
//! leaves an object that nothing names, and the [collector](super::collector) finds it.

use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::contents::{Contents, Written};
use super::storage::{Incoming, StorageError};
use super::{OfUser, UnderWay, sniff};
use crate::accounts::hexadecimal;
use crate::engine::Engine;
use crate::ids::{BlobId, FileId, UserId};
use crate::limits::{DAY_MS, FILE_COUNTS_LEAST, SNIFF_BYTES};
use crate::message::Rejection;
use crate::posting::not_now;
use crate::store::files::{FileRecord, NewFile, Purpose};

/// An upload under way. Dropped, nothing of it stays.
pub struct Upload {
    engine: Engine,
    owner: UserId,
    purpose: Purpose,
    incoming: Incoming,
    object: UnderWay,
    hash: Sha256,
    size: u64,
    /// The first [`SNIFF_BYTES`].
    first: Vec<u8>,
    places: Places,
}

/// What an upload takes up until it is done: a place in all, a place of its user.
pub(super) struct Places {
    _in_all: OwnedSemaphorePermit,
    _of_user: OfUser,
}

impl Engine {
    /// Begins an upload of `user`; `declared`: how many bytes the client says will come.
    ///
    /// # Errors
    /// `too_large`, `too_many_uploads`, `too_many_in_flight`, `unavailable`.
    pub async fn begin_upload(
        &self,
        owner: UserId,
        purpose: Purpose,
        declared: Option<u64>,
    ) -> Result<Upload, Rejection> {
        let (core, files) = (&self.inner.core, &self.inner.files);
        self.fits(declared.unwrap_or(0))?;
        let busy = |_| Rejection::unavailable("Too many uploads are under way; try again.");
        let of_user = files.of_user(owner).ok_or_else(|| {
            let detail = "Too many of your uploads are under way; wait for one to end.";
            Rejection::too_many("too_many_in_flight", detail, 1_000)
        })?;
        let in_all = files.uploads.clone().try_acquire_owned().map_err(busy)?;
        // Said before 20 MiB are sent in vain; the transaction has the last word.
        let most = core.limits.upload_bytes_per_day;
        if most > 0 {
            let since = core.runtime.wall_ms() - DAY_MS;
            let so_far = core.store.uploaded_since(owner, since).await;
            let so_far = so_far.map_err(|_| not_now())?;
            let declared = i64::try_from(declared.unwrap_or(0)).unwrap_or(i64::MAX);
            if so_far.saturating_add(counts(declared)) > most {
                return Err(crate::store::plan::files::too_many_uploads(most));
            }
        }
        let blob = BlobId(core.runtime.new_id());
        let object = files.under_way(blob);
        let incoming = files.storage.begin(blob).await.map_err(failed)?;
        Ok(Upload {
            engine: self.clone(),
            owner,
            purpose,
            incoming,
            object,
            hash: Sha256::new(),
            size: 0,
            first: Vec::new(),
            places: Places {
                _in_all: in_all,
                _of_user: of_user,
            },
        })
    }

    fn fits(&self, size: u64) -> Result<(), Rejection> {
        let most = self.inner.core.limits.file_bytes;
        if most > 0 && size > most {
            let detail = format!("A file may have {most} bytes at most.");
            return Err(Rejection::unprocessable("too_large", detail));
        }
        Ok(())
    }
}

impl Upload {
    /// Takes the next bytes. Waits while they are written.
    ///
    /// # Errors
    /// `too_large`, `unavailable`; the upload is over then.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        self.engine.fits(self.size)?;
        let unseen = SNIFF_BYTES.saturating_sub(self.first.len());
        self.first
            .extend_from_slice(&bytes[..unseen.min(bytes.len())]);
        self.hash.update(bytes);
        self.incoming.push(bytes).await.map_err(failed)
    }

    /// How many bytes came.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Gives up; nothing of it stays. Dropping does the same for a directory, but an object store
    /// wants to be told.
    pub async fn abort(self) {
        if let Err(error) = self.incoming.abort().await {
            tracing::warn!(%error, "an upload that was given up may have left something behind");
        }
    }

    /// All bytes came: makes a file of them. Goes on to its end also if the caller gives up.
    ///
    /// # Errors
    /// `not_a_picture` for an avatar, `picture_too_large`, `too_many_uploads`, `unavailable`.
    pub async fn finish(self, name: &str) -> Result<FileRecord, Rejection> {
        let (done, answer) = oneshot::channel();
        let (runtime, name) = (self.engine.inner.core.runtime.clone(), sniff::name(name));
        runtime.spawn(Box::pin(async move {
            let _gone = done.send(self.file(name).await);
        }));
        answer.await.unwrap_or_else(|_| Err(not_now()))
    }

    async fn file(self, name: String) -> Result<FileRecord, Rejection> {
        let Self {
            engine,
            owner,
            purpose,
            incoming,
            object,
            hash,
            size,
            first,
            places,
        } = self;
        let core = &engine.inner.core;
        incoming.complete().await.map_err(failed)?;
        let sent = Written {
            sha256: hexadecimal(&hash.finalize()),
            size,
            mime: sniff::mime(&first),
            object,
        };
        let uploaded = counts(i64::try_from(size).unwrap_or(i64::MAX));
        let mut contents = Contents {
            engine: engine.clone(),
            written: vec![sent],
        };
        let made = contents.picture(purpose).await?;
        let file = NewFile {
            id: FileId(core.runtime.new_id()),
            owner,
            purpose,
            name: made.as_ref().map_or_else(
                || name.clone(),
                |made| sniff::picture_name(&name, made.mime),
            ),
            width: made.as_ref().map(|made| made.width.into()),
            height: made.as_ref().map(|made| made.height.into()),
            content: contents.nth(0),
            thumbnail: made.map(|_| contents.nth(contents.written.len() - 1)),
            uploaded,
            created_at_ms: core.runtime.wall_ms(),
        };
        contents.commit(file, places).await
    }
}

/// What an upload of this size counts towards the day's limit.
fn counts(size: i64) -> i64 {
    size.max(FILE_COUNTS_LEAST)
}

/// The file storage does not do what it should: logged here, where it is turned into an answer.
pub(crate) fn failed(error: StorageError) -> Rejection {
    tracing::error!(%error, "the file storage failed");
    Rejection::unavailable("Files cannot be stored or read at the moment; try again.")
}
