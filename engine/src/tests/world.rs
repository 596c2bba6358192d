//! An engine with users and groups, over the memory store.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::hooked::Hooked;
use crate::Engine;
use crate::ids::{ClientId, ConversationId, Position};
use crate::kinds::settings::Fields;
use crate::limits::Limits;
use crate::message::{Receipt, Rejection};
use crate::runtime::{Runtime, RuntimeHandle, Task, TokioRuntime};
use crate::store::memory::MemoryStore;
use crate::store::{Store, User};
use crate::user::attach::Viewer;

/// A runtime whose randomness comes from a seed.
pub(super) struct Seeded {
    tokio: TokioRuntime,
    state: std::sync::Mutex<u64>,
}

impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            tokio: TokioRuntime::default(),
            state: std::sync::Mutex::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        }
    }
}

impl Runtime for Seeded {
    fn now(&self) -> Duration {
        self.tokio.now()
    }
    fn wall_ms(&self) -> i64 {
        // The wall clock follows the paused one.
        1_795_000_000_000 + i64::try_from(self.tokio.now().as_millis()).unwrap()
    }
    fn sleep(&self, time: Duration) -> Task {
        self.tokio.sleep(time)
    }
    fn spawn(&self, task: Task) {
        self.tokio.spawn(task);
    }
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap();
        for byte in bytes {
            *byte = (next(&mut state) >> 32) as u8;
        }
    }
}

/// Xorshift: a random number that follows from the one before.
pub(super) fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) store: Arc<Hooked>,
    pub(super) users: Vec<User>,
    pub(super) viewers: Vec<Viewer>,
    pub(super) groups: Vec<ConversationId>,
}

impl World {
    /// `users` users; `groups` groups that the first user owns and all others have joined.
    pub(super) async fn new(users: usize, groups: usize, seed: u64) -> Self {
        let memory = Arc::new(MemoryStore::default());
        let store = Arc::new(Hooked::new(memory));
        let limits = Limits {
            posts_per_second: 0,
            catch_up_messages: 0,
            ..Limits::default()
        };
        let engine = Engine::builder(store.clone())
            .runtime(RuntimeHandle::new(Seeded::new(seed)))
            .limits(limits)
            .start()
            .await
            .unwrap();
        let mut world = Self {
            engine,
            store,
            users: Vec::new(),
            viewers: Vec::new(),
            groups: Vec::new(),
        };
        for n in 0..users {
            let name = format!("user{n}");
            let user = world.engine.sign_up(&name, &name, None).await.unwrap();
            let opened = world.engine.open_session(user.id, "test").await.unwrap();
            world.viewers.push(Viewer {
                user: user.id,
                session: opened.session,
                status: user.status,
            });
            world.users.push(user);
        }
        for n in 0..groups {
            world.make_group(&format!("group{n}")).await;
        }
        world
    }

    async fn make_group(&mut self, name: &str) {
        let fields = Fields {
            name: Some(name.into()),
            member_limit: Some(2_000),
            ..Fields::default()
        };
        let owner = &self.users[0];
        let group = self.engine.create_group(owner, fields, None).await.unwrap();
        for user in &self.users[1..] {
            self.engine.join_group(user, group.id, "").await.unwrap();
        }
        self.groups.push(group.id);
    }

    /// User `user` posts `text` in group `group`.
    pub(super) async fn post(
        &self,
        user: usize,
        group: usize,
        text: &str,
    ) -> Result<Receipt, Rejection> {
        let client_id = ClientId(self.engine.inner.core.runtime.new_id());
        let body = json!({"text": text});
        let (user, group) = (&self.users[user], self.groups[group]);
        self.engine.post(user, group, "text", body, client_id).await
    }

    /// Lets all that can happen without the clock happen.
    pub(super) async fn settle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    pub(super) async fn head(&self) -> Position {
        self.store.head().await.unwrap().position
    }

    pub(super) async fn close(self) {
        self.engine.close().await;
        let core = &self.engine.inner.core;
        assert_eq!(core.directory.population(), (0, 0), "actors were left");
    }
}
