//! `GET /api/poll`: the feed as a long-poll, for browsers without `EventSource`.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde::Deserialize;
use webqq_engine::limits::POLL_WAIT_MOST_S;
use webqq_engine::user::poll::NoAnswer;

use crate::app::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::params::Params;
use crate::refusals::store_is_down;
use crate::shapes::{raw_json, write_list};

/// Seconds a poll is held when the caller does not say.
const WAIT_S: u64 = 15;

/// Query of the long-poll.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    cursor: Option<String>,
    wait: Option<u64>,
}

/// Answers `{cursor, events}` when there is news, or after `wait` seconds with none. Without a
/// cursor: at once, with now.
pub async fn poll(
    State(app): State<App>,
    headers: HeaderMap,
    Params(from): Params<From>,
) -> Result<Response, Problem> {
    let wait = from.wait.unwrap_or(WAIT_S);
    if wait > POLL_WAIT_MOST_S {
        let message = format!("must be 0 to {POLL_WAIT_MOST_S} seconds");
        return Err(Problem::invalid_field("wait", message));
    }
    // Asking for news does not keep a session alive: a forgotten tab would for ever.
    let caller = Caller::of(&app, &Method::GET, &headers, false).await?;
    let answer = app
        .engine()
        .poll(caller.viewer(), from.cursor, Duration::from_secs(wait))
        .await
        .map_err(|no| match no {
            NoAnswer::SignedOut => Problem::no_session(),
            NoAnswer::Unavailable => store_is_down(),
        })?;
    let mut json = format!(r#"{{"cursor":"{}","events":"#, answer.cursor).into_bytes();
    write_list(&mut json, &answer.events);
    json.push(b'}');
    Ok(raw_json(json))
}
