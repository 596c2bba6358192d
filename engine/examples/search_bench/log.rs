//! The log that is searched: who is where, and says how much.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;
use webqq_engine::group::state::{ConversationType, GroupField, Role};
use webqq_engine::ids::{ClientId, ConversationId, Seq, UserId};
use webqq_engine::kind::Effect;
use webqq_engine::limits::JOURNAL_BATCH;
use webqq_engine::store::{Append, Batch, Bounds, Entry, NewUser, Outcome, Store};

use super::text::Texts;

/// Who searches, and where.
pub(crate) struct People {
    /// In the big group and in some small ones.
    pub(crate) ann: UserId,
    /// In one small group.
    pub(crate) bob: UserId,
    /// In three hundred small groups.
    pub(crate) carl: UserId,
    /// In three hundred groups of which nobody speaks.
    pub(crate) dave: UserId,
    /// Six messages of ten.
    pub(crate) hall: ConversationId,
    /// One of the small groups.
    pub(crate) small: ConversationId,
}

/// Small groups that share what the hall leaves.
const SMALL: usize = 400;
/// Of how many carl and dave are members.
const MANY: usize = 300;

struct Filling<'a> {
    store: &'a Arc<dyn Store>,
    seqs: BTreeMap<ConversationId, i64>,
    waiting: Vec<Entry>,
}

/// Writes the log.
pub(crate) async fn fill(store: &Arc<dyn Store>, messages: usize) -> People {
    let mut filling = Filling {
        store,
        seqs: BTreeMap::new(),
        waiting: Vec::new(),
    };
    let mut users = Vec::new();
    for name in ["ann", "bob", "carl", "dave", "eve"] {
        users.push(filling.user(name).await);
    }
    let [ann, bob, carl, dave, eve] = users[..] else {
        unreachable!("five users")
    };
    let hall = filling.group("hall", &[eve, ann]).await;
    let mut small = Vec::new();
    for nth in 0..SMALL {
        let mut members = vec![eve];
        members.extend((nth < 50).then_some(ann));
        members.extend((nth == 0).then_some(bob));
        members.extend((nth < MANY).then_some(carl));
        small.push(filling.group(&format!("small {nth}"), &members).await);
    }
    for nth in 0..MANY {
        let _silent = filling.group(&format!("silent {nth}"), &[dave]).await;
    }
    let mut texts = Texts::new();
    for nth in 0..messages {
        let text = texts.text(nth, messages);
        let place = match texts.below(10) {
            0..6 => hall,
            _ => small[texts.below(SMALL as u64) as usize],
        };
        let who = if place == small[0] && texts.below(100) == 0 {
            bob
        } else {
            eve
        };
        let body = json!({ "text": text }).to_string();
        filling.append(place, who, "text", body, Vec::new()).await;
    }
    filling.write().await;
    People {
        ann,
        bob,
        carl,
        dave,
        hall,
        small: small[0],
    }
}

impl Filling<'_> {
    async fn user(&mut self, name: &str) -> UserId {
        let id = UserId(Uuid::now_v7());
        self.add(Entry::CreateUser(NewUser {
            id,
            username: name.into(),
            name: name.into(),
            password_hash: None,
            bot_of: None,
            created_at_ms: 1,
        }))
        .await;
        id
    }

    async fn group(&mut self, name: &str, members: &[UserId]) -> ConversationId {
        let id = ConversationId(Uuid::now_v7());
        for (nth, user) in members.iter().enumerate() {
            let (user, mut effects) = (*user, Vec::new());
            let role = if nth == 0 { Role::Owner } else { Role::Member };
            if nth == 0 {
                effects.push(Effect::SetField(GroupField::Name(name.into())));
            }
            effects.push(Effect::AddMember { user, role });
            let body = json!({ "user": user }).to_string();
            self.append(id, user, "group.join", body, effects).await;
        }
        id
    }

    async fn append(
        &mut self,
        conversation: ConversationId,
        who: UserId,
        kind: &str,
        body: String,
        effects: Vec<Effect>,
    ) {
        let seq = self.seqs.entry(conversation).or_default();
        let expects = Seq(*seq);
        *seq += 1;
        let append = append(conversation, expects, who, kind, body, effects);
        self.add(Entry::Append(append)).await;
    }

    async fn add(&mut self, entry: Entry) {
        self.waiting.push(entry);
        if self.waiting.len() == JOURNAL_BATCH {
            self.write().await;
        }
    }

    async fn write(&mut self) {
        commit(self.store, std::mem::take(&mut self.waiting)).await;
    }
}

fn append(
    conversation: ConversationId,
    expects: Seq,
    who: UserId,
    kind: &str,
    body: String,
    effects: Vec<Effect>,
) -> Append {
    Append {
        conversation,
        r#type: ConversationType::Group,
        expects: Some(expects),
        kind: kind.into(),
        sender: Some(who),
        sender_name: "somebody".into(),
        body,
        client_id: ClientId(Uuid::now_v7()),
        digest: "d".repeat(64),
        sent_at_ms: 1_700_000_000_000,
        counts: true,
        audience: None,
        effects,
        companions: Vec::new(),
        act: None,
        mentions: Vec::new(),
    }
}

async fn commit(store: &Arc<dyn Store>, entries: Vec<Entry>) {
    let batch = Batch {
        number: Some(store.head().await.unwrap().batch + 1),
        entries,
        bounds: Bounds {
            groups_per_user: 0,
            ..Bounds::default()
        },
    };
    for outcome in store.commit(&batch).await.unwrap() {
        assert!(
            matches!(outcome, Outcome::Appended { .. } | Outcome::Done),
            "{outcome:?}"
        );
    }
}

/// How long committing one message takes, that many times with a pause between.
pub(crate) async fn commits(
    store: &Arc<dyn Store>,
    people: &People,
    count: usize,
    pause: Duration,
) -> String {
    let mut times = Vec::new();
    for _ in 0..count {
        let state = store.conversation(people.small).await.unwrap().unwrap().0;
        let body = json!({ "text": "a post beside it" }).to_string();
        let append = append(
            people.small,
            state.seq,
            people.bob,
            "text",
            body,
            Vec::new(),
        );
        let began = Instant::now();
        commit(store, vec![Entry::Append(append)]).await;
        times.push(began.elapsed().as_secs_f32() * 1_000.0);
        tokio::time::sleep(pause).await;
    }
    times.sort_by(f32::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("{:.1} ms, 99 of 100 within {:.1} ms", at(50), at(99))
}
