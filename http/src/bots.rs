//! Bots, and the addresses at which programs post as them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use webqq_engine::ids::{ClientId, ConversationId, UserId};

use crate::app::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::error::Problem;
use crate::messages::posted;
use crate::params::Id;
use crate::shapes::Person;

/// Body of making a bot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeBot {
    /// User name, by the rules of everybody's.
    username: String,
    /// Display name.
    name: String,
}

/// A bot that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewBot {
    bot: Person,
    /// For `Authorization: Bearer`. Told once; it does not expire.
    token: String,
}

/// One's own bots.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bots {
    bots: Vec<Person>,
}

/// A bot's new token.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewToken {
    /// For `Authorization: Bearer`. Told once; it does not expire.
    token: String,
}

/// `POST /api/bots`
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<MakeBot>,
) -> Result<(StatusCode, Json<NewBot>), Problem> {
    let (bot, session) = app
        .engine()
        .make_bot(caller.user(), &body.username, &body.name)
        .await?;
    let (bot, token) = (Person::from(&bot), session.token);
    Ok((StatusCode::CREATED, Json(NewBot { bot, token })))
}

/// `GET /api/bots`
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Bots>, Problem> {
    let found = app.engine().bots(caller.user().id).await?;
    let bots = found.iter().map(Person::from).collect();
    Ok(Json(Bots { bots }))
}

/// `DELETE /api/bots/{bot}`
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let me = caller.user().id;
    app.engine().delete_bot(me, UserId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/bots/{bot}/token`: another token; the one before is good no more.
pub async fn renew(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    let me = caller.user().id;
    let token = app.engine().renew_bot(me, UserId(id)).await?.token;
    Ok((StatusCode::CREATED, Json(NewToken { token })))
}

/// A hook of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hook {
    /// What names it; a hash.
    hook: String,
    /// What it is for.
    name: Value,
    /// As whom it posts.
    bot: Value,
    /// Who made it.
    by: Value,
}

/// Answer of listing hooks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hooks {
    hooks: Vec<Hook>,
}

/// Body of making a hook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeHook {
    /// A bot of one's own; it becomes a member of the group.
    bot: Uuid,
    /// What it is for; 1 to 32 characters.
    name: String,
}

/// A hook that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewHook {
    /// What names it among the group's hooks.
    hook: String,
    /// What programs post to, at `POST /api/hooks/{code}`. Told once.
    code: String,
}

/// `GET /api/groups/{id}/hooks`
pub async fn hooks(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Hooks>, Problem> {
    let me = caller.user().id;
    let found = app.engine().hooks(me, ConversationId(id)).await?;
    let hook = |(hook, entry): (String, Value)| Hook {
        hook,
        name: entry["name"].clone(),
        bot: entry["bot"].clone(),
        by: entry["by"].clone(),
    };
    let hooks = found.into_iter().map(hook).collect();
    Ok(Json(Hooks { hooks }))
}

/// `POST /api/groups/{id}/hooks`
pub async fn make_hook(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<MakeHook>,
) -> Result<(StatusCode, Json<NewHook>), Problem> {
    let (group, bot) = (ConversationId(id), UserId(body.bot));
    let made = app
        .engine()
        .make_hook(caller.user(), group, bot, &body.name)
        .await?;
    let (hook, code) = (made.hook, made.code);
    Ok((StatusCode::CREATED, Json(NewHook { hook, code })))
}

/// `DELETE /api/groups/{id}/hooks/{hook}`
pub async fn end_hook(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    path: Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let Path((_, hook)) = path;
    app.engine()
        .end_hook(caller.user(), ConversationId(id), &hook)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Body of posting at a hook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hooked {
    /// What to say; 1 to 5,000 characters.
    text: String,
    /// The program's own name for it: a retry with the same one is the same message.
    client_id: Option<Uuid>,
}

/// `POST /api/hooks/{code}`: posts as the hook's bot. The address is all that it takes.
pub async fn post(
    State(app): State<App>,
    Path(code): Path<String>,
    Body(body): Body<Hooked>,
) -> Result<Response, Problem> {
    let client_id = body.client_id.map(ClientId);
    let receipt = app
        .engine()
        .post_by_hook(&code, &body.text, client_id)
        .await?;
    Ok(posted(receipt))
}
