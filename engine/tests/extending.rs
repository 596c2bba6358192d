//! What a researcher does: two kinds of their own, an engine without HTTP, a feed to watch.
#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;
use webqq_engine::Engine;
use webqq_engine::engine::StartError;
use webqq_engine::ids::{ClientId, ConversationId};
use webqq_engine::kind::*;
use webqq_engine::kinds::settings::Fields;
use webqq_engine::message::Rejection;
use webqq_engine::store::User;
use webqq_engine::store::memory::MemoryStore;
use webqq_engine::user::attach::Viewer;
use webqq_engine::user::feed::Feed;

/// Counts, in the conversation's own state, seen by admins only.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tally {
    #[serde(default)]
    total: u64,
}

impl MessageKind for Tally {
    const NAME: &'static str = "lab.tally";
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        self.total = at.state().and_then(Value::as_u64).unwrap_or(0) + 1;
        let effects = Effects::of([Effect::SetState(json!(self.total))]);
        Ok(effects.seen_by(Audience::Admins))
    }

    fn summary(&self, _lang: Lang) -> String {
        format!("{}", self.total)
    }
}

/// A signal: fanned out and forgotten.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wave {
    hand: String,
}

impl MessageKind for Wave {
    const NAME: &'static str = "lab.wave";
    const DURABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none())
    }

    fn summary(&self, _lang: Lang) -> String {
        "waves".into()
    }
}

struct Lab {
    engine: Engine,
    people: Vec<User>,
    group: ConversationId,
}

impl Lab {
    async fn new() -> Self {
        let engine = Engine::builder(Arc::new(MemoryStore::default()))
            .kind::<Tally>()
            .kind::<Wave>()
            .start()
            .await
            .unwrap();
        let mut people = Vec::new();
        for name in ["ann", "bob"] {
            people.push(engine.sign_up(name, name, None).await.unwrap());
        }
        let fields = Fields {
            name: Some("lab".into()),
            ..Fields::default()
        };
        let group = engine.create_group(&people[0], fields, None).await.unwrap();
        engine.join_group(&people[1], group.id, "").await.unwrap();
        let group = group.id;
        Self {
            engine,
            people,
            group,
        }
    }

    async fn feed(&self, user: &User) -> Feed {
        let opened = self.engine.open_session(user.id, "test").await.unwrap();
        let viewer = Viewer {
            user: user.id,
            session: opened.session,
            status: user.status,
        };
        let mut feed = self.engine.feed(viewer, None);
        feed.next().await.unwrap(); // hello
        feed.next().await.unwrap(); // the state, and that there is nothing older
        feed
    }

    async fn post(&self, who: usize, kind: &str, body: Value) -> Result<i64, Rejection> {
        let client_id = ClientId(Uuid::new_v4());
        let who = &self.people[who];
        let posted = self.engine.post(who, self.group, kind, body, client_id);
        posted.await.map(|receipt| receipt.seq.0)
    }
}

/// The next entry of a feed that is no heartbeat.
async fn entry(feed: &mut Feed) -> Value {
    let next = tokio::time::timeout(Duration::from_secs(10), feed.next());
    let events = next
        .await
        .expect("an entry comes")
        .expect("the feed goes on");
    serde_json::from_slice(&events[0].json).unwrap()
}

#[tokio::test]
async fn a_kind_with_state_and_an_audience() {
    let lab = Lab::new().await;
    let mut owner = lab.feed(&lab.people[0]).await;
    let mut member = lab.feed(&lab.people[1]).await;
    for n in 1..=2 {
        let seq = lab.post(0, "lab.tally", json!({})).await.unwrap();
        let seen = entry(&mut owner).await;
        assert_eq!(
            (&seen["seq"], &seen["body"]),
            (&json!(seq), &json!({"total": n}))
        );
        let stub = entry(&mut member).await;
        assert_eq!(
            (&stub["seq"], &stub["kind"]),
            (&json!(seq), &json!("hidden"))
        );
        assert_eq!(stub["counted"], 0, "what not everyone sees is not unread");
    }
    drop((owner, member));
    lab.engine.close().await;
}

#[tokio::test]
async fn a_signal_is_fanned_out_and_forgotten() {
    let lab = Lab::new().await;
    let mut member = lab.feed(&lab.people[1]).await;
    let seq = lab.post(0, "lab.wave", json!({"hand": "left"})).await;
    assert_eq!(seq.unwrap(), 0, "a signal has no place");
    let seen = entry(&mut member).await;
    assert_eq!(seen["type"], "signal");
    assert_eq!(seen["signal"], "lab.wave");
    assert_eq!(seen["hand"], "left");
    assert_eq!(seen["user"], json!(lab.people[0].id));
    let next = lab.post(0, "text", json!({"text": "after"})).await;
    assert_eq!(next.unwrap(), 3, "the signal took no seq");
    drop(member);
    lab.engine.close().await;
}

#[tokio::test]
async fn two_kinds_of_one_name_do_not_start() {
    let builder = Engine::builder(Arc::new(MemoryStore::default()));
    let started = builder.kind::<Wave>().kind::<Wave>().start().await;
    assert!(matches!(
        started.err(),
        Some(StartError::DuplicateKind("lab.wave"))
    ));
}
