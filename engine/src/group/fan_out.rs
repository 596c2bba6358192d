//! Fan-out: one committed message to the actors of all who were members before or after it.
//!
//! The delivery is rendered once and shared. Who is online is looked up per recipient and per
//! message in the user's own slot, after the commit; nothing here remembers it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::state::ConversationState;
use crate::core::Core;
use crate::ids::{Position, UserId};
use crate::limits::FAN_OUT_CHUNK;
use crate::mailbox::{Committed, Delivery, UserSlot};

/// The slots of a conversation's members.
#[derive(Default)]
pub(crate) struct Members {
    slots: BTreeMap<UserId, Arc<UserSlot>>,
}

impl Members {
    pub(crate) fn of(core: &Core, state: &ConversationState) -> Self {
        let slot = |user: &UserId| (*user, core.directory.user(*user));
        Self {
            slots: state.roster.keys().map(slot).collect(),
        }
    }

    /// Hands a committed message to everyone who was a member before or after it.
    pub(crate) async fn message(&mut self, core: &Core, committed: &Committed) {
        let message = &committed.message;
        for user in &message.added {
            self.slots.insert(*user, core.directory.user(*user));
        }
        // Read before the first recipient is resolved: that is what makes it safe as an id.
        let watermark = core.watermark.read();
        let shown = delivery(message.render(), Some(message.position), watermark);
        let hidden = message.audience.is_some().then(|| {
            let json = message.render_hidden();
            delivery(json, Some(message.position), watermark)
        });
        for (nth, (user, slot)) in self.slots.iter().enumerate() {
            match &hidden {
                Some(hidden) if !message.shown_to(*user) => slot.deliver(hidden.clone()),
                _ => slot.deliver(shown.clone()),
            }
            if (nth + 1) % FAN_OUT_CHUNK == 0 {
                tokio::task::yield_now().await;
            }
        }
        for user in &message.removed {
            self.slots.remove(user);
        }
    }

    /// Hands a signal to its audience (`None`: everyone), but not to whom it is about.
    pub(crate) fn signal(&self, about: Option<UserId>, audience: Option<&[UserId]>, json: &Bytes) {
        for (user, slot) in &self.slots {
            if Some(*user) != about && audience.is_none_or(|seen_by| seen_by.contains(user)) {
                slot.deliver(delivery(json.clone(), None, Position(0)));
            }
        }
    }
}

fn delivery(json: Bytes, position: Option<Position>, watermark: Position) -> Delivery {
    Delivery {
        json,
        position,
        watermark,
    }
}
