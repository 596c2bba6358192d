//! Groups: creating, finding, reading, changing, dissolving.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webqq_engine::group::state::JoinMode;
use webqq_engine::ids::{ClientId, ConversationId};
use webqq_engine::kinds::settings::Fields;

use crate::app::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::error::Problem;
use crate::params::{Id, Params};
use crate::shapes::GroupShape;

/// Body of creating a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// 1 to 64 characters, unique among groups.
    name: String,
    /// At most 255 characters.
    description: Option<String>,
    /// How one joins; open if absent.
    join_mode: Option<JoinMode>,
    /// Members at most; 200 if absent.
    member_limit: Option<i64>,
    /// Makes a retry find the group that the first try made.
    client_id: Option<Uuid>,
}

/// Answer about one group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneGroup {
    pub(crate) group: GroupShape,
}

/// `POST /api/groups`
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Create>,
) -> Result<(StatusCode, Json<OneGroup>), Problem> {
    let fields = Fields {
        name: Some(body.name),
        description: body.description,
        join_mode: body.join_mode,
        member_limit: body.member_limit,
        ..Fields::default()
    };
    let client_id = body.client_id.map(ClientId);
    let group = app
        .engine()
        .create_group(caller.user(), fields, client_id)
        .await?;
    let group = group.into();
    Ok((StatusCode::CREATED, Json(OneGroup { group })))
}

/// Query of finding groups.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    query: String,
}

/// Answer of finding groups.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Groups {
    groups: Vec<GroupShape>,
}

/// `GET /api/groups?query=`
pub async fn find(
    State(app): State<App>,
    caller: Caller,
    Params(find): Params<Find>,
) -> Result<Json<Groups>, Problem> {
    let me = caller.user().id;
    let found = app.engine().find_groups(me, &find.query).await?;
    let groups = found.into_iter().map(GroupShape::from).collect();
    Ok(Json(Groups { groups }))
}

/// `GET /api/groups/{id}`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<OneGroup>, Problem> {
    let group = app
        .engine()
        .group(caller.user().id, ConversationId(id))
        .await?;
    let group = group.into();
    Ok(Json(OneGroup { group }))
}

/// `PATCH /api/groups/{id}`
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(fields): Body<Fields>,
) -> Result<Json<OneGroup>, Problem> {
    let group = app
        .engine()
        .change_group(caller.user(), ConversationId(id), fields)
        .await?;
    let group = group.into();
    Ok(Json(OneGroup { group }))
}

/// `DELETE /api/groups/{id}`
pub async fn dissolve(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let dissolved = app
        .engine()
        .dissolve_group(caller.user(), ConversationId(id));
    dissolved.await?;
    Ok(StatusCode::NO_CONTENT)
}
