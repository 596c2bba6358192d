//! The JSON shapes of answers that more than one route gives. `docs/PROTOCOL.md` tells them.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;
use webqq_engine::group::state::{JoinMode, Role};
use webqq_engine::message::rfc3339;
use webqq_engine::store::{Group, MemberRow, Session, Status, User};

/// Somebody, as others see them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Person {
    /// Id.
    pub id: Uuid,
    /// Public number, from 10001 up.
    pub number: i64,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// A line about oneself.
    pub signature: String,
    /// True for an account that was deleted (its names are neutral ones); absent for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
    /// True for a bot, which is a program; absent for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot: Option<bool>,
    /// Which avatar one has; absent: none. Another one has another id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Uuid>,
}

/// One's own profile.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Profile {
    /// What others see.
    #[serde(flatten)]
    pub person: Person,
    /// Chosen status.
    pub status: Status,
    /// Whether read positions in direct chats are shown, and seen.
    pub read_receipts: bool,
    /// Whether one runs the server.
    pub administrator: bool,
}

/// A group, as somebody sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupShape {
    /// Id; also its conversation's.
    pub id: Uuid,
    /// Public number, from 10001 up.
    pub number: i64,
    /// Name, unique among groups.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Which avatar it has; absent: none. Another one has another id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Uuid>,
    /// What everyone in it should know; empty: nothing.
    pub announcement: String,
    /// Who wrote the announcement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_by: Option<Uuid>,
    /// When, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_at: Option<String>,
    /// How one joins.
    pub join_mode: JoinMode,
    /// Members at most.
    pub member_limit: i64,
    /// Members now.
    pub member_count: i64,
    /// Whether newcomers may read what was said before they came.
    pub history_shared: bool,
    /// Whether only the owner and the admins may post.
    pub mute_all: bool,
    /// Seconds that an ordinary member waits between two posts; 0: none.
    pub slow_mode: i64,
    /// Since when the group is dissolved, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dissolved_at: Option<String>,
    /// Whether the caller has asked to join and waits for an answer.
    pub pending: bool,
    /// The caller's role; null: not a member.
    pub role: Option<Role>,
}

/// A member of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Member {
    /// Who.
    pub user: Person,
    /// As what.
    pub role: Role,
    /// What they are called here; empty: as everywhere else.
    pub card: String,
    /// online, away, busy or offline.
    pub status: &'static str,
    /// Muted until then, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<String>,
}

/// A signed-in device.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Device {
    /// The session's id.
    pub id: Uuid,
    /// What the device calls itself.
    pub device: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339; at most an hour behind.
    pub last_used_at: String,
    /// Whether the request came from it.
    pub current: bool,
}

/// Answer of signing up and in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedIn {
    /// Who signed in.
    pub user: Profile,
    /// For the header `X-CSRFToken`.
    pub csrf_token: String,
    /// For `Authorization: Bearer`, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.0,
            number: user.number,
            username: user.username.clone(),
            name: user.name.clone(),
            signature: user.signature.clone(),
            deleted: user.deleted.then_some(true),
            bot: user.bot_of.is_some().then_some(true),
            avatar: user.avatar.map(|file| file.0),
        }
    }
}

impl From<&User> for Profile {
    fn from(user: &User) -> Self {
        Self {
            person: user.into(),
            status: user.status,
            read_receipts: user.read_receipts,
            administrator: user.administrator,
        }
    }
}

impl From<Group> for GroupShape {
    fn from(group: Group) -> Self {
        let settings = group.settings;
        Self {
            id: group.id.0,
            number: group.number,
            name: settings.name,
            description: settings.description,
            avatar: settings.avatar.map(|file| file.0),
            announcement: settings.announcement.text,
            announced_by: settings.announcement.by.map(|user| user.0),
            announced_at: settings.announcement.at_ms.map(rfc3339),
            join_mode: settings.join_mode,
            member_limit: settings.member_limit,
            member_count: group.member_count,
            history_shared: settings.history_shared,
            mute_all: settings.mute_all,
            slow_mode: settings.slow_mode_s,
            dissolved_at: settings.dissolved_at_ms.map(rfc3339),
            pending: group.pending,
            role: group.role,
        }
    }
}

impl Member {
    /// A member who looks like `status` now.
    pub fn new(row: &MemberRow, status: &'static str) -> Self {
        Self {
            user: (&row.user).into(),
            role: row.role,
            card: row.card.clone(),
            status,
            muted_until: row.muted_until_ms.map(rfc3339),
        }
    }
}

impl Device {
    /// A session; `current`: whether the request came from it.
    pub fn new(session: &Session, current: bool) -> Self {
        Self {
            id: session.id.0,
            device: session.device.clone(),
            created_at: rfc3339(session.created_at_ms),
            last_used_at: rfc3339(session.last_used_at_ms),
            current,
        }
    }
}

/// JSON that is written already.
pub(crate) fn raw_json(json: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/json")], Bytes::from(json)).into_response()
}

/// `[…]` of entries that are JSON already.
pub(crate) fn write_list(into: &mut Vec<u8>, entries: &[Bytes]) {
    into.push(b'[');
    for (nth, entry) in entries.iter().enumerate() {
        if nth > 0 {
            into.push(b',');
        }
        into.extend_from_slice(entry);
    }
    into.push(b']');
}
