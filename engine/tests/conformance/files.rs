//! Files: what is shared, who may have what, what is collected and what is not.

use webqq_engine::effects::ProfileField;
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

fn attach(file: FileId) -> Effect {
    Effect::Attach { file }
}

fn forget(files: &[FileId], now_ms: i64) -> Entry {
    let files = files.to_vec();
    Entry::ForgetFiles { files, now_ms }
}

fn forget_blobs(blobs: &[BlobId]) -> Entry {
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
    async fn send(&self, group: ConversationId, by: UserId, file: FileId) -> i64 {
        let outcome = self.change(group, by, &[attach(file)]).await;
        assert_eq!(word(&outcome), "appended");
        self.seq(group).await
    }

    async fn blobs_of(&self, file: FileId) -> Vec<BlobId> {
        let file = self.store.file(file).await.unwrap();
        let file = file.map(|file| [file.blob, file.thumbnail]);
        file.into_iter().flatten().flatten().collect()
    }

    async fn may_have(&self, user: UserId, file: FileId) -> bool {
        let found = self.store.files_for(user, &[file]).await.unwrap();
        !found.is_empty()
    }

    async fn expired(&self, now_ms: i64) -> Vec<FileId> {
        self.store.expired_files(now_ms, 100).await.unwrap()
    }

    async fn unused(&self) -> Vec<BlobId> {
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

/// A file in use does not expire. One nobody refers to any more expires at once.
pub(crate) async fn references_hold_files(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let (file, other) = (log.file(ann, "x").await, log.file(ann, "y").await);
    assert_eq!(log.expired(NOW + DAY_MS - 1).await, []);
    assert_eq!(log.expired(NOW + DAY_MS).await, [file, other]);
    // Twice in one message is one reference.
    let outcome = log.change(group, ann, &[attach(file), attach(file)]).await;
    assert_eq!(word(&outcome), "appended");
    let (first, second) = (log.seq(group).await, log.send(group, ann, file).await);
    let row = log.store.file(file).await.unwrap().unwrap();
    assert_eq!((row.uses, row.expires_at_ms), (2, None));
    assert_eq!(log.expired(NOW + 9 * DAY_MS).await, [other]);
    log.done(forget(&[file], NOW + 9 * DAY_MS)).await;
    assert!(
        log.store.file(file).await.unwrap().is_some(),
        "it is in use"
    );

    let mut recall = changing(
        group,
        log.seq(group).await,
        ann,
        &[
            Effect::Recall { seq: Seq(first) },
            Effect::Recall { seq: Seq(second) },
        ],
    );
    recall.sent_at_ms = NOW + 60_000;
    log.appended(recall).await;
    let row = log.store.file(file).await.unwrap().unwrap();
    assert_eq!((row.uses, row.expires_at_ms), (0, Some(NOW + 60_000)));
    assert_eq!(log.expired(NOW + 60_000).await, [file]);
    // Its bytes go, its row stays for as long as the limit for a day counts it.
    log.done(forget(&[file, other], NOW + 60_000)).await;
    assert_eq!(log.store.file(file).await.unwrap(), None);
    assert!(log.store.file(other).await.unwrap().is_some(), "not due");
    assert!(!log.may_have(ann, file).await);
    assert_eq!(log.store.uploaded_since(ann, NOW - 1).await.unwrap(), 200);
    assert_eq!(log.expired(NOW + DAY_MS - 1).await, []);
    log.done(forget(&[file], NOW + DAY_MS)).await;
    assert_eq!(log.store.uploaded_since(ann, NOW - 1).await.unwrap(), 100);
    // And nothing refers to what is gone, or never was.
    for gone in [file, FileId(Uuid::now_v7())] {
        let outcome = log.change(group, ann, &[attach(gone)]).await;
        assert_eq!(word(&outcome), "file_gone");
    }
}

/// What happens in one batch is judged in its order: an upload, a message and a recall, and the
/// collector between them.
pub(crate) async fn collecting_is_judged_again(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let file = log.file(ann, "x").await;
    let due = NOW + DAY_MS;
    let seq = log.seq(group).await;
    // The message comes first: the file stays.
    let sent = changing(group, seq, ann, &[attach(file)]);
    let entries = vec![Entry::Append(sent), forget(&[file], due)];
    assert_eq!(words(&log.commit(entries).await), ["appended", "done"]);
    assert!(log.may_have(ann, file).await);
    // The collector comes first: the message is refused, its neighbour is not.
    let other = log.file(ann, "y").await;
    let entries = vec![
        forget(&[other], due),
        Entry::Append(changing(group, seq + 1, ann, &[attach(other)])),
        Entry::Append(say(group, seq + 1, ann, "a neighbour")),
    ];
    let outcomes = log.commit(entries).await;
    assert_eq!(words(&outcomes), ["done", "file_gone", "appended"]);
    let unused = log.unused().await;
    assert_eq!(unused.len(), 2, "content and thumbnail of y");

    // An upload of the same content takes it up again before it is forgotten …
    let again = upload(ann, "y");
    let entries = vec![
        Entry::AddFile(Box::new(again.clone())),
        forget_blobs(&unused),
    ];
    log.commit(entries).await;
    assert_eq!(log.store.blobs(&unused).await.unwrap().len(), 2);
    assert_eq!(log.blobs_of(again.id).await.len(), 2);
    log.done(forget(&[again.id], due)).await;
    // … and brings its own after that.
    let new = upload(ann, "y");
    let entries = vec![forget_blobs(&unused), Entry::AddFile(Box::new(new.clone()))];
    log.commit(entries).await;
    assert_eq!(log.store.blobs(&unused).await.unwrap(), []);
    let own = vec![new.content.id, new.thumbnail.as_ref().unwrap().id];
    assert_eq!(log.blobs_of(new.id).await, own);

    // Sent and taken back in one batch.
    let seq = log.seq(group).await;
    let entries = vec![
        Entry::Append(changing(group, seq, ann, &[attach(new.id)])),
        Entry::Append(changing(
            group,
            seq + 1,
            ann,
            &[Effect::Recall { seq: Seq(seq + 1) }],
        )),
    ];
    assert_eq!(words(&log.commit(entries).await), ["appended", "appended"]);
    let row = log.store.file(new.id).await.unwrap().unwrap();
    assert_eq!(row.uses, 0);
    assert_eq!(log.store.files_of(group, Seq(seq + 1)).await.unwrap(), []);
}

/// Avatars are held by whoever shows them; one that is replaced may go.
pub(crate) async fn avatars_are_held(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let uses = async |file| {
        let row = log.store.file(file).await.unwrap().unwrap();
        (row.uses, row.expires_at_ms.is_none())
    };
    let (one, two) = (log.face(ann, "one").await, log.face(ann, "two").await);
    let outcome = log.profile(ann, &[ProfileField::Avatar(Some(one))]).await;
    assert_eq!(word(&outcome), "appended");
    let set = |file| Effect::SetField(GroupField::Avatar(file));
    assert_eq!(
        word(&log.change(group, ann, &[set(Some(one))]).await),
        "appended"
    );
    assert_eq!(uses(one).await, (2, true));
    let users = log.store.users(&[ann]).await.unwrap();
    assert_eq!(users[0].avatar, Some(one));
    let seen = log.store.group(ann, group).await.unwrap().unwrap();
    assert_eq!(seen.settings.avatar, Some(one));
    // The snapshot says it to members; who left learns of no later one.
    let eve = log.user("eve").await;
    log.join(group, eve).await;
    let shown = async |user| {
        let sync = log.store.sync(user).await.unwrap().unwrap();
        let row = sync.conversations.iter().find(|row| row.id == group);
        row.unwrap().avatar
    };
    assert_eq!(shown(eve).await, Some(one));
    log.leave(group, eve).await;
    assert_eq!((shown(ann).await, shown(eve).await), (Some(one), None));

    log.change(group, ann, &[set(Some(two))]).await;
    assert_eq!((uses(one).await, uses(two).await), ((1, true), (1, true)));
    log.change(group, ann, &[set(Some(two))]).await;
    assert_eq!(uses(two).await, (1, true), "it is so already");
    log.change(group, ann, &[set(None)]).await;
    assert_eq!(uses(two).await, (0, false));
    log.profile(ann, &[ProfileField::Avatar(Some(two))]).await;
    assert_eq!((uses(one).await, uses(two).await), ((0, false), (1, true)));
    // Who is gone shows nothing.
    let bob = log.user("bob").await;
    let mut third = upload(bob, "three");
    third.purpose = Purpose::Avatar;
    let id = third.id;
    log.done(Entry::AddFile(Box::new(third))).await;
    log.profile(bob, &[ProfileField::Avatar(Some(id))]).await;
    assert_eq!(uses(id).await, (1, true));
    log.done(Entry::DeleteUser { user: bob }).await;
    assert_eq!(uses(id).await, (0, false));
    // What was uploaded for one thing is not used for another.
    assert_eq!(
        word(&log.change(group, ann, &[attach(two)]).await),
        "file_gone"
    );
    let attachment = log.file(ann, "cat").await;
    let outcome = log.change(group, ann, &[set(Some(attachment))]).await;
    assert_eq!(word(&outcome), "file_gone");
}
