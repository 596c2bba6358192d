//! What became of drafts: the second half of the conversation's [actor](super::actor).
//!
//! The journal tells, in order, what it committed and what it did not. What was committed is
//! folded and fanned out; what was refused for a wrong expectation is admitted again, once
//! everything on its way is settled and the state is read anew.

use ractor::ActorProcessingErr;

use super::actor::{GroupActor, State, with_own_member};
use super::fan_out::Members;
use crate::effects::Effect;
use crate::ids::{ClientId, ConversationId, Position, Seq, UserId};
use crate::limits::READMISSIONS;
use crate::mailbox::{Committed, Settled};
use crate::message::{Receipt, Rejection, rfc3339};
use crate::recovery;
use crate::store::{Append, Outcome, Store, StoreError};
use crate::watermark::Part;

impl GroupActor {
    /// Takes what the journal says of one batch, and confirms it.
    pub(super) async fn settle(
        &self,
        state: &mut State,
        batch: i64,
        settled: Vec<Settled>,
    ) -> Result<(), ActorProcessingErr> {
        let mut missed = Vec::new();
        let mut again = Vec::new();
        for one in settled {
            match one {
                Settled::Committed(committed) => {
                    self.committed(state, &committed, &mut missed).await?;
                }
                Settled::Not {
                    generation,
                    outcome,
                    append,
                    post,
                } => {
                    if generation == state.generation {
                        state.under_way = state.under_way.saturating_sub(1);
                        state.held = true;
                        state.reload |= outcome == Outcome::Conflict;
                    }
                    let key = (append.sender, append.client_id);
                    state.under_way_keys.remove(&key);
                    // Those that waited for its answer come after it.
                    again.extend(post);
                    again.extend(state.doubles.remove(&key).into_iter().flatten());
                }
            }
        }
        // Handed over before the part is confirmed, and before the next mail.
        if missed.is_empty() {
            self.core.watermark.confirm(batch, state.slot.conversation);
        } else {
            let part = Part {
                batch,
                conversation: state.slot.conversation,
                positions: missed,
            };
            recovery::send_to_catch_up(&self.core, vec![part]).await;
        }
        for post in again.into_iter().rev() {
            state.line.push_front(post);
        }
        self.go_on(state).await
    }

    async fn committed(
        &self,
        state: &mut State,
        committed: &Committed,
        missed: &mut Vec<Position>,
    ) -> Result<(), ActorProcessingErr> {
        let message = &committed.message;
        if message.position > state.read_at && message.seq > state.committed.seq.next() {
            // Something was committed that we were not told of.
            state.held = true;
            self.load(state).await?;
        }
        let ours = committed.generation == state.generation;
        if message.position <= state.read_at {
            missed.push(message.position);
        } else {
            let append = &committed.append;
            if !state.committed.exists {
                state.committed.r#type = append.r#type;
            }
            state.committed.apply(append.step());
            for effect in &append.effects {
                if let Effect::Recall { seq } = effect {
                    state.forget(*seq);
                }
            }
            if !ours {
                // An earlier life's: `ahead` does not have it.
                state.held = true;
            }
            if with_own_member(&mut state.committed) {
                state.members = Members::of(&self.core, &state.committed);
            }
            state.members.message(&self.core, committed).await;
        }
        if ours {
            state.under_way = state.under_way.saturating_sub(1);
        }
        let key = (message.sender, message.client_id);
        state.under_way_keys.remove(&key);
        state.remember(key, message.receipt(false), committed.append.digest.clone());
        for double in state.doubles.remove(&key).into_iter().flatten() {
            self.admit(state, double);
        }
        Ok(())
    }

    /// When all that was on its way is settled: reads the state again if it was wrong, and
    /// admits what waits.
    async fn go_on(&self, state: &mut State) -> Result<(), ActorProcessingErr> {
        if state.under_way > 0 || !state.held {
            return Ok(());
        }
        if std::mem::take(&mut state.reload) {
            self.load(state).await?;
        } else {
            state.ahead = state.committed.clone();
        }
        state.held = false;
        while !state.held {
            let Some(mut post) = state.line.pop_front() else {
                break;
            };
            if post.attempts >= READMISSIONS {
                post.waiting.answer(Err(Rejection::unavailable(
                    "The conversation changed at the same moment; try again with the same client id.",
                )));
                continue;
            }
            post.attempts += 1;
            self.admit(state, post);
        }
        Ok(())
    }
}

/// The answer to a retry.
pub(crate) fn again(receipt: Receipt, same: bool) -> Result<Receipt, Rejection> {
    if same {
        let first = false;
        return Ok(Receipt { first, ..receipt });
    }
    let detail = "This client id was used for something else in this conversation.";
    Err(Rejection::unprocessable("client_id_reused", detail))
}

/// The answer to a retry of what was posted at `seq`.
fn again_at(
    conversation: ConversationId,
    seq: Seq,
    sent_at_ms: i64,
    same: bool,
) -> Result<Receipt, Rejection> {
    let receipt = Receipt {
        conversation,
        seq,
        sent_at: rfc3339(sent_at_ms),
        first: false,
    };
    again(receipt, same)
}

/// The answer to a post that the store has under its client id; `None`: it has none. Asked before
/// a rule's refusal goes out, because the look-up comes before the rules.
pub(crate) async fn posted_before(
    store: &dyn Store,
    conversation: ConversationId,
    sender: Option<UserId>,
    client_id: ClientId,
    digest: &str,
) -> Result<Option<Result<Receipt, Rejection>>, StoreError> {
    let posted = store.posted(conversation, sender, client_id).await?;
    Ok(posted.map(|posted| {
        let same = posted.is_same(digest);
        again_at(conversation, posted.seq, posted.sent_at_ms, same)
    }))
}

/// The answer to a draft that was not appended; `None`: it is to be admitted again.
pub(crate) fn answer_of(outcome: &Outcome, append: &Append) -> Option<Result<Receipt, Rejection>> {
    match outcome {
        Outcome::Duplicate {
            seq,
            sent_at_ms,
            same,
        } => {
            let answer = again_at(append.conversation, *seq, *sent_at_ms, *same);
            Some(answer)
        }
        Outcome::Refused(rejection) => Some(Err(rejection.clone())),
        _ => None,
    }
}
