//! How long a search takes, how often, and what it says when it is not done: over memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use webqq_engine::Engine;
use webqq_engine::group::state::ConversationType;
use webqq_engine::ids::{ClientId, ConversationId, Cursor, Epoch, Position, Seq, UserId};
use webqq_engine::limits::{INDEX_BEHIND, INDEX_PAUSE, SEARCH_SPAN};
use webqq_engine::message::Refusal;
use webqq_engine::runtime::{Runtime, RuntimeHandle, Task, TokioRuntime};
use webqq_engine::store::memory::MemoryStore;
use webqq_engine::store::{Append, Batch, Bounds, Entry, IndexStep};

use super::{Home, Lab, builder, search};

/// A clock that moves each time it is looked at.
struct Slow {
    tokio: TokioRuntime,
    looks: AtomicU64,
}

impl Runtime for Slow {
    fn now(&self) -> Duration {
        Duration::from_millis(300) * self.looks.fetch_add(1, Ordering::Relaxed) as u32
    }

    fn wall_ms(&self) -> i64 {
        self.tokio.wall_ms()
    }

    fn sleep(&self, time: Duration) -> Task {
        self.tokio.sleep(time)
    }

    fn spawn(&self, task: Task) {
        self.tokio.spawn(task);
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.tokio.fill(bytes);
    }
}

/// When the time is over the answer has what was found so far, which may be nothing, and goes on
/// from there.
pub(crate) async fn a_search_that_takes_too_long_says_where_to_go_on() {
    let home = Home::memory();
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    lab.say(group, &ann, "tea at the beginning").await;
    lab.indexed().await;
    lab.engine.close().await;

    // Many stretches of a log that says nothing of the kind.
    let store = home.open().await;
    let mut seq = 2;
    let stretches = 60;
    while seq < stretches * SEARCH_SPAN {
        let entries = (0..512).map(|_| {
            let append = append(group, seq, ann.id);
            seq += 1;
            Entry::Append(append)
        });
        let batch = Batch {
            number: Some(store.head().await.unwrap().batch + 1),
            entries: entries.collect(),
            bounds: Bounds::default(),
        };
        store.commit(&batch).await.unwrap();
    }
    let head = store.head().await.unwrap().position;
    let from = store.index_state().await.unwrap().position;
    let skip = IndexStep {
        from,
        to: head,
        ..IndexStep::default()
    };
    assert!(store.index(&skip).await.unwrap());

    let runtime = RuntimeHandle::new(Slow {
        tokio: TokioRuntime::default(),
        looks: AtomicU64::new(0),
    });
    let engine = builder(store.clone())
        .runtime(runtime)
        .start()
        .await
        .unwrap();
    let lab = Lab { engine, store };
    let first = lab.found(&ann, search("tea")).await;
    assert!(first.results.is_empty(), "the beginning is far away");
    let next = first.next.expect("there is more to look at");
    assert!(next.position < head);
    let rest = super::Search {
        before: Some(next.to_string()),
        ..search("tea")
    };
    assert_eq!(lab.all(ann.id, rest).await, [(group, 2)]);
    lab.engine.close().await;
}

fn append(group: ConversationId, seq: i64, who: UserId) -> Append {
    Append {
        conversation: group,
        r#type: ConversationType::Group,
        expects: Some(Seq(seq)),
        kind: "text".into(),
        sender: Some(who),
        sender_name: "ann".into(),
        body: r#"{"text":"x"}"#.into(),
        client_id: ClientId(uuid::Uuid::from_u128(seq as u128)),
        digest: String::new(),
        sent_at_ms: 0,
        counts: true,
        audience: None,
        effects: Vec::new(),
        companions: Vec::new(),
        act: None,
        mentions: Vec::new(),
    }
}

/// A `before` that this log did not give is refused; one beyond the end is the end.
pub(crate) async fn a_page_goes_on_in_its_own_log_only() {
    let lab = Home::memory().start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    lab.say(group, &ann, "tea").await;
    lab.indexed().await;
    let own = lab.store.head().await.unwrap().epoch;
    let at = |epoch: Epoch, position: i64| Cursor {
        epoch,
        position: Position(position),
        version: 0,
    };
    let from = |before: String| super::Search {
        before: Some(before),
        ..search("tea")
    };
    let foreign = at(Epoch(own.0 + 1), 2).to_string();
    for bad in ["", "2", "0-0-0", &foreign] {
        let no = lab
            .engine
            .search(ann.id, &from(bad.into()))
            .await
            .unwrap_err();
        assert_eq!(
            (&*no.code, no.field.as_deref()),
            ("invalid", Some("before")),
            "{bad}"
        );
    }
    for (position, expected) in [(0, 0), (1, 0), (2, 0), (3, 1), (i64::MAX, 1)] {
        let search = from(at(own, position).to_string());
        assert_eq!(
            lab.found(&ann, search).await.results.len(),
            expected,
            "{position}"
        );
    }
    lab.engine.close().await;
}

/// Twenty at once, then two a second.
pub(crate) async fn who_searches_too_fast_waits() {
    let store = Arc::new(MemoryStore::default());
    let engine = Engine::builder(store).start().await.unwrap();
    let ann = engine.sign_up("ann", "ann", None).await.unwrap();
    let bob = engine.sign_up("bob", "bob", None).await.unwrap();
    let mut refused = None;
    for _ in 0..=20 {
        refused = engine.search(ann.id, &search("tea")).await.err();
    }
    let refused = refused.unwrap();
    assert_eq!(
        (&refused.refusal, &*refused.code),
        (&Refusal::TooMany, "too_many_searches")
    );
    assert!(
        refused
            .retry_after_ms
            .is_some_and(|wait| (1..=500).contains(&wait))
    );
    assert!(engine.search(bob.id, &search("tea")).await.is_ok());
    engine.close().await;
}

/// A world in which the indexer, once at rest, never wakes.
struct Tired(TokioRuntime);

impl Runtime for Tired {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall_ms(&self) -> i64 {
        self.0.wall_ms()
    }

    fn sleep(&self, time: Duration) -> Task {
        match time == INDEX_PAUSE {
            true => Box::pin(std::future::pending()),
            false => self.0.sleep(time),
        }
    }

    fn spawn(&self, task: Task) {
        self.0.spawn(task);
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// What the index lacks is said, not passed over. The clock is paused.
pub(crate) async fn an_index_that_is_behind_says_so() {
    let store = Arc::new(MemoryStore::default());
    let runtime = RuntimeHandle::new(Tired(TokioRuntime::default()));
    let engine = builder(store.clone()).runtime(runtime).start().await;
    let engine = engine.unwrap();
    let lab = Lab { engine, store };
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    tokio::time::sleep(INDEX_BEHIND / 2).await;
    assert!(lab.found(&ann, search("tea")).await.indexed);
    lab.say(group, &ann, "tea").await;
    tokio::time::sleep(INDEX_BEHIND).await;
    let found = lab.found(&ann, search("tea")).await;
    assert!(!found.indexed && found.results.is_empty());
    lab.engine.close().await;
}
