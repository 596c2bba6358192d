//! Finding messages by what they say.
//!
//! | room | what is there |
//! |---|---|
//! | [`terms`] | cuts text into terms; pure |
//! | [`query`] | what is looked for, whether a text matches, and where; pure |
//! | `indexer` | walks behind the log and keeps the store's index |
//!
//! The index answers which messages may match ([`crate::store::search`]); [`Engine::search`] reads
//! the text of each again and decides. So what is in the index too much or too long, a recalled
//! message say, never shows, and every store finds the same.
//!
//! **Bounds.** The log is looked at from its end in stretches that grow
//! ([`SEARCH_SPAN`]), until there are enough results or the time is
//! over ([`SEARCH_TIME`]); then the answer says where to go on. A user
//! searches the terms of their own conversations: what others say costs them nothing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::core::Core;
use crate::engine::Engine;
use crate::ids::{ConversationId, Cursor, Position, UserId};
use crate::kinds::registry::Registry;
use crate::limits::{
    INDEX_BEHIND, SEARCH_SCOPES, SEARCH_SCOPES_AT_ONCE, SEARCH_SPAN, SEARCH_SPAN_MOST, SEARCH_TIME,
    SEARCHES_AT_ONCE, WRITE_TIMEOUT,
};
use crate::message::{Message, Rejection};
use crate::posting::{in_ms, not_now};
use crate::store::Find;

pub(crate) mod indexer;
pub mod query;
pub mod terms;

pub use query::{Excerpt, Query};

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    /// What is looked for.
    pub query: Query,
    /// Only there.
    pub conversation: Option<ConversationId>,
    /// Only from them.
    pub sender: Option<UserId>,
    /// Only sent at this Unix millisecond or later.
    pub from_ms: Option<i64>,
    /// Only sent before this Unix millisecond.
    pub to_ms: Option<i64>,
    /// Where an earlier answer said to go on.
    pub before: Option<String>,
    /// Results of this page.
    pub limit: usize,
}

/// A page of what was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The newest first.
    pub results: Vec<Hit>,
    /// Where to go on; `None`: that was all. A page may be short, or empty, and not the last.
    pub next: Option<Cursor>,
    /// False: the index lacks messages that are older than a moment; search again later.
    pub indexed: bool,
}

/// A message that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The message as JSON, as everywhere.
    pub message: Bytes,
    /// What was found in it.
    pub excerpt: Excerpt,
}

/// What the searches and the indexer of one engine share.
pub(crate) struct Desk {
    /// Searches under way.
    places: Semaphore,
    /// When a look at the log began after which the index lacked nothing.
    complete_at: Mutex<Option<Duration>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            places: Semaphore::new(SEARCHES_AT_ONCE),
            complete_at: Mutex::default(),
        }
    }
}

impl Desk {
    fn set_complete(&self, at: Duration) {
        *self.lock() = Some(at);
    }

    fn is_behind(&self, now: Duration) -> bool {
        let at = *self.lock();
        at.is_none_or(|at| now.saturating_sub(at) > INDEX_BEHIND)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Duration>> {
        let lock = self.complete_at.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// What `user` may see of what was said: messages within their stays, as history shows them,
    /// that are meant for them and not recalled.
    ///
    /// # Errors
    /// `not_found` (never in that conversation), `invalid` (a `before` that was not given here),
    /// `too_many_searches`, `unavailable`.
    pub async fn search(&self, user: UserId, search: &Search) -> Result<Found, Rejection> {
        let core = &self.inner.core;
        let rate = core.rates.search(user, core.runtime.now());
        rate.map_err(|wait| {
            let detail = "You are searching too fast; wait a moment.";
            Rejection::too_many("too_many_searches", detail, in_ms(wait))
        })?;
        let places = core.search.places.acquire();
        let place = core.runtime.timeout(WRITE_TIMEOUT, places).await;
        let Some(Ok(_place)) = place else {
            return Err(Rejection::unavailable(
                "Too many searches at once; try again.",
            ));
        };
        let before = self.start(search).await?;
        let scopes = self.scopes(user, search.conversation).await?;
        let now = core.runtime.now();
        let indexed = !core.search.is_behind(now);
        let walk = Walk {
            core,
            user,
            search,
            scopes,
        };
        let (results, next) = walk.all(before, now + SEARCH_TIME).await?;
        Ok(Found {
            results,
            next: next.map(|position| self.cursor(position)),
            indexed,
        })
    }

    /// The position before which to look.
    async fn start(&self, search: &Search) -> Result<Position, Rejection> {
        let core = &self.inner.core;
        let head = core.store.head().await.map_err(|_| not_now())?;
        let end = head.position.next();
        let Some(text) = &search.before else {
            return Ok(end);
        };
        let cursor = Cursor::parse(text).filter(|cursor| cursor.epoch == core.epoch());
        let cursor = cursor.ok_or_else(|| {
            let detail = "This is no `next` of an earlier answer; search from the beginning.";
            Rejection::invalid("before", detail)
        })?;
        Ok(cursor.position.min(end))
    }

    /// The terms of the conversations to search; `None`: there are none. Empty: all are searched,
    /// for they are too many.
    async fn scopes(
        &self,
        user: UserId,
        only: Option<ConversationId>,
    ) -> Result<Option<Vec<String>>, Rejection> {
        let places = self.inner.core.store.places(user).await;
        let mut places = places.map_err(|_| not_now())?;
        if let Some(id) = only {
            if !places.contains(&id) {
                return Err(Rejection::not_found());
            }
            places = vec![id];
        }
        if places.is_empty() {
            return Ok(None);
        }
        if places.len() > SEARCH_SCOPES {
            places.clear();
        }
        Ok(Some(places.into_iter().map(scope_term).collect()))
    }
}

/// One search on its way from the end of the log to its beginning.
struct Walk<'a> {
    core: &'a Core,
    user: UserId,
    search: &'a Search,
    scopes: Option<Vec<String>>,
}

impl Walk<'_> {
    /// A page, and where to go on.
    async fn all(
        self,
        mut before: Position,
        end: Duration,
    ) -> Result<(Vec<Hit>, Option<Position>), Rejection> {
        let Some(scopes) = &self.scopes else {
            return Ok((Vec::new(), None));
        };
        let mut find = self.find();
        let mut hits: Vec<Hit> = Vec::new();
        let mut last = before;
        let mut span = SEARCH_SPAN;
        while before > Position(1) {
            if self.core.runtime.now() > end {
                return Ok((hits, Some(before)));
            }
            if span > SEARCH_SPAN || scopes.len() <= SEARCH_SCOPES_AT_ONCE {
                find.any.clone_from(scopes);
            }
            find.before = before;
            find.after = Position(before.0.saturating_sub(1).saturating_sub(span).max(0));
            let found = self.core.store.search(&find).await.map_err(|_| not_now())?;
            // Where there may be more in this stretch, it is looked at again from there.
            let more = found.len() >= find.limit;
            before = match found.last() {
                Some(message) if more => message.position,
                _ => find.after.next(),
            };
            for message in &found {
                let Some(hit) = self.hit(message) else {
                    continue;
                };
                if hits.len() == self.search.limit {
                    // One more than fits: there is another page.
                    return Ok((hits, Some(last)));
                }
                hits.push(hit);
                last = message.position;
            }
            if !more {
                span = (4 * span).min(SEARCH_SPAN_MOST);
            }
        }
        Ok((hits, None))
    }

    fn find(&self) -> Find {
        let search = self.search;
        let mut all: Vec<String> = search.query.terms().into_iter().collect();
        all.extend(search.sender.map(|user| sender_term(Some(user))));
        Find {
            user: self.user,
            all,
            any: Vec::new(),
            conversation: search.conversation,
            sender: search.sender,
            from_ms: search.from_ms,
            to_ms: search.to_ms,
            after: Position(0),
            before: Position(0),
            limit: search.limit.saturating_add(1),
        }
    }

    /// Whether it is meant for the user and still says what is looked for.
    fn hit(&self, message: &Message) -> Option<Hit> {
        if !message.shown_to(self.user) {
            return None;
        }
        let text = text_of(&self.core.registry, message)?;
        Some(Hit {
            message: message.render(),
            excerpt: self.search.query.excerpt(&text)?,
        })
    }
}

/// The text by which a message is found, as its kind says.
fn text_of(registry: &Registry, message: &Message) -> Option<String> {
    let body = serde_json::from_str(message.body.as_deref()?).ok()?;
    let kind = registry.get(&message.kind)?;
    // A kind that panics must not take the indexer, or a search, with it.
    let text = std::panic::AssertUnwindSafe(|| kind.search_text(&body));
    std::panic::catch_unwind(text).unwrap_or_else(|_| {
        tracing::error!(kind = kind.name(), "a kind panicked over its own text");
        None
    })
}

/// The term that every message of a conversation has.
fn scope_term(conversation: ConversationId) -> String {
    format!("g{}", folded(conversation.0))
}

/// The term that every message of a sender has.
fn sender_term(sender: Option<UserId>) -> String {
    format!(
        "u{}",
        folded(sender.map_or(uuid::Uuid::nil(), |user| user.0))
    )
}

/// An id in half its length. Two ids with one term do no harm: the store compares the ids.
fn folded(id: uuid::Uuid) -> String {
    let (high, low) = id.as_u64_pair();
    format!("{:016x}", high ^ low)
}
