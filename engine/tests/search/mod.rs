//! What searching must do, as functions over a [`Home`]: a place where a log lives, and where
//! engines start and stop.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;
use webqq_engine::Engine;
use webqq_engine::engine::Builder;
use webqq_engine::ids::{ClientId, ConversationId, UserId};
use webqq_engine::kinds::settings::Fields;
use webqq_engine::limits::Limits;
use webqq_engine::search::{Found, Query, Search};
use webqq_engine::store::memory::MemoryStore;
use webqq_engine::store::postgres::{Access, PostgresStore};
use webqq_engine::store::sqlite::SqliteStore;
use webqq_engine::store::{Store, User};
use webqq_testkit::temp_dir::TempDir;

pub(crate) mod finding;
pub(crate) mod index;
pub(crate) mod kinds;
pub(crate) mod seeing;
pub(crate) mod time;

/// Where a log lives, and survives its engines.
pub(crate) enum Home {
    Memory(Arc<MemoryStore>),
    Sqlite(TempDir),
    Postgres(
        String,
        #[expect(dead_code, reason = "lives as long as the log")] Box<dyn Any + Send + Sync>,
    ),
}

impl Home {
    pub(crate) fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(TempDir::new("search"))
    }

    pub(crate) async fn postgres() -> Self {
        let database = webqq_testkit::postgres::cluster().database();
        let url = database.url().to_owned();
        let init = url.clone();
        let made = tokio::task::spawn_blocking(move || PostgresStore::init(&init));
        made.await.unwrap().unwrap();
        Self::Postgres(url, Box::new(database))
    }

    /// Opens the log.
    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => {
                store.reopen();
                store.clone()
            }
            Self::Sqlite(directory) => {
                let path = directory.path().join("webqq.db");
                Arc::new(SqliteStore::open(&path, Access::Writer).unwrap())
            }
            Self::Postgres(url, _) => {
                Arc::new(PostgresStore::open(url, Access::Writer).await.unwrap())
            }
        }
    }

    /// How many messages are in the index, recalled or not, read past the store.
    pub(crate) async fn indexed_rows(&self) -> i64 {
        let sql = "select count(*) from search";
        match self {
            Self::Memory(store) => store.indexed_messages() as i64,
            Self::Sqlite(directory) => {
                let path = directory.path().join("webqq.db");
                let database = rusqlite::Connection::open(path).unwrap();
                database.query_row(sql, [], |row| row.get(0)).unwrap()
            }
            Self::Postgres(url, _) => {
                let (client, driver) = tokio_postgres::connect(url, tokio_postgres::NoTls)
                    .await
                    .unwrap();
                tokio::spawn(driver);
                client.query_one(sql, &[]).await.unwrap().get(0)
            }
        }
    }

    /// Starts an engine over the log.
    pub(crate) async fn start(&self) -> Lab {
        let store = self.open().await;
        let engine = builder(store.clone()).start().await.unwrap();
        Lab { engine, store }
    }
}

/// An engine to be, with the kinds of these tests.
pub(crate) fn builder(store: Arc<dyn Store>) -> Builder {
    Engine::builder(store)
        .kind::<kinds::Recipe>()
        .kind::<kinds::Whisper>()
        .kind::<kinds::Broken>()
        .limits(Limits {
            posts_per_second: 0,
            searches_per_second: 0,
            groups_per_user: 0,
            ..Limits::default()
        })
}

/// An engine, and its store.
pub(crate) struct Lab {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<dyn Store>,
}

impl Lab {
    pub(crate) async fn user(&self, name: &str) -> User {
        self.engine.sign_up(name, name, None).await.unwrap()
    }

    /// A group of these, the first its owner.
    pub(crate) async fn group(&self, name: &str, members: &[&User]) -> ConversationId {
        let fields = Fields {
            name: Some(name.into()),
            ..Fields::default()
        };
        let group = self.engine.create_group(members[0], fields, None).await;
        let id = group.unwrap().id;
        for member in &members[1..] {
            self.join(id, member).await;
        }
        id
    }

    pub(crate) async fn join(&self, group: ConversationId, who: &User) {
        self.engine.join_group(who, group, "").await.unwrap();
    }

    pub(crate) async fn leave(&self, group: ConversationId, who: &User) {
        let left = self.engine.remove_member(who, group, who.id, false).await;
        left.unwrap();
    }

    pub(crate) async fn say(&self, group: ConversationId, who: &User, text: &str) -> i64 {
        self.post(group, who, "text", json!({ "text": text })).await
    }

    pub(crate) async fn post(
        &self,
        group: ConversationId,
        who: &User,
        kind: &str,
        body: Value,
    ) -> i64 {
        let client_id = ClientId(Uuid::new_v4());
        let posted = self.engine.post(who, group, kind, body, client_id).await;
        posted.unwrap().seq.0
    }

    /// Waits until the index holds all that was posted so far.
    pub(crate) async fn indexed(&self) {
        let head = self.store.head().await.unwrap().position;
        let patience = Instant::now() + Duration::from_secs(20);
        while self.store.index_state().await.unwrap().position < head {
            assert!(
                Instant::now() < patience,
                "the index does not come to {head:?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The engine knows a moment later.
        let nobody = UserId(Uuid::nil());
        while !self
            .engine
            .search(nobody, &search("x"))
            .await
            .unwrap()
            .indexed
        {
            assert!(Instant::now() < patience, "the engine does not know");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn found(&self, who: &User, search: Search) -> Found {
        self.engine.search(who.id, &search).await.unwrap()
    }

    /// The texts found by a query, the newest first, with what was found in brackets.
    pub(crate) async fn texts(&self, who: &User, query: &str) -> Vec<String> {
        let found = self.found(who, search(query)).await;
        assert!(found.indexed && found.next.is_none());
        found
            .results
            .iter()
            .map(|hit| marked(&hit.excerpt))
            .collect()
    }

    /// All that is found, page by page, as conversation and seq.
    pub(crate) async fn all(&self, who: UserId, mut search: Search) -> Vec<(ConversationId, i64)> {
        let mut all = Vec::new();
        loop {
            let found = self.engine.search(who, &search).await.unwrap();
            assert!(found.results.len() <= search.limit);
            for hit in found.results {
                let message: Value = serde_json::from_slice(&hit.message).unwrap();
                let id: ConversationId = message["conversation"].as_str().unwrap().parse().unwrap();
                let place = (id, message["seq"].as_i64().unwrap());
                assert!(!all.contains(&place), "{place:?} comes twice");
                all.push(place);
            }
            match found.next {
                Some(next) => search.before = Some(next.to_string()),
                None => return all,
            }
        }
    }
}

/// A search for this, without any filter.
pub(crate) fn search(query: &str) -> Search {
    Search {
        query: Query::parse(query).unwrap(),
        conversation: None,
        sender: None,
        from_ms: None,
        to_ms: None,
        before: None,
        limit: 50,
    }
}

/// A snippet with what was found in brackets.
pub(crate) fn marked(excerpt: &webqq_engine::search::Excerpt) -> String {
    let units: Vec<u16> = excerpt.snippet.encode_utf16().collect();
    let text = |units: &[u16]| String::from_utf16(units).unwrap();
    let (mut shown, mut at) = (String::new(), 0);
    for &(from, to) in &excerpt.highlights {
        shown += &format!("{}[{}]", text(&units[at..from]), text(&units[from..to]));
        at = to;
    }
    shown + &text(&units[at..])
}

/// Texts of a real chat, with who said them.
pub(crate) fn chat() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../data/ubuntu-2016.txt").lines();
    let said = lines.filter_map(|line| {
        let (name, text) = line.get(8..)?.strip_prefix('<')?.split_once("> ")?;
        (!text.trim().is_empty()).then_some((name, text))
    });
    said.collect()
}

/// Texts in several scripts.
pub(crate) const TEXTS: [&str; 17] = [
    "今天天气不错，我们去公园吧",
    "明天会下雨，记得带伞",
    "天气预报说今天多云",
    "我用iPhone拍的照片",
    "Rust 真好用，async 也不难",
    "rusty nails",
    "Trust me",
    "请看 https://example.org/今天?x=1",
    "ＷＥＢＱＱ 上线了 👍👍🏽",
    "Café au lait, s'il vous plaît",
    "北京大学在北京",
    "京大",
    "𠮷野家の牛丼が好き",
    "한국어 메시지입니다",
    "Привет, как дела?",
    "今 天 (with spaces)",
    // Has the pairs of a longer run, but not the run.
    "天气，气不",
];
