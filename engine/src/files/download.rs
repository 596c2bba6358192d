//! Downloads: who may have which bytes. The uploader may, and whoever may see a message that refers
//! to the file; to everybody else it does not exist.

use std::ops::Range;

use super::storage::{Chunks, StorageError};
use super::upload::failed;
use crate::engine::Engine;
use crate::ids::{BlobId, FileId, UserId};
use crate::message::Rejection;
use crate::posting::not_now;
use crate::store::files::FileRecord;

/// Some bytes that somebody may have.
#[derive(Clone, Debug)]
pub struct Download {
    /// The file.
    pub file: FileRecord,
    /// What the bytes are: for a thumbnail not always what the file is.
    pub mime: String,
    /// How many there are.
    pub size: u64,
    /// SHA-256 of the bytes, in hexadecimal: they never change under one address.
    pub sha256: String,
    blob: BlobId,
}

impl Download {
    /// Whether the bytes are a picture that was made here, and so may be drawn.
    pub fn is_picture(&self) -> bool {
        self.file.width.is_some()
    }
}

impl Engine {
    /// What `user` may download of a file: its content, or the small picture of it.
    ///
    /// # Errors
    /// `not_found`, also for a thumbnail where there is none; `unavailable`.
    pub async fn download(
        &self,
        user: UserId,
        id: FileId,
        thumbnail: bool,
    ) -> Result<Download, Rejection> {
        let found = self.inner.core.store.files_for(user, &[id]).await;
        let file = found.map_err(|_| not_now())?.pop();
        let file = file.ok_or_else(Rejection::not_found)?;
        self.bytes_of(file, thumbnail).await
    }

    pub(super) async fn bytes_of(
        &self,
        file: FileRecord,
        thumbnail: bool,
    ) -> Result<Download, Rejection> {
        let id = if thumbnail { file.thumbnail } else { file.blob };
        let id = id.ok_or_else(Rejection::not_found)?;
        let found = self.inner.core.store.blobs(&[id]).await;
        // Collected between the two reads.
        let blob = found.map_err(|_| not_now())?.pop();
        let blob = blob.ok_or_else(Rejection::not_found)?;
        Ok(Download {
            mime: match thumbnail {
                true => blob.mime,
                false => file.mime.clone(),
            },
            size: u64::try_from(blob.size).unwrap_or(0),
            sha256: blob.sha256,
            blob: id,
            file,
        })
    }

    /// A part of the bytes, read as it is asked for.
    ///
    /// # Errors
    /// `not_found` if it was collected just now, `unavailable`.
    pub async fn file_bytes(
        &self,
        download: &Download,
        range: Range<u64>,
    ) -> Result<Chunks, Rejection> {
        let files = &self.inner.files;
        let opened = match files.storage.read(download.blob, range).await {
            Err(StorageError::Missing(object)) => {
                let blobs = self.inner.core.store.blobs(&[download.blob]).await;
                if blobs.is_ok_and(|blobs| blobs.is_empty()) {
                    return Err(Rejection::not_found());
                }
                Err(StorageError::Missing(object))
            }
            opened => opened,
        };
        opened.map_err(failed)
    }
}
