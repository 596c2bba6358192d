//! Files in the store: what is kept about uploads and their contents. The bytes themselves are
//! objects of the file storage ([`crate::files::storage`]), named by [`BlobId`].
//!
//! A **file** is one upload, with its name and its owner; a **blob** is some content, shared by all
//! files that have it. Both count what holds them, so that collecting looks at no other table:
//! a file nothing refers to says from when on it may go, and a blob without files may go at once.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Result;
use crate::ids::{BlobId, ConversationId, FileId, Seq, UserId};

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be sent in messages.
    Attachment,
    /// The face of a user or a group: seen by everyone signed in.
    Avatar,
}

impl Purpose {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Avatar => "avatar",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Attachment, Self::Avatar]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// `blobs`.
#[derive(Clone, Debug, PartialEq)]
pub struct BlobRecord {
    /// Names the object.
    pub id: BlobId,
    /// Of the bytes, in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// What it is, found in it.
    pub mime: String,
    /// Files that hold it; a file counts twice whose thumbnail it is as well.
    pub uses: i64,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// `files`.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRecord {
    /// Id.
    pub id: FileId,
    /// The content; `None` once it was collected.
    pub blob: Option<BlobId>,
    /// A small picture of it.
    pub thumbnail: Option<BlobId>,
    /// Who uploaded it.
    pub owner: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is called.
    pub name: String,
    /// What it is, found in the content.
    pub mime: String,
    /// Bytes of the content.
    pub size: i64,
    /// Of a picture, in pixels.
    pub width: Option<i64>,
    /// Of a picture, in pixels.
    pub height: Option<i64>,
    /// What it counts towards the uploader's limit for a day, in bytes.
    pub uploaded: i64,
    /// Messages that refer to it, and users and groups whose face it is.
    pub uses: i64,
    /// From when on it may be collected, Unix milliseconds; `None` while it is used.
    pub expires_at_ms: Option<i64>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// Content that was put into the file storage.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBlob {
    /// Names its object.
    pub id: BlobId,
    /// Of the bytes, in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// What it is, found in it.
    pub mime: String,
}

/// A new file.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFile {
    /// Id, made by the engine.
    pub id: FileId,
    /// Who uploaded it.
    pub owner: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is called, cleaned.
    pub name: String,
    /// Of a picture, in pixels.
    pub width: Option<i64>,
    /// Of a picture, in pixels.
    pub height: Option<i64>,
    /// The content. Where the same bytes are there already, the file takes those.
    pub content: NewBlob,
    /// A small picture of it; the content's own id: it is small enough itself.
    pub thumbnail: Option<NewBlob>,
    /// What it counts towards the uploader's limit for a day, in bytes.
    pub uploaded: i64,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// What the store tells about files. Written are they by entries, like everything.
#[async_trait]
pub trait FileStore: Send + Sync + 'static {
    /// A file, whoever asks. `None`: there is none, or its content was collected.
    async fn file(&self, id: FileId) -> Result<Option<FileRecord>>;

    /// Those of these files that `user` may have: because they uploaded them, or because they may
    /// see a message that refers to them (within their stays, in its audience, not recalled).
    async fn files_for(&self, user: UserId, ids: &[FileId]) -> Result<Vec<FileRecord>>;

    /// The files that a message refers to, whoever asks.
    async fn files_of(&self, conversation: ConversationId, seq: Seq) -> Result<Vec<FileRecord>>;

    /// Bytes that a user's uploads since then count.
    async fn uploaded_since(&self, user: UserId, since_ms: i64) -> Result<i64>;

    /// Files that may be collected at `now_ms`, those due longest first; at most `limit`.
    async fn expired_files(&self, now_ms: i64, limit: usize) -> Result<Vec<FileId>>;

    /// Contents that no file has, at most `limit`.
    async fn unused_blobs(&self, limit: usize) -> Result<Vec<BlobId>>;

    /// Contents by id; those that do not exist are left out.
    async fn blobs(&self, ids: &[BlobId]) -> Result<Vec<BlobRecord>>;
}
