//! What cannot be tried from outside: a read that does not end.

use super::*;

const ENDLESS: &str =
    "with recursive n (x) as (select 1 union all select x + 1 from n) select count(*) from n";

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_does_not_end_is_interrupted() {
    let directory = std::env::temp_dir().join(format!("webqq-{}", uuid::Uuid::new_v4()));
    let path = directory.join("webqq.db");
    let store = SqliteStore::open(&path, Access::Writer).unwrap();
    let begun = Instant::now();
    let endless = || store.read(|tx| tx.query_row(ENDLESS, [], |row| row.get::<_, i64>(0)));
    // As many as there are connections.
    let (a, b, c, d) = tokio::join!(endless(), endless(), endless(), endless());
    for result in [a, b, c, d] {
        assert!(
            matches!(result, Err(StoreError::Unavailable(_))),
            "{result:?}"
        );
    }
    assert!(begun.elapsed() < LONGEST + Duration::from_millis(500));
    // The threads let go of their connections, and new ones take their place.
    let begun = Instant::now();
    store.head().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1));
    store.close().await;
    std::fs::remove_dir_all(directory).unwrap();
}
