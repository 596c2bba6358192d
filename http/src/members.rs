//! Members of a group: listing, joining, inviting, roles, mutes, cards, leaving, removing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webqq_engine::group::state::Role;
use webqq_engine::ids::{ConversationId, UserId};
use webqq_engine::membership::Joined;

use crate::app::App;
use crate::auth::Caller;
use crate::body::{Body, OptionalBody};
use crate::error::Problem;
use crate::groups::OneGroup;
use crate::params::{Id, Ids, Params};
use crate::shapes::Member;

/// Answer of listing members: the owner, admins, then the rest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Members {
    members: Vec<Member>,
}

/// `GET /api/groups/{id}/members`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Members>, Problem> {
    let engine = app.engine();
    let rows = engine.members(caller.user().id, ConversationId(id)).await?;
    let member = |row| Member::new(row, engine.seen(row.user.id).name());
    let members = rows.iter().map(member).collect();
    Ok(Json(Members { members }))
}

/// Body of joining or inviting.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Whom to invite; absent: the caller joins.
    user: Option<Uuid>,
    /// What the caller says to those who let people in, at most 100 characters.
    note: Option<String>,
}

/// Answer of asking for something that others decide.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Pending {
    /// Always true.
    pub(crate) pending: bool,
}

/// `POST /api/groups/{id}/members`
pub async fn join(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OptionalBody(body): OptionalBody<Join>,
) -> Result<Response, Problem> {
    let (engine, me, id) = (app.engine(), caller.user(), ConversationId(id));
    match body.user.filter(|user| *user != me.id.0) {
        Some(user) => {
            engine.invite(me, id, UserId(user)).await?;
            Ok(pending())
        }
        None => {
            let note = body.note.unwrap_or_default();
            Ok(joined(engine.join_group(me, id, &note).await?))
        }
    }
}

/// 200 for a member, 202 for who waits.
pub(crate) fn joined(joined: Joined) -> Response {
    match joined {
        Joined::Member(group) => {
            let group = (*group).into();
            Json(OneGroup { group }).into_response()
        }
        Joined::Pending => pending(),
    }
}

/// Somebody else decides.
pub(crate) fn pending() -> Response {
    (StatusCode::ACCEPTED, Json(Pending { pending: true })).into_response()
}

/// Body of changing a member: exactly one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `owner` transfers the group.
    role: Option<Role>,
    /// For how long the member may not post, 60 to 2,592,000 seconds; 0: no longer.
    muted_seconds: Option<i64>,
    /// What the member is called in this group, at most 32 characters; empty: as everywhere else.
    card: Option<String>,
}

/// `PATCH /api/groups/{id}/members/{user}`
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
    Body(body): Body<Change>,
) -> Result<Json<OneGroup>, Problem> {
    let (engine, me) = (app.engine(), caller.user());
    let (id, user) = (ConversationId(id), UserId(user));
    // Each is a message of its own: several at once could be done by half.
    match (body.role, body.muted_seconds, body.card) {
        (Some(role), None, None) => engine.set_role(me, id, user, role).await?,
        (None, Some(seconds), None) => engine.mute_member(me, id, user, seconds).await?,
        (None, None, Some(card)) => engine.set_card(me, id, user, &card).await?,
        _ => {
            let message = "must be given, or muted_seconds, or card: exactly one of them";
            return Err(Problem::invalid_field("role", message));
        }
    }
    let group = engine.group(me.id, id).await?.into();
    Ok(Json(OneGroup { group }))
}

/// Query of removing a member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    #[serde(default)]
    ban: bool,
}

/// `DELETE /api/groups/{id}/members/{user}?ban=`
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
    Params(removal): Params<Removal>,
) -> Result<StatusCode, Problem> {
    let (id, user) = (ConversationId(id), UserId(user));
    app.engine()
        .remove_member(caller.user(), id, user, removal.ban)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
