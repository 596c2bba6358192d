//! Files in memory: the rows, and the questions about them.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::MemoryStore;
use super::tables::{Tables, pick};
use crate::ids::{BlobId, ConversationId, FileId, Seq, UserId};
use crate::store::Result;
use crate::store::files::{BlobRecord, FileRecord, FileStore};
use crate::store::memory::views;
use crate::store::plan::files::{FileChanges, FileNeeds, FileRows};

/// The tables about files.
#[derive(Clone, Default)]
pub(super) struct FileTables {
    files: BTreeMap<FileId, FileRecord>,
    blobs: BTreeMap<BlobId, BlobRecord>,
    /// References, as messages hold them and as files are asked for them.
    of_messages: BTreeSet<(ConversationId, Seq, FileId)>,
    of_files: BTreeSet<(FileId, ConversationId, Seq)>,
}

impl FileTables {
    /// What a batch needs; `shown` are the avatars it needs.
    pub(super) fn snapshot(&self, needs: &FileNeeds, shown: &BTreeSet<FileId>) -> FileRows {
        let mut rows = FileRows {
            files: pick(&self.files, &needs.files),
            blobs: pick(&self.blobs, &needs.blobs),
            ..FileRows::default()
        };
        for key @ (conversation, seq) in &needs.messages {
            let files: BTreeSet<FileId> = self.files_of(*conversation, *seq).collect();
            rows.files.extend(pick(&self.files, &files));
            rows.messages.insert(*key, files);
        }
        rows.files.extend(pick(&self.files, shown));
        let held = rows.files.values();
        let held = held.flat_map(|file| [file.blob, file.thumbnail]).flatten();
        rows.blobs.extend(pick(&self.blobs, &held.collect()));
        for (id, blob) in &self.blobs {
            if needs.hashes.contains(&blob.sha256) {
                rows.blobs.insert(*id, blob.clone());
            }
        }
        for key @ (owner, since_ms) in &needs.uploads {
            rows.uploads.insert(*key, self.uploaded(*owner, *since_ms));
        }
        rows
    }

    pub(super) fn write(&mut self, changes: FileChanges) {
        for (conversation, seq) in changes.detached {
            let files: Vec<FileId> = self.files_of(conversation, seq).collect();
            for file in files {
                self.of_messages.remove(&(conversation, seq, file));
                self.of_files.remove(&(file, conversation, seq));
            }
        }
        for (conversation, seq, file) in changes.attached {
            self.of_messages.insert((conversation, seq, file));
            self.of_files.insert((file, conversation, seq));
        }
        self.files
            .retain(|id, _| !changes.removed_files.contains(id));
        self.files.extend(changes.files);
        self.blobs
            .retain(|id, _| !changes.removed_blobs.contains(id));
        self.blobs.extend(changes.blobs);
    }

    fn files_of(&self, conversation: ConversationId, seq: Seq) -> impl Iterator<Item = FileId> {
        let from = (conversation, seq, FileId(uuid::Uuid::nil()));
        let to = (conversation, seq, FileId(uuid::Uuid::max()));
        self.of_messages.range(from..=to).map(|(_, _, file)| *file)
    }

    fn uploaded(&self, owner: UserId, since_ms: i64) -> i64 {
        let files = self.files.values();
        let counted = files.filter(|file| file.owner == owner && file.created_at_ms > since_ms);
        counted.map(|file| file.uploaded).sum()
    }
}

impl Tables {
    /// Whether a user may have a file.
    fn may_have(&self, user: UserId, file: &FileRecord) -> bool {
        let from = (file.id, ConversationId(uuid::Uuid::nil()), Seq(i64::MIN));
        let references = self.files.of_files.range(from..);
        let mut references = references.take_while(|(id, _, _)| *id == file.id);
        file.owner == user
            || references.any(|(_, conversation, seq)| {
                let stays: Vec<_> = self.stays_in(*conversation, user).cloned().collect();
                let runs = views::visible(&stays);
                let shown = runs.iter().any(|(first, last)| first <= seq && seq <= last);
                let message = self.message(*conversation, *seq);
                shown && message.is_some_and(|m| m.body.is_some() && m.shown_to(user))
            })
    }
}

#[async_trait]
impl FileStore for MemoryStore {
    async fn file(&self, id: FileId) -> Result<Option<FileRecord>> {
        let tables = self.read().await?;
        let file = tables.files.files.get(&id);
        Ok(file.filter(|file| file.blob.is_some()).cloned())
    }

    async fn files_for(&self, user: UserId, ids: &[FileId]) -> Result<Vec<FileRecord>> {
        let tables = self.read().await?;
        let ids: BTreeSet<FileId> = ids.iter().copied().collect();
        let files = ids.iter().filter_map(|id| tables.files.files.get(id));
        let files = files.filter(|file| file.blob.is_some() && tables.may_have(user, file));
        Ok(files.cloned().collect())
    }

    async fn files_of(&self, conversation: ConversationId, seq: Seq) -> Result<Vec<FileRecord>> {
        let tables = self.read().await?;
        let ids = tables.files.files_of(conversation, seq).collect();
        Ok(pick(&tables.files.files, &ids).into_values().collect())
    }

    async fn uploaded_since(&self, user: UserId, since_ms: i64) -> Result<i64> {
        Ok(self.read().await?.files.uploaded(user, since_ms))
    }

    async fn expired_files(&self, now_ms: i64, limit: usize) -> Result<Vec<FileId>> {
        let tables = self.read().await?;
        let files = tables.files.files.values();
        let due = files.filter_map(|file| Some((file.expires_at_ms?, file.id)));
        let due: BTreeSet<(i64, FileId)> = due.filter(|(at, _)| *at <= now_ms).collect();
        Ok(due.into_iter().take(limit).map(|(_, id)| id).collect())
    }

    async fn unused_blobs(&self, limit: usize) -> Result<Vec<BlobId>> {
        let tables = self.read().await?;
        let blobs = tables.files.blobs.values();
        let unused = blobs.filter(|blob| blob.uses == 0).map(|blob| blob.id);
        Ok(unused.take(limit).collect())
    }

    async fn blobs(&self, ids: &[BlobId]) -> Result<Vec<BlobRecord>> {
        let tables = self.read().await?;
        let ids = ids.iter().copied().collect();
        Ok(pick(&tables.files.blobs, &ids).into_values().collect())
    }
}
