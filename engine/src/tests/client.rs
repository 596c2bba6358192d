//! A client with its rule. It checks what it receives as it goes, and all of it at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::world::World;
use crate::ids::{ConversationId, Cursor, Position, Seq, UserId};
use crate::store::{Behind, Store};
use crate::user::feed::{Event, Feed};

/// See the [module](self).
#[derive(Clone)]
pub(super) struct Client {
    pub(super) nth: usize,
    user: UserId,
    /// The last id or poll cursor: what it resumes with.
    pub(super) cursor: Option<String>,
    /// The snapshot's position: what it must get lies behind it.
    start: Position,
    last: BTreeMap<ConversationId, i64>,
    /// What it applied, in order; and the cursors it got, with how much was applied by then.
    pub(super) applied: Vec<(ConversationId, Seq)>,
    cursors: Vec<(Position, usize)>,
    pub(super) wrong: Option<String>,
    /// Messages that came again.
    pub(super) doubled: usize,
}

impl Client {
    /// Starts from the snapshot.
    pub(super) async fn sync(world: &World, nth: usize) -> Self {
        let user = world.users[nth].id;
        let (rows, cursor) = world.engine.sync(user).await.unwrap();
        let last = rows.conversations.iter();
        Self {
            nth,
            user,
            cursor: Some(cursor.to_string()),
            start: cursor.position,
            last: last.map(|one| (one.id, one.head_seq.0)).collect(),
            applied: Vec::new(),
            cursors: Vec::new(),
            wrong: None,
            doubled: 0,
        }
    }

    pub(super) fn feed(&self, world: &World) -> Feed {
        let viewer = world.viewers[self.nth];
        world.engine.feed(viewer, self.cursor.clone())
    }

    pub(super) fn take(&mut self, event: &Event) {
        self.entry(&event.json);
        if let Some(id) = event.id {
            let held = self.cursor.as_deref().and_then(Cursor::parse);
            if held.is_some_and(|held| id.position < held.position) {
                self.complain(format!("an id went back: {id}"));
            }
            self.hold(id);
        }
    }

    pub(super) fn take_answer(&mut self, cursor: Cursor, events: &[Bytes]) {
        for json in events {
            self.entry(json);
        }
        self.hold(cursor);
    }

    fn hold(&mut self, cursor: Cursor) {
        self.cursor = Some(cursor.to_string());
        self.cursors.push((cursor.position, self.applied.len()));
    }

    /// The client's rule.
    fn entry(&mut self, json: &[u8]) {
        let entry: Value = serde_json::from_slice(json).unwrap();
        match entry["type"].as_str().unwrap() {
            "message" => {}
            "reset" => return self.complain("reset".into()),
            _ => return,
        }
        let conversation: ConversationId = entry["conversation"].as_str().unwrap().parse().unwrap();
        let seq = entry["seq"].as_i64().unwrap();
        let me = self.user.to_string();
        let added = entry["added"].as_array();
        let adds_me = added.is_some_and(|added| added.iter().any(|one| *one == me));
        let last = self.last.get(&conversation).copied();
        match last {
            Some(last) if seq <= last => self.doubled += 1,
            Some(last) if seq == last + 1 => self.apply(conversation, seq),
            // A conversation that begins: a direct one, or the user's own.
            None if seq == 1 => self.apply(conversation, seq),
            _ if adds_me => self.apply(conversation, seq),
            last => self.complain(format!("GAP in {conversation}: seq {seq} after {last:?}")),
        }
    }

    fn apply(&mut self, conversation: ConversationId, seq: i64) {
        self.last.insert(conversation, seq);
        self.applied.push((conversation, Seq(seq)));
    }

    fn complain(&mut self, what: String) {
        self.wrong.get_or_insert(what);
    }

    /// What it should have, from the log itself.
    pub(super) async fn expected(&self, world: &World) -> Vec<(ConversationId, Seq, Position)> {
        let store: Arc<_> = world.store.memory.clone();
        let all = store.page(self.user, self.start, 1_000_000, usize::MAX, 0);
        let Behind::Page(page) = all.await.unwrap() else {
            panic!("the snapshot's cursor is of this log");
        };
        let message = page.messages.iter();
        message
            .map(|m| (m.conversation, m.seq, m.position))
            .collect()
    }

    pub(super) async fn has_everything(&self, world: &World) -> bool {
        self.applied.len() >= self.expected(world).await.len()
    }

    /// Everything, once, in order; and no cursor vouched for what had not come.
    pub(super) async fn check(&self, world: &World) -> Result<(), String> {
        if let Some(wrong) = &self.wrong {
            return Err(format!("client {}: {wrong}", self.nth));
        }
        let expected = self.expected(world).await;
        let mut applied = self.applied.clone();
        applied.sort_unstable();
        let mut wanted: Vec<_> = expected.iter().map(|(c, s, _)| (*c, *s)).collect();
        wanted.sort_unstable();
        if applied != wanted {
            let missing: Vec<_> = wanted.iter().filter(|one| !applied.contains(one)).collect();
            let extra: Vec<_> = applied.iter().filter(|one| !wanted.contains(one)).collect();
            return Err(format!(
                "client {}: missing {missing:?}, extra {extra:?}",
                self.nth
            ));
        }
        let rank: BTreeMap<_, _> = self
            .applied
            .iter()
            .enumerate()
            .map(|(rank, one)| (*one, rank))
            .collect();
        for (cursor, by_then) in &self.cursors {
            for (conversation, seq, position) in &expected {
                if position <= cursor && rank[&(*conversation, *seq)] >= *by_then {
                    return Err(format!(
                        "CURSOR client {} held {cursor:?} before it had {position:?}",
                        self.nth
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Reads a feed into a client until it has everything. Panics when that takes over a minute.
pub(super) async fn read_all(world: &World, client: &mut Client, feed: &mut Feed) {
    let read = async {
        while !client.has_everything(world).await {
            for event in feed.next().await.expect("the feed goes on") {
                client.take(&event);
            }
        }
    };
    let minute = std::time::Duration::from_secs(60);
    let in_time = tokio::time::timeout(minute, read).await;
    assert!(in_time.is_ok(), "client {} is not served", client.nth);
    client.check(world).await.unwrap();
}
