//! Where the bytes are: a directory, or an object store with the same interface.
//!
//! An object is written once, under the id of its blob, and never changed. `objects/` with the last
//! two digits of the id as a directory is all we touch, and the [mark](super::marker) beside it: what
//! else lies in the place is not ours.

use std::fmt;
use std::ops::Range;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
};

use super::marker::MARK;
use crate::ids::BlobId;
use crate::limits::{UPLOAD_PART_BYTES, UPLOAD_PART_REMOTE_BYTES};

/// Below this everything is ours.
const OBJECTS: &str = "objects";

/// What went wrong with the file storage. The text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// An object that should be there is not.
    #[error("an object is missing: {0}")]
    Missing(String),
    /// Anything else: no room, no right, no connection.
    #[error("{0}")]
    Failed(String),
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            error => Self::Failed(error.to_string()),
        }
    }
}

/// Short for results of the file storage.
pub type Result<T> = std::result::Result<T, StorageError>;

/// A part of an object, on its way.
pub type Chunks = BoxStream<'static, Result<Bytes>>;

/// The file storage. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    objects: Arc<dyn ObjectStore>,
    part_bytes: usize,
    /// For a directory, where it is: uploads that broke off with the process leave files there
    /// that the interface does not show.
    directory: Option<PathBuf>,
    name: String,
}

/// Where it is.
impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Storage {
    /// In memory, for tests and for engines without files: gone with the process.
    pub fn memory() -> Self {
        Self {
            objects: Arc::new(InMemory::new()),
            part_bytes: UPLOAD_PART_BYTES,
            directory: None,
            name: "memory".into(),
        }
    }

    /// In a directory, made if it is not there, for its owner only. What was written is on the
    /// disk before anything refers to it.
    ///
    /// # Errors
    /// It cannot be made, or is no directory.
    pub fn directory(path: &FsPath) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| {
            StorageError::Failed(format!("{}: {error}", path.display()))
        };
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let made = builder.recursive(true).create(path);
        made.map_err(|error| failed(&error))?;
        let objects = LocalFileSystem::new_with_prefix(path).map_err(|error| failed(&error))?;
        Ok(Self {
            objects: Arc::new(objects.with_fsync(true)),
            part_bytes: UPLOAD_PART_BYTES,
            directory: Some(path.to_owned()),
            name: path.display().to_string(),
        })
    }

    /// In any other object store.
    pub fn remote(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            name: objects.to_string(),
            objects,
            part_bytes: UPLOAD_PART_REMOTE_BYTES,
            directory: None,
        }
    }

    pub(super) fn called(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// The directory, if it is one.
    pub(super) fn root(&self) -> Option<&FsPath> {
        self.directory.as_deref()
    }

    /// What stands in the mark of the place: `line`, if it had none until now.
    pub(super) async fn marked(&self, line: String) -> Result<String> {
        if let Some(found) = self.mark().await? {
            return Ok(found);
        }
        let (at, bytes) = (Path::from(MARK), PutPayload::from(line.clone()));
        let first = self
            .objects
            .put_opts(&at, bytes.clone(), PutMode::Create.into());
        match first.await {
            Ok(_) => Ok(line),
            Err(object_store::Error::AlreadyExists { .. }) => {
                Ok(self.mark().await?.unwrap_or(line))
            }
            // A place that cannot tell who was first.
            Err(_) => {
                self.objects.put(&at, bytes).await?;
                Ok(line)
            }
        }
    }

    async fn mark(&self) -> Result<Option<String>> {
        match self.objects.get(&Path::from(MARK)).await {
            Ok(found) => {
                let bytes = found.bytes().await?;
                Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Begins to write an object. Nothing is there before [`Incoming::complete`].
    pub(crate) async fn begin(&self, blob: BlobId) -> Result<Incoming> {
        Ok(Incoming {
            upload: self.objects.put_multipart(&path(blob)).await?,
            gathered: BytesMut::new(),
            part_bytes: self.part_bytes,
        })
    }

    /// Writes a whole object.
    pub(crate) async fn put(&self, blob: BlobId, bytes: Bytes) -> Result<()> {
        self.objects
            .put(&path(blob), PutPayload::from(bytes))
            .await?;
        Ok(())
    }

    /// A part of an object, read as it is asked for.
    pub(crate) async fn read(&self, blob: BlobId, range: Range<u64>) -> Result<Chunks> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let found = self.objects.get_opts(&path(blob), options).await?;
        let chunks = found.into_stream();
        Ok(chunks.map(|chunk| chunk.map_err(Into::into)).boxed())
    }

    /// A whole object in memory; only for what was measured before.
    pub(crate) async fn load(&self, blob: BlobId) -> Result<Bytes> {
        Ok(self.objects.get(&path(blob)).await?.bytes().await?)
    }

    /// Deletes an object; one that is not there is deleted.
    pub(crate) async fn delete(&self, blob: BlobId) -> Result<()> {
        match self.objects.delete(&path(blob)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// All objects, with when they were written (Unix milliseconds).
    pub(crate) fn list(&self) -> BoxStream<'static, Result<(BlobId, i64)>> {
        let all = self.objects.list(Some(&Path::from(OBJECTS)));
        let ours = all.filter_map(async |found| match found {
            Ok(meta) => {
                let blob = meta.location.filename()?.parse().ok()?;
                let at_ms = meta.last_modified.timestamp_millis();
                (path(blob) == meta.location).then_some(Ok((blob, at_ms)))
            }
            Err(error) => Some(Err(error.into())),
        });
        ours.boxed()
    }

    /// Deletes what uploads have left half written that are not `under_way`: a process that was
    /// killed did not tidy up. Only a directory has such files where we can see them.
    pub(crate) async fn delete_half_written(
        &self,
        under_way: impl Fn(BlobId) -> bool + Send + 'static,
    ) -> usize {
        let Some(directory) = self.root().map(|root| root.join(OBJECTS)) else {
            return 0;
        };
        let work = tokio::task::spawn_blocking(move || {
            let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
            let files = files.flat_map(|shard| std::fs::read_dir(shard.path()).into_iter());
            let files = files.flatten().flatten().filter(|file| {
                let name = file.file_name();
                let half = name.to_str().and_then(|name| name.split_once('#'));
                half.and_then(|(blob, _)| blob.parse().ok())
                    .is_some_and(|blob| !under_way(blob))
            });
            let gone = files.filter(|file| std::fs::remove_file(file.path()).is_ok());
            gone.count()
        });
        work.await.unwrap_or(0)
    }
}

/// An object that is being written.
pub(crate) struct Incoming {
    upload: Box<dyn MultipartUpload>,
    gathered: BytesMut,
    part_bytes: usize,
}

impl Incoming {
    /// Adds bytes. Waits until they are written, a part at a time: whoever sends faster than that
    /// is not read faster.
    pub(crate) async fn push(&mut self, bytes: &[u8]) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = self.part_bytes - self.gathered.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.gathered.extend_from_slice(now);
            rest = later;
            if self.gathered.len() == self.part_bytes {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let part = self.gathered.split().freeze();
        Ok(self.upload.put_part(PutPayload::from(part)).await?)
    }

    /// The object is there, whole and for good.
    pub(crate) async fn complete(mut self) -> Result<()> {
        if !self.gathered.is_empty() {
            self.flush().await?;
        }
        self.upload.complete().await?;
        Ok(())
    }

    /// Nothing of it stays.
    pub(crate) async fn abort(mut self) -> Result<()> {
        Ok(self.upload.abort().await?)
    }
}

fn path(blob: BlobId) -> Path {
    let name = blob.to_string();
    // The first digits of an id are its time; the last are random, so directories fill evenly.
    let shard = &name[name.len() - 2..];
    Path::from_iter([OBJECTS, shard, &name])
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;
    use webqq_testkit::temp_dir::TempDir;

    fn blob() -> BlobId {
        BlobId(uuid::Uuid::new_v4())
    }

    async fn text(storage: &Storage, blob: BlobId, range: Range<u64>) -> String {
        let chunks = storage.read(blob, range).await.unwrap();
        let chunks: Vec<Bytes> = chunks.try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }

    async fn check(storage: Storage) {
        let one = blob();
        let mut incoming = storage.begin(one).await.unwrap();
        let long = "0123456789".repeat(60_000);
        for piece in long.as_bytes().chunks(7_777) {
            incoming.push(piece).await.unwrap();
        }
        assert!(matches!(
            storage.load(one).await,
            Err(StorageError::Missing(_))
        ));
        incoming.complete().await.unwrap();
        assert_eq!(storage.load(one).await.unwrap(), long.as_bytes());
        assert_eq!(text(&storage, one, 299_998..300_003).await, "89012");
        assert_eq!(text(&storage, one, 599_999..600_000).await, "9");
        assert_eq!(text(&storage, one, 5..5).await, "");

        let empty = blob();
        let incoming = storage.begin(empty).await.unwrap();
        incoming.complete().await.unwrap();
        assert_eq!(storage.load(empty).await.unwrap(), Bytes::new());

        let other = blob();
        let bytes = Bytes::from_static(b"x");
        storage.put(other, bytes).await.unwrap();
        let mut listed: Vec<_> = storage.list().try_collect().await.unwrap();
        listed.retain(|(id, at_ms)| [one, other].contains(id) && *at_ms > 1_700_000_000_000);
        assert_eq!(listed.len(), 2);
        for _ in 0..2 {
            storage.delete(one).await.unwrap();
        }
        let left: Vec<_> = storage.list().try_collect().await.unwrap();
        assert_eq!(left.len(), 2);
    }

    #[tokio::test]
    async fn objects_in_memory() {
        check(Storage::memory()).await;
    }

    #[tokio::test]
    async fn objects_in_a_directory() {
        let place = TempDir::new("storage");
        let storage = Storage::directory(&place.path().join("a/b")).unwrap();
        check(storage).await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let made = std::fs::metadata(place.path().join("a/b")).unwrap();
            assert_eq!(made.permissions().mode() & 0o777, 0o700);
        }
    }

    #[tokio::test]
    async fn what_broke_off_is_deleted_and_nothing_else() {
        let place = TempDir::new("storage");
        let storage = Storage::directory(place.path()).unwrap();
        let (whole, broken, going_on) = (blob(), blob(), blob());
        storage
            .put(whole, Bytes::from_static(b"whole"))
            .await
            .unwrap();
        let strange = place.path().join("objects").join("00");
        std::fs::create_dir_all(&strange).unwrap();
        std::fs::write(strange.join("notes#1"), b"not ours").unwrap();
        let mut uploads = Vec::new();
        for id in [broken, going_on] {
            let mut incoming = storage.begin(id).await.unwrap();
            incoming.push(b"half").await.unwrap();
            uploads.push(incoming);
        }
        // As a process that is killed leaves it.
        uploads.into_iter().for_each(std::mem::forget);
        let gone = storage.delete_half_written(move |id| id == going_on);
        assert_eq!(gone.await, 1);
        assert_eq!(storage.load(whole).await.unwrap(), &b"whole"[..]);
        assert!(strange.join("notes#1").exists());
        assert_eq!(storage.delete_half_written(|_| false).await, 1);
    }
}
