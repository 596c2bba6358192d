//! A store with a group and its first message, what follows it, and how faults show.

use std::time::{Duration, Instant};

use uuid::Uuid;
use webqq_engine::group::state::{ConversationType, GroupField, Role};
use webqq_engine::ids::{ClientId, ConversationId, Position, Seq, UserId};
use webqq_engine::kind::Effect;
use webqq_engine::store::postgres::{Access, PostgresStore};
use webqq_engine::store::{
    Append, Batch, Behind, Bounds, Entry, NewUser, Outcome, Placed, Result, Store, StoreError,
};
use webqq_testkit::postgres::{Database, cluster};
use webqq_testkit::tcp_proxy::TcpProxy;

pub(crate) const FIVE_SECONDS: Duration = Duration::from_secs(5);
pub(crate) const OWNER: UserId = UserId(Uuid::from_u128(1));
pub(crate) const GROUP: ConversationId = ConversationId(Uuid::from_u128(2));

pub(crate) fn batch(number: i64, entries: Vec<Entry>) -> Batch {
    Batch {
        number: Some(number),
        entries,
        bounds: Bounds::default(),
    }
}

/// The text that follows `expects` messages.
pub(crate) fn text(expects: i64) -> Entry {
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
pub(crate) fn beginning() -> Batch {
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

pub(crate) fn init(url: &str) -> Result<()> {
    std::thread::scope(|scope| scope.spawn(|| PostgresStore::init(url)).join().unwrap())
}

/// A store on this URL that holds batch 1.
pub(crate) async fn begun(url: &str) -> PostgresStore {
    init(url).unwrap();
    let store = PostgresStore::open(url, Access::Writer).await.unwrap();
    store.commit(&beginning()).await.unwrap();
    store
}

/// A database behind a proxy, and a store that goes through it.
pub(crate) async fn behind_a_proxy() -> (Database, TcpProxy, PostgresStore) {
    let database = cluster().database();
    let proxy = TcpProxy::start(database.tcp_address());
    let store = begun(&database.url_through(proxy.addr())).await;
    (database, proxy, store)
}

pub(crate) fn appended(position: i64) -> Outcome {
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
pub(crate) async fn messages(store: &PostgresStore) -> usize {
    match store.page(OWNER, Position(0), 100, 1 << 20, 0).await {
        Ok(Behind::Page(page)) => page.messages.len(),
        other => panic!("{other:?}"),
    }
}

/// Carries out `work` until it succeeds, for at most five seconds. Until then it may only be
/// unavailable.
pub(crate) async fn eventually<T>(mut work: impl AsyncFnMut() -> Result<T>) -> T {
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
pub(crate) async fn unavailable<T: std::fmt::Debug>(work: impl Future<Output = Result<T>>) {
    let began = Instant::now();
    let result = work.await;
    let took = began.elapsed();
    assert!(
        matches!(result, Err(StoreError::Unavailable(_))),
        "{result:?}"
    );
    assert!(took < FIVE_SECONDS, "{took:?}");
}
