//! Groups: finding all, allowing more members, dissolving.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use webqq_engine::ids::ConversationId;

use super::{Administrator, Find, rows};
use crate::app::App;
use crate::body::Body;
use crate::error::Problem;
use crate::params::{Id, Params};
use crate::shapes::GroupShape;

/// Answer of finding groups.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AllGroups {
    /// By number; `role` is null.
    groups: Vec<GroupShape>,
}

/// `GET /api/admin/groups?query=&after=&limit=`: also closed and dissolved ones; `after` is the
/// number of the last one of the page before.
pub async fn find(
    State(app): State<App>,
    _: Administrator,
    Params(find): Params<Find>,
) -> Result<Json<AllGroups>, Problem> {
    let (after, limit) = (find.after.unwrap_or(0), rows(find.limit)?);
    let found = app.engine().all_groups(&find.query, after, limit).await?;
    let groups = found.into_iter().map(GroupShape::from).collect();
    Ok(Json(AllGroups { groups }))
}

/// Body of changing a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Members at most, 3 to 100,000; also more than the owner may allow.
    member_limit: i64,
}

/// `PATCH /api/admin/groups/{group}`
pub async fn limit(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Id(id): Id,
    Body(body): Body<Limit>,
) -> Result<StatusCode, Problem> {
    let (group, members) = (ConversationId(id), body.member_limit);
    app.engine().limit_any_group(&by, group, members).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/admin/groups/{group}`: dissolves it; what was said stays readable to its members.
pub async fn dissolve(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.engine()
        .dissolve_any_group(&by, ConversationId(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
