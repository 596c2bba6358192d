//! Files: who holds what, and when it may go.
//!
//! The counts are kept here and nowhere else. A file in use has no expiry; one that is not has one.
//! A blob's row goes only while no file holds it, and an upload of the same content that comes
//! after that brings an object of its own: so an object whose row is gone is never wanted again.

use std::collections::{BTreeMap, BTreeSet};

use super::Planner;
use crate::effects::{Effect, ProfileField};
use crate::group::state::GroupField;
use crate::ids::{BlobId, ConversationId, FileId, Seq, UserId};
use crate::limits::{DAY_MS, FILE_UNUSED_MS};
use crate::message::Rejection;
use crate::store::Outcome;
use crate::store::files::{BlobRecord, FileRecord, NewBlob, NewFile, Purpose};

/// A user's uploads since some moment (Unix milliseconds).
pub type UploadsKey = (UserId, i64);

/// Which rows about files a batch touches. The blobs that a needed file holds are needed too, and
/// so are the files that a needed message refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileNeeds {
    /// Files by id.
    pub files: BTreeSet<FileId>,
    /// Blobs by id.
    pub blobs: BTreeSet<BlobId>,
    /// Blobs by content.
    pub hashes: BTreeSet<String>,
    /// What messages refer to.
    pub messages: BTreeSet<(ConversationId, Seq)>,
    /// The avatars that these users have now.
    pub users: BTreeSet<UserId>,
    /// The avatars that these groups have now.
    pub groups: BTreeSet<ConversationId>,
    /// Sums of uploads.
    pub uploads: BTreeSet<UploadsKey>,
}

impl FileNeeds {
    pub(super) fn add_file(&mut self, file: &NewFile) {
        self.files.insert(file.id);
        let contents = [Some(&file.content), file.thumbnail.as_ref()];
        for content in contents.into_iter().flatten() {
            self.hashes.insert(content.sha256.clone());
        }
        self.uploads.insert(uploads(file));
    }

    /// What an effect of a message of this conversation needs.
    pub(super) fn effect(&mut self, id: ConversationId, effect: &Effect) {
        match effect {
            Effect::Attach { file } => {
                self.files.insert(*file);
            }
            Effect::Recall { seq } => {
                self.messages.insert((id, *seq));
            }
            Effect::SetField(GroupField::Avatar(file)) => {
                self.groups.insert(id);
                self.files.extend(file);
            }
            Effect::SetProfile(ProfileField::Avatar(file)) => {
                self.users.insert(UserId(id.0));
                self.files.extend(file);
            }
            _ => {}
        }
    }
}

fn uploads(file: &NewFile) -> UploadsKey {
    (file.owner, file.created_at_ms - DAY_MS)
}

/// The rows that [`FileNeeds`] named.
#[derive(Clone, Debug, Default)]
pub struct FileRows {
    /// Files by id.
    pub files: BTreeMap<FileId, FileRecord>,
    /// Blobs by id.
    pub blobs: BTreeMap<BlobId, BlobRecord>,
    /// What messages refer to.
    pub messages: BTreeMap<(ConversationId, Seq), BTreeSet<FileId>>,
    /// Sums of uploads, in bytes.
    pub uploads: BTreeMap<UploadsKey, i64>,
}

/// The rows about files to write. What is removed goes first: another blob may have its content,
/// another message its file.
#[derive(Clone, Debug, Default)]
pub struct FileChanges {
    /// Inserted, or replaced whole.
    pub files: BTreeMap<FileId, FileRecord>,
    /// Deleted.
    pub removed_files: BTreeSet<FileId>,
    /// Inserted, or replaced whole.
    pub blobs: BTreeMap<BlobId, BlobRecord>,
    /// Deleted.
    pub removed_blobs: BTreeSet<BlobId>,
    /// Messages that refer to nothing any more.
    pub detached: BTreeSet<(ConversationId, Seq)>,
    /// New references.
    pub attached: BTreeSet<(ConversationId, Seq, FileId)>,
}

impl Planner {
    pub(super) fn add_file(&mut self, new: &NewFile) -> Outcome {
        if self.rows.files.files.contains_key(&new.id) {
            return Outcome::Done;
        }
        let most = self.bounds.upload_bytes_per_day;
        let so_far = self.rows.files.uploads.get(&uploads(new));
        if most > 0 && so_far.copied().unwrap_or(0).saturating_add(new.uploaded) > most {
            return Outcome::Refused(too_many_uploads(most));
        }
        let of_owner = (new.owner, i64::MIN)..=(new.owner, i64::MAX);
        for (_, sum) in self.rows.files.uploads.range_mut(of_owner) {
            *sum = sum.saturating_add(new.uploaded);
        }
        let blob = self.hold(&new.content, new.created_at_ms);
        let thumbnail = new.thumbnail.as_ref();
        let thumbnail = thumbnail.map(|thumbnail| self.hold(thumbnail, new.created_at_ms));
        self.put_file(FileRecord {
            id: new.id,
            blob: Some(blob),
            thumbnail,
            owner: new.owner,
            purpose: new.purpose,
            name: new.name.clone(),
            mime: new.content.mime.clone(),
            size: new.content.size,
            width: new.width,
            height: new.height,
            uploaded: new.uploaded,
            uses: 0,
            expires_at_ms: Some(new.created_at_ms + FILE_UNUSED_MS),
            created_at_ms: new.created_at_ms,
        });
        Outcome::Done
    }

    /// The blob with this content, held once more.
    fn hold(&mut self, content: &NewBlob, at_ms: i64) -> BlobId {
        let mut known = self.rows.files.blobs.values();
        let known = known.find(|blob| blob.sha256 == content.sha256).cloned();
        let mut blob = known.unwrap_or_else(|| BlobRecord {
            id: content.id,
            sha256: content.sha256.clone(),
            size: content.size,
            mime: content.mime.clone(),
            uses: 0,
            created_at_ms: at_ms,
        });
        blob.uses += 1;
        let id = blob.id;
        self.put_blob(blob);
        id
    }

    /// Takes the bytes of files that nothing uses and that are due. Those whose upload the limit
    /// for a day still counts stay as rows until it no longer does.
    pub(super) fn forget_files(&mut self, files: &[FileId], now_ms: i64) -> Outcome {
        for id in files {
            let Some(row) = self.rows.files.files.get(id) else {
                continue;
            };
            if row.uses > 0 || row.expires_at_ms.is_none_or(|at| at > now_ms) {
                continue;
            }
            let mut row = row.clone();
            for blob in [row.blob.take(), row.thumbnail.take()]
                .into_iter()
                .flatten()
            {
                if let Some(mut blob) = self.rows.files.blobs.get(&blob).cloned() {
                    blob.uses -= 1;
                    self.put_blob(blob);
                }
            }
            let counted_until = row.created_at_ms + DAY_MS;
            if counted_until > now_ms {
                row.expires_at_ms = Some(counted_until);
                self.put_file(row);
            } else {
                self.rows.files.files.remove(id);
                self.changes.files.files.remove(id);
                self.changes.files.removed_files.insert(*id);
            }
        }
        Outcome::Done
    }

    /// Forgets contents that no file holds. Their objects may go once this is committed.
    pub(super) fn forget_blobs(&mut self, blobs: &[BlobId]) -> Outcome {
        for id in blobs {
            let row = self.rows.files.blobs.get(id);
            if row.is_some_and(|blob| blob.uses == 0) {
                self.rows.files.blobs.remove(id);
                self.changes.files.blobs.remove(id);
                self.changes.files.removed_blobs.insert(*id);
            }
        }
        Outcome::Done
    }

    fn put_file(&mut self, row: FileRecord) {
        self.changes.files.files.insert(row.id, row.clone());
        self.rows.files.files.insert(row.id, row);
    }

    fn put_blob(&mut self, row: BlobRecord) {
        self.changes.files.blobs.insert(row.id, row.clone());
        self.rows.files.blobs.insert(row.id, row);
    }
}

/// References, which come and go with messages.
impl Planner {
    /// Whether an effect may refer to its file: the last word, whatever its admission saw.
    pub(super) fn may_hold(&self, effect: &Effect) -> Result<(), Rejection> {
        let (file, purpose) = match effect {
            Effect::Attach { file } => (file, Purpose::Attachment),
            Effect::SetField(GroupField::Avatar(Some(file)))
            | Effect::SetProfile(ProfileField::Avatar(Some(file))) => (file, Purpose::Avatar),
            _ => return Ok(()),
        };
        let row = self.rows.files.files.get(file);
        if row.is_some_and(|row| row.blob.is_some() && row.purpose == purpose) {
            return Ok(());
        }
        let detail = "This file is no longer there; upload it again.";
        Err(Rejection::conflict("file_gone", detail))
    }

    /// A message refers to a file.
    pub(super) fn attach(&mut self, id: ConversationId, seq: Seq, file: FileId) {
        let of_message = self.rows.files.messages.entry((id, seq)).or_default();
        if of_message.insert(file) {
            self.changes.files.attached.insert((id, seq, file));
            self.used(file);
        }
    }

    /// A message that is taken back refers to nothing any more.
    pub(super) fn detach(&mut self, id: ConversationId, seq: Seq, at_ms: i64) {
        let files = self.rows.files.messages.remove(&(id, seq));
        for file in files.unwrap_or_default() {
            self.changes.files.attached.remove(&(id, seq, file));
            self.changes.files.detached.insert((id, seq));
            self.unused(file, at_ms);
        }
    }

    /// One avatar takes the place of another.
    pub(super) fn show(&mut self, old: Option<FileId>, new: Option<FileId>, at_ms: i64) {
        if old != new {
            new.into_iter().for_each(|file| self.used(file));
            old.into_iter().for_each(|file| self.unused(file, at_ms));
        }
    }

    fn used(&mut self, file: FileId) {
        if let Some(mut row) = self.rows.files.files.get(&file).cloned() {
            row.uses += 1;
            row.expires_at_ms = None;
            self.put_file(row);
        }
    }

    fn unused(&mut self, file: FileId, at_ms: i64) {
        if let Some(mut row) = self.rows.files.files.get(&file).cloned() {
            row.uses -= 1;
            if row.uses == 0 {
                row.expires_at_ms = Some(at_ms);
            }
            self.put_file(row);
        }
    }
}

/// The refusal beyond the limit for a day.
pub(crate) fn too_many_uploads(most: i64) -> Rejection {
    let mib = most >> 20;
    let detail = format!("Nobody may upload more than {mib} MiB a day; try again later.");
    // An hour: by then some of it may be a day old.
    Rejection::too_many("too_many_uploads", detail, 3_600_000)
}
