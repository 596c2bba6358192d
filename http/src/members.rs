//! Members of a group: listing, joining, roles, leaving, removing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use webqq_engine::group::state::Role;
use webqq_engine::ids::{ConversationId, UserId};

use crate::app::App;
use crate::auth::Caller;
use crate::body::{Body, OptionalBody};
use crate::conversations::Nothing;
use crate::error::Problem;
use crate::groups::OneGroup;
use crate::params::{Id, Ids};
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

/// `POST /api/groups/{id}/members`
pub async fn join(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<OneGroup>, Problem> {
    let group = app
        .engine()
        .join_group(caller.user(), ConversationId(id))
        .await?;
    let group = group.into();
    Ok(Json(OneGroup { group }))
}

/// Body of changing a member.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `owner` transfers the group.
    role: Role,
}

/// `PATCH /api/groups/{id}/members/{user}`
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
    Body(body): Body<Change>,
) -> Result<Json<OneGroup>, Problem> {
    let (engine, me, id) = (app.engine(), caller.user(), ConversationId(id));
    engine.set_role(me, id, UserId(user), body.role).await?;
    let group = engine.group(me.id, id).await?.into();
    Ok(Json(OneGroup { group }))
}

/// `DELETE /api/groups/{id}/members/{user}`
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
) -> Result<StatusCode, Problem> {
    app.engine()
        .remove_member(caller.user(), ConversationId(id), UserId(user))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
