//! `/api/admin`: for the people who run the server. Not for admins of groups.
//!
//! Every act is written together with its row in the audit log, which also says from which address
//! it was done. Whether the caller may act is judged here for the answer, and again by the store.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use webqq_engine::administration as engine;
use webqq_engine::limits::ADMINISTRATION_ROWS;

use crate::address::client_address;
use crate::app::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::listener::Connection;

pub mod audit;
pub mod figures;
pub mod groups;
pub mod invitations;
pub mod reports;
pub mod users;

/// Rows of a page when the caller does not say.
const PAGE: usize = 50;

/// The caller of a route, who runs the server. Rejects with 403 `not_allowed` for others, and like
/// [`Caller`].
#[derive(Debug)]
pub struct Administrator {
    /// The session.
    pub caller: Caller,
    /// Who acts, and from where.
    pub by: engine::Administrator,
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if !caller.user().administrator {
            let detail = "Only administrators of the server may do this.";
            return Err(Problem::forbidden("not_allowed", detail));
        }
        let connection = parts.extensions.get::<Connection>();
        let address = connection.map(|connection| {
            client_address(connection.peer, &parts.headers, app.trusted_proxies()).to_string()
        });
        let user = caller.user().id;
        Ok(Self {
            caller,
            by: engine::Administrator { user, address },
        })
    }
}

/// Query of lists that go back in time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    before: Option<i64>,
    limit: Option<usize>,
}

/// Query of finding accounts or groups.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    #[serde(default)]
    query: String,
    after: Option<i64>,
    limit: Option<usize>,
}

/// How many rows are asked for.
fn rows(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(PAGE);
    if (1..=ADMINISTRATION_ROWS).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("must be 1 to {ADMINISTRATION_ROWS}");
    Err(Problem::invalid_field("limit", message))
}
