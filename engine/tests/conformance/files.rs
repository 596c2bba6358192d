//! Files: what is uploaded and shared, and who may have what.

use webqq_engine::ids::{BlobId, FileId};
use webqq_engine::limits::DAY_MS;
use webqq_engine::store::files::{NewBlob, NewFile, Purpose};

use super::*;

/// When the files of these tests are uploaded.
pub(crate) const NOW: i64 = 1_800_000_000_000;

/// Some content: equal texts are equal contents, each time under an object of its own.
pub(crate) fn content(text: &str) -> NewBlob {
    NewBlob {
        id: BlobId(Uuid::now_v7()),
        sha256: format!("hash of {text}"),
        size: text.len() as i64,
        mime: "image/png".into(),
    }
}

/// An upload of that content.
pub(crate) fn upload(owner: UserId, text: &str) -> NewFile {
    NewFile {
        id: FileId(Uuid::now_v7()),
        owner,
        purpose: Purpose::Attachment,
        name: format!("{text}.png"),
        width: Some(3),
        height: Some(4),
        content: content(text),
        thumbnail: Some(content(&format!("small {text}"))),
        uploaded: 100,
        created_at_ms: NOW,
    }
}

pub(super) fn attach(file: FileId) -> Effect {
    Effect::Attach { file }
}

pub(super) fn forget(files: &[FileId], now_ms: i64) -> Entry {
    let files = files.to_vec();
    Entry::ForgetFiles { files, now_ms }
}

pub(super) fn forget_blobs(blobs: &[BlobId]) -> Entry {
    let blobs = blobs.to_vec();
    Entry::ForgetBlobs { blobs }
}

impl Log {
    /// A new file of that content.
    pub(crate) async fn file(&self, owner: UserId, text: &str) -> FileId {
        let file = upload(owner, text);
        let id = file.id;
        self.done(Entry::AddFile(Box::new(file))).await;
        id
    }

    /// A new file of that content that is there to be shown as an avatar.
    pub(crate) async fn face(&self, owner: UserId, text: &str) -> FileId {
        let mut file = upload(owner, text);
        file.purpose = Purpose::Avatar;
        let id = file.id;
        self.done(Entry::AddFile(Box::new(file))).await;
        id
    }

    /// A message with a file; its seq.
    pub(super) async fn send(&self, group: ConversationId, by: UserId, file: FileId) -> i64 {
        let outcome = self.change(group, by, &[attach(file)]).await;
        assert_eq!(word(&outcome), "appended");
        self.seq(group).await
    }

    pub(super) async fn blobs_of(&self, file: FileId) -> Vec<BlobId> {
        let file = self.store.file(file).await.unwrap();
        let file = file.map(|file| [file.blob, file.thumbnail]);
        file.into_iter().flatten().flatten().collect()
    }

    pub(super) async fn may_have(&self, user: UserId, file: FileId) -> bool {
        let found = self.store.files_for(user, &[file]).await.unwrap();
        !found.is_empty()
    }

    pub(super) async fn expired(&self, now_ms: i64) -> Vec<FileId> {
        self.store.expired_files(now_ms, 100).await.unwrap()
    }

    pub(super) async fn unused(&self) -> Vec<BlobId> {
        self.store.unused_blobs(100).await.unwrap()
    }
}

/// Two uploads of the same bytes are two files over one content; one of them goes, the other stays.
pub(crate) async fn uploads_share_their_content(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (first, mut second) = (upload(ann, "cat"), upload(bob, "cat"));
    second.name = "mine.png".into();
    second.thumbnail = None;
    let entries = [&first, &second].map(|file| Entry::AddFile(Box::new(file.clone())));
    assert_eq!(
        log.commit(entries.to_vec()).await,
        [Outcome::Done, Outcome::Done]
    );
    let third = log.file(ann, "cat").await;

    let row = log.store.file(second.id).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.owner), ("mine.png", bob));
    assert_eq!((row.blob, row.thumbnail), (Some(first.content.id), None));
    assert_eq!((row.width, row.size, row.uses), (Some(3), 3, 0));
    assert_eq!(log.blobs_of(third).await, log.blobs_of(first.id).await);
    let blobs = [first.content.id, second.content.id];
    let blobs = log.store.blobs(&blobs).await.unwrap();
    assert_eq!(blobs.len(), 1);
    assert_eq!((blobs[0].uses, blobs[0].size), (3, 3));
    assert_eq!(blobs[0].sha256, "hash of cat");
    // A retry of the very same entry changes nothing.
    log.done(Entry::AddFile(Box::new(first.clone()))).await;
    assert_eq!(
        log.store.blobs(&[first.content.id]).await.unwrap()[0].uses,
        3
    );

    let later = NOW + 2 * DAY_MS;
    log.done(forget(&[first.id, third], later)).await;
    assert_eq!(log.store.file(first.id).await.unwrap(), None);
    assert_eq!(log.unused().await, [first.thumbnail.as_ref().unwrap().id]);
    assert_eq!(log.blobs_of(second.id).await, [first.content.id]);
    log.done(forget(&[second.id], later)).await;
    assert_eq!(log.unused().await.len(), 2);
}

/// What a user uploads in 24 hours is judged in the transaction, entry by entry.
pub(crate) async fn uploads_have_a_limit_for_a_day(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let add = |owner, text: &str, at_ms| {
        let mut file = upload(owner, text);
        file.created_at_ms = at_ms;
        Entry::AddFile(Box::new(file))
    };
    let commit = async |entries| {
        let mut batch = log.batch(entries).await;
        batch.bounds.upload_bytes_per_day = 250;
        words(&log.store.commit(&batch).await.unwrap()).join(" ")
    };
    let entries = vec![
        add(ann, "a", NOW),
        add(ann, "b", NOW + 5),
        add(ann, "c", NOW + 10),
        add(bob, "c", NOW + 10),
    ];
    assert_eq!(commit(entries).await, "done done too_many_uploads done");
    assert_eq!(log.store.uploaded_since(ann, NOW - 1).await.unwrap(), 200);
    assert_eq!(log.store.uploaded_since(ann, NOW).await.unwrap(), 100);
    // What is collected early counts until its day is over.
    let first = log.expired(NOW + DAY_MS).await;
    assert_eq!(first.len(), 1);
    assert_eq!(
        commit(vec![add(ann, "d", NOW + 20)]).await,
        "too_many_uploads"
    );
    assert_eq!(commit(vec![add(ann, "d", NOW + DAY_MS)]).await, "done");
    assert_eq!(
        commit(vec![add(ann, "e", NOW + DAY_MS)]).await,
        "too_many_uploads"
    );
}

/// Who may have a file: its uploader, and who may see a message that refers to it.
pub(crate) async fn who_may_have_a_file(log: &Log) {
    let names = ["ann", "bob", "cat", "dan", "eve", "fay", "gus"];
    let mut users = Vec::new();
    for name in names {
        users.push(log.user(name).await);
    }
    let [ann, bob, cat, dan, eve, fay, gus] = users[..] else {
        panic!("seven");
    };
    let group = log.group(ann, "group").await;
    for user in [bob, cat, dan] {
        log.join(group, user).await;
    }
    let file = log.file(bob, "x").await;
    // Cat leaves before it is sent, dan after; eve comes after.
    log.leave(group, cat).await;
    assert!(!log.may_have(ann, file).await, "not sent yet");
    let seq = log.send(group, bob, file).await;
    log.leave(group, dan).await;
    log.join(group, eve).await;
    // Fay comes to a group that shares its history.
    let shared = log.group(ann, "shared").await;
    let share = Effect::SetField(GroupField::HistoryShared(true));
    log.change(shared, ann, &[share]).await;
    let elsewhere = log.file(ann, "y").await;
    log.send(shared, ann, elsewhere).await;
    log.join(shared, fay).await;

    let who = async |file| {
        let mut who = Vec::new();
        for (user, name) in users.iter().zip(names) {
            if log.may_have(*user, file).await {
                who.push(name);
            }
        }
        who.join(" ")
    };
    assert_eq!(who(file).await, "ann bob dan");
    assert_eq!(who(elsewhere).await, "ann fay");
    // A message to some is with them only.
    let secret = log.file(bob, "z").await;
    let to_some = Append {
        audience: Some(vec![bob, eve]),
        ..changing(group, log.seq(group).await, bob, &[attach(secret)])
    };
    log.appended(to_some).await;
    assert_eq!(who(secret).await, "bob eve");
    // The same file in a second place opens it to those there, and a recall in one leaves the other.
    let direct = log.direct(bob, gus).await;
    let sent = Append {
        r#type: ConversationType::Direct,
        ..changing(direct, log.seq(direct).await, bob, &[attach(file)])
    };
    log.appended(sent).await;
    assert_eq!(who(file).await, "ann bob dan gus");
    let recall = Effect::Recall { seq: Seq(seq) };
    log.change(group, bob, &[recall]).await;
    assert_eq!(who(file).await, "bob gus");
    let asked = [file, secret, elsewhere, FileId(Uuid::now_v7())];
    let found = log.store.files_for(eve, &asked).await.unwrap();
    assert_eq!(found.iter().map(|f| f.id).collect::<Vec<_>>(), [secret]);
    let of_message = log.store.files_of(group, Seq(seq)).await.unwrap();
    assert!(of_message.is_empty(), "recalled");
    let of_message = log.store.files_of(direct, Seq(1)).await.unwrap();
    assert_eq!(of_message[0].id, file);
}
