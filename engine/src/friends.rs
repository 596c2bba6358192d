//! Friends, folders, blocks, and what one sets for conversations, as routes ask for it. All of it is
//! kept in the user's own conversation, and changed by messages there.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::Engine;
use crate::ids::{ConversationId, Seq, UserId};
use crate::kind::MessageKind;
use crate::kinds::conversation::SetConversation;
use crate::kinds::friends::{answer, ask, block, folder, remove, set};
use crate::kinds::maps;
use crate::mailbox::UserMail;
use crate::membership::Entered;
use crate::message::{Refusal, Rejection};
use crate::posting::not_now;
use crate::store::User;

/// Everybody who is a friend or may become one, as one user sees it.
#[derive(Clone, Debug, Default)]
pub struct Friends {
    /// Friends: `{since, folder?, remark?}`.
    pub friends: Vec<Entered>,
    /// Who asks: `{note, name, at}`.
    pub requests: Vec<Entered>,
    /// Who was asked: `{note, at}`.
    pub asked: Vec<Entered>,
}

/// A folder of friends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Where it stands among the others, the lowest first.
    pub order: i64,
}

impl Engine {
    /// Friends and requests of a user.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn friends(&self, user: UserId) -> Result<Friends, Rejection> {
        let own = ConversationId::own(user);
        Ok(Friends {
            friends: self.users_in(own, maps::FRIENDS).await?,
            requests: self.users_in(own, maps::FRIEND_REQUESTS).await?,
            asked: self.users_in(own, maps::FRIENDS_ASKED).await?,
        })
    }

    /// Asks somebody to be a friend. True: they are one already.
    ///
    /// # Errors
    /// `not_found`, `invalid`, `you_block_them`, `they_asked_you`, `too_many_requests`,
    /// `unavailable`.
    pub async fn ask_friend(
        &self,
        user: &User,
        whom: UserId,
        note: &str,
    ) -> Result<bool, Rejection> {
        let body = json!({"user": whom, "note": note});
        let request = self.own_request(user, ask::Ask::NAME, body);
        match self.submit(user, request).await {
            Ok(_) => Ok(false),
            Err(rejection) if rejection.refusal == Refusal::Unchanged => {
                let friends = self
                    .map(ConversationId::own(user.id), maps::FRIENDS)
                    .await?;
                Ok(friends.contains_key(&whom.to_string()))
            }
            Err(rejection) => Err(rejection),
        }
    }

    /// Answers somebody who asked.
    ///
    /// # Errors
    /// `not_found`, `too_many_friends`, `unavailable`.
    pub async fn answer_friend(
        &self,
        user: &User,
        whom: UserId,
        accept: bool,
    ) -> Result<(), Rejection> {
        let kind = match accept {
            true => answer::Accept::NAME,
            false => answer::Decline::NAME,
        };
        self.own(user, kind, json!({"user": whom})).await?;
        if accept {
            // From now on each is told how the other looks, beginning with how it is.
            self.show_to(user.id, whom);
            self.show_to(whom, user.id);
        }
        Ok(())
    }

    fn show_to(&self, user: UserId, other: UserId) {
        let seen = self.seen(user);
        if let Some(slot) = self.inner.core.directory.known_user(other) {
            slot.tell(UserMail::Presence(user, seen));
        }
    }

    /// Ends a friendship, or takes a request back.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn remove_friend(&self, user: &User, whom: UserId) -> Result<(), Rejection> {
        let body = json!({"user": whom});
        self.own(user, remove::Remove::NAME, body).await
    }

    /// Puts a friend into a folder (`Some(None)`: out of any), or changes the remark.
    ///
    /// # Errors
    /// `not_found`, `invalid`, `unavailable`.
    pub async fn set_friend(
        &self,
        user: &User,
        whom: UserId,
        remark: Option<String>,
        folder: Option<Option<Uuid>>,
    ) -> Result<(), Rejection> {
        let mut body = json!({"user": whom});
        if let Some(remark) = remark {
            body["remark"] = json!(remark);
        }
        if let Some(folder) = folder {
            body["folder"] = json!(folder.unwrap_or(Uuid::nil()));
        }
        self.own(user, set::SetFriend::NAME, body).await
    }

    /// The folders of a user, in their order.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn folders(&self, user: UserId) -> Result<Vec<Folder>, Rejection> {
        let entries = self.map(ConversationId::own(user), maps::FOLDERS).await?;
        let folder = |(id, entry): (String, Value)| {
            Some(Folder {
                id: id.parse().ok()?,
                name: entry["name"].as_str().unwrap_or_default().to_owned(),
                order: entry["order"].as_i64().unwrap_or(0),
            })
        };
        let mut folders: Vec<_> = entries.into_iter().filter_map(folder).collect();
        folders.sort_by_key(|folder| (folder.order, folder.id));
        Ok(folders)
    }

    /// Makes a folder, or renames or moves one.
    ///
    /// # Errors
    /// `invalid`, `name_taken`, `not_found`, `too_many_folders`, `unavailable`.
    pub async fn set_folder(
        &self,
        user: &User,
        id: Option<Uuid>,
        name: Option<String>,
        order: Option<i32>,
    ) -> Result<Folder, Rejection> {
        let id = id.unwrap_or_else(|| self.inner.core.runtime.new_id());
        let mut body = json!({"folder": id});
        if let Some(name) = name {
            body["name"] = json!(name);
        }
        if let Some(order) = order {
            body["order"] = json!(order);
        }
        self.own(user, folder::SetFolder::NAME, body).await?;
        let folders = self.folders(user.id).await?;
        let found = folders.into_iter().find(|folder| folder.id == id);
        found.ok_or_else(Rejection::not_found)
    }

    /// Removes a folder; its friends are in none then.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn remove_folder(&self, user: &User, id: Uuid) -> Result<(), Rejection> {
        let body = json!({"folder": id});
        self.own(user, folder::RemoveFolder::NAME, body).await
    }

    /// Whom a user blocks.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn blocks(&self, user: UserId) -> Result<Vec<Entered>, Rejection> {
        self.users_in(ConversationId::own(user), maps::BLOCKS).await
    }

    /// Blocks somebody, or no longer.
    ///
    /// # Errors
    /// `not_found`, `invalid`, `too_many_blocks`, `unavailable`.
    pub async fn set_block(&self, user: &User, whom: UserId, on: bool) -> Result<(), Rejection> {
        let kind = match on {
            true => block::Block::NAME,
            false => block::Unblock::NAME,
        };
        self.own(user, kind, json!({"user": whom})).await
    }

    /// Pins, mutes or hides a conversation for oneself; `None`: not changed.
    ///
    /// # Errors
    /// `not_found`, `too_many_settings`, `unavailable`.
    pub async fn set_conversation(
        &self,
        user: &User,
        conversation: ConversationId,
        pinned: Option<bool>,
        muted: Option<bool>,
        hidden: Option<bool>,
    ) -> Result<(), Rejection> {
        let position = self.inner.core.store.read_position(user.id, conversation);
        let position = position.await.map_err(|_| not_now())?;
        let position = position.ok_or_else(Rejection::not_found)?;
        let body = SetConversation {
            conversation,
            pinned,
            muted,
            // One without messages is hidden until its first.
            hidden: hidden.map(|on| if on { position.head_seq } else { Seq(0) }),
        };
        let body = serde_json::to_value(&body).unwrap_or_default();
        self.own(user, SetConversation::NAME, body).await
    }

    /// Posts into the user's own conversation; what is so already is success.
    pub(crate) async fn own(&self, user: &User, kind: &str, body: Value) -> Result<(), Rejection> {
        let own = ConversationId::own(user.id);
        self.govern(user, own, kind, body).await
    }
}
