//! A memory store that lets a test step in before and after a page is read.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;

use crate::group::state::{ConversationState, ConversationType};
use crate::ids::*;
use crate::store::files::{BlobRecord, FileRecord};
use crate::store::memory::MemoryStore;
use crate::store::*;

type Hook = Pin<Box<dyn Future<Output = ()> + Send>>;

/// See the [module](self).
pub(super) struct Hooked {
    pub(super) memory: Arc<MemoryStore>,
    before_page: Mutex<Option<Hook>>,
    after_page: Mutex<Option<Hook>>,
}

impl Hooked {
    pub(super) fn new(memory: Arc<MemoryStore>) -> Self {
        Self {
            memory,
            before_page: Mutex::new(None),
            after_page: Mutex::new(None),
        }
    }

    /// Runs `hook` before the next page is read.
    pub(super) fn before_next_page(&self, hook: impl Future<Output = ()> + Send + 'static) {
        *self.before_page.lock().unwrap() = Some(Box::pin(hook));
    }

    /// Runs `hook` after the next page was read and before its reader has it.
    pub(super) fn after_next_page(&self, hook: impl Future<Output = ()> + Send + 'static) {
        *self.after_page.lock().unwrap() = Some(Box::pin(hook));
    }
}

macro_rules! delegate {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Store for Hooked {
            $(async fn $name(&self, $($argument: $type),*) -> $answer {
                self.memory.$name($($argument),*).await
            })*

            async fn page(
                &self,
                user: UserId,
                after: Position,
                messages: usize,
                bytes: usize,
                furthest: i64,
            ) -> Result<Behind> {
                let hook = self.before_page.lock().unwrap().take();
                if let Some(hook) = hook {
                    hook.await;
                }
                let read = self
                    .memory
                    .page(user, after, messages, bytes, furthest)
                    .await;
                let hook = self.after_page.lock().unwrap().take();
                if let Some(hook) = hook {
                    hook.await;
                }
                read
            }
        }
    };
}

#[async_trait]
impl AdministrationStore for Hooked {
    async fn accounts(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Account>> {
        self.memory.accounts(query, after, limit).await
    }
    async fn all_groups(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Group>> {
        self.memory.all_groups(query, after, limit).await
    }
    async fn administrators(&self) -> Result<BTreeSet<UserId>> {
        self.memory.administrators().await
    }
    async fn invitations(&self) -> Result<Vec<InvitationRecord>> {
        self.memory.invitations().await
    }
    async fn audit(&self, before: i64, limit: usize) -> Result<Vec<AuditRecord>> {
        self.memory.audit(before, limit).await
    }
    async fn reports(
        &self,
        state: Option<ReportState>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ReportRecord>> {
        self.memory.reports(state, before, limit).await
    }
    async fn own_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Message>> {
        self.memory
            .own_messages(user, conversation, after, limit)
            .await
    }
}

#[async_trait]
impl SearchStore for Hooked {
    async fn index_state(&self) -> Result<IndexState> {
        self.memory.index_state().await
    }

    async fn log_after(&self, after: Position, limit: usize) -> Result<Vec<Message>> {
        self.memory.log_after(after, limit).await
    }

    async fn index(&self, step: &IndexStep) -> Result<bool> {
        self.memory.index(step).await
    }

    async fn clear_index(&self, version: i64) -> Result<()> {
        self.memory.clear_index(version).await
    }

    async fn places(&self, user: UserId) -> Result<Vec<ConversationId>> {
        self.memory.places(user).await
    }

    async fn search(&self, find: &Find) -> Result<Vec<Message>> {
        self.memory.search(find).await
    }
}

delegate! {
    head() -> Result<Head>;
    secret() -> Result<[u8; 32]>;
    new_epoch(epoch: Epoch) -> Result<Head>;
    commit(batch: &Batch) -> Result<Vec<Outcome>>;
    resolve(number: i64) -> Result<Option<Vec<Outcome>>>;
    conversation(id: ConversationId) -> Result<Option<(ConversationState, Position)>>;
    audience(positions: &[Position]) -> Result<BTreeSet<UserId>>;
    history(user: UserId, id: ConversationId, range: Range) -> Result<Option<Vec<Message>>>;
    messages(user: UserId, id: ConversationId, seqs: &[Seq]) -> Result<Vec<Message>>;
    posted(id: ConversationId, by: Option<UserId>, client: ClientId) -> Result<Option<Posted>>;
    sync(user: UserId) -> Result<Option<SyncRows>>;
    read_position(user: UserId, id: ConversationId) -> Result<Option<ReadPosition>>;
    read_positions(user: UserId) -> Result<Vec<ReadPosition>>;
    group(viewer: UserId, id: ConversationId) -> Result<Option<Group>>;
    find_groups(viewer: UserId, query: &str, limit: usize) -> Result<Vec<Group>>;
    members(id: ConversationId) -> Result<Vec<MemberRow>>;
    users(ids: &[UserId]) -> Result<Vec<User>>;
    find_users(query: &str, limit: usize) -> Result<Vec<User>>;
    bots(owner: UserId) -> Result<Vec<User>>;
    credentials(username: &str) -> Result<Option<(User, Option<String>)>>;
    share_a_group(one: UserId, other: UserId) -> Result<bool>;
    conversation_type(id: ConversationId) -> Result<Option<ConversationType>>;
    rights(id: ConversationId, user: UserId) -> Result<Option<Rights>>;
    relation(user: UserId, other: UserId) -> Result<Option<Rights>>;
    member_names(id: ConversationId) -> Result<Vec<MemberName>>;
    map(id: ConversationId, map: &str) -> Result<BTreeMap<String, Value>>;
    session(token_hash: &str) -> Result<Option<Session>>;
    sessions(user: UserId) -> Result<Vec<Session>>;
    living_sessions(sessions: &[SessionId]) -> Result<BTreeSet<SessionId>>;
    close() -> ();
}

#[async_trait]
impl FileStore for Hooked {
    async fn file(&self, id: FileId) -> Result<Option<FileRecord>> {
        self.memory.file(id).await
    }

    async fn files_for(&self, user: UserId, ids: &[FileId]) -> Result<Vec<FileRecord>> {
        self.memory.files_for(user, ids).await
    }

    async fn files_of(&self, id: ConversationId, seq: Seq) -> Result<Vec<FileRecord>> {
        self.memory.files_of(id, seq).await
    }

    async fn uploaded_since(&self, user: UserId, since_ms: i64) -> Result<i64> {
        self.memory.uploaded_since(user, since_ms).await
    }

    async fn expired_files(&self, now_ms: i64, limit: usize) -> Result<Vec<FileId>> {
        self.memory.expired_files(now_ms, limit).await
    }

    async fn unused_blobs(&self, limit: usize) -> Result<Vec<BlobId>> {
        self.memory.unused_blobs(limit).await
    }

    async fn blobs(&self, ids: &[BlobId]) -> Result<Vec<BlobRecord>> {
        self.memory.blobs(ids).await
    }
}

use crate::message::Message;
