//! A store to try, with short ways to write and to read.

use super::*;

/// A store to try.
pub(crate) struct Log {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    fail: Option<Box<dyn Fn(FailCommit) + Send + Sync>>,
    /// What the next commit of a store without a fault hook will look like from here.
    faked: Mutex<Option<FailCommit>>,
    /// What must live as long: a directory, a database.
    _keeps: Box<dyn Any + Send + Sync>,
}

impl Log {
    /// A store, and what must live as long as it.
    pub(crate) fn new(store: Arc<dyn Store>, keeps: impl Any + Send + Sync) -> Self {
        Self {
            store,
            fail: None,
            faked: Mutex::new(None),
            _keeps: Box::new(keeps),
        }
    }

    /// The same with the store's fault hook.
    pub(crate) fn failing(self, fail: impl Fn(FailCommit) + Send + Sync + 'static) -> Self {
        Self {
            fail: Some(Box::new(fail)),
            ..self
        }
    }

    /// Makes the next commit fail.
    pub(crate) fn fail_next_commit(&self, fail: FailCommit) {
        match &self.fail {
            Some(hook) => hook(fail),
            None => *self.faked.lock().unwrap() = Some(fail),
        }
    }

    // ---- writing -------------------------------------------------------------------------------

    /// These entries as the next batch.
    pub(crate) async fn batch(&self, entries: Vec<Entry>) -> Batch {
        Batch {
            number: Some(self.store.head().await.unwrap().batch + 1),
            entries,
            bounds: Bounds::default(),
        }
    }

    /// Writes a batch, through the failure that was asked for.
    pub(crate) async fn write(&self, batch: &Batch) -> Result<Vec<Outcome>> {
        let faked = self.faked.lock().unwrap().take();
        let failed = || Err(StoreError::Unavailable("a fault was faked".into()));
        match faked {
            None => self.store.commit(batch).await,
            Some(FailCommit::Before) => failed(),
            Some(FailCommit::After) => self.store.commit(batch).await.and_then(|_| failed()),
        }
    }

    /// Writes these entries as the next batch.
    pub(crate) async fn commit(&self, entries: Vec<Entry>) -> Vec<Outcome> {
        let batch = self.batch(entries).await;
        let outcomes = self.store.commit(&batch).await.unwrap();
        assert_eq!(outcomes.len(), batch.entries.len());
        outcomes
    }

    /// Writes one entry as the next batch.
    pub(crate) async fn one(&self, entry: Entry) -> Outcome {
        self.commit(vec![entry]).await.remove(0)
    }

    /// Writes one entry that must be done.
    pub(crate) async fn done(&self, entry: Entry) {
        assert_eq!(self.one(entry).await, Outcome::Done);
    }

    /// Writes messages as the next batch.
    pub(crate) async fn append(&self, appends: Vec<Append>) -> Vec<Outcome> {
        self.commit(appends.into_iter().map(Entry::Append).collect())
            .await
    }

    /// Writes one message that must be accepted.
    pub(crate) async fn appended(&self, append: Append) -> Position {
        match self.one(Entry::Append(append)).await {
            Outcome::Appended { at, .. } => at.position,
            other => panic!("not appended: {other:?}"),
        }
    }

    /// Posts a text at the end of a conversation.
    pub(crate) async fn post(
        &self,
        conversation: ConversationId,
        sender: UserId,
        text: &str,
    ) -> Position {
        let seq = self.seq(conversation).await;
        self.appended(say(conversation, seq, sender, text)).await
    }

    /// Appends these effects at the end of a group.
    pub(crate) async fn change(
        &self,
        group: ConversationId,
        by: UserId,
        effects: &[Effect],
    ) -> Outcome {
        let seq = self.seq(group).await;
        self.one(Entry::Append(changing(group, seq, by, effects)))
            .await
    }

    /// Somebody joins.
    pub(crate) async fn join(&self, group: ConversationId, user: UserId) -> Position {
        let seq = self.seq(group).await;
        self.appended(changing(group, seq, user, &[add(user, Role::Member)]))
            .await
    }

    /// Somebody leaves.
    pub(crate) async fn leave(&self, group: ConversationId, user: UserId) -> Position {
        let seq = self.seq(group).await;
        self.appended(changing(group, seq, user, &[remove(user)]))
            .await
    }

    /// Changes a profile, as a message in the user's own conversation.
    pub(crate) async fn profile(&self, user: UserId, fields: &[ProfileField]) -> Outcome {
        let own = ConversationId::own(user);
        let effects = fields.iter().cloned().map(Effect::SetProfile);
        let append = Append {
            r#type: ConversationType::Own,
            effects: effects.collect(),
            ..changing(own, self.seq(own).await, user, &[])
        };
        self.one(Entry::Append(append)).await
    }

    /// A new user.
    pub(crate) async fn user(&self, username: &str) -> UserId {
        let user = new_user(username);
        let id = user.id;
        self.done(Entry::CreateUser(user)).await;
        id
    }

    /// A new group.
    pub(crate) async fn group(&self, owner: UserId, name: &str) -> ConversationId {
        let id = ConversationId(Uuid::now_v7());
        self.appended(founding(id, owner, name)).await;
        id
    }

    /// A direct conversation.
    pub(crate) async fn direct(&self, one: UserId, other: UserId) -> ConversationId {
        let at_ms = 5;
        self.done(Entry::OpenDirect { one, other, at_ms }).await;
        ConversationId::direct(one, other)
    }

    /// A new session; its token's hash is its id.
    pub(crate) async fn session(&self, user: UserId, created_at_ms: i64) -> SessionId {
        let session = new_session(user, created_at_ms);
        let id = session.id;
        self.done(Entry::OpenSession(session)).await;
        id
    }

    // ---- reading -------------------------------------------------------------------------------

    /// The last seq of a conversation; 0: there is none.
    pub(crate) async fn seq(&self, conversation: ConversationId) -> i64 {
        let state = self.store.conversation(conversation).await.unwrap();
        state.map_or(0, |(state, _)| state.seq.0)
    }

    /// One page.
    pub(crate) async fn page(
        &self,
        user: UserId,
        after: Position,
        messages: usize,
        bytes: usize,
    ) -> Page {
        let behind = self.store.page(user, after, messages, bytes, 0).await;
        match behind.unwrap() {
            Behind::Page(page) => page,
            other => panic!("no page: {other:?}"),
        }
    }

    /// Everything that a user may see after a position, read in small pages whose promises are
    /// checked on the way.
    pub(crate) async fn feed(&self, user: UserId, after: Position) -> Vec<Message> {
        let (mut all, mut at): (Vec<Message>, _) = (Vec::new(), after);
        loop {
            let page = self.page(user, at, 3, 1_000_000).await;
            let from = at;
            for message in &page.messages {
                assert!(message.position > at, "positions rise: {page:?}");
                at = message.position;
            }
            assert!(page.scanned_to >= at && page.messages.len() <= 3);
            if page.complete {
                assert_eq!(page.scanned_to, self.store.head().await.unwrap().position);
                all.extend(page.messages);
                return all;
            }
            assert!(page.scanned_to == at && at > from, "it goes on: {page:?}");
            all.extend(page.messages);
        }
    }

    /// The seqs in which one conversation appears in a user's feed from the beginning.
    pub(crate) async fn seqs_in_feed(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Vec<i64> {
        let feed = self.feed(user, Position(0)).await;
        let here = feed.iter().filter(|m| m.conversation == conversation);
        here.map(|message| message.seq.0).collect()
    }

    /// The seqs of all history that a user may read; `None`: never in there.
    pub(crate) async fn seqs_in_history(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Option<Vec<i64>> {
        let range = Range {
            limit: 10_000,
            ..Range::default()
        };
        let history = self.store.history(user, conversation, range).await.unwrap();
        history.map(|messages| messages.iter().map(|message| message.seq.0).collect())
    }
}
