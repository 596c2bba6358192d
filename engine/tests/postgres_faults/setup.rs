//! Servers and databases as they are found: what cannot work is refused, tables are made once.

use webqq_engine::store::postgres::{Access, PostgresStore};
use webqq_engine::store::{Result, Store, StoreError};
use webqq_testkit::postgres::{Cluster, cluster};

use crate::common::{appended, batch, begun, init, text};

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
