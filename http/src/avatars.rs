//! The faces of users and groups. Everyone signed in sees them.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use webqq_engine::group::state::Role;
use webqq_engine::ids::{ConversationId, FileId, UserId};
use webqq_engine::store::files::Purpose;

use crate::app::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::files::send;
use crate::groups::OneGroup;
use crate::params::{Id, Params};
use crate::shapes::Profile;
use crate::uploads::receive;

/// An avatar changes under its address, so a browser asks again soon.
const AVATAR_CACHE: &str = "private, max-age=300";

/// Query of an avatar.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sized {
    #[serde(default)]
    size: Size,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Size {
    /// 240 pixels.
    #[default]
    Large,
    /// 96 pixels.
    Small,
}

/// `GET /api/users/{id}/avatar`
pub async fn of_user(
    State(app): State<App>,
    _: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Params(sized): Params<Sized>,
) -> Result<Response, Problem> {
    let small = sized.size == Size::Small;
    let found = app.engine().avatar_of_user(UserId(id), small).await?;
    send(&app, &found, &headers, AVATAR_CACHE).await
}

/// `GET /api/groups/{id}/avatar`
pub async fn of_group(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Params(sized): Params<Sized>,
) -> Result<Response, Problem> {
    let (viewer, small) = (caller.user().id, sized.size == Size::Small);
    let found = app
        .engine()
        .avatar_of_group(viewer, ConversationId(id), small);
    send(&app, &found.await?, &headers, AVATAR_CACHE).await
}

/// `PUT /api/me/avatar`: the body is the picture.
pub async fn set_own(
    State(app): State<App>,
    caller: Caller,
    Params(()): Params<()>,
    request: Request,
) -> Result<Json<Profile>, Problem> {
    let face = face(&app, caller.user().id, request).await?;
    let user = app.engine().set_avatar(caller.user(), Some(face)).await?;
    Ok(Json((&user).into()))
}

/// `DELETE /api/me/avatar`
pub async fn remove_own(
    State(app): State<App>,
    caller: Caller,
    Params(()): Params<()>,
) -> Result<StatusCode, Problem> {
    app.engine().set_avatar(caller.user(), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /api/groups/{id}/avatar`: the body is the picture.
pub async fn set_of_group(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(()): Params<()>,
    request: Request,
) -> Result<Json<OneGroup>, Problem> {
    let (engine, user, id) = (app.engine(), caller.user(), ConversationId(id));
    let group = engine.group(user.id, id).await?;
    // Said before a picture is sent in vain; the group's rule has the last word.
    if group.role < Some(Role::Admin) {
        let (code, detail) = match group.role {
            None => ("not_a_member", "You are not a member of this group."),
            _ => ("not_allowed", "Only the owner and the admins may do this."),
        };
        return Err(Problem::forbidden(code, detail).closing());
    }
    let face = face(&app, user.id, request).await?;
    let group = engine.set_group_avatar(user, id, Some(face)).await?;
    let group = group.into();
    Ok(Json(OneGroup { group }))
}

/// `DELETE /api/groups/{id}/avatar`
pub async fn remove_of_group(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(()): Params<()>,
) -> Result<StatusCode, Problem> {
    let (user, id) = (caller.user(), ConversationId(id));
    app.engine().set_group_avatar(user, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn face(app: &App, owner: UserId, request: Request) -> Result<FileId, Problem> {
    let file = receive(app, owner, Purpose::Avatar, "avatar", request).await?;
    Ok(file.id)
}
