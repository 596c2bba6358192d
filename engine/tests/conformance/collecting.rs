//! What holds a file, and what is collected when nothing does.

use webqq_engine::ids::FileId;
use webqq_engine::limits::DAY_MS;
use webqq_engine::store::files::Purpose;

use super::files::{NOW, attach, forget, forget_blobs, upload};
use super::*;

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
