//! Random uploads, messages, recalls and collecting: two stores give the same answers, and the
//! counts are what a count of the references gives.

use std::collections::BTreeMap;

use webqq_engine::ids::{BlobId, FileId};
use webqq_engine::limits::DAY_MS;
use webqq_engine::store::files::FileRecord;

use super::files::{NOW, upload};
use super::random::Random;
use super::*;

const BATCHES: usize = 40;

/// What was written, to draw from.
struct Drawn {
    random: Random,
    users: Vec<UserId>,
    group: ConversationId,
    seq: i64,
    now_ms: i64,
    files: Vec<FileId>,
    blobs: Vec<BlobId>,
}

impl Drawn {
    fn below(&mut self, most: usize) -> usize {
        self.random.below(most)
    }

    fn file(&mut self) -> FileId {
        match self.files.len() {
            0 => FileId(Uuid::now_v7()),
            _ => self.random.pick(&self.files),
        }
    }

    fn entry(&mut self) -> Entry {
        let user = self.random.pick(&self.users);
        self.now_ms += 1 + self.below(3_600_000) as i64;
        let now_ms = self.now_ms;
        match self.below(9) {
            0..=3 => {
                let text = format!("content {}", self.below(6));
                let mut file = upload(user, &text);
                file.created_at_ms = now_ms;
                self.files.push(file.id);
                self.blobs.push(file.content.id);
                self.blobs.extend(file.thumbnail.iter().map(|one| one.id));
                Entry::AddFile(Box::new(file))
            }
            4 | 5 => {
                let file = self.file();
                self.message(user, Effect::Attach { file })
            }
            6 => {
                let seq = 1 + self.below(self.seq.max(1) as usize) as i64;
                self.message(user, Effect::Recall { seq: Seq(seq) })
            }
            7 => {
                let files = (0..4).map(|_| self.file()).collect();
                let now_ms = now_ms + self.below(2) as i64 * DAY_MS;
                Entry::ForgetFiles { files, now_ms }
            }
            _ => {
                let blobs = (0..6).map(|_| match self.blobs.len() {
                    0 => BlobId(Uuid::now_v7()),
                    _ => self.random.pick(&self.blobs),
                });
                Entry::ForgetBlobs {
                    blobs: blobs.collect(),
                }
            }
        }
    }

    /// A message at the end, as far as we can tell: one that is refused leaves the rest in conflict.
    fn message(&mut self, by: UserId, effect: Effect) -> Entry {
        let mut append = changing(self.group, self.seq, by, &[effect]);
        append.sent_at_ms = self.now_ms;
        self.seq += 1;
        Entry::Append(append)
    }
}

/// Runs the same batches over both and compares after each.
pub(crate) async fn stores_agree(logs: &[Log; 2], seed: u64) {
    let mut drawn = Drawn {
        random: Random::new(seed),
        users: Vec::new(),
        group: ConversationId(Uuid::now_v7()),
        seq: 0,
        now_ms: NOW,
        files: Vec::new(),
        blobs: Vec::new(),
    };
    let people = ["ann", "bob"].map(new_user);
    drawn.users = people.iter().map(|user| user.id).collect();
    let mut start: Vec<Entry> = people.map(Entry::CreateUser).to_vec();
    let mut founding = founding(drawn.group, drawn.users[0], "group");
    founding.effects.push(add(drawn.users[1], Role::Member));
    start.push(Entry::Append(founding));
    let mut entries = start;
    for round in 0..BATCHES {
        let mut outcomes = Vec::new();
        for log in logs {
            let mut batch = log.batch(entries.clone()).await;
            batch.bounds.upload_bytes_per_day = 2_000;
            outcomes.push(log.store.commit(&batch).await.unwrap());
        }
        let what = format!("seed {seed}, round {round}: {entries:?}");
        assert_eq!(outcomes[0], outcomes[1], "{what}");
        compare(logs, &drawn, &what).await;
        drawn.seq = logs[0].seq(drawn.group).await;
        entries = (0..1 + drawn.below(5)).map(|_| drawn.entry()).collect();
    }
}

async fn compare(logs: &[Log; 2], drawn: &Drawn, what: &str) {
    let mut said = Vec::new();
    for log in logs {
        let store = &log.store;
        let mut files: BTreeMap<FileId, FileRecord> = BTreeMap::new();
        for id in &drawn.files {
            let file = store.file(*id).await.unwrap();
            files.extend(file.map(|file| (*id, file)));
        }
        let mut theirs = Vec::new();
        for user in &drawn.users {
            theirs.push(store.files_for(*user, &drawn.files).await.unwrap());
            theirs.push(Vec::new());
        }
        let mut references: BTreeMap<FileId, i64> = BTreeMap::new();
        let last = log.seq(drawn.group).await;
        for seq in 1..=last {
            for file in store.files_of(drawn.group, Seq(seq)).await.unwrap() {
                *references.entry(file.id).or_default() += 1;
            }
        }
        let blobs = store.blobs(&drawn.blobs).await.unwrap();
        for blob in &blobs {
            let holds = |file: &FileRecord| {
                let held = [file.blob, file.thumbnail];
                held.iter().filter(|id| **id == Some(blob.id)).count() as i64
            };
            let uses: i64 = files.values().map(holds).sum();
            assert_eq!(blob.uses, uses, "{what}: {blob:?}");
        }
        let known: BTreeSet<BlobId> = blobs.iter().map(|blob| blob.id).collect();
        for file in files.values() {
            let uses = references.get(&file.id).copied().unwrap_or(0);
            assert_eq!(file.uses, uses, "{what}: {file:?}");
            assert_eq!(file.expires_at_ms.is_none(), uses > 0, "{what}: {file:?}");
            let mut held = [file.blob, file.thumbnail].into_iter().flatten();
            assert!(held.all(|blob| known.contains(&blob)), "{what}: {file:?}");
        }
        let expired = store.expired_files(drawn.now_ms + DAY_MS, 7).await.unwrap();
        let unused = store.unused_blobs(7).await.unwrap();
        let uploaded = store.uploaded_since(drawn.users[0], drawn.now_ms - DAY_MS);
        let uploaded = uploaded.await.unwrap();
        said.push((files, theirs, blobs, expired, unused, uploaded));
    }
    assert_eq!(said[0], said[1], "{what}");
}
