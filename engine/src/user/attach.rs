//! Attaching a reader to its user's actor, in the order that loses nothing: the actor stands in
//! its slot; it has confirmed this reader's queue; only then is the first page read.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::port::{Ending, Intake, PortId, Reader, port};
use crate::core::Core;
use crate::directory::activate_user;
use crate::ids::{Position, SessionId, UserId};
use crate::limits::{PAGE_BYTES, PAGE_MESSAGES};
use crate::mailbox::{UserMail, UserSlot};
use crate::store::{Behind, Status, StoreError};

/// Whose feed it is, and on behalf of which session.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// The user.
    pub user: UserId,
    /// The session: when it ends, so does the feed.
    pub session: SessionId,
    /// The status the user chose.
    pub status: Status,
}

/// How long one try to attach may take before the next.
const TRY: Duration = Duration::from_secs(1);

/// An attached reader. Detaches when dropped.
pub(crate) struct Attachment {
    pub(crate) intake: Intake,
    /// The version of the user's signalled state at that moment.
    pub(crate) version: u64,
    /// The watermark read before attaching: "now".
    pub(crate) now: Position,
    slot: Arc<UserSlot>,
    port: PortId,
}

impl Attachment {
    /// Attaches. `None`: told to end, or the engine is closing.
    pub(crate) async fn new(
        core: &Arc<Core>,
        viewer: &Viewer,
        reader: Reader,
        ending: &Ending,
    ) -> Option<Self> {
        loop {
            if ending.reason().is_some() || core.stopping.is_cancelled() {
                return None;
            }
            let id = core.number();
            let (port, intake) = port(id, viewer.session, reader, ending.clone());
            let (reply, replied) = oneshot::channel();
            // Made before it is attached: dropped half-way, it detaches what may have come to be.
            let mut attachment = Self {
                intake,
                version: 0,
                now: core.watermark.read(),
                slot: core.directory.user(viewer.user),
                port: id,
            };
            if let Some(actor) = activate_user(core, &attachment.slot).await
                && actor
                    .cast(UserMail::Attach(port, viewer.status, reply))
                    .is_ok()
                && let Some(Ok(attached)) = core.runtime.timeout(TRY, replied).await
            {
                attachment.version = attached.version;
                return Some(attachment);
            }
            // The actor was going, or crashed: the next life takes us.
            core.runtime.sleep(Duration::from_millis(5)).await;
        }
    }

    /// Sends the watermark of this moment through the mailbox; it comes back in the queue behind
    /// everything it vouches for.
    pub(crate) fn mark(&self, core: &Core) {
        let watermark = core.watermark.read();
        self.slot.tell(UserMail::Mark(self.port, watermark));
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.slot.tell(UserMail::Detach(self.port));
    }
}

/// Whether the session is still good. Asked after every attachment: a revocation that was carried
/// out before the attachment stood has found no port to close.
pub(crate) async fn is_living(core: &Core, session: SessionId) -> Result<bool, StoreError> {
    let living = core.store.living_sessions(&[session]).await?;
    Ok(living.contains(&session))
}

/// A page of what `user` may see after `after`; at most so many are read at once in all.
pub(crate) async fn read_page(
    core: &Core,
    user: UserId,
    after: Position,
) -> Result<Behind, StoreError> {
    let _place = core.pages.acquire().await;
    let furthest = core.limits.catch_up_messages;
    core.store
        .page(user, after, PAGE_MESSAGES, PAGE_BYTES, furthest)
        .await
}
