//! Accounts: finding, disabling, another password, who runs the server.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use webqq_engine::ids::UserId;
use webqq_engine::message::rfc3339;
use webqq_engine::store::Account;

use super::{Administrator, Find, rows};
use crate::app::App;
use crate::body::Body;
use crate::error::Problem;
use crate::params::{Id, Params};
use crate::password::check_rules;
use crate::shapes::Person;

/// Random bytes of a password that the server makes, before they are written in hexadecimal.
const PASSWORD_BYTES: usize = 10;

/// An account, as administrators see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountShape {
    /// What others see.
    #[serde(flatten)]
    person: Person,
    /// Whether they run the server.
    administrator: bool,
    /// Whether they can no longer sign in.
    disabled: bool,
    /// When they signed up, RFC 3339.
    created_at: String,
}

impl From<&Account> for AccountShape {
    fn from(account: &Account) -> Self {
        Self {
            person: (&account.user).into(),
            administrator: account.user.administrator,
            disabled: account.user.disabled,
            created_at: rfc3339(account.created_at_ms),
        }
    }
}

/// Answer of finding accounts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Accounts {
    /// By number.
    users: Vec<AccountShape>,
}

/// `GET /api/admin/users?query=&after=&limit=`: also disabled and deleted ones; `after` is the
/// number of the last one of the page before.
pub async fn find(
    State(app): State<App>,
    _: Administrator,
    Params(find): Params<Find>,
) -> Result<Json<Accounts>, Problem> {
    let (after, limit) = (find.after.unwrap_or(0), rows(find.limit)?);
    let found = app.engine().accounts(&find.query, after, limit).await?;
    let users = found.iter().map(AccountShape::from).collect();
    Ok(Json(Accounts { users }))
}

/// Body of changing an account: one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// Lets the user no longer sign in and ends their sessions, or lets them in again.
    disabled: Option<bool>,
    /// Makes the user an administrator, or no longer.
    administrator: Option<bool>,
}

/// Answer about one account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneAccount {
    user: AccountShape,
}

/// `PATCH /api/admin/users/{user}`
pub async fn change(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Id(id): Id,
    Body(body): Body<ChangeAccount>,
) -> Result<Json<OneAccount>, Problem> {
    let (engine, user) = (app.engine(), UserId(id));
    match (body.disabled, body.administrator) {
        (Some(disabled), None) => engine.disable_user(&by, user, disabled).await?,
        (None, Some(administrator)) => engine.set_administrator(&by, user, administrator).await?,
        // Each is an act of its own, and one of two could fail.
        _ => {
            let message = "must be given, or administrator, but not both";
            return Err(Problem::invalid_field("disabled", message));
        }
    }
    let number = engine.user(user).await?.number;
    let found = engine.accounts("", number - 1, 1).await?;
    let account = found.first().ok_or_else(Problem::not_found)?;
    let user = account.into();
    Ok(Json(OneAccount { user }))
}

/// Body of setting somebody's password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The one to be, 8 to 128 characters; a random one if absent.
    password: Option<String>,
}

/// Answer of setting somebody's password.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reset {
    /// The random one. It is told once, and stored as a hash only; its user should change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

/// `POST /api/admin/users/{user}/password`: ends all sessions of the user.
pub async fn reset_password(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Id(id): Id,
    Body(body): Body<ResetPassword>,
) -> Result<Json<Reset>, Problem> {
    let (engine, user) = (app.engine(), UserId(id));
    if let Some(password) = &body.password {
        check_rules("password", password)?;
    }
    // Before the hash, which is dear.
    engine.user(user).await?;
    let (password, made) = match body.password {
        Some(password) => (password, None),
        None => {
            let made = random_password()?;
            (made.clone(), Some(made))
        }
    };
    let hash = app.passwords().hash(password).await?;
    engine.reset_password(&by, user, hash).await?;
    Ok(Json(Reset { password: made }))
}

fn random_password() -> Result<String, Problem> {
    let mut random = [0; PASSWORD_BYTES];
    getrandom::fill(&mut random).map_err(|error| {
        tracing::error!(%error, "no random numbers");
        Problem::internal()
    })?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
