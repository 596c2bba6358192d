//! Who comes into a group and who does not: requests, bans, invitation links.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use webqq_engine::ids::{ConversationId, UserId};
use webqq_engine::membership::Entered;
use webqq_engine::message::rfc3339;

use crate::app::App;
use crate::auth::Caller;
use crate::body::{Body, OptionalBody};
use crate::error::Problem;
use crate::members::joined;
use crate::params::{Id, Ids};
use crate::shapes::Person;

/// Hours that a link lives unless said otherwise: a week.
const LINK_HOURS: i64 = 7 * 24;
/// How often a link may be used unless said otherwise.
const LINK_USES: i64 = 100;

/// Somebody who asks to be let in, or to be a friend.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Request {
    /// Who.
    user: Person,
    /// What they say to it.
    note: String,
    /// When, RFC 3339.
    at: String,
}

impl From<&Entered> for Request {
    fn from(entered: &Entered) -> Self {
        Self {
            user: (&entered.user).into(),
            note: entered.entry["note"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            at: time(&entered.entry["at"]),
        }
    }
}

/// Unix milliseconds in JSON as RFC 3339.
pub(crate) fn time(ms: &Value) -> String {
    rfc3339(ms.as_i64().unwrap_or(0))
}

/// Answer of listing requests.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Requests {
    requests: Vec<Request>,
}

/// `GET /api/groups/{id}/requests`
pub async fn requests(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Requests>, Problem> {
    let me = caller.user().id;
    let found = app.engine().requests(me, ConversationId(id)).await?;
    let requests = found.iter().map(Request::from).collect();
    Ok(Json(Requests { requests }))
}

/// Body of answering somebody who asks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Whether they get what they ask for.
    pub(crate) accept: bool,
}

/// `PUT /api/groups/{id}/requests/{user}`
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
    Body(body): Body<Answer>,
) -> Result<StatusCode, Problem> {
    let (id, user) = (ConversationId(id), UserId(user));
    app.engine()
        .answer_request(caller.user(), id, user, body.accept)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/groups/{id}/requests/{user}`: who asked takes it back.
pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
) -> Result<StatusCode, Problem> {
    let (id, user) = (ConversationId(id), UserId(user));
    app.engine()
        .answer_request(caller.user(), id, user, false)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who may not come back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Banned {
    /// Who.
    user: Person,
    /// By whom, a user's id.
    by: Value,
    /// When, RFC 3339.
    at: String,
}

/// Answer of listing bans.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bans {
    bans: Vec<Banned>,
}

/// `GET /api/groups/{id}/bans`
pub async fn bans(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Bans>, Problem> {
    let me = caller.user().id;
    let found = app.engine().bans(me, ConversationId(id)).await?;
    let banned = |one: &Entered| Banned {
        user: (&one.user).into(),
        by: one.entry["by"].clone(),
        at: time(&one.entry["at"]),
    };
    let bans = found.iter().map(banned).collect();
    Ok(Json(Bans { bans }))
}

/// `DELETE /api/groups/{id}/bans/{user}`
pub async fn unban(
    State(app): State<App>,
    caller: Caller,
    Ids([id, user]): Ids<2>,
) -> Result<StatusCode, Problem> {
    let (id, user) = (ConversationId(id), UserId(user));
    app.engine().unban(caller.user(), id, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link by which people come in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Link {
    /// What names it.
    link: String,
    /// By whom, a user's id.
    by: Value,
    /// When it expires, RFC 3339.
    until: String,
    /// How often it may still be used.
    uses: i64,
}

/// Answer of listing links.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Links {
    links: Vec<Link>,
}

/// `GET /api/groups/{id}/links`
pub async fn links(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Links>, Problem> {
    let me = caller.user().id;
    let found = app.engine().links(me, ConversationId(id)).await?;
    let link = |(link, entry): (String, Value)| Link {
        link,
        by: entry["by"].clone(),
        until: time(&entry["until"]),
        uses: entry["uses"].as_i64().unwrap_or(0),
    };
    let links = found.into_iter().map(link).collect();
    Ok(Json(Links { links }))
}

/// Body of making a link.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeLink {
    /// Hours until it expires, 1 to 8,760; a week if absent.
    hours: Option<i64>,
    /// How often it may be used, 1 to 10,000; 100 if absent.
    uses: Option<i64>,
}

/// A link that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewLink {
    /// What names it among the group's links.
    link: String,
    /// What people come in with, by `POST /api/links/{code}`. Told once.
    code: String,
}

/// `POST /api/groups/{id}/links`
pub async fn make_link(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OptionalBody(body): OptionalBody<MakeLink>,
) -> Result<(StatusCode, Json<NewLink>), Problem> {
    let hours = body.hours.unwrap_or(LINK_HOURS);
    let uses = body.uses.unwrap_or(LINK_USES);
    let made = app
        .engine()
        .make_link(caller.user(), ConversationId(id), hours, uses)
        .await?;
    let (link, code) = (made.link, made.code);
    Ok((StatusCode::CREATED, Json(NewLink { link, code })))
}

/// `DELETE /api/groups/{id}/links/{link}`
pub async fn end_link(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    path: Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let Path((_, link)) = path;
    app.engine()
        .end_link(caller.user(), ConversationId(id), &link)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/links/{code}`: comes into the group that the link leads to.
pub async fn use_link(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    Ok(joined(
        app.engine().join_by_link(caller.user(), &code).await?,
    ))
}
