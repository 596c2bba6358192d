//! The journal: the only writer. Takes what was admitted from a bounded queue, commits as much as
//! is waiting as ONE transaction, answers the posters, and tells the conversations.
//!
//! **Unknown outcome.** When a commit fails the journal stands still: it takes nothing, the
//! watermark stays, posters get 503 when their five seconds are over. It asks the store until the
//! store can say: committed, then receipts and fan-out go out as usual; not, then the same batch
//! is written again. A poster that got 503 meanwhile finds its message on retrying.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::core::Core;
use crate::group::settling::answer_of;
use crate::ids::{ConversationId, Epoch, Position};
use crate::limits::{JOURNAL_BATCH, JOURNAL_QUEUE};
use crate::mailbox::{Committed, GroupMail, Post, Settled};
use crate::message::Rejection;
use crate::recovery;
use crate::store::{Append, Batch, Bounds, Entry, Outcome, Placed, StoreError};
use crate::watermark::Part;

/// First pause before the store is asked again what became of a batch; doubles up to [`PAUSE_MOST`].
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MOST: Duration = Duration::from_secs(1);

/// Something to commit, with whoever waits for it.
pub(crate) struct Submission {
    entry: Entry,
    waiter: Waiter,
}

enum Waiter {
    /// A draft of this life of its conversation's actor.
    Draft { post: Box<Post>, generation: u64 },
    /// Any other write.
    Write(oneshot::Sender<Result<(), Rejection>>),
}

impl Submission {
    pub(crate) fn draft(append: Append, post: Box<Post>, generation: u64) -> Self {
        Self {
            entry: Entry::Append(append),
            waiter: Waiter::Draft { post, generation },
        }
    }

    /// Answers with a refusal.
    pub(crate) fn refuse(self, rejection: &Rejection) {
        match self.waiter {
            Waiter::Draft { post, .. } => post.waiting.answer(Err(rejection.clone())),
            Waiter::Write(reply) => {
                let _gone = reply.send(Err(rejection.clone()));
            }
        }
    }
}

/// The way into the journal.
pub(crate) struct JournalHandle {
    queue: mpsc::Sender<Submission>,
}

impl JournalHandle {
    /// Hands over without waiting; gives back what does not fit.
    pub(crate) fn submit(&self, submission: Submission) -> Result<(), Box<Submission>> {
        use mpsc::error::TrySendError::{Closed, Full};
        let sent = self.queue.try_send(submission);
        sent.map_err(|(Full(back) | Closed(back))| Box::new(back))
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Hands over a write that is no message; the answer comes when it is durable.
    pub(crate) fn write(&self, entry: Entry) -> oneshot::Receiver<Result<(), Rejection>> {
        let (reply, answer) = oneshot::channel();
        let waiter = Waiter::Write(reply);
        if let Err(back) = self.submit(Submission { entry, waiter }) {
            back.refuse(&Rejection::unavailable("The server is busy; try again."));
        }
        answer
    }
}

/// The queue's two ends.
pub(crate) fn queue() -> (JournalHandle, Intake) {
    let (sender, receiver) = mpsc::channel(JOURNAL_QUEUE);
    (JournalHandle { queue: sender }, Intake(receiver))
}

/// What the journal reads from.
pub(crate) struct Intake(mpsc::Receiver<Submission>);

/// Runs until the engine closes and the queue is empty; the receiver then ends.
pub(crate) fn run(core: &Arc<Core>, intake: Intake, batch: i64) -> oneshot::Receiver<()> {
    let (over, ended) = oneshot::channel();
    let journal = Journal {
        core: core.clone(),
        batch,
    };
    core.runtime.spawn(Box::pin(async move {
        journal.run(intake.0).await;
        let _gone = over.send(());
    }));
    ended
}

struct Journal {
    core: Arc<Core>,
    /// The last batch that is in the store.
    batch: i64,
}

impl Journal {
    async fn run(mut self, mut queue: mpsc::Receiver<Submission>) {
        let mut waiting = Vec::with_capacity(JOURNAL_BATCH);
        let stopping = self.core.stopping.clone();
        loop {
            let taken = tokio::select! {
                biased;
                taken = queue.recv_many(&mut waiting, JOURNAL_BATCH) => taken,
                () = stopping.cancelled() => {
                    // What is in the queue is still written; nothing new comes in.
                    queue.close();
                    queue.recv_many(&mut waiting, JOURNAL_BATCH).await
                }
            };
            if taken == 0 {
                return;
            }
            self.commit(std::mem::take(&mut waiting)).await;
        }
    }

    async fn commit(&mut self, submissions: Vec<Submission>) {
        let (entries, waiters): (Vec<_>, Vec<_>) =
            submissions.into_iter().map(|s| (s.entry, s.waiter)).unzip();
        let limits = &self.core.limits;
        let mut batch = Batch {
            number: Some(self.batch + 1),
            entries,
            bounds: Bounds {
                groups_per_user: limits.groups_per_user,
                upload_bytes_per_day: limits.upload_bytes_per_day,
                ..Bounds::default()
            },
        };
        let began = self.core.runtime.now();
        let written = self.write(&mut batch).await;
        let time = self.core.runtime.now().saturating_sub(began);
        self.core.figures.committed(batch.entries.len(), time);
        match written {
            Written::Outcomes(outcomes) => {
                self.settle(std::mem::take(&mut batch.entries), waiters, outcomes)
                    .await;
            }
            Written::Refused if waiters.len() == 1 => {
                let sorry = Rejection::unavailable("The server could not write this.");
                for (entry, waiter) in batch.entries.into_iter().zip(waiters) {
                    Submission { entry, waiter }.refuse(&sorry);
                }
            }
            Written::Refused => {
                // One of them is at fault (a bug): the others must not suffer for it.
                for (entry, waiter) in batch.entries.into_iter().zip(waiters) {
                    Box::pin(self.commit(vec![Submission { entry, waiter }])).await;
                }
            }
            Written::GaveUp => {}
        }
    }

    /// Writes until it is known what became of the batch.
    async fn write(&mut self, batch: &mut Batch) -> Written {
        let mut number = self.batch + 1;
        let mut pause = PAUSE;
        let mut outcome = self.core.store.commit(batch).await;
        loop {
            match outcome {
                Ok(outcomes) => {
                    self.batch = number;
                    return Written::Outcomes(outcomes);
                }
                Err(StoreError::Refused(error)) => {
                    tracing::error!(%error, entries = batch.entries.len(), "a batch was refused");
                    let head = self.core.store.head().await;
                    if head.is_ok_and(|head| head.batch + 1 == number) {
                        return Written::Refused;
                    }
                    // It was not at fault: the log is not where we left it.
                }
                Err(error) => {
                    tracing::warn!(%error, number, "the outcome of a commit is unknown");
                }
            }
            // Asked until the store answers. The engine may close meanwhile; then the posters
            // have their 503, and the next start reads what became of the batch from the log.
            loop {
                if self.core.stopping.is_cancelled() {
                    return Written::GaveUp;
                }
                self.core.runtime.sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MOST);
                match self.core.store.resolve(number).await {
                    Ok(Some(outcomes)) => {
                        tracing::info!(number, "the batch is in");
                        outcome = Ok(outcomes);
                        break;
                    }
                    Ok(None) => {
                        tracing::info!(number, "the batch is not in: writing it again");
                        outcome = self.core.store.commit(batch).await;
                        break;
                    }
                    Err(StoreError::Unusable(error)) => {
                        tracing::error!(%error, "the batch fits nowhere");
                        // An older copy is in the log's place. Its head is where we go on.
                        let epoch = Epoch((self.core.runtime.random() >> 32) as u32);
                        let Ok(head) = self.core.store.new_epoch(epoch).await else {
                            continue;
                        };
                        recovery::start_over(&self.core, head);
                        self.batch = head.batch;
                        number = head.batch + 1;
                        batch.number = Some(number);
                        outcome = self.core.store.commit(batch).await;
                        break;
                    }
                    Err(error) => tracing::debug!(%error, "the store cannot be reached"),
                }
            }
        }
    }

    /// Answers the posters, opens the batch's account, tells the conversations.
    async fn settle(&self, entries: Vec<Entry>, waiters: Vec<Waiter>, outcomes: Vec<Outcome>) {
        let mut parts: BTreeMap<ConversationId, Vec<Settled>> = BTreeMap::new();
        let mut positions: BTreeMap<ConversationId, Vec<Position>> = BTreeMap::new();
        let mut end = None;
        for ((entry, waiter), outcome) in entries.into_iter().zip(waiters).zip(outcomes) {
            match (entry, waiter) {
                (Entry::Append(append), Waiter::Draft { post, generation }) => {
                    for (conversation, settled) in settle_draft(append, post, generation, outcome) {
                        if let Settled::Committed(committed) = &settled {
                            let position = committed.message.position;
                            end = end.max(Some(position));
                            positions.entry(conversation).or_default().push(position);
                        }
                        parts.entry(conversation).or_default().push(settled);
                    }
                }
                (_, Waiter::Write(reply)) => {
                    let _gone = reply.send(match outcome {
                        Outcome::Refused(rejection) => Err(rejection),
                        _ => Ok(()),
                    });
                }
                (_, Waiter::Draft { post, .. }) => {
                    let sorry = Rejection::unavailable("This was no message.");
                    post.waiting.answer(Err(sorry));
                }
            }
        }
        if let Some(end) = end {
            let now = self.core.runtime.now();
            let open = positions.clone();
            self.core.watermark.open(self.batch, end, open, now);
        }
        for (conversation, settled) in parts {
            let positions = positions.remove(&conversation).unwrap_or_default();
            self.tell(conversation, settled, positions).await;
        }
    }

    /// Tells the conversation's actor. Where none takes it: the crash path.
    async fn tell(
        &self,
        conversation: ConversationId,
        settled: Vec<Settled>,
        positions: Vec<Position>,
    ) {
        let slot = self.core.directory.group(conversation);
        let mail = GroupMail::Settled(self.batch, settled);
        let refused = match slot.slot.live() {
            Some((actor, _)) => actor.cast(mail).is_err(),
            None => true,
        };
        if refused && !positions.is_empty() {
            let part = Part {
                batch: self.batch,
                conversation,
                positions,
            };
            recovery::send_to_catch_up(&self.core, vec![part]).await;
        }
    }
}

enum Written {
    Outcomes(Vec<Outcome>),
    /// Nothing of it was written, nor ever will be.
    Refused,
    /// The engine closes while the outcome is unknown.
    GaveUp,
}

/// No life of an actor admitted it: a companion, which its conversation hears of when it is there.
const NOBODYS: u64 = 0;

/// Answers the poster, unless the draft is to be admitted again. What became of it, and of each of
/// its companions, by conversation.
fn settle_draft(
    mut append: Append,
    post: Box<Post>,
    generation: u64,
    outcome: Outcome,
) -> Vec<(ConversationId, Settled)> {
    let committed = |append: Append, at: Placed, generation: u64| {
        let message = append.at(at);
        let committed = Committed {
            generation,
            message,
            append,
        };
        let conversation = committed.append.conversation;
        (conversation, Settled::Committed(Arc::new(committed)))
    };
    if let Outcome::Appended { at, companions } = outcome {
        let with = std::mem::take(&mut append.companions);
        let main = committed(append, at, generation);
        if let Settled::Committed(committed) = &main.1 {
            let receipt = committed.message.receipt(true);
            post.waiting.answer(Ok(receipt));
        }
        let with = with.into_iter().zip(companions);
        let with = with.filter_map(|(one, at)| Some(committed(one.append, at?, NOBODYS)));
        return std::iter::once(main).chain(with).collect();
    }
    let answer = answer_of(&outcome, &append);
    let post = match answer {
        Some(answer) => {
            post.waiting.answer(answer);
            None
        }
        None => Some(post),
    };
    let conversation = append.conversation;
    let settled = Settled::Not {
        generation,
        outcome,
        append: Box::new(append),
        post,
    };
    vec![(conversation, settled)]
}
