//! Files over the shipped engine: sharing, collecting, what is left behind, and what races.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::TryStreamExt;
use serde_json::json;

use super::world::{World, next};
use crate::files::collector::{collect, forget, sweep};
use crate::ids::{BlobId, ClientId, ConversationId, FileId};
use crate::limits::{COLLECT_EVERY, DAY_MS, SWEEP_AGE_MS, UPLOADS_PER_USER};
use crate::message::Rejection;
use crate::store::files::{FileRecord, FileStore, Purpose};
use crate::store::memory::FailCommit;
use crate::store::{Entry, User};

impl World {
    async fn upload(&self, user: usize, bytes: &[u8]) -> Result<FileRecord, Rejection> {
        let owner = self.users[user].id;
        let upload = self.engine.begin_upload(owner, Purpose::Attachment, None);
        let mut upload = upload.await?;
        for piece in bytes.chunks(100) {
            upload.push(piece).await?;
        }
        upload.finish("a.bin").await
    }

    async fn send(&self, user: usize, group: usize, file: FileId) -> Result<i64, Rejection> {
        let (user, group) = (&self.users[user], self.groups[group]);
        let body = json!({"file": file});
        let sent = self.post_body(user, group, "file", body).await?;
        Ok(sent)
    }

    async fn post_body(
        &self,
        user: &User,
        group: ConversationId,
        kind: &str,
        body: serde_json::Value,
    ) -> Result<i64, Rejection> {
        let client_id = ClientId(self.engine.inner.core.runtime.new_id());
        let receipt = self.engine.post(user, group, kind, body, client_id).await?;
        Ok(receipt.seq.0)
    }

    async fn objects(&self) -> BTreeSet<BlobId> {
        let listed = self.engine.inner.files.storage.list();
        let listed: Vec<_> = listed.try_collect().await.unwrap();
        listed.into_iter().map(|(blob, _)| blob).collect()
    }

    async fn bytes(&self, user: usize, file: FileId) -> Option<Bytes> {
        let found = self.engine.download(self.users[user].id, file, false);
        let found = found.await.ok()?;
        let chunks = self.engine.file_bytes(&found, 0..found.size).await;
        let chunks: Vec<Bytes> = chunks.ok()?.try_collect().await.ok()?;
        Some(chunks.concat().into())
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_bytes_are_kept_once() {
    let world = World::new(2, 1, 1).await;
    let one = world.upload(0, b"the same").await.unwrap();
    let two = world.upload(1, b"the same").await.unwrap();
    assert_ne!(one.id, two.id);
    assert_eq!((one.blob, two.size), (two.blob, 8));
    assert_eq!(world.objects().await.len(), 1);
    for (user, file) in [(0, one.id), (1, two.id)] {
        assert_eq!(world.bytes(user, file).await.unwrap(), "the same");
        assert_eq!(world.bytes(1 - user, file).await, None);
    }
    world.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_nothing_refers_to_goes_after_a_day_and_after_a_recall_soon() {
    let world = World::new(2, 1, 2).await;
    let abandoned = world.upload(0, b"abandoned").await.unwrap();
    let kept = world.upload(0, b"kept").await.unwrap();
    let seq = world.send(0, 0, kept.id).await.unwrap();
    let hours = async |hours: u64| {
        tokio::time::advance(Duration::from_secs(hours * 3_600)).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    tokio::time::sleep(COLLECT_EVERY * 2).await;
    hours(23).await;
    assert_eq!(world.objects().await.len(), 2);
    hours(2).await;
    assert_eq!(world.objects().await, BTreeSet::from([kept.blob.unwrap()]));
    assert_eq!(world.bytes(0, abandoned.id).await, None);
    assert_eq!(world.bytes(1, kept.id).await.unwrap(), "kept");
    hours(24 * 400).await;
    assert_eq!(world.bytes(1, kept.id).await.unwrap(), "kept");

    let recall = json!({"seq": seq});
    let (user, group) = (&world.users[0], world.groups[0]);
    world
        .post_body(user, group, "recall", recall)
        .await
        .unwrap();
    assert_eq!(world.bytes(1, kept.id).await, None, "at once");
    tokio::time::sleep(COLLECT_EVERY * 2).await;
    assert!(world.objects().await.is_empty(), "soon");
    world.close().await;
}

#[tokio::test(start_paused = true)]
async fn objects_that_nothing_names_are_swept_when_they_are_old() {
    let world = World::new(1, 1, 3).await;
    let files = world.engine.inner.files.clone();
    let core = world.engine.inner.core.clone();
    let kept = world.upload(0, b"kept").await.unwrap();
    world.send(0, 0, kept.id).await.unwrap();
    let (orphan, awaited) = (BlobId(core.runtime.new_id()), BlobId(core.runtime.new_id()));
    for blob in [orphan, awaited] {
        files
            .storage
            .put(blob, Bytes::from_static(b"x"))
            .await
            .unwrap();
    }
    // The objects' times are the machine's: ours must be later by more than the age.
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let real = i64::try_from(real.as_millis()).unwrap();
    let young = real + SWEEP_AGE_MS - 60_000 - core.runtime.wall_ms();
    if let Ok(young) = u64::try_from(young) {
        tokio::time::advance(Duration::from_millis(young)).await;
        assert_eq!(sweep(&core, &files).await.unwrap(), 0);
    }
    let under_way = files.under_way(awaited);
    tokio::time::advance(Duration::from_secs(86_400)).await;
    let _swept_by_the_watch_or_by_us = sweep(&core, &files).await.unwrap();
    let left = BTreeSet::from([kept.blob.unwrap(), awaited]);
    assert_eq!(world.objects().await, left);
    drop(under_way);
    assert_eq!(sweep(&core, &files).await.unwrap(), 1);
    world.close().await;
}

#[tokio::test(start_paused = true)]
async fn files_of_another_database_are_left_alone() {
    let world = World::new(1, 1, 3).await;
    let files = world.engine.inner.files.clone();
    let core = world.engine.inner.core.clone();
    let foreign = BlobId(core.runtime.new_id());
    let bytes = Bytes::from_static(b"x");
    files.storage.put(foreign, bytes).await.unwrap();
    // The objects' times are the machine's.
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let real = i64::try_from(real.as_millis()).unwrap();
    let ahead = u64::try_from(real - core.runtime.wall_ms()).unwrap_or(0);
    tokio::time::advance(Duration::from_millis(ahead) + Duration::from_secs(86_400)).await;
    assert_eq!(sweep(&core, &files).await.unwrap(), 0);
    assert_eq!(world.objects().await, BTreeSet::from([foreign]));
    // With one of its own beside them, it is a leftover.
    let kept = world.upload(0, b"kept").await.unwrap();
    assert_eq!(sweep(&core, &files).await.unwrap(), 1);
    assert_eq!(world.objects().await, BTreeSet::from([kept.blob.unwrap()]));
    world.close().await;
}

/// An upload of the same content while it is being collected finds its bytes afterwards, whoever
/// comes first.
#[tokio::test(start_paused = true)]
async fn an_upload_races_with_the_collector() {
    let world = World::new(1, 1, 4).await;
    let core = world.engine.inner.core.clone();
    let files = world.engine.inner.files.clone();
    let (mut state, mut shared) = (7u64, 0);
    for round in 0..1_000 {
        let first = world.upload(0, b"contested").await.unwrap();
        let forget = Entry::ForgetFiles {
            files: vec![first.id],
            now_ms: core.runtime.wall_ms() + 2 * DAY_MS,
        };
        world.engine.write(forget).await.unwrap();
        let wait = async |times: u64| {
            for _ in 0..times {
                tokio::task::yield_now().await;
            }
        };
        let delays = (next(&mut state) % 4, next(&mut state) % 8);
        let second = async {
            wait(delays.0).await;
            world.upload(0, b"contested").await
        };
        let collecting = async {
            wait(delays.1).await;
            collect(&core, &files).await
        };
        let (collected, second) = tokio::join!(collecting, second);
        let second = second.unwrap();
        collected.unwrap();
        shared += usize::from(second.blob == first.blob);
        let bytes = world.bytes(0, second.id).await;
        assert_eq!(bytes.as_deref(), Some(&b"contested"[..]), "round {round}");
        let forget = Entry::ForgetFiles {
            files: vec![second.id],
            now_ms: core.runtime.wall_ms() + 2 * DAY_MS,
        };
        world.engine.write(forget).await.unwrap();
        collect(&core, &files).await.unwrap();
        assert!(world.objects().await.is_empty(), "round {round}");
    }
    assert!(
        (50..=950).contains(&shared),
        "both orders came up: {shared}"
    );
    world.close().await;
}

/// The one moment that matters: after the collector saw that nobody has the content.
#[tokio::test(start_paused = true)]
async fn an_upload_takes_up_what_is_about_to_be_forgotten() {
    let world = World::new(1, 1, 7).await;
    let core = world.engine.inner.core.clone();
    let files = world.engine.inner.files.clone();
    let first = world.upload(0, b"contested").await.unwrap();
    let other = world.upload(0, b"forgotten").await.unwrap();
    let entry = Entry::ForgetFiles {
        files: vec![first.id, other.id],
        now_ms: core.runtime.wall_ms() + 2 * DAY_MS,
    };
    world.engine.write(entry).await.unwrap();
    let unused = core.store.unused_blobs(10).await.unwrap();
    assert_eq!(unused.len(), 2);
    let second = world.upload(0, b"contested").await.unwrap();
    assert_eq!(second.blob, first.blob, "taken up");
    forget(&core, &files, unused).await.unwrap();
    assert_eq!(world.objects().await, BTreeSet::from([first.blob.unwrap()]));
    assert_eq!(world.bytes(0, second.id).await.unwrap(), "contested");
    world.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_commit_loses_no_upload_and_no_object() {
    for fail in [FailCommit::Before, FailCommit::After] {
        let world = World::new(1, 1, 5).await;
        world.store.memory.fail_next_commit(fail);
        let file = world.upload(0, b"perhaps").await.unwrap();
        assert_eq!(world.bytes(0, file.id).await.unwrap(), "perhaps");
        assert_eq!(world.objects().await.len(), 1);
        // A store that does not answer for longer than the caller waits: the row comes later, and
        // until then nobody takes the object for left behind.
        world.store.memory.pause(true);
        let upload = world
            .engine
            .begin_upload(world.users[0].id, Purpose::Attachment, None);
        let begun = tokio::time::timeout(Duration::from_secs(1), upload).await;
        assert!(begun.is_err(), "the limit for a day cannot be asked");
        world.store.memory.pause(false);
        let owner = world.users[0].id;
        let upload = world.engine.begin_upload(owner, Purpose::Attachment, None);
        let mut upload = upload.await.unwrap();
        upload.push(b"later").await.unwrap();
        world.store.memory.pause(true);
        let refused = upload.finish("late").await.unwrap_err();
        assert_eq!(refused.code, "unavailable");
        let objects = world.objects().await;
        assert_eq!(objects.len(), 2);
        let under_way = objects
            .iter()
            .filter(|one| world.engine.inner.files.is_under_way(**one));
        assert_eq!(under_way.count(), 1);
        world.store.memory.pause(false);
        world.settle().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(
            world.store.memory.uploaded_since(owner, 0).await.unwrap(),
            2 * 65_536
        );
        assert!(
            objects
                .iter()
                .all(|one| !world.engine.inner.files.is_under_way(*one))
        );
        world.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn uploads_have_places_and_give_them_back() {
    let world = World::new(2, 0, 6).await;
    let begin = |user: usize| {
        let owner = world.users[user].id;
        world.engine.begin_upload(owner, Purpose::Attachment, None)
    };
    let mut under_way = Vec::new();
    for _ in 0..UPLOADS_PER_USER {
        under_way.push(begin(0).await.unwrap());
    }
    let refused = begin(0).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.code, "too_many_in_flight");
    assert!(begin(1).await.is_ok(), "those of others are others");
    under_way.pop().unwrap().abort().await;
    let mut again = begin(0).await.unwrap();
    again.push(b"x").await.unwrap();
    again.finish("x").await.unwrap();
    drop(under_way);
    assert!(begin(0).await.is_ok());
    assert_eq!(world.objects().await.len(), 1);
    world.close().await;
}
