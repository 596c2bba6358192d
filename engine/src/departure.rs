//! An account's end, and what its owner takes along.

use crate::engine::Engine;
use crate::group::state::{ConversationType, Role};
use crate::ids::{ConversationId, Seq, UserId};
use crate::limits::EXPORT_MESSAGES;
use crate::message::{Message, Refusal, Rejection};
use crate::posting::not_now;
use crate::store::{ConversationRow, Entry, Session, SyncRows, User};

/// How often it is looked again whether the user is in a group; somebody may be adding them.
const ROUNDS: usize = 3;

/// What an export begins with.
#[derive(Debug)]
pub struct Export {
    /// The user and their conversations.
    pub rows: SyncRows,
    /// Their devices.
    pub sessions: Vec<Session>,
}

impl Engine {
    /// The groups that `user` owns. They hand them over or dissolve them before they go.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn owned_groups(&self, user: UserId) -> Result<Vec<ConversationRow>, Rejection> {
        let mut owned = Vec::new();
        for row in self.groups_of(user).await? {
            // From a dissolved one its owner goes like everybody else.
            if row.role == Some(Role::Owner)
                && self
                    .group(user, row.id)
                    .await?
                    .settings
                    .dissolved_at_ms
                    .is_none()
            {
                owned.push(row);
            }
        }
        Ok(owned)
    }

    async fn groups_of(&self, user: UserId) -> Result<Vec<ConversationRow>, Rejection> {
        let (rows, _) = self.sync(user).await?;
        let groups = rows.conversations.into_iter();
        let is_in = |row: &ConversationRow| row.r#type == ConversationType::Group && !row.left;
        Ok(groups.filter(is_in).collect())
    }

    /// Deletes an account: its bots go first, then the user leaves all groups, the names become neutral ones, nobody signs
    /// in with it any more. Messages stay, with the name they were sent under. What was broken off
    /// half-way is finished by calling again.
    ///
    /// # Errors
    /// `owns_groups`, `last_administrator`, `unavailable`, `busy` while another call is at it.
    pub async fn delete_account(&self, user: &User) -> Result<(), Rejection> {
        for bot in self.bots(user.id).await? {
            self.end_account(&bot).await?;
        }
        self.end_account(user).await
    }

    pub(crate) async fn end_account(&self, user: &User) -> Result<(), Rejection> {
        let rates = &self.inner.core.rates;
        let Some(_uncounted) = rates.uncounted(user.id) else {
            let detail = "The account is being deleted.";
            return Err(Rejection::conflict("busy", detail));
        };
        if user.administrator {
            // Known before anything is given up; the store judges again.
            self.may_step_down(user.id).await?;
        }
        for _ in 0..ROUNDS {
            if !self.owned_groups(user.id).await?.is_empty() {
                let detail = "Hand over or dissolve the groups you own first.";
                return Err(Rejection::conflict("owns_groups", detail));
            }
            for group in self.groups_of(user.id).await? {
                match self.remove_member(user, group.id, user.id, false).await {
                    Err(rejection) if is_in_the_way(&rejection) => return Err(rejection),
                    // Somebody else was faster: they are out, or the next round sees why not.
                    _ => {}
                }
            }
            match self.write(Entry::DeleteUser { user: user.id }).await {
                Err(rejection) if rejection.code == "in_groups" => {}
                Err(rejection) => return Err(rejection),
                // A bot that was made meanwhile is left, and nobody answers for it.
                Ok(()) => return self.end_all_streams(user.id).await,
            }
        }
        Err(not_now())
    }

    async fn may_step_down(&self, user: UserId) -> Result<(), Rejection> {
        let others = self.inner.core.store.administrators().await;
        let others = others.map_err(|_| not_now())?;
        if others.iter().all(|other| *other == user) {
            let detail = "This is the last administrator; make another one first.";
            return Err(Rejection::conflict("last_administrator", detail));
        }
        Ok(())
    }

    /// What an export of `user`'s own data begins with. Read the messages of each conversation
    /// with [`own_messages`](Self::own_messages).
    ///
    /// # Errors
    /// `not_found`, `too_many_exports`, `unavailable`.
    pub async fn export(&self, user: UserId) -> Result<Export, Rejection> {
        let core = &self.inner.core;
        let rate = core.rates.export(user, core.runtime.now());
        rate.map_err(|wait| {
            let detail = "There was an export a moment ago; wait a little.";
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            Rejection::too_many("too_many_exports", detail, wait)
        })?;
        let (rows, _) = self.sync(user).await?;
        let sessions = self.sessions(user).await?;
        Ok(Export { rows, sessions })
    }

    /// The next of what `user` posted in a conversation, ascending; none: that was all.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn own_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        after: Seq,
    ) -> Result<Vec<Message>, Rejection> {
        let store = &self.inner.core.store;
        let found = store.own_messages(user, conversation, after, EXPORT_MESSAGES);
        found.await.map_err(|_| not_now())
    }
}

/// Whether there is no use in going on.
fn is_in_the_way(rejection: &Rejection) -> bool {
    matches!(rejection.refusal, Refusal::Unavailable | Refusal::TooMany)
        || rejection.code == "owner_must_transfer"
}
