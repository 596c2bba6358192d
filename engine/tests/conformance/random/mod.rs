//! Random batches, the same over several stores: all must answer what the first answers, and what
//! each user is shown must be what a plain fold of the log says.

mod comparing;
mod drawing;
mod fold;

use std::collections::BTreeMap;

use uuid::Uuid;
use webqq_engine::store::{CompanionAppend, ConversationRow, WhichSessions};

use self::comparing::compare;
use self::drawing::World;
use self::fold::Fold;
use super::*;

/// Batches of one run.
const BATCHES: usize = 100;
/// Users, and as many groups less one.
const USERS: usize = 6;

/// A small generator of random numbers (xorshift64*): the same seed, the same run.
pub(crate) struct Random(u64);

impl Random {
    /// From a seed other than 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// A run that can be looked at again, and go on.
pub(crate) struct Run {
    world: World,
    fold: Fold,
}

impl Run {
    /// A group that surely exists.
    pub(crate) fn group(&self) -> ConversationId {
        let most = self.world.seqs.iter().max_by_key(|(id, seq)| {
            let group = self.world.groups.contains(id);
            if group { **seq } else { 0 }
        });
        *most.unwrap().0
    }

    /// Takes in what was written beside the run; once for all logs.
    pub(crate) fn took(&mut self, append: &Append, outcome: &Outcome) {
        if !self
            .world
            .sent
            .iter()
            .any(|sent| sent.client_id == append.client_id)
        {
            self.fold.take(&Entry::Append(append.clone()), outcome);
            self.world.sent.push(append.clone());
            *self.world.seqs.entry(append.conversation).or_default() += 1;
        }
    }
}

/// Runs one seed over all these logs; all are new.
pub(crate) async fn stores_agree(logs: &[Log], seed: u64) {
    run(logs, seed).await;
}

/// Whether all these logs answer the same, and what the fold says.
pub(crate) async fn compare_all(logs: &[Log], run: &mut Run, seed: u64) {
    compare(logs, &mut run.world, &run.fold, seed).await;
}

/// Goes on with a run.
pub(crate) async fn more(logs: &[Log], run: &mut Run, seed: u64) {
    go_on(logs, &mut run.world, &mut run.fold, seed, BATCHES / 10).await;
    compare(logs, &mut run.world, &run.fold, seed).await;
}

/// Like [`stores_agree`]; what came of it.
pub(crate) async fn run(logs: &[Log], seed: u64) -> Run {
    let mut world = World::new(seed);
    let mut users = Vec::new();
    for (at, id) in world.users.iter().enumerate().skip(1) {
        let user = NewUser {
            id: *id,
            ..new_user(&format!("user {at}"))
        };
        users.push(Entry::CreateUser(user));
    }
    for log in logs {
        log.commit(users.clone()).await;
    }
    let mut fold = Fold::default();
    go_on(logs, &mut world, &mut fold, seed, BATCHES).await;
    compare(logs, &mut world, &fold, seed).await;
    // The run is worth something only if it got somewhere.
    let left = fold.stays.iter().filter(|stay| stay.left.is_some());
    let (messages, stays, left) = (fold.messages.len(), fold.stays.len(), left.count());
    let enough = messages > 100 && stays > 20 && left > 3;
    assert!(enough, "seed {seed}: {messages} {stays} {left}");
    Run { world, fold }
}

async fn go_on(logs: &[Log], world: &mut World, fold: &mut Fold, seed: u64, batches: usize) {
    let bounds = Bounds {
        groups_per_user: 3,
        sessions_per_user: 3,
        ..Bounds::default()
    };
    for _ in 0..batches {
        let count = 1 + world.random.below(12);
        let entries: Vec<_> = (0..count).map(|_| world.entry()).collect();
        let fail = match world.random.below(12) {
            0 => Some(FailCommit::Before),
            1 => Some(FailCommit::After),
            _ => None,
        };
        let batch = Batch {
            bounds,
            ..logs[0].batch(entries).await
        };
        let outcomes = commit(&logs[0], &batch, fail).await;
        for log in &logs[1..] {
            assert_eq!(commit(log, &batch, fail).await, outcomes, "seed {seed}");
        }
        for (entry, outcome) in batch.entries.iter().zip(&outcomes) {
            fold.take(entry, outcome);
        }
        for (id, seq) in &mut world.seqs {
            *seq = logs[0].seq(*id).await;
        }
        let members = |id: &ConversationId| (*id, fold.members(*id).into_iter().collect());
        world.members = world.groups.iter().map(members).collect();
        if world.random.one_in(10) {
            compare(logs, world, fold, seed).await;
        }
    }
}

/// Writes a batch, through a failure if there is to be one.
async fn commit(log: &Log, batch: &Batch, fail: Option<FailCommit>) -> Vec<Outcome> {
    let Some(fail) = fail else {
        return log.store.commit(batch).await.unwrap();
    };
    log.fail_next_commit(fail);
    log.write(batch).await.unwrap_err();
    let resolved = log.store.resolve(batch.number.unwrap()).await.unwrap();
    assert_eq!(resolved.is_some(), fail == FailCommit::After);
    match resolved {
        Some(outcomes) => outcomes,
        None => log.store.commit(batch).await.unwrap(),
    }
}
