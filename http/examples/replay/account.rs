//! The account at the end: what was acknowledged against what arrived.

use std::collections::{BTreeMap, BTreeSet};

use crate::listener::Ledger;
use crate::posting::Posted;

/// What came of it; the top of `replay.rs` says what counts as what.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) deliveries: usize,
    pub(crate) lost: usize,
    pub(crate) duplicated: usize,
    pub(crate) out_of_order: usize,
    pub(crate) raw_duplicates: usize,
    pub(crate) reconnects: usize,
}

impl Account {
    /// Compares what was acknowledged with what arrived.
    pub(crate) fn draw_up(posted: &[Posted], ledgers: &[Ledger], head: i64) -> Self {
        let mut account = Self::default();
        let mut speakers = BTreeMap::new();
        let mut in_turn: Vec<_> = posted.iter().collect();
        in_turn.sort_by_key(|one| one.line);
        for one in in_turn {
            let before = speakers.insert(one.speaker, one.seq);
            account.out_of_order += usize::from(before.is_some_and(|before| before >= one.seq));
        }
        for ledger in ledgers {
            let arrived: BTreeSet<_> = ledger.applied.values().collect();
            account.duplicated += ledger.applied.len() - arrived.len();
            let seqs = ledger.first..=head;
            account.lost += seqs.filter(|seq| !ledger.applied.contains_key(seq)).count();
            for one in posted {
                match ledger.applied.get(&one.seq) {
                    Some(client_id) if *client_id == one.client_id => account.deliveries += 1,
                    Some(_) => account.lost += 1,
                    None => {} // Counted above.
                }
            }
            account.out_of_order += ledger.out_of_order;
            account.raw_duplicates += ledger.raw_duplicates;
            account.reconnects += ledger.reconnects;
        }
        account
    }
}
