//! Bots and incoming webhooks. A bot is a user without a password that belongs to somebody: a
//! program signs in as it with a token that does not expire. A hook is an address of one group at
//! which anything that can send a request posts as a bot, without signing in; what is kept is a hash
//! of its secret.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::SignedIn;
use crate::engine::Engine;
use crate::ids::{ClientId, ConversationId, UserId};
use crate::kind::MessageKind;
use crate::kinds::groups::hook;
use crate::kinds::{maps, text};
use crate::limits::BOTS;
use crate::links::{name_of, read_code};
use crate::message::{Receipt, Refusal, Rejection};
use crate::posting::not_now;
use crate::store::{Entry, StoreError, User, WhichSessions};

/// What a bot's session calls itself in lists.
const DEVICE: &str = "bot";

/// A hook that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHook {
    /// What names it among the group's hooks.
    pub hook: String,
    /// What is posted to; told once, and stored nowhere.
    pub code: String,
}

impl Engine {
    /// Makes a bot of `owner`, and its token.
    ///
    /// # Errors
    /// `not_allowed` for a bot, `too_many_bots`, and as [`sign_up`](Self::sign_up).
    pub async fn make_bot(
        &self,
        owner: &User,
        username: &str,
        name: &str,
    ) -> Result<(User, SignedIn), Rejection> {
        if owner.bot_of.is_some() {
            let detail = "A bot has no bots of its own.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        let mut new = self.new_user(username, name, None)?;
        new.bot_of = Some(owner.id);
        let id = new.id;
        {
            // One at a time, so that the count is right.
            let _turn = self.inner.core.bots.lock().await;
            if self.bots(owner.id).await?.len() >= BOTS {
                let detail = format!("Somebody has at most {BOTS} bots.");
                return Err(Rejection::conflict("too_many_bots", detail));
            }
            self.write(Entry::CreateUser(new)).await?;
        }
        let session = self.open_session(id, DEVICE).await?;
        Ok((self.user(id).await?, session))
    }

    /// The bots of a user, by user name.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn bots(&self, owner: UserId) -> Result<Vec<User>, Rejection> {
        let found = self.inner.core.store.bots(owner).await;
        found.map_err(|_| not_now())
    }

    /// Another token for a bot; the one before is good no more.
    ///
    /// # Errors
    /// `not_found` for what is no bot of `owner`, `unavailable`.
    pub async fn renew_bot(&self, owner: UserId, bot: UserId) -> Result<SignedIn, Rejection> {
        let bot = self.own_bot(owner, bot).await?;
        self.close_sessions(bot.id, WhichSessions::All).await?;
        self.open_session(bot.id, DEVICE).await
    }

    /// Deletes a bot, as one deletes one's account.
    ///
    /// # Errors
    /// `not_found` for what is no bot of `owner`, and as [`delete_account`](Self::delete_account).
    pub async fn delete_bot(&self, owner: UserId, bot: UserId) -> Result<(), Rejection> {
        let bot = self.own_bot(owner, bot).await?;
        self.end_account(&bot).await
    }

    async fn own_bot(&self, owner: UserId, bot: UserId) -> Result<User, Rejection> {
        let bot = self.user(bot).await?;
        let is_theirs = bot.bot_of == Some(owner) && !bot.deleted;
        is_theirs.then_some(bot).ok_or_else(Rejection::not_found)
    }

    /// Whether whoever answers for `user` may sign in: for a bot, its owner.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub(crate) async fn is_answered_for(&self, user: &User) -> Result<bool, StoreError> {
        let Some(owner) = user.bot_of else {
            return Ok(true);
        };
        let owner = self.inner.core.store.users(&[owner]).await?;
        Ok(owner.first().is_some_and(|owner| !owner.disabled))
    }

    /// Makes a hook of a group that posts as `bot`, which becomes a member if it is none.
    ///
    /// # Errors
    /// `invalid` for what is no bot of `user`; `not_allowed`, `too_many_hooks`, `group_full`,
    /// `banned`, `too_many_groups`, `unavailable`.
    pub async fn make_hook(
        &self,
        user: &User,
        id: ConversationId,
        bot: UserId,
        name: &str,
    ) -> Result<NewHook, Rejection> {
        // Who may not is told so before anything is said about bots.
        self.must_govern(user.id, id).await?;
        match self.own_bot(user.id, bot).await {
            Err(rejection) if rejection.refusal == Refusal::NotFound => {
                return Err(Rejection::invalid("bot", "This is no bot of yours."));
            }
            other => other?,
        };
        let (hook, code) = self.draw_code(id);
        let body = json!({"hook": hook, "bot": bot, "name": name});
        self.govern(user, id, hook::MakeHook::NAME, body).await?;
        Ok(NewHook { hook, code })
    }

    /// The hooks of a group by their names, for owner and admins.
    ///
    /// # Errors
    /// As [`requests`](Self::requests).
    pub async fn hooks(
        &self,
        user: UserId,
        id: ConversationId,
    ) -> Result<BTreeMap<String, Value>, Rejection> {
        self.must_govern(user, id).await?;
        self.map(id, maps::HOOKS).await
    }

    /// Ends a hook. The bot stays a member.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `unavailable`.
    pub async fn end_hook(
        &self,
        user: &User,
        id: ConversationId,
        hook: &str,
    ) -> Result<(), Rejection> {
        let body = json!({"hook": hook});
        self.govern(user, id, hook::EndHook::NAME, body).await
    }

    /// Posts a text at the address of a hook, as its bot, under the rules that hold for the bot.
    /// With a client id, a retry is the same message.
    ///
    /// # Errors
    /// `not_found` for a hook that is not there, or whose bot or its owner is no more; and what
    /// [`post`](Self::post) answers the bot.
    pub async fn post_by_hook(
        &self,
        code: &str,
        text: &str,
        client_id: Option<ClientId>,
    ) -> Result<Receipt, Rejection> {
        let (id, secret) = read_code(code).ok_or_else(Rejection::not_found)?;
        let hooks = self.map(id, maps::HOOKS).await?;
        let hook = hooks.get(&name_of(secret));
        let bot = hook.and_then(|hook| serde_json::from_value(hook["bot"].clone()).ok());
        let bot = self.user(bot.ok_or_else(Rejection::not_found)?).await?;
        let answered = self.is_answered_for(&bot).await.map_err(|_| not_now())?;
        if bot.disabled || !answered {
            return Err(Rejection::not_found());
        }
        let client_id = client_id.unwrap_or_else(|| self.client_id());
        let body = json!({"text": text});
        self.post(&bot, id, text::Text::NAME, body, client_id).await
    }
}
