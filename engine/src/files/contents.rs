//! The objects of one upload: its content, a thumbnail, and what becomes of them. Those that no row
//! names in the end are deleted.

use bytes::Bytes;
use image::ImageFormat;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::picture::{self, Made, Unmade};
use super::pool::Worked;
use super::storage::StorageError;
use super::upload::{Places, failed};
use super::{UnderWay, sniff};
use crate::accounts::hexadecimal;
use crate::engine::Engine;
use crate::ids::{BlobId, FileId};
use crate::limits::{PICTURE_BYTES, WRITE_TIMEOUT};
use crate::message::{Refusal, Rejection};
use crate::posting::not_now;
use crate::store::Entry;
use crate::store::files::{FileRecord, NewBlob, NewFile, Purpose};

/// An object that was written, and what is in it.
pub(super) struct Written {
    pub(super) sha256: String,
    pub(super) size: u64,
    pub(super) mime: &'static str,
    pub(super) object: UnderWay,
}

/// First the content, then the thumbnail.
pub(super) struct Contents {
    pub(super) engine: Engine,
    pub(super) written: Vec<Written>,
}

impl Contents {
    /// What was sent as a picture made anew, which takes its place; `None`: it is none.
    pub(super) async fn picture(
        &mut self,
        purpose: Purpose,
    ) -> Result<Option<PictureFacts>, Rejection> {
        let sent = &self.written[0];
        let made = match sniff::picture(sent.mime) {
            Some(format) if sent.size <= PICTURE_BYTES => self.remake(format, purpose).await,
            _ => Err(Unmade::NotOne.into()),
        };
        let made = match (made, purpose) {
            (Ok(made), _) => made,
            (Err(NoPicture::Unmade(Unmade::NotOne)), Purpose::Attachment) => {
                let sent = &mut self.written[0];
                if sniff::picture(sent.mime).is_some() {
                    // Looks like a picture and is none: nobody should try to draw it.
                    sent.mime = sniff::UNKNOWN;
                }
                return Ok(None);
            }
            (Err(no), _) => {
                self.delete_all().await;
                return Err(no.into());
            }
        };
        let facts = PictureFacts {
            mime: made.mime,
            width: made.width,
            height: made.height,
        };
        let sent = self.written.remove(0);
        let parts = [Some((made.bytes, made.mime)), made.thumbnail];
        let mut stored = Ok(());
        for (bytes, mime) in parts.into_iter().flatten() {
            if stored.is_ok() {
                stored = self.put(bytes.into(), mime).await;
            }
        }
        self.engine.delete_object(sent.object).await;
        if let Err(error) = stored {
            self.delete_all().await;
            return Err(failed(error));
        }
        Ok(Some(facts))
    }

    async fn remake(&self, format: ImageFormat, purpose: Purpose) -> Result<Made, NoPicture> {
        let files = &self.engine.inner.files;
        let work = match purpose {
            Purpose::Attachment => picture::remake,
            Purpose::Avatar => picture::avatar,
        };
        let load = files.storage.load(self.written[0].object.blob);
        match files.pool.work(format, load, work).await {
            Ok(Worked::Made(made)) => Ok(made),
            Ok(Worked::Unmade(unmade)) => Err(unmade.into()),
            Ok(Worked::Busy) => Err(NoPicture::Busy),
            Err(error) => Err(NoPicture::Storage(error)),
        }
    }

    async fn put(&mut self, bytes: Bytes, mime: &'static str) -> Result<(), StorageError> {
        let (core, files) = (&self.engine.inner.core, &self.engine.inner.files);
        let object = files.under_way(BlobId(core.runtime.new_id()));
        let written = Written {
            sha256: hexadecimal(&Sha256::digest(&bytes)),
            size: bytes.len() as u64,
            mime,
            object,
        };
        let blob = written.object.blob;
        self.written.push(written);
        files.storage.put(blob, bytes).await
    }

    pub(super) fn nth(&self, nth: usize) -> NewBlob {
        let written = &self.written[nth];
        NewBlob {
            id: written.object.blob,
            sha256: written.sha256.clone(),
            size: i64::try_from(written.size).unwrap_or(i64::MAX),
            mime: written.mime.into(),
        }
    }

    /// Adds the file, and deletes what turned out to be there already. Until the journal has
    /// answered, however long that takes, the objects count as under way.
    pub(super) async fn commit(
        self,
        file: NewFile,
        places: Places,
    ) -> Result<FileRecord, Rejection> {
        let core = self.engine.inner.core.clone();
        let (done, answer) = oneshot::channel();
        let id = file.id;
        let written = core.journal.write(Entry::AddFile(Box::new(file)));
        let runtime = core.runtime.clone();
        runtime.spawn(Box::pin(async move {
            let outcome = match written.await {
                Ok(Ok(())) => self.added(id).await,
                Ok(Err(rejection)) => {
                    if rejection.refusal != Refusal::Unavailable {
                        self.delete_all().await;
                    }
                    Err(rejection)
                }
                // The engine closes: perhaps it is in. The collector will know.
                Err(_) => Err(not_now()),
            };
            drop(places);
            let _gone = done.send(outcome);
        }));
        match core.runtime.timeout(WRITE_TIMEOUT, answer).await {
            Some(Ok(outcome)) => outcome,
            _ => Err(not_now()),
        }
    }

    async fn added(self, id: FileId) -> Result<FileRecord, Rejection> {
        let found = self.engine.inner.core.store.file(id).await;
        let file = found.map_err(|_| not_now())?.ok_or_else(not_now)?;
        for written in self.written {
            if ![file.blob, file.thumbnail].contains(&Some(written.object.blob)) {
                self.engine.delete_object(written.object).await;
            }
        }
        Ok(file)
    }

    async fn delete_all(&self) {
        for written in &self.written {
            self.engine.delete_now(written.object.blob).await;
        }
    }
}

/// What is kept of a [`Made`] once its bytes are stored.
pub(super) struct PictureFacts {
    pub(super) mime: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Why there is no picture.
enum NoPicture {
    Unmade(Unmade),
    Busy,
    Storage(StorageError),
}

impl From<Unmade> for NoPicture {
    fn from(unmade: Unmade) -> Self {
        Self::Unmade(unmade)
    }
}

impl From<NoPicture> for Rejection {
    fn from(no: NoPicture) -> Self {
        match no {
            NoPicture::Unmade(Unmade::NotOne) => {
                let detail = "This is no JPEG, PNG, GIF or WebP picture, or a damaged one.";
                Self::unprocessable("not_a_picture", detail)
            }
            NoPicture::Unmade(Unmade::TooLarge) => {
                let detail = "The picture has too many pixels; make it smaller, or send it in an \
                              archive.";
                Self::unprocessable("picture_too_large", detail)
            }
            NoPicture::Busy => Self::unavailable("Too many pictures are worked on; try again."),
            NoPicture::Storage(error) => failed(error),
        }
    }
}

impl Engine {
    /// Deletes an object that nobody will refer to.
    async fn delete_object(&self, object: UnderWay) {
        self.delete_now(object.blob).await;
    }

    async fn delete_now(&self, blob: BlobId) {
        if let Err(error) = self.inner.files.storage.delete(blob).await {
            tracing::warn!(%error, "an object stays until it is swept");
        }
    }
}
