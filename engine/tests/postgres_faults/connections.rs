//! Connections and servers that go away: what becomes of the commits that were under way.

use std::time::{Duration, Instant};

use webqq_engine::ids::Position;
use webqq_engine::store::{Outcome, Store, StoreError};
use webqq_testkit::postgres::{Cluster, StopMode, cluster};
use webqq_testkit::tcp_proxy::TcpProxy;

use crate::common::{
    FIVE_SECONDS, OWNER, appended, batch, begun, behind_a_proxy, eventually, messages, text,
    unavailable,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_resolved_as_committed() {
    let (_database, proxy, store) = behind_a_proxy().await;
    proxy.cut_after_request_containing(b"COMMIT");
    unavailable(store.commit(&batch(2, vec![text(1), text(9)]))).await;
    let outcomes = eventually(async || store.resolve(2).await).await;
    assert_eq!(outcomes, Some(vec![appended(2), Outcome::Conflict]));
    let next = store.commit(&batch(3, vec![text(2)])).await.unwrap();
    assert_eq!(next, [appended(3)]);
    assert_eq!(messages(&store).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_resolved_as_absent() {
    let (_database, proxy, store) = behind_a_proxy().await;
    for lost in ["BEGIN", "insert into messages", "COMMIT"] {
        proxy.cut_before_request_containing(lost.as_bytes());
        unavailable(store.commit(&batch(2, vec![text(1)]))).await;
        let outcomes = eventually(async || store.resolve(2).await).await;
        assert_eq!(outcomes, None, "{lost}");
        assert_eq!(messages(&store).await, 1, "{lost}");
    }
    let again = store.commit(&batch(2, vec![text(1)])).await.unwrap();
    assert_eq!(again, [appended(2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_swallows_everything_is_noticed_and_survived() {
    let (database, proxy, store) = behind_a_proxy().await;
    assert_eq!(messages(&store).await, 1);
    proxy.blackhole(true);
    let work = batch(2, vec![text(1)]);
    tokio::join!(
        unavailable(store.commit(&work)),
        unavailable(store.head()),
        unavailable(store.sync(OWNER)),
    );
    // The server holds sessions whose clients are gone: this one must do without their consent.
    proxy.blackhole(false);
    let outcomes = eventually(async || store.resolve(2).await).await;
    if outcomes.is_none() {
        store.commit(&work).await.unwrap();
    }
    assert_eq!(eventually(async || store.head().await).await.batch, 2);
    assert_eq!(messages(&store).await, 2);
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_session_that_the_server_believes_in_does_not_keep_the_lock() {
    let database = cluster().database();
    let (first, second) = (
        TcpProxy::start(database.tcp_address()),
        TcpProxy::start(database.tcp_address()),
    );
    // Two ways to the same server: when the first swallows everything, its session stays there.
    let (one, two) = (first.addr(), second.addr());
    let url = database.url_through(one);
    let both = url.replace(&one.to_string(), &format!("{one},{two}"));
    let store = begun(&both).await;
    first.blackhole(true);
    unavailable(store.commit(&batch(2, vec![text(1)]))).await;
    let began = Instant::now();
    first.refuse(true);
    let outcomes = loop {
        match store.resolve(2).await {
            Ok(outcomes) => break outcomes,
            Err(StoreError::Unavailable(_)) if began.elapsed() < 2 * FIVE_SECONDS => {}
            Err(error) => panic!("{error} after {:?}", began.elapsed()),
        }
    };
    assert_eq!(outcomes, None);
    let again = store.commit(&batch(2, vec![text(1)])).await.unwrap();
    assert_eq!(again, [appended(2)]);
    // What was swallowed arrives now, at a session that is gone.
    first.blackhole(false);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(store.head().await.unwrap().position, Position(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_sessions_are_replaced() {
    let database = cluster().database();
    let store = begun(database.url()).await;
    for number in 2..6 {
        assert!(cluster().kill_backends(database.name()) > 0);
        let work = batch(number, vec![text(number - 1)]);
        let outcomes = eventually(async || match store.commit(&work).await {
            // As the journal does.
            Err(StoreError::Unavailable(why)) => match store.resolve(number).await? {
                Some(outcomes) => Ok(outcomes),
                None => Err(StoreError::Unavailable(why)),
            },
            other => other,
        })
        .await;
        assert_eq!(outcomes, [appended(number)]);
        assert_eq!(
            eventually(async || store.head().await).await.position,
            Position(number)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_fails_calls_and_works_again_when_it_is_up() {
    let cluster = Cluster::private();
    let database = cluster.database();
    let store = begun(&database.tcp_url()).await;
    for (mode, number) in [StopMode::Fast, StopMode::Immediate, StopMode::Kill]
        .into_iter()
        .zip(2..)
    {
        cluster.stop(mode);
        for _ in 0..3 {
            unavailable(store.commit(&batch(number, vec![text(number - 1)]))).await;
            unavailable(store.resolve(number)).await;
            unavailable(store.head()).await;
            unavailable(store.page(OWNER, Position(0), 10, 1000, 0)).await;
        }
        cluster.start();
        let absent = eventually(async || store.resolve(number).await).await;
        assert_eq!(absent, None, "{mode:?}");
        let work = batch(number, vec![text(number - 1)]);
        assert_eq!(store.commit(&work).await.unwrap(), [appended(number)]);
        let head = eventually(async || store.head().await).await;
        assert_eq!(head.position, Position(number), "{mode:?}");
    }
}
