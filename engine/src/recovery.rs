//! The crash path: what a conversation's actor did not fan out, its members read from the log.
//!
//! One path for an actor that crashed, one that is too slow, and one that was not there: everyone
//! who was a member just before or just after the messages is sent to catch-up, then the part is
//! confirmed. Sending too many people there is harmless, too few would lose a message; so if the
//! store cannot say who they are, it is everyone who is attached.

use std::sync::Arc;
use std::time::Duration;

use crate::core::Core;
use crate::ids::ConversationId;
use crate::limits::FAN_OUT_TIMEOUT;
use crate::store::Head;
use crate::watermark::Part;

/// How often overdue fan-outs are looked for.
const LOOK: Duration = Duration::from_millis(250);

/// A conversation's actor is gone: makes good what it left undone.
pub(crate) async fn group_ended(core: &Arc<Core>, conversation: ConversationId) {
    let parts = core.watermark.unconfirmed(conversation);
    send_to_catch_up(core, parts).await;
}

/// Sends everyone concerned to catch-up, then confirms.
pub(crate) async fn send_to_catch_up(core: &Arc<Core>, parts: Vec<Part>) {
    if parts.is_empty() {
        return;
    }
    let positions: Vec<_> = parts.iter().flat_map(|p| p.positions.clone()).collect();
    match core.store.audience(&positions).await {
        Ok(users) => {
            for slot in users
                .into_iter()
                .filter_map(|u| core.directory.known_user(u))
            {
                slot.catch_up();
            }
        }
        Err(error) => {
            tracing::warn!(%error, "cannot tell who missed messages: everyone catches up");
            for slot in core.directory.known_users() {
                slot.catch_up();
            }
        }
    }
    for part in parts {
        core.watermark.confirm(part.batch, part.conversation);
    }
}

/// The log has another past than the one that was written to (an older copy was put in its place,
/// or a server took over that had not all of it). Nobody's cursor is good any more, and what the
/// conversations' actors know is not so: all streams start over, all conversations load anew.
pub(crate) fn start_over(core: &Core, head: Head) {
    tracing::error!(
        position = head.position.0,
        "the log is not the one that was written to; every client starts over"
    );
    core.set_epoch(head.epoch);
    core.watermark.start_over(head.position);
    core.directory.end_groups();
    for slot in core.directory.known_users() {
        slot.catch_up();
    }
}

/// Watches for fan-outs that take too long, until the engine closes.
pub(crate) fn watch(core: &Arc<Core>) {
    let core_ = Arc::downgrade(core);
    let (runtime, stopping) = (core.runtime.clone(), core.stopping.clone());
    core.runtime.spawn(Box::pin(async move {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = runtime.sleep(LOOK) => {}
            }
            let Some(core) = core_.upgrade() else { return };
            let Some(deadline) = runtime.now().checked_sub(FAN_OUT_TIMEOUT) else {
                continue;
            };
            let late = core.watermark.overdue(deadline);
            if !late.is_empty() {
                tracing::warn!(
                    parts = late.len(),
                    "a fan-out is late: its members catch up"
                );
                send_to_catch_up(&core, late).await;
            }
        }
    }));
}
