//! What PostgreSQL, the network and other servers do to the store, over a real server: nothing
//! that was acknowledged is lost, nothing is written twice, nothing takes five seconds, and
//! everything works again by itself.

#![expect(
    clippy::unwrap_used,
    reason = "also what prepares a test may end it at the first surprise"
)]

use std::time::{Duration, Instant};

use uuid::Uuid;
use webqq_engine::group::state::{ConversationType, GroupField, Role};
use webqq_engine::ids::{ClientId, ConversationId, Position, Seq, UserId};
use webqq_engine::kind::Effect;
use webqq_engine::store::postgres::{Access, PostgresStore};
use webqq_engine::store::{
    Act, Append, Batch, Behind, Bounds, Deed, Entry, NewUser, Outcome, Placed, Result, Store,
    StoreError,
};
use webqq_testkit::postgres::{Cluster, Database, StopMode, cluster};
use webqq_testkit::tcp_proxy::TcpProxy;

const FIVE_SECONDS: Duration = Duration::from_secs(5);
const OWNER: UserId = UserId(Uuid::from_u128(1));
const GROUP: ConversationId = ConversationId(Uuid::from_u128(2));

fn batch(number: i64, entries: Vec<Entry>) -> Batch {
    Batch {
        number: Some(number),
        entries,
        bounds: Bounds::default(),
    }
}

/// The text that follows `expects` messages.
fn text(expects: i64) -> Entry {
    Entry::Append(Append {
        conversation: GROUP,
        r#type: ConversationType::Group,
        expects: Some(Seq(expects)),
        kind: "text".into(),
        sender: Some(OWNER),
        sender_name: "李丽".into(),
        body: format!(r#"{{"text":"{expects}"}}"#),
        client_id: ClientId(Uuid::from_u128(expects as u128)),
        digest: "d".into(),
        sent_at_ms: 1_000,
        counts: true,
        audience: None,
        mentions: Vec::new(),
        effects: Vec::new(),
        companions: Vec::new(),
        act: None,
    })
}

/// Batch 1: a user and their group, with one message.
fn beginning() -> Batch {
    let user = Entry::CreateUser(NewUser {
        id: OWNER,
        username: "lili".into(),
        name: "李丽".into(),
        password_hash: None,
        bot_of: None,
        created_at_ms: 1_000,
    });
    let mut first = text(0);
    if let Entry::Append(append) = &mut first {
        append.kind = "group.create".into();
        append.effects = vec![
            Effect::SetField(GroupField::Name("G".into())),
            Effect::AddMember {
                user: OWNER,
                role: Role::Owner,
            },
        ];
    }
    batch(1, vec![user, first])
}

fn init(url: &str) -> Result<()> {
    std::thread::scope(|scope| scope.spawn(|| PostgresStore::init(url)).join().unwrap())
}

/// A store on this URL that holds batch 1.
async fn begun(url: &str) -> PostgresStore {
    init(url).unwrap();
    let store = PostgresStore::open(url, Access::Writer).await.unwrap();
    store.commit(&beginning()).await.unwrap();
    store
}

/// A database behind a proxy, and a store that goes through it.
async fn behind_a_proxy() -> (Database, TcpProxy, PostgresStore) {
    let database = cluster().database();
    let proxy = TcpProxy::start(database.tcp_address());
    let store = begun(&database.url_through(proxy.addr())).await;
    (database, proxy, store)
}

fn appended(position: i64) -> Outcome {
    Outcome::Appended {
        at: Placed {
            position: Position(position),
            seq: Seq(position),
            counted: position,
        },
        companions: Vec::new(),
    }
}

/// How many messages the user is shown.
async fn messages(store: &PostgresStore) -> usize {
    match store.page(OWNER, Position(0), 100, 1 << 20, 0).await {
        Ok(Behind::Page(page)) => page.messages.len(),
        other => panic!("{other:?}"),
    }
}

/// Carries out `work` until it succeeds, for at most five seconds. Until then it may only be
/// unavailable.
async fn eventually<T>(mut work: impl AsyncFnMut() -> Result<T>) -> T {
    let began = Instant::now();
    loop {
        match work().await {
            Ok(value) => return value,
            Err(StoreError::Unavailable(_)) if began.elapsed() < FIVE_SECONDS => {}
            Err(error) => panic!("{error} after {:?}", began.elapsed()),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Fails as unavailable, and in time.
async fn unavailable<T: std::fmt::Debug>(work: impl Future<Output = Result<T>>) {
    let began = Instant::now();
    let result = work.await;
    let took = began.elapsed();
    assert!(
        matches!(result, Err(StoreError::Unavailable(_))),
        "{result:?}"
    );
    assert!(took < FIVE_SECONDS, "{took:?}");
}

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

#[test]
fn a_server_that_would_lose_messages_is_refused() {
    for setting in ["fsync", "full_page_writes"] {
        let cluster = Cluster::private_with(&[(setting, "off")]);
        let database = cluster.database();
        match init(database.url()) {
            Err(StoreError::Unusable(text)) => assert!(text.contains(setting), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_said_and_never_with_the_password() {
    let database = cluster().database();
    let unusable = |result: Result<()>, word: &str| match result {
        Err(StoreError::Unusable(text)) => {
            assert!(text.contains(word) && !text.contains("geheim"), "{text}");
        }
        other => panic!("{other:?}"),
    };
    let open = async |url: &str| {
        PostgresStore::open(url, Access::Writer)
            .await
            .map(|_store| ())
    };
    for (url, word) in [
        ("postgres://u:geheim@localhost/x?sslmode=require", "TLS"),
        (
            "postgres://u:geheim@localhost/x?sslmode=verify-full",
            "sslmode",
        ),
        ("postgres://u:geheim@localhost:geheim/x", "PostgreSQL URL"),
    ] {
        unusable(init(url), word);
        unusable(open(url).await, word);
    }
    // Never set up; then by another version.
    unusable(open(database.url()).await, "never set up");
    init(database.url()).unwrap();
    database.run(|client| {
        client
            .batch_execute("update head set schema_version = 99")
            .unwrap();
    });
    unusable(init(database.url()), "99");
    unusable(open(database.url()).await, "99");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_make_the_tables_at_once_and_beside_a_writer() {
    let database = cluster().database();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| PostgresStore::init(database.url()).unwrap());
        }
    });
    let store = begun(database.url()).await;
    let secret = store.secret().await.unwrap();
    let url = database.url().to_owned();
    let others = std::thread::spawn(move || {
        for _ in 0..20 {
            PostgresStore::init(&url).unwrap();
        }
    });
    let mut number = 1;
    while !others.is_finished() {
        number += 1;
        let work = batch(number, vec![text(number - 1)]);
        assert_eq!(store.commit(&work).await.unwrap(), [appended(number)]);
    }
    others.join().unwrap();
    assert_eq!(store.secret().await.unwrap(), secret);
    assert_ne!(secret, [0; 32]);
}
