//! Batches: their numbers, unknown outcomes, commands beside the server, readers meanwhile.

use std::time::Duration;

use uuid::Uuid;
use webqq_engine::ids::Epoch;
use webqq_engine::store::Head;

use super::*;

/// A new log is empty and has a secret that stays.
pub(crate) async fn a_new_log(log: &Log) {
    let head = log.store.head().await.unwrap();
    assert_eq!((head.position, head.batch), (Position(0), 0));
    assert_eq!(head.access_version, 0);
    let secret = log.store.secret().await.unwrap();
    assert_ne!(secret, [0; 32]);
    log.user("ann").await;
    assert_eq!(log.store.secret().await.unwrap(), secret);
    let after = log.store.head().await.unwrap();
    assert_eq!((after.epoch, after.batch), (head.epoch, 1));
}

/// Another epoch changes nothing else.
pub(crate) async fn a_new_epoch(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let before = log.store.head().await.unwrap();
    let epoch = Epoch(before.epoch.0.wrapping_add(1) | 0x8000_0000);
    let after = log.store.new_epoch(epoch).await.unwrap();
    assert_eq!(after, Head { epoch, ..before });
    assert_eq!(log.store.head().await.unwrap(), after);
    let last = log.store.resolve(before.batch).await.unwrap().unwrap();
    assert_eq!(words(&last), ["appended"]);
    log.post(group, ann, "hello").await;
    let sync = log.store.sync(ann).await.unwrap().unwrap();
    assert_eq!(sync.head.epoch, epoch);
}

/// A batch must be the next one; otherwise nothing of it is written.
pub(crate) async fn batches_are_numbered(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let head = log.store.head().await.unwrap();
    for wrong in [head.batch - 1, head.batch, head.batch + 2, 0, i64::MAX] {
        let batch = Batch {
            number: Some(wrong),
            ..log
                .batch(vec![Entry::Append(say(group, 1, ann, "no"))])
                .await
        };
        let refused = log.store.commit(&batch).await;
        assert!(
            matches!(refused, Err(StoreError::Refused(_))),
            "{refused:?}"
        );
    }
    assert_eq!(log.store.head().await.unwrap(), head);
    assert_eq!(log.seqs_in_feed(ann, group).await, [1]);
    assert_eq!(log.commit(vec![]).await, []);
    log.post(group, ann, "yes").await;
    let after = log.store.head().await.unwrap();
    assert_eq!(after.batch, head.batch + 2);
    for wrong in [after.batch - 1, after.batch + 2] {
        let unknown = log.store.resolve(wrong).await;
        assert!(unknown.is_err(), "{unknown:?}");
    }
}

/// After an unknown outcome the head tells whether the batch is in, and with which outcomes.
pub(crate) async fn an_unknown_outcome_is_resolved(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let twice = say(group, 1, ann, "in \u{1F600}");
    let batch = log
        .batch(vec![
            Entry::Append(twice.clone()),
            Entry::Append(twice),
            Entry::Append(say(group, 9, ann, "out")),
            Entry::Append(changing(group, 2, ann, &[remove(bob)])),
            Entry::CreateUser(new_user("ANN")),
            Entry::OpenSession(new_session(bob, 1)),
        ])
        .await;
    let number = batch.number.unwrap();
    let previous = log.store.resolve(number - 1).await.unwrap();
    assert_eq!(words(&previous.unwrap()), ["appended"]);

    log.fail_next_commit(FailCommit::Before);
    let failed = log.write(&batch).await;
    assert!(
        matches!(failed, Err(StoreError::Unavailable(_))),
        "{failed:?}"
    );
    assert_eq!(log.store.resolve(number).await.unwrap(), None);
    assert_eq!(log.seqs_in_feed(ann, group).await, [1]);
    assert_eq!(log.store.sessions(bob).await.unwrap(), []);

    log.fail_next_commit(FailCommit::After);
    let failed = log.write(&batch).await;
    assert!(
        matches!(failed, Err(StoreError::Unavailable(_))),
        "{failed:?}"
    );
    let outcomes = log.store.resolve(number).await.unwrap().unwrap();
    let expected = [
        "appended",
        "duplicate",
        "conflict",
        "not_a_member",
        "username_taken",
        "done",
    ];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(log.store.resolve(number).await.unwrap(), Some(outcomes));
    let again = log.store.commit(&batch).await;
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    assert_eq!(log.seqs_in_feed(ann, group).await, [1, 2]);
    assert_eq!(log.store.sessions(bob).await.unwrap().len(), 1);
    // One failure each: the next is fine, and a refused entry comes out of the head as it was.
    log.post(group, ann, "3").await;
    let taken = log.one(Entry::CreateUser(new_user("ANN"))).await;
    let head = log.store.head().await.unwrap();
    let resolved = log.store.resolve(head.batch).await.unwrap();
    assert_eq!(resolved, Some(vec![taken]));
}

/// A commit whose caller gave up is in or it is not; once the head said no, it stays out.
pub(crate) async fn an_abandoned_commit_is_resolved(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    for round in 0..30 {
        let seq = log.seq(group).await;
        let entry = Entry::Append(say(group, seq, ann, "perhaps"));
        let batch = log.batch(vec![entry]).await;
        let number = batch.number.unwrap();
        let patience = Duration::from_micros(round * 50);
        let answer = tokio::time::timeout(patience, log.store.commit(&batch)).await;
        let resolved = log.store.resolve(number).await.unwrap();
        if let Ok(answer) = answer {
            assert_eq!(resolved, Some(answer.unwrap()));
        } else if resolved.is_none() {
            tokio::time::sleep(Duration::from_millis(3)).await;
            assert_eq!(log.store.head().await.unwrap().batch, number - 1);
        }
        let expected = seq + i64::from(resolved.is_some());
        assert_eq!(log.seq(group).await, expected);
    }
}

/// A command beside the server counts no batch, raises the version, and appends nothing.
pub(crate) async fn a_command_beside_the_server(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let session = log.session(ann, 1).await;
    let before = log.store.head().await.unwrap();
    let beside = |entries| Batch {
        number: None,
        entries,
        bounds: Bounds::default(),
    };
    let password = Entry::SetPassword {
        user: ann,
        hash: "new".into(),
        keep: None,
    };
    let created = Entry::CreateUser(new_user("bob"));
    let batch = beside(vec![password, created]);
    let outcomes = log.store.commit(&batch).await.unwrap();
    assert_eq!(words(&outcomes), ["done", "done"]);
    assert_eq!(log.store.session(&session.to_string()).await.unwrap(), None);
    let after = log.store.head().await.unwrap();
    assert_eq!(after.access_version, before.access_version + 1);
    assert_eq!(
        (after.batch, after.position),
        (before.batch, before.position)
    );
    // What the journal's last batch came to is still there.
    let last = log.store.resolve(before.batch).await.unwrap().unwrap();
    assert_eq!(words(&last), ["done"]);
    let append = beside(vec![
        Entry::CreateUser(new_user("eve")),
        Entry::Append(say(group, 1, ann, "no")),
    ]);
    let refused = log.store.commit(&append).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
    assert_eq!(log.store.head().await.unwrap(), after);
    assert_eq!(log.store.credentials("eve").await.unwrap(), None);
    log.post(group, ann, "yes").await;
    let last = log.store.head().await.unwrap();
    assert_eq!(last.access_version, after.access_version);
}

/// Twenty readers at once see whole batches only, each read one moment of the log.
pub(crate) async fn readers_during_commits(log: &Log) {
    let ann = log.user("ann").await;
    let (one, two) = (log.group(ann, "one").await, log.group(ann, "two").await);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let readers: Vec<_> = (0..20)
        .map(|at| {
            let (store, stopped) = (log.store.clone(), stopped.clone());
            tokio::spawn(async move {
                let mut rounds = 0;
                while !*stopped.borrow() || rounds == 0 {
                    let sync = store.sync(ann).await.unwrap().unwrap();
                    let [first, second] = &sync.conversations[..] else {
                        panic!("{sync:?}");
                    };
                    // Every batch writes to both.
                    assert_eq!(first.head_seq, second.head_seq);
                    let last = first.last_message.as_ref().unwrap();
                    assert_eq!(
                        (last.seq, last.position),
                        (first.head_seq, sync.head.position)
                    );
                    let after = Position((sync.head.position.0 - at % 7).max(0));
                    let Behind::Page(page) = store.page(ann, after, 99, 99_999, 0).await.unwrap()
                    else {
                        panic!("no page");
                    };
                    assert!(page.complete && page.scanned_to >= sync.head.position);
                    let count = page.messages.len() as i64;
                    assert_eq!(count, page.scanned_to.0 - after.0, "none is missing");
                    let (state, position) = store.conversation(one).await.unwrap().unwrap();
                    assert_eq!(state.seq.0 * 2, position.0, "one moment");
                    rounds += 1;
                }
                rounds
            })
        })
        .collect();
    for seq in 1..40 {
        let outcomes = log
            .append(vec![
                say(one, seq, ann, "hello"),
                say(two, seq, ann, "hello"),
            ])
            .await;
        assert_eq!(words(&outcomes), ["appended"; 2]);
    }
    stop.send(true).unwrap();
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
}

/// A closed store answers, and says that it cannot be reached.
pub(crate) async fn a_closed_store_is_unavailable(log: &Log) {
    let ann = log.user("ann").await;
    let batch = log.batch(vec![]).await;
    log.store.close().await;
    log.store.close().await;
    let head = log.store.head().await;
    assert!(matches!(head, Err(StoreError::Unavailable(_))), "{head:?}");
    let sync = log.store.sync(ann).await;
    assert!(matches!(sync, Err(StoreError::Unavailable(_))));
    let commit = log.store.commit(&batch).await;
    assert!(
        matches!(commit, Err(StoreError::Unavailable(_))),
        "{commit:?}"
    );
    let resolved = log.store.resolve(1).await;
    assert!(
        matches!(resolved, Err(StoreError::Unavailable(_))),
        "{resolved:?}"
    );
    let session = log.store.session(&Uuid::nil().to_string()).await;
    assert!(matches!(session, Err(StoreError::Unavailable(_))));
}
