//! The watermark: the highest W such that every message at a position ≤ W was handed to the
//! mailbox of every attached recipient, or that recipient was sent to catch-up.
//!
//! The journal opens an account per batch before it tells anyone; a conversation's actor confirms
//! its part after the fan-out; the watermark moves over closed accounts, in order. It is what
//! makes ids safe: a frame carries the watermark read before its fan-out began, so everything up
//! to that was in the recipient's mailbox ahead of the frame.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{ConversationId, Position};

/// One conversation's unconfirmed part of a batch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) batch: i64,
    pub(crate) conversation: ConversationId,
    pub(crate) positions: Vec<Position>,
}

struct Account {
    batch: i64,
    end: Position,
    opened: Duration,
    waiting: BTreeMap<ConversationId, Vec<Position>>,
}

/// See the [module](self).
pub(crate) struct Watermark {
    value: AtomicI64,
    open: Mutex<VecDeque<Account>>,
}

impl Watermark {
    /// At start it is the head: nobody is attached.
    pub(crate) fn new(head: Position) -> Self {
        Self {
            value: AtomicI64::new(head.0),
            open: Mutex::default(),
        }
    }

    pub(crate) fn read(&self) -> Position {
        Position(self.value.load(Ordering::SeqCst))
    }

    /// The log has another past, which ends at `head`: no account of the old one matters.
    pub(crate) fn start_over(&self, head: Position) {
        let mut accounts = self.accounts();
        accounts.clear();
        self.value.store(head.0, Ordering::SeqCst);
    }

    /// Opens the account of a batch that ends at `end`; before anyone is told of it.
    pub(crate) fn open(
        &self,
        batch: i64,
        end: Position,
        waiting: BTreeMap<ConversationId, Vec<Position>>,
        now: Duration,
    ) {
        self.accounts().push_back(Account {
            batch,
            end,
            opened: now,
            waiting,
        });
        self.settle();
    }

    /// A conversation's part of a batch is handed over.
    pub(crate) fn confirm(&self, batch: i64, conversation: ConversationId) {
        for account in self.accounts().iter_mut() {
            if account.batch == batch {
                account.waiting.remove(&conversation);
            }
        }
        self.settle();
    }

    /// What a conversation has not confirmed.
    pub(crate) fn unconfirmed(&self, conversation: ConversationId) -> Vec<Part> {
        self.parts(|_, one| one == conversation)
    }

    /// What was opened before `deadline` and is still not confirmed.
    pub(crate) fn overdue(&self, deadline: Duration) -> Vec<Part> {
        self.parts(|account, _| account.opened <= deadline)
    }

    fn parts(&self, which: impl Fn(&Account, ConversationId) -> bool) -> Vec<Part> {
        let mut parts = Vec::new();
        for account in self.accounts().iter() {
            for (conversation, positions) in &account.waiting {
                if which(account, *conversation) {
                    parts.push(Part {
                        batch: account.batch,
                        conversation: *conversation,
                        positions: positions.clone(),
                    });
                }
            }
        }
        parts
    }

    fn settle(&self) {
        let mut accounts = self.accounts();
        while accounts.front().is_some_and(|one| one.waiting.is_empty()) {
            if let Some(closed) = accounts.pop_front() {
                self.value.fetch_max(closed.end.0, Ordering::SeqCst);
            }
        }
    }

    fn accounts(&self) -> MutexGuard<'_, VecDeque<Account>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn conversation(n: u128) -> ConversationId {
        ConversationId(Uuid::from_u128(n))
    }

    fn waiting(parts: &[(u128, i64)]) -> BTreeMap<ConversationId, Vec<Position>> {
        let part = |(c, p): &(u128, i64)| (conversation(*c), vec![Position(*p)]);
        parts.iter().map(part).collect()
    }

    #[test]
    fn moves_over_closed_accounts_in_order_only() {
        let mark = Watermark::new(Position(10));
        mark.open(
            1,
            Position(12),
            waiting(&[(1, 11), (2, 12)]),
            Duration::ZERO,
        );
        mark.open(2, Position(13), waiting(&[(1, 13)]), Duration::ZERO);
        mark.confirm(2, conversation(1));
        assert_eq!(mark.read(), Position(10), "batch 1 is still open");
        mark.confirm(1, conversation(1));
        assert_eq!(
            mark.read(),
            Position(10),
            "conversation 2 has not confirmed"
        );
        mark.confirm(1, conversation(2));
        assert_eq!(mark.read(), Position(13));
    }

    #[test]
    fn knows_who_is_late() {
        let mark = Watermark::new(Position(0));
        mark.open(1, Position(1), waiting(&[(1, 1)]), Duration::from_secs(1));
        mark.open(2, Position(2), waiting(&[(2, 2)]), Duration::from_secs(3));
        let late = mark.overdue(Duration::from_secs(2));
        assert_eq!(late.len(), 1);
        assert_eq!(late[0].conversation, conversation(1));
        assert_eq!(mark.unconfirmed(conversation(2)).len(), 1);
        assert!(mark.unconfirmed(conversation(3)).is_empty());
    }
}
