//! Sessions: signing in and out, one's devices.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use webqq_engine::ids::SessionId;
use webqq_engine::limits::USERNAME_CHARS;
use webqq_engine::names::normalised;
use webqq_engine::store::{User, WhichSessions, fold};

use crate::address::client_address;
use crate::app::App;
use crate::auth::{Caller, with_cookies, without_cookies};
use crate::body::Body;
use crate::error::Problem;
use crate::listener::Connection;
use crate::origin::csrf_token;
use crate::params::Id;
use crate::shapes::{Device, SignedIn};

/// Body of signing in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// User name, in any case.
    username: String,
    /// Password.
    password: String,
    /// Whether to answer with a token for `Authorization: Bearer`.
    #[serde(default)]
    want_token: bool,
}

/// `POST /api/sessions`
pub async fn sign_in(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Result<Response, Problem> {
    check_rate(&app, connection.as_deref(), &headers)?;
    // Folded as the store folds it: one user name has one count. No user name is longer.
    let username: String = body.username.chars().take(USERNAME_CHARS).collect();
    let username = fold(&normalised(&username));
    app.rates().may_guess(&username)?;
    let known = app.engine().credentials(&body.username).await?;
    let hash = known.as_ref().and_then(|(_, hash)| hash.as_deref());
    let is_right = app.passwords().verify(body.password, hash).await?;
    match known {
        // Only who knows the password learns that the account is there and disabled.
        Some((user, _)) if is_right && user.disabled => {
            let detail = "This account was disabled by the people who run this server.";
            Err(Problem::forbidden("account_disabled", detail))
        }
        Some((user, _)) if is_right => sign_in_as(&app, &user, &headers, body.want_token).await,
        _ => {
            app.rates().guessed_wrong(&username);
            Err(Problem::wrong_credentials())
        }
    }
}

/// Opens a session and answers 201 with its cookies.
pub(crate) async fn sign_in_as(
    app: &App,
    user: &User,
    headers: &HeaderMap,
    want_token: bool,
) -> Result<Response, Problem> {
    let device = headers.get(header::USER_AGENT);
    let device = device.and_then(|value| value.to_str().ok());
    let opened = app
        .engine()
        .open_session(user.id, device.unwrap_or("unknown device"))
        .await?;
    let answer = SignedIn {
        user: user.into(),
        csrf_token: csrf_token(&opened.token),
        token: want_token.then(|| opened.token.clone()),
    };
    let answer = (StatusCode::CREATED, Json(answer));
    Ok(with_cookies(app, &opened.token, answer))
}

/// `DELETE /api/sessions/current`
pub async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let which = WhichSessions::One(caller.session.id);
    app.engine().close_sessions(caller.user().id, which).await?;
    Ok(without_cookies(&app, StatusCode::NO_CONTENT))
}

/// Answer of listing sessions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Devices {
    sessions: Vec<Device>,
}

/// `GET /api/sessions`
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Devices>, Problem> {
    let mine = app.engine().sessions(caller.user().id).await?;
    let current = caller.session.id;
    let device = |session| Device::new(session, session.id == current);
    let sessions = mine.iter().map(device).collect();
    Ok(Json(Devices { sessions }))
}

/// `DELETE /api/sessions`: all of one's own but this one.
pub async fn revoke_others(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    let which = WhichSessions::Except(caller.session.id);
    app.engine().close_sessions(caller.user().id, which).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/sessions/{id}`
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, Problem> {
    let (engine, user, session) = (app.engine(), caller.user().id, SessionId(id));
    let mine = engine.sessions(user).await?;
    if !mine.iter().any(|one| one.id == session) {
        return Err(Problem::not_found());
    }
    engine
        .close_sessions(user, WhichSessions::One(session))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// One more try of this address to sign up or in.
pub(crate) fn check_rate(
    app: &App,
    connection: Option<&Connection>,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    if let Some(connection) = connection {
        let address = client_address(connection.peer, headers, app.trusted_proxies());
        app.rates().try_from(address)?;
    }
    Ok(())
}
