//! People: signing up, finding, one's own profile and password.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webqq_engine::ids::UserId;
use webqq_engine::kinds::profile::Fields;
use webqq_engine::message::Rejection;
use webqq_engine::names::{clean_display_name, clean_username};

use crate::app::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::config::Registration;
use crate::error::Problem;
use crate::listener::Connection;
use crate::params::{Id, Params};
use crate::password::check_rules;
use crate::sessions::{check_rate, sign_in_as};
use crate::shapes::{Person, Profile};

/// Users that `?ids=` may name at once.
const IDS: usize = 100;

/// Body of signing up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// 2 to 32 letters, digits, dots, underscores, hyphens; unique.
    username: String,
    /// 8 to 128 characters.
    password: String,
    /// Display name, 1 to 32 characters.
    name: String,
    /// An invitation's code, where the server asks for one.
    invitation: Option<String>,
    /// Whether to answer with a token for `Authorization: Bearer`.
    #[serde(default)]
    want_token: bool,
}

/// `POST /api/users`
pub async fn sign_up(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
    Body(body): Body<SignUp>,
) -> Result<Response, Problem> {
    check_rate(&app, connection.as_deref(), &headers)?;
    let code = invitation(&app, body.invitation).await?;
    // Names first: hashing is dear, and a name that will not do costs nothing to refuse.
    let username = clean_username(&body.username)?;
    let name = clean_display_name(&body.name)?;
    check_rules("password", &body.password)?;
    let engine = app.engine();
    if engine.credentials(&username).await?.is_some() {
        let taken = Rejection::conflict("username_taken", "This user name is taken.");
        return Err(Problem::from(Rejection {
            field: Some("username".into()),
            ..taken
        }));
    }
    let hash = app.passwords().hash(body.password).await?;
    let user = match code {
        Some(code) => {
            let made = engine.sign_up_invited(&username, &name, Some(hash), &code);
            made.await?
        }
        None => engine.sign_up(&username, &name, Some(hash)).await?,
    };
    sign_in_as(&app, &user, &headers, body.want_token).await
}

/// The code to use up, where signing up needs one.
async fn invitation(app: &App, given: Option<String>) -> Result<Option<String>, Problem> {
    match (app.registration(), given) {
        (Registration::Open, _) => Ok(None),
        (Registration::Closed, _) => {
            let detail = "Accounts are made by whoever runs this server.";
            Err(Problem::forbidden("registration_closed", detail))
        }
        (Registration::Invite, None) => {
            let detail = "Signing up needs an invitation; ask whoever runs this server.";
            Err(Problem::forbidden("invitation_required", detail))
        }
        (Registration::Invite, Some(code)) => {
            // Before the password is hashed, which is dear. The store judges again.
            let code = code.trim().to_lowercase();
            if !app.engine().is_invited(&code).await? {
                let detail = "This invitation is not good, or no longer.";
                return Err(Problem::forbidden("invitation_invalid", detail));
            }
            Ok(Some(code))
        }
    }
}

/// Query of finding people: exactly one of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    query: Option<String>,
    #[serde(default)]
    ids: Vec<Uuid>,
}

/// Answer of finding people.
#[derive(Debug, Serialize, JsonSchema)]
pub struct People {
    users: Vec<Person>,
}

/// `GET /api/users?query=` and `?ids=`
pub async fn find(
    State(app): State<App>,
    _: Caller,
    Params(find): Params<Find>,
) -> Result<Json<People>, Problem> {
    if find.ids.len() > IDS {
        let message = format!("must be at most {IDS} at once");
        return Err(Problem::invalid_field("ids", message));
    }
    let found = match (&find.query, find.ids.is_empty()) {
        (Some(query), true) => app.engine().find_users(query).await?,
        (None, false) => {
            let ids: Vec<_> = find.ids.into_iter().map(UserId).collect();
            app.engine().users(&ids).await?
        }
        _ => {
            let message = "must be given, or ids, but not both";
            return Err(Problem::invalid_field("query", message));
        }
    };
    let users = found.iter().map(Person::from).collect();
    Ok(Json(People { users }))
}

/// Answer about one person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OnePerson {
    user: Person,
}

/// `GET /api/users/{id}`
pub async fn show(
    State(app): State<App>,
    _: Caller,
    Id(id): Id,
) -> Result<Json<OnePerson>, Problem> {
    let user = app.engine().user(UserId(id)).await?;
    let user = (&user).into();
    Ok(Json(OnePerson { user }))
}

/// `GET /api/me`
pub async fn me(caller: Caller) -> Json<Profile> {
    Json(caller.user().into())
}

/// `PATCH /api/me`
pub async fn change_me(
    State(app): State<App>,
    caller: Caller,
    Body(fields): Body<Fields>,
) -> Result<Json<Profile>, Problem> {
    let user = app.engine().set_profile(caller.user(), fields).await?;
    Ok(Json((&user).into()))
}

/// Body of changing one's password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one.
    password: String,
    /// The one to be, 8 to 128 characters.
    new_password: String,
}

/// `PUT /api/me/password`: ends all other sessions.
pub async fn change_password(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
    caller: Caller,
    Body(body): Body<ChangePassword>,
) -> Result<StatusCode, Problem> {
    check_rate(&app, connection.as_deref(), &headers)?;
    check_rules("new_password", &body.new_password)?;
    let (engine, user) = (app.engine(), caller.user());
    let known = engine.credentials(&user.username).await?;
    let hash = known.and_then(|(_, hash)| hash);
    let passwords = app.passwords();
    if !passwords.verify(body.password, hash.as_deref()).await? {
        let detail = "This is not your present password.";
        return Err(Problem::forbidden("wrong_password", detail));
    }
    let hash = passwords.hash(body.new_password).await?;
    let keep = Some(caller.session.id);
    engine.set_password(user.id, hash, keep).await?;
    Ok(StatusCode::NO_CONTENT)
}
