//! Friends, their folders, and blocks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;
use webqq_engine::friends as engine;
use webqq_engine::ids::UserId;
use webqq_engine::membership::Entered;

use crate::admission::{Answer, Request, time};
use crate::app::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::error::Problem;
use crate::members::pending;
use crate::params::Id;
use crate::shapes::Person;

/// A friend.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Friend {
    /// Who.
    user: Person,
    /// What one calls them oneself; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    /// In which folder; null: in none.
    folder: Option<Uuid>,
    /// Since when, RFC 3339.
    since: String,
    /// online, away, busy or offline.
    status: &'static str,
}

/// Answer of listing friends.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Friends {
    friends: Vec<Friend>,
    /// The folders, in their order.
    folders: Vec<Folder>,
    /// Who asks.
    requests: Vec<Request>,
    /// Who was asked.
    asked: Vec<Request>,
}

/// A folder of friends.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Folder {
    id: Uuid,
    name: String,
    /// Where it stands among the others, the lowest first.
    order: i64,
}

impl From<engine::Folder> for Folder {
    fn from(folder: engine::Folder) -> Self {
        Self {
            id: folder.id,
            name: folder.name,
            order: folder.order,
        }
    }
}

/// `GET /api/friends`
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Friends>, Problem> {
    let (engine, me) = (app.engine(), caller.user().id);
    let found = engine.friends(me).await?;
    let friend = |one: &Entered| friend(&app, one);
    Ok(Json(Friends {
        friends: found.friends.iter().map(friend).collect(),
        folders: folders_of(&app, me).await?,
        requests: found.requests.iter().map(Request::from).collect(),
        asked: found.asked.iter().map(Request::from).collect(),
    }))
}

fn friend(app: &App, one: &Entered) -> Friend {
    let remark = one.entry["remark"].as_str().filter(|text| !text.is_empty());
    let folder = one.entry["folder"].as_str();
    Friend {
        user: (&one.user).into(),
        remark: remark.map(str::to_owned),
        folder: folder.and_then(|id| id.parse().ok()),
        since: time(&one.entry["since"]),
        status: app.engine().seen(one.user.id).name(),
    }
}

/// Body of asking somebody to be a friend.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Whom.
    user: Uuid,
    /// What one says to it, at most 100 characters.
    note: Option<String>,
}

/// `POST /api/friends`
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<Ask>,
) -> Result<Response, Problem> {
    let note = body.note.unwrap_or_default();
    let already = app
        .engine()
        .ask_friend(caller.user(), UserId(body.user), &note)
        .await?;
    Ok(match already {
        true => StatusCode::NO_CONTENT.into_response(),
        false => pending(),
    })
}

/// `PUT /api/friends/{user}`: answers who asks.
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    Id(user): Id,
    Body(body): Body<Answer>,
) -> Result<StatusCode, Problem> {
    app.engine()
        .answer_friend(caller.user(), UserId(user), body.accept)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Body of changing what is said about a friend; absent fields stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// At most 32 characters; empty: none.
    remark: Option<String>,
    /// Into which folder; null: out of any.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Uuid>")]
    folder: Option<Option<Uuid>>,
}

/// Tells a null from an absent field.
fn given<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::deserialize(reader).map(Some)
}

/// Answer about one friend.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneFriend {
    friend: Friend,
}

/// `PATCH /api/friends/{user}`
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Id(user): Id,
    Body(body): Body<Change>,
) -> Result<Json<OneFriend>, Problem> {
    let (engine, me) = (app.engine(), caller.user());
    engine
        .set_friend(me, UserId(user), body.remark, body.folder)
        .await?;
    let friends = engine.friends(me.id).await?.friends;
    let found = friends.iter().find(|one| one.user.id.0 == user);
    let friend = friend(&app, found.ok_or_else(Problem::not_found)?);
    Ok(Json(OneFriend { friend }))
}

/// `DELETE /api/friends/{user}`
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Id(user): Id,
) -> Result<StatusCode, Problem> {
    let removed = app.engine().remove_friend(caller.user(), UserId(user));
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answer of listing folders, in their order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Folders {
    folders: Vec<Folder>,
}

/// `GET /api/friend-folders`
pub async fn folders(State(app): State<App>, caller: Caller) -> Result<Json<Folders>, Problem> {
    let folders = folders_of(&app, caller.user().id).await?;
    Ok(Json(Folders { folders }))
}

async fn folders_of(app: &App, user: UserId) -> Result<Vec<Folder>, Problem> {
    let folders = app.engine().folders(user).await?;
    Ok(folders.into_iter().map(Folder::from).collect())
}

/// Body of making a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeFolder {
    /// 1 to 32 characters, unique among one's folders.
    name: String,
    /// Where it stands among the others, the lowest first; last if absent.
    order: Option<i32>,
}

/// Body of changing a folder; absent fields stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeFolder {
    /// 1 to 32 characters, unique among one's folders.
    name: Option<String>,
    /// Where it stands among the others, the lowest first.
    order: Option<i32>,
}

/// Answer about one folder.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneFolder {
    folder: Folder,
}

/// `POST /api/friend-folders`
pub async fn make_folder(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<MakeFolder>,
) -> Result<(StatusCode, Json<OneFolder>), Problem> {
    let made = app
        .engine()
        .set_folder(caller.user(), None, Some(body.name), body.order);
    let folder = made.await?.into();
    Ok((StatusCode::CREATED, Json(OneFolder { folder })))
}

/// `PATCH /api/friend-folders/{id}`
pub async fn change_folder(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<ChangeFolder>,
) -> Result<Json<OneFolder>, Problem> {
    let (engine, me) = (app.engine(), caller.user());
    // A new id would make a new folder: only one that is there is changed.
    let known = engine.folders(me.id).await?;
    if !known.iter().any(|folder| folder.id == id) {
        return Err(Problem::not_found());
    }
    let changed = engine.set_folder(me, Some(id), body.name, body.order);
    let folder = changed.await?.into();
    Ok(Json(OneFolder { folder }))
}

/// `DELETE /api/friend-folders/{id}`
pub async fn remove_folder(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.engine().remove_folder(caller.user(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answer of listing blocks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Blocks {
    users: Vec<Person>,
}

/// `GET /api/blocks`
pub async fn blocks(State(app): State<App>, caller: Caller) -> Result<Json<Blocks>, Problem> {
    let found = app.engine().blocks(caller.user().id).await?;
    let users = found.iter().map(|one| (&one.user).into()).collect();
    Ok(Json(Blocks { users }))
}

/// `PUT /api/blocks/{user}`
pub async fn block(
    State(app): State<App>,
    caller: Caller,
    Id(user): Id,
) -> Result<StatusCode, Problem> {
    let done = app.engine().set_block(caller.user(), UserId(user), true);
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/blocks/{user}`
pub async fn unblock(
    State(app): State<App>,
    caller: Caller,
    Id(user): Id,
) -> Result<StatusCode, Problem> {
    let done = app.engine().set_block(caller.user(), UserId(user), false);
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
