//! The faces of users and groups: which file it is, and how it changes.

use serde_json::json;

use super::download::Download;
use crate::engine::Engine;
use crate::ids::{ConversationId, FileId, UserId};
use crate::kind::MessageKind;
use crate::kinds::avatar::{GroupAvatar, ProfileAvatar};
use crate::message::Rejection;
use crate::posting::not_now;
use crate::store::files::Purpose;
use crate::store::{Group, User};

impl Engine {
    /// Shows another avatar of a user, or none. The file was uploaded by them as an avatar.
    ///
    /// # Errors
    /// `invalid`, `file_gone`, `unavailable`.
    pub async fn set_avatar(&self, user: &User, file: Option<FileId>) -> Result<User, Rejection> {
        if user.avatar != file {
            let own = ConversationId::own(user.id);
            let body = json!({"file": file});
            self.govern(user, own, ProfileAvatar::NAME, body).await?;
        }
        self.user(user.id).await
    }

    /// Shows another avatar of a group, or none.
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `not_allowed`, `invalid`, `file_gone`, `unavailable`.
    pub async fn set_group_avatar(
        &self,
        user: &User,
        group: ConversationId,
        file: Option<FileId>,
    ) -> Result<Group, Rejection> {
        let body = json!({"file": file});
        self.govern(user, group, GroupAvatar::NAME, body).await?;
        self.group(user.id, group).await
    }

    /// The avatar of a user, for anyone who is signed in.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn avatar_of_user(&self, user: UserId, small: bool) -> Result<Download, Rejection> {
        let file = self.user(user).await?.avatar;
        self.avatar(file, small).await
    }

    /// The avatar of a group, for anyone who is signed in.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn avatar_of_group(
        &self,
        viewer: UserId,
        group: ConversationId,
        small: bool,
    ) -> Result<Download, Rejection> {
        let file = self.group(viewer, group).await?.settings.avatar;
        self.avatar(file, small).await
    }

    async fn avatar(&self, file: Option<FileId>, small: bool) -> Result<Download, Rejection> {
        let id = file.ok_or_else(Rejection::not_found)?;
        let found = self.inner.core.store.file(id).await;
        let file = found.map_err(|_| not_now())?;
        let file = file.filter(|file| file.purpose == Purpose::Avatar);
        self.bytes_of(file.ok_or_else(Rejection::not_found)?, small)
            .await
    }
}
