//! The one writer: who else may write, what it waits for, and that it stays usable.

use std::time::Duration;

use webqq_engine::store::postgres::{Access, PostgresStore};
use webqq_engine::store::{Act, Batch, Deed, Entry, Outcome, Store, StoreError};
use webqq_testkit::postgres::cluster;

use crate::common::{OWNER, appended, batch, begun, eventually, messages, text, unavailable};

#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_writer() {
    let database = cluster().database();
    let store = begun(database.url()).await;
    let patience = Duration::from_millis(200);
    let second = PostgresStore::open_within(database.url(), Access::Writer, patience).await;
    assert!(matches!(second, Err(StoreError::Locked(_))));

    let beside = PostgresStore::open(database.url(), Access::Beside)
        .await
        .unwrap();
    let numbered = beside.commit(&batch(2, vec![text(1)])).await;
    assert!(matches!(numbered, Err(StoreError::Refused(_))));
    let change = Deed::SetAdministrator {
        user: OWNER,
        administrator: true,
    };
    let change = Act::by_command(change, 1);
    let command = Batch {
        number: None,
        ..batch(0, vec![change])
    };
    assert_eq!(beside.commit(&command).await.unwrap(), [Outcome::Done]);
    let head = store.head().await.unwrap();
    assert_eq!((head.batch, head.access_version), (1, 1));
    // What became of the last numbered batch is still known.
    assert_eq!(store.resolve(1).await.unwrap().unwrap().len(), 2);

    // A successor waits for its turn.
    let successor = PostgresStore::open(database.url(), Access::Writer);
    let ((), successor) = tokio::join!(store.close(), successor);
    let successor = successor.unwrap();
    unavailable(store.head()).await;
    unavailable(store.commit(&batch(2, vec![text(1)]))).await;
    assert_eq!(
        successor.commit(&batch(2, vec![text(1)])).await.unwrap(),
        [appended(2)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_waits_for_whoever_has_the_head_row_and_gives_up_in_time() {
    let database = cluster().database();
    let store = begun(database.url()).await;
    let url = database.url().to_owned();
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::sync_channel(1);
    let intruder = std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let mut transaction = client.transaction().unwrap();
        let lock = "select 1 from head for update";
        transaction.execute(lock, &[]).unwrap();
        locked.send(()).unwrap();
        released.recv().unwrap();
    });
    is_locked.await.unwrap();
    let work = batch(2, vec![text(1)]);
    unavailable(store.commit(&work)).await;
    assert_eq!(messages(&store).await, 1);
    release.send(()).unwrap();
    let absent = eventually(async || store.resolve(2).await).await;
    assert_eq!(absent, None);
    store.commit(&work).await.unwrap();
    intruder.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_leaves_no_trace_and_the_writer_usable() {
    let database = cluster().database();
    let store = begun(database.url()).await;
    let mut zero = text(2);
    if let Entry::Append(append) = &mut zero {
        append.sender_name = "\0".into();
    }
    let refused = store.commit(&batch(2, vec![text(1), zero])).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
    let skipped = store.commit(&batch(3, vec![text(1)])).await;
    assert!(matches!(skipped, Err(StoreError::Refused(_))));
    assert_eq!(messages(&store).await, 1);
    let next = store.commit(&batch(2, vec![text(1)])).await.unwrap();
    assert_eq!(next, [appended(2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_commit_leaves_the_writer_usable() {
    let database = cluster().database();
    let store = begun(database.url()).await;
    for micros in (0..3_000).step_by(300) {
        let head = store.head().await.unwrap();
        let number = head.batch + 1;
        let work = batch(number, vec![text(head.position.0)]);
        let cancelled = store.commit(&work);
        let _ = tokio::time::timeout(Duration::from_micros(micros), cancelled).await;
        let outcomes = match eventually(async || store.resolve(number).await).await {
            Some(outcomes) => outcomes,
            None => store.commit(&work).await.unwrap(),
        };
        assert_eq!(outcomes, [appended(head.position.0 + 1)]);
    }
}
