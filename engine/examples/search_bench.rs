//! How long searching takes in a long log, over SQLite and PostgreSQL:
//!
//! ```text
//! cargo run -p webqq-engine --example search_bench -- [MESSAGES [sqlite|postgres]]
//! ```
//!
//! Fills a new log (one million messages unless told otherwise) with invented text, half English
//! and half Chinese, whose words are as unevenly frequent as those of a language. Then it makes
//! the index, and measures searches of people who see much of the log, little of it, and of many
//! conversations; each five times, the first of which finds nothing in the caches of the process.
//! PostgreSQL is a private server on this machine, with its default settings.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that does not work is over"
)]

#[path = "search_bench/log.rs"]
mod log;
#[path = "search_bench/text.rs"]
mod text;

use std::sync::Arc;
use std::time::{Duration, Instant};

use webqq_engine::Engine;
use webqq_engine::limits::Limits;
use webqq_engine::search::{Query, Search};
use webqq_engine::store::postgres::{Access, PostgresStore};
use webqq_engine::store::sqlite::SqliteStore;
use webqq_engine::store::{Find, Store};
use webqq_testkit::temp_dir::TempDir;

use log::People;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let messages = arguments
        .next()
        .map_or(1_000_000, |text| text.parse().unwrap());
    let only = arguments.next();
    let asked = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if asked("sqlite") {
        let directory = TempDir::new("search-bench");
        let path = directory.path().join("webqq.db");
        let store = SqliteStore::open(&path, Access::Writer).unwrap();
        println!("\n## SQLite, {messages} messages\n");
        block_on(measure(Arc::new(store), messages));
        let size = std::fs::metadata(&path).unwrap().len();
        println!("the file: {} MiB", size >> 20);
        let database = rusqlite::Connection::open(&path).unwrap();
        let sql = "select sum(length(block)) from search_data";
        let size: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
        println!("of which the index: {} MiB", size >> 20);
    }
    if asked("postgres") {
        let database = webqq_testkit::postgres::cluster().database();
        PostgresStore::init(database.url()).unwrap();
        println!("\n## PostgreSQL, {messages} messages\n");
        let url = database.url().to_owned();
        block_on(async move {
            let store = PostgresStore::open(&url, Access::Writer).await.unwrap();
            measure(Arc::new(store), messages).await;
        });
        let mut client = postgres::Client::connect(database.url(), postgres::NoTls).unwrap();
        for table in ["messages", "search", "search_terms"] {
            let sql = "select pg_table_size($1::text::regclass) >> 20";
            let size: i64 = client.query_one(sql, &[&table]).unwrap().get(0);
            println!("{table}: {size} MiB");
        }
    }
}

fn block_on(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.unwrap().block_on(work);
}

fn builder(store: &Arc<dyn Store>) -> webqq_engine::engine::Builder {
    Engine::builder(store.clone()).limits(Limits {
        searches_per_second: 0,
        ..Limits::default()
    })
}

async fn measure(store: Arc<dyn Store>, messages: usize) {
    let began = Instant::now();
    let people = log::fill(&store, messages).await;
    println!("filled in {:.0} s", began.elapsed().as_secs_f32());

    let alone = log::commits(&store, &people, 200, Duration::from_millis(5)).await;
    let began = Instant::now();
    builder(&store).reindex().await.unwrap();
    println!("indexed in {:.0} s", began.elapsed().as_secs_f32());

    // Once more, by the indexer of a running server, with posts beside it.
    store.clear_index(0).await.unwrap();
    let engine = builder(&store).start().await.unwrap();
    let beside = log::commits(&store, &people, 200, Duration::from_millis(5)).await;
    println!("a commit alone: {alone}; while the log is indexed: {beside}");
    let began = Instant::now();
    let head = store.head().await.unwrap().position;
    while store.index_state().await.unwrap().position < head {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("caught up within {:.0} s", began.elapsed().as_secs_f32());

    searches(&engine, &people).await;
    steps(&store, &people).await;
    engine.close().await;
}

/// What one question asks of the store at most.
async fn steps(store: &Arc<dyn Store>, people: &People) {
    let head = store.head().await.unwrap().position;
    let find = Find {
        user: people.dave,
        all: Query::parse("w0 w1 w2")
            .unwrap()
            .terms()
            .into_iter()
            .collect(),
        any: Vec::new(),
        conversation: None,
        sender: None,
        from_ms: None,
        to_ms: None,
        after: webqq_engine::ids::Position(head.0 - webqq_engine::limits::SEARCH_SPAN_MOST),
        before: head.next(),
        limit: 21,
    };
    let began = Instant::now();
    let found = store.search(&find).await.unwrap();
    let took = began.elapsed().as_secs_f32() * 1_000.0;
    println!(
        "three common words, of which one sees nothing, in the longest stretch: {took:.1} ms, {} found",
        found.len()
    );
}

async fn searches(engine: &Engine, people: &People) {
    println!("\n| who | looks for | found | more | first, ms | then, ms |");
    println!("|---|---|---|---|---|---|");
    let see_most = [
        ("a common word", "w0"),
        ("a word in the middle", "w300"),
        ("a rare word", text::NEEDLE),
        ("a word that nobody said", "unheard"),
        ("two common words", "w1 w2"),
        ("two words in the middle", "w250 w350"),
        ("two common words that never meet", text::NEVER_MEET),
        ("a common character", text::COMMON_CHARACTER),
        ("two characters, common", text::COMMON_PAIR),
        ("two characters, rare", text::RARE_PAIR),
        ("a sentence", text::SENTENCE),
    ];
    for (what, query) in see_most {
        row(engine, "ann: most of it", what, people.ann, search(query)).await;
    }
    let there = |query: &str| Search {
        conversation: Some(people.small),
        ..search(query)
    };
    row(
        engine,
        "ann: most of it",
        "a common word, in a small group",
        people.ann,
        there("w0"),
    )
    .await;
    row(
        engine,
        "ann: most of it",
        "a rare word, in a small group",
        people.ann,
        there(text::NEEDLE),
    )
    .await;
    let there = |query: &str| Search {
        conversation: Some(people.hall),
        ..search(query)
    };
    row(
        engine,
        "ann: most of it",
        "a common word, in the big group",
        people.ann,
        there("w0"),
    )
    .await;
    row(
        engine,
        "ann: most of it",
        "a rare word, in the big group",
        people.ann,
        there(text::NEEDLE),
    )
    .await;
    let by = |query: &str| Search {
        sender: Some(people.bob),
        ..search(query)
    };
    row(
        engine,
        "ann: most of it",
        "a common word, by somebody silent",
        people.ann,
        by("w0"),
    )
    .await;
    for (what, query) in [
        ("a common word", "w0"),
        ("a common character", text::COMMON_CHARACTER),
        ("a rare word", text::NEEDLE),
    ] {
        row(
            engine,
            "bob: one small group",
            what,
            people.bob,
            search(query),
        )
        .await;
        row(
            engine,
            "carl: 300 small groups",
            what,
            people.carl,
            search(query),
        )
        .await;
        row(
            engine,
            "dave: 300 silent groups",
            what,
            people.dave,
            search(query),
        )
        .await;
    }
}

async fn row(
    engine: &Engine,
    who: &str,
    what: &str,
    user: webqq_engine::ids::UserId,
    search: Search,
) {
    let mut times = Vec::new();
    let (mut found, mut more) = (0, false);
    for _ in 0..5 {
        let began = Instant::now();
        let page = engine.search(user, &search).await.unwrap();
        times.push(began.elapsed().as_secs_f32() * 1_000.0);
        (found, more) = (page.results.len(), page.next.is_some());
    }
    let first = times[0];
    times.sort_by(f32::total_cmp);
    let more = if more { "yes" } else { "no" };
    println!(
        "| {who} | {what} | {found} | {more} | {first:.1} | {:.1} |",
        times[2]
    );
}

fn search(query: &str) -> Search {
    Search {
        query: Query::parse(query).unwrap(),
        conversation: None,
        sender: None,
        from_ms: None,
        to_ms: None,
        before: None,
        limit: 20,
    }
}
