//! The indexer: walks behind the log and writes the terms of each message into the store's index.
//!
//! It is off the posting path: nobody waits for it, and what it has not come to is found a moment
//! later. How far it has come is in the store, in the same transaction as the terms, so that it
//! goes on from there after a crash. At most every other moment it holds the store's writer:
//! after each step it rests as long as the step took.

use std::sync::Arc;

use super::terms::{self, VERSION};
use super::{scope_term, sender_term, text_of};
use crate::core::Core;
use crate::ids::{ConversationId, Epoch, Position, Seq};
use crate::kinds::registry::Registry;
use crate::limits::{INDEX_BATCH, INDEX_PAUSE};
use crate::message::Message;
use crate::store::{IndexState, IndexStep, Indexed, Result, Store};

/// Starts the indexer. It ends with the engine.
pub(crate) fn start(core: &Arc<Core>) {
    let core = core.clone();
    let runtime = core.runtime.clone();
    runtime.spawn(Box::pin(async move {
        let stopping = core.stopping.clone();
        // A step that is broken off here is either whole or not at all in the store.
        tokio::select! {
            () = stopping.cancelled() => {}
            () = run(&core) => {}
        }
    }));
}

/// Looks for news again and again.
async fn run(core: &Core) {
    let mut reached: Option<(Epoch, Position)> = None;
    let mut failing = false;
    loop {
        let began = core.runtime.now();
        // What was handed over by now is in the log.
        let known = (core.epoch(), core.watermark.read());
        let complete = match reached {
            Some(reached) if reached == known => Ok(reached),
            _ => catch_up(core).await.map(|position| (known.0, position)),
        };
        match complete {
            Ok(now) => {
                core.search.set_complete(began);
                reached = Some(now);
                failing = false;
            }
            Err(error) => {
                // Said once; the store says itself when it is down.
                if !failing {
                    tracing::warn!(%error, "the search index waits for the store");
                }
                failing = true;
                reached = None;
            }
        }
        core.runtime.sleep(INDEX_PAUSE).await;
    }
}

/// Takes steps until the log has no more; answers up to where.
async fn catch_up(core: &Core) -> Result<Position> {
    let mut state = fitting(&*core.store).await?;
    loop {
        let began = core.runtime.now();
        match step(&*core.store, &core.registry, state).await? {
            Step::Taken(to, true) => return Ok(to),
            Step::Taken(to, false) => state.position = to,
            // Somebody else moved the index: from where it is now.
            Step::Moved => state = fitting(&*core.store).await?,
        }
        let took = core.runtime.now().saturating_sub(began);
        core.runtime.sleep(took).await;
    }
}

/// Makes the index anew.
pub(crate) async fn rebuild(store: &dyn Store, registry: &Registry) -> Result<Position> {
    store.clear_index(VERSION).await?;
    let mut state = fitting(store).await?;
    loop {
        match step(store, registry, state).await? {
            Step::Taken(to, true) => return Ok(to),
            Step::Taken(to, false) => state.position = to,
            Step::Moved => state = fitting(store).await?,
        }
    }
}

/// Where the index reaches, after it was emptied if another cutter made it.
async fn fitting(store: &dyn Store) -> Result<IndexState> {
    let state = store.index_state().await?;
    if state.version == VERSION {
        return Ok(state);
    }
    if state.position > Position(0) {
        tracing::info!(version = state.version, "the search index is made anew");
    }
    store.clear_index(VERSION).await?;
    store.index_state().await
}

enum Step {
    /// Up to here, and whether that is all there is.
    Taken(Position, bool),
    /// The index is elsewhere.
    Moved,
}

async fn step(store: &dyn Store, registry: &Registry, state: IndexState) -> Result<Step> {
    let messages = store.log_after(state.position, INDEX_BATCH).await?;
    let all = messages.len() < INDEX_BATCH;
    let Some(last) = messages.last() else {
        return Ok(Step::Taken(state.position, true));
    };
    let to = last.position;
    let step = IndexStep {
        from: state.position,
        to,
        add: messages
            .iter()
            .filter_map(|one| indexed(registry, one))
            .collect(),
        recalled: messages
            .iter()
            .flat_map(|one| recalled(registry, one))
            .collect(),
    };
    match store.index(&step).await? {
        true => Ok(Step::Taken(to, all)),
        false => Ok(Step::Moved),
    }
}

/// A message's row in the index; `None`: it has no text.
fn indexed(registry: &Registry, message: &Message) -> Option<Indexed> {
    let terms = terms::terms(&text_of(registry, message)?);
    if terms.is_empty() {
        return None;
    }
    let scopes = [
        scope_term(message.conversation),
        sender_term(message.sender),
    ];
    let terms: Vec<String> = terms.into_iter().chain(scopes).collect();
    Some(Indexed {
        position: message.position,
        terms: terms.join(" "),
    })
}

/// Earlier messages that a message is about. Those of them that have been recalled by now are
/// taken out of the index; a recall is about what it recalls.
fn recalled(registry: &Registry, message: &Message) -> Vec<(ConversationId, Seq)> {
    let about = || {
        let body = serde_json::from_str(message.body.as_deref()?).ok()?;
        let wants = registry.get(&message.kind)?.wants(&body).ok()?;
        Some(wants.refers_to)
    };
    let seqs = about().unwrap_or_default().into_iter();
    seqs.map(|seq| (message.conversation, seq)).collect()
}
