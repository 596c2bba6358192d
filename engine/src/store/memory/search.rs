//! The search index in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::{MemoryStore, views};
use crate::store::*;

/// The terms of each message.
#[derive(Clone, Default)]
pub(super) struct Index {
    state: IndexState,
    terms: BTreeMap<Position, BTreeSet<String>>,
}

impl MemoryStore {
    /// How many messages are in the search index, for tests.
    pub fn indexed_messages(&self) -> usize {
        self.lock().index.terms.len()
    }
}

#[async_trait]
impl SearchStore for MemoryStore {
    async fn index_state(&self) -> Result<IndexState> {
        Ok(self.open().await?.index.state)
    }

    async fn log_after(&self, after: Position, limit: usize) -> Result<Vec<Message>> {
        let tables = self.open().await?;
        let log = tables.messages.range(after.next()..).take(limit);
        Ok(log.map(|(_, row)| row.message.clone()).collect())
    }

    async fn index(&self, step: &IndexStep) -> Result<bool> {
        let mut tables = self.open().await?;
        if tables.index.state.position != step.from {
            return Ok(false);
        }
        tables.index.state.position = step.to;
        for Indexed { position, terms } in &step.add {
            let terms = terms.split(' ').map(str::to_owned).collect();
            tables.index.terms.insert(*position, terms);
        }
        for (conversation, seq) in &step.recalled {
            let recalled = tables.message(*conversation, *seq);
            let recalled = recalled.filter(|message| message.body.is_none());
            if let Some(position) = recalled.map(|message| message.position) {
                tables.index.terms.remove(&position);
            }
        }
        Ok(true)
    }

    async fn clear_index(&self, version: i64) -> Result<()> {
        let mut tables = self.open().await?;
        tables.index = Index::default();
        tables.index.state.version = version;
        Ok(())
    }

    async fn places(&self, user: UserId) -> Result<Vec<ConversationId>> {
        let tables = self.open().await?;
        Ok(tables.places(user).map(|row| row.id).collect())
    }

    async fn search(&self, find: &Find) -> Result<Vec<Message>> {
        let tables = self.open().await?;
        if find.after.next() >= find.before {
            return Ok(Vec::new());
        }
        let stretch = tables.index.terms.range(find.after.next()..find.before);
        let matching = stretch.rev().filter(|(_, terms)| {
            find.all.iter().all(|term| terms.contains(term))
                && (find.any.is_empty() || find.any.iter().any(|term| terms.contains(term)))
        });
        let messages = matching.filter_map(|(at, _)| Some(&tables.messages.get(at)?.message));
        let shown = messages.filter(|message| {
            let stays: Vec<_> = tables
                .stays_in(message.conversation, find.user)
                .cloned()
                .collect();
            let runs = views::visible(&stays);
            let shown = runs
                .iter()
                .any(|(from, to)| *from <= message.seq && message.seq <= *to);
            shown && find.asks_for(message)
        });
        Ok(shown.take(find.limit).cloned().collect())
    }
}
