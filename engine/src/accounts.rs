//! People: signing up, sessions, profiles. Passwords are hashed by the caller; the engine stores
//! the hash and never sees the password.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::core::Core;
use crate::engine::Engine;
use crate::ids::{SessionId, UserId};
use crate::kind::MessageKind;
use crate::kinds::presence::Seen;
use crate::kinds::profile;
use crate::limits::{FIND_RESULTS, SESSION_TOUCH_MS, WRITE_TIMEOUT};
use crate::mailbox::UserMail;
use crate::message::Rejection;
use crate::names::{clean_display_name, clean_username, normalised};
use crate::posting::not_now;
use crate::store::{Entry, Invited, NewSession, NewUser, Session, StoreError, User, WhichSessions};
use crate::user::port::Bye;

/// How often it is looked whether a command outside the server ended sessions.
const LOOK: Duration = Duration::from_secs(1);
/// Characters of a device's name that are kept.
const DEVICE_CHARS: usize = 200;
/// Bytes of a token before it is written as hexadecimal.
const TOKEN_BYTES: usize = 32;

/// A new session with its token, which is told once and stored nowhere.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// The secret that authenticates requests.
    pub token: String,
}

impl Engine {
    /// Makes a user.
    ///
    /// # Errors
    /// `invalid` for names, `username_taken`, `username_lookalike`, `unavailable`.
    pub async fn sign_up(
        &self,
        username: &str,
        name: &str,
        password_hash: Option<String>,
    ) -> Result<User, Rejection> {
        let new = self.new_user(username, name, password_hash)?;
        let id = new.id;
        self.write(Entry::CreateUser(new)).await?;
        self.user(id).await
    }

    /// Makes a user who was invited; uses up one use of the invitation.
    ///
    /// # Errors
    /// As [`sign_up`](Self::sign_up), and `invitation_invalid`.
    pub async fn sign_up_invited(
        &self,
        username: &str,
        name: &str,
        password_hash: Option<String>,
        code: &str,
    ) -> Result<User, Rejection> {
        let user = self.new_user(username, name, password_hash)?;
        let id = user.id;
        let code_hash = token_hash(code);
        let invited = Invited { user, code_hash };
        self.write(Entry::Invited(Box::new(invited))).await?;
        self.user(id).await
    }

    pub(crate) fn new_user(
        &self,
        username: &str,
        name: &str,
        password_hash: Option<String>,
    ) -> Result<NewUser, Rejection> {
        let runtime = &self.inner.core.runtime;
        Ok(NewUser {
            id: UserId(runtime.new_id()),
            username: clean_username(username)?,
            name: clean_display_name(name)?,
            password_hash,
            bot_of: None,
            created_at_ms: runtime.wall_ms(),
        })
    }

    /// Opens a session for a user.
    ///
    /// # Errors
    /// `not_found` for a user who is not there or disabled, `unavailable`.
    pub async fn open_session(&self, user: UserId, device: &str) -> Result<SignedIn, Rejection> {
        let runtime = &self.inner.core.runtime;
        let token = runtime.secret(TOKEN_BYTES);
        let session = SessionId(runtime.new_id());
        let device = device.chars().filter(|c| !c.is_control());
        self.write(Entry::OpenSession(NewSession {
            id: session,
            user,
            token_hash: token_hash(&token),
            device: device.take(DEVICE_CHARS).collect(),
            created_at_ms: runtime.wall_ms(),
        }))
        .await?;
        // It may have taken the place of the one used longest ago.
        if let Some(slot) = self.inner.core.directory.known_user(user) {
            slot.tell(UserMail::CheckSessions);
        }
        Ok(SignedIn { session, token })
    }

    /// The session of a token, if it is good. `slide`: this counts as using it (streams and
    /// long-polls do not, else a forgotten tab would never expire).
    ///
    /// # Errors
    /// The store cannot be reached: that is not "no session".
    pub async fn authenticate(
        &self,
        token: &str,
        slide: bool,
    ) -> Result<Option<Session>, StoreError> {
        if token.len() != 2 * TOKEN_BYTES {
            return Ok(None);
        }
        let core = &self.inner.core;
        let Some(session) = core.store.session(&token_hash(token)).await? else {
            return Ok(None);
        };
        let now = core.runtime.wall_ms();
        let idle = now.saturating_sub(session.last_used_at_ms);
        let days = core.limits.session_days;
        // A program that has nothing to say for a while keeps its token.
        let is_bot = session.user.bot_of.is_some();
        if !is_bot && days > 0 && idle > days * 86_400_000 {
            let which = WhichSessions::One(session.id);
            let user = session.user.id;
            let _not_awaited = core.journal.write(Entry::CloseSessions { user, which });
            self.end_streams(user, which);
            return Ok(None);
        }
        if slide && idle > SESSION_TOUCH_MS {
            let (session, at_ms) = (session.id, now);
            let _not_awaited = core.journal.write(Entry::TouchSession { session, at_ms });
        }
        Ok(Some(session))
    }

    /// Ends sessions of a user; their streams end too.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn close_sessions(
        &self,
        user: UserId,
        which: WhichSessions,
    ) -> Result<(), Rejection> {
        self.write(Entry::CloseSessions { user, which }).await?;
        self.end_streams(user, which);
        Ok(())
    }

    /// The sessions of a user, those used last first.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn sessions(&self, user: UserId) -> Result<Vec<Session>, Rejection> {
        let sessions = self.inner.core.store.sessions(user).await;
        sessions.map_err(|_| not_now())
    }

    /// Sets another password and ends all sessions but `keep`.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn set_password(
        &self,
        user: UserId,
        hash: String,
        keep: Option<SessionId>,
    ) -> Result<(), Rejection> {
        self.write(Entry::SetPassword { user, hash, keep }).await?;
        let which = keep.map_or(WhichSessions::All, WhichSessions::Except);
        self.end_streams(user, which);
        Ok(())
    }

    /// Changes a profile, as a message in the user's own conversation.
    ///
    /// # Errors
    /// `invalid`, `unavailable`.
    pub async fn set_profile(
        &self,
        user: &User,
        fields: profile::Fields,
    ) -> Result<User, Rejection> {
        let status = fields.status;
        let body = serde_json::to_value(&fields).unwrap_or_default();
        self.own(user, profile::ChangeProfile::NAME, body).await?;
        if let Some(status) = status {
            let slot = self.inner.core.directory.user(user.id);
            slot.tell(UserMail::Status(status));
        }
        self.user(user.id).await
    }

    /// A user by id.
    ///
    /// # Errors
    /// `not_found`, `unavailable`.
    pub async fn user(&self, user: UserId) -> Result<User, Rejection> {
        let found = self.users(&[user]).await?;
        found.into_iter().next().ok_or_else(Rejection::not_found)
    }

    /// Users by id; those that do not exist are left out.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn users(&self, users: &[UserId]) -> Result<Vec<User>, Rejection> {
        let found = self.inner.core.store.users(users).await;
        found.map_err(|_| not_now())
    }

    /// Users by the beginning of their user or display name, or by number.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn find_users(&self, query: &str) -> Result<Vec<User>, Rejection> {
        let store = &self.inner.core.store;
        let found = store.find_users(&normalised(query), FIND_RESULTS).await;
        found.map_err(|_| not_now())
    }

    /// A user and their password hash, for signing in.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn credentials(
        &self,
        username: &str,
    ) -> Result<Option<(User, Option<String>)>, Rejection> {
        let username = normalised(username);
        let found = self.inner.core.store.credentials(&username).await;
        found.map_err(|_| not_now())
    }

    /// How a user looks to others now.
    pub fn seen(&self, user: UserId) -> Seen {
        let slot = self.inner.core.directory.known_user(user);
        slot.map_or(Seen::Offline, |slot| slot.seen())
    }

    /// Ends all streams of somebody who may act no more, and of their bots.
    pub(crate) async fn end_all_streams(&self, user: UserId) -> Result<(), Rejection> {
        self.end_streams(user, WhichSessions::All);
        for bot in self.bots(user).await? {
            self.end_streams(bot.id, WhichSessions::All);
        }
        Ok(())
    }

    pub(crate) fn end_streams(&self, user: UserId, which: WhichSessions) {
        if let Some(slot) = self.inner.core.directory.known_user(user) {
            slot.tell(UserMail::EndSessions(which, Bye::SignedOut));
        }
    }

    /// One write that is no message, durable when this returns.
    pub(crate) async fn write(&self, entry: Entry) -> Result<(), Rejection> {
        let core = &self.inner.core;
        let answer = core.journal.write(entry);
        match core.runtime.timeout(WRITE_TIMEOUT, answer).await {
            Some(Ok(answer)) => answer,
            _ => Err(not_now()),
        }
    }
}

/// SHA-256 of a token, in hexadecimal: what the store holds of it.
pub fn token_hash(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Watches for sessions that commands outside the server have ended.
pub(crate) fn watch_access(core: &Arc<Core>, mut known: i64) {
    let core_ = Arc::downgrade(core);
    let (runtime, stopping) = (core.runtime.clone(), core.stopping.clone());
    core.runtime.spawn(Box::pin(async move {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = runtime.sleep(LOOK) => {}
            }
            let Some(core) = core_.upgrade() else { return };
            core.figures.second();
            let Ok(head) = core.store.head().await else {
                continue;
            };
            if head.access_version != known {
                known = head.access_version;
                for slot in core.directory.known_users() {
                    slot.tell(UserMail::CheckSessions);
                }
            }
        }
    }));
}

/// Ends those of a user's streams whose sessions are over; asked by the user's actor.
pub(crate) async fn end_dead_sessions(core: &Core, user: UserId, sessions: BTreeSet<SessionId>) {
    let asked: Vec<_> = sessions.iter().copied().collect();
    let Ok(living) = core.store.living_sessions(&asked).await else {
        return; // Asked again when the stream comes back.
    };
    let slot = core.directory.user(user);
    for dead in sessions.difference(&living) {
        let which = WhichSessions::One(*dead);
        slot.tell(UserMail::EndSessions(which, Bye::SignedOut));
    }
}
