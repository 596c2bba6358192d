//! Reading: the snapshot, history, read positions.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::engine::Engine;
use crate::group::state::ConversationType;
use crate::ids::{ConversationId, Cursor, Seq, UserId};
use crate::limits::{RATES_TRACKED, READ_COALESCE};
use crate::mailbox::UserMail;
use crate::message::Rejection;
use crate::posting::not_now;
use crate::store::{Entry, Range, ReadPosition, Status, SyncRows, User};

type Key = (UserId, ConversationId);

/// When each read position was last stored, so that many in one second become one write.
#[derive(Default)]
pub(crate) struct Reads {
    readers: Mutex<BTreeMap<Key, Arc<Reader>>>,
}

#[derive(Default)]
struct Reader {
    /// The furthest that any call under way wants.
    wanted: AtomicI64,
    last: tokio::sync::Mutex<Last>,
}

#[derive(Default)]
struct Last {
    /// When it was stored.
    at: Option<Duration>,
    seq: Seq,
}

/// Where a user has read up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadState {
    /// Read up to here.
    pub read_seq: Seq,
    /// Unread-worthy messages behind it.
    pub unread: i64,
}

impl Engine {
    /// The snapshot that a client starts from, and the cursor to open the feed with.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn sync(&self, user: UserId) -> Result<(SyncRows, Cursor), Rejection> {
        let rows = self.inner.core.store.sync(user).await;
        let rows = rows
            .map_err(|_| not_now())?
            .ok_or_else(Rejection::not_found)?;
        let cursor = self.cursor(rows.head.position);
        Ok((rows, cursor))
    }

    /// A part of a conversation's history, ascending, as JSON.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn history(
        &self,
        user: UserId,
        conversation: ConversationId,
        range: Range,
    ) -> Result<Vec<Bytes>, Rejection> {
        let store = &self.inner.core.store;
        let found = store.history(user, conversation, range).await;
        let found = found.map_err(|_| not_now())?;
        let found = found.ok_or_else(Rejection::not_found)?;
        Ok(found.iter().map(|one| one.render_for(user)).collect())
    }

    /// One message as JSON.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn message(
        &self,
        user: UserId,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Bytes, Rejection> {
        let store = &self.inner.core.store;
        let found = store.messages(user, conversation, &[seq]).await;
        let found = found.map_err(|_| not_now())?;
        let message = found.first().ok_or_else(Rejection::not_found)?;
        Ok(message.render_for(user))
    }

    /// Moves a read position forward, to `seq` or the head, whichever is lower; never back.
    /// Stored at most once a second per conversation: a second call in that second waits for it.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn read(
        &self,
        user: UserId,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<ReadState, Rejection> {
        let core = &self.inner.core;
        let before = self.position(user, conversation).await?;
        let reader = self.inner.reads.of((user, conversation));
        reader.wanted.fetch_max(seq.0, Ordering::SeqCst);
        let mut last = reader.last.lock().await;
        // Another call may have moved it as far while this one waited.
        if seq > before.read_seq && seq > last.seq {
            if let Some(at) = last.at {
                let passed = core.runtime.now().saturating_sub(at);
                core.runtime
                    .sleep(READ_COALESCE.saturating_sub(passed))
                    .await;
            }
            let seq = Seq(reader.wanted.load(Ordering::SeqCst));
            self.write(Entry::SetRead {
                user,
                conversation,
                seq,
            })
            .await?;
            last.at = Some(core.runtime.now());
            last.seq = seq;
        }
        drop(last);
        let now = self.position(user, conversation).await?;
        if now.read_seq > before.read_seq {
            if let Some(slot) = core.directory.known_user(user) {
                let read = (conversation, user, now.read_seq);
                slot.tell(UserMail::Read(read.0, read.1, read.2));
            }
            if now.r#type == ConversationType::Direct {
                self.show_reading(user, conversation, now.read_seq).await;
            }
        }
        Ok(ReadState {
            read_seq: now.read_seq,
            unread: now.counted - now.read_counted,
        })
    }

    /// Tells the other of a direct conversation how far a user has read, if both show it.
    async fn show_reading(&self, user: UserId, conversation: ConversationId, seq: Seq) {
        let core = &self.inner.core;
        // Best effort, as every signal: the snapshot has it.
        let Ok(Some(rights)) = core.store.rights(conversation, user).await else {
            return;
        };
        let Some(slot) = core.directory.known_user(rights.peer) else {
            return;
        };
        let both = core.store.users(&[user, rights.peer]).await;
        let shows = |one: &User| one.read_receipts;
        let hides = |one: &User| one.id == user && one.status == Status::Invisible;
        let both = both.is_ok_and(|both| both.iter().all(shows) && !both.iter().any(hides));
        if both && !rights.blocked && !rights.blocking {
            slot.tell(UserMail::Read(conversation, user, seq));
        }
    }

    async fn position(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Result<ReadPosition, Rejection> {
        let store = &self.inner.core.store;
        let position = store.read_position(user, conversation).await;
        let position = position.map_err(|_| not_now())?;
        position.ok_or_else(Rejection::not_found)
    }
}

impl Reads {
    fn of(&self, key: Key) -> Arc<Reader> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() >= RATES_TRACKED {
            // Those that nobody holds may be written at once again: harmless.
            readers.retain(|_, one| Arc::strong_count(one) > 1);
        }
        readers.entry(key).or_default().clone()
    }
}
