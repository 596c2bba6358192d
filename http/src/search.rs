//! Searching what was said.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;
use webqq_engine::ids::{ConversationId, UserId};
use webqq_engine::limits::SEARCH_RESULTS;
use webqq_engine::message::parse_rfc3339;
use webqq_engine::search::{Hit, Query, Search};

use crate::app::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::params::Params;

/// Results of one page when the caller does not say.
const PAGE: usize = 20;

/// Query of searching.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    query: String,
    conversation: Option<Uuid>,
    sender: Option<Uuid>,
    from: Option<String>,
    to: Option<String>,
    before: Option<String>,
    limit: Option<usize>,
}

/// Answer of searching.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchResults {
    /// The newest first.
    results: Vec<SearchResult>,
    /// Give it as `before` for more; null: that was all. A page may be short, or empty, and not
    /// the last.
    next: Option<String>,
    /// False: messages that are older than two seconds may be missing; search again later.
    indexed: bool,
}

/// A message that was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchResult {
    /// The message, as everywhere.
    #[schemars(with = "serde_json::Value")]
    message: Box<RawValue>,
    /// Its text, or the part of it around the first match, with `…` where it was cut.
    snippet: String,
    /// What was found: begin and end in `snippet`, in UTF-16 code units.
    highlights: Vec<(usize, usize)>,
}

/// `GET /api/search?query=&conversation=&sender=&from=&to=&before=&limit=`
pub async fn search(
    State(app): State<App>,
    caller: Caller,
    Params(which): Params<Which>,
) -> Result<Json<SearchResults>, Problem> {
    let query = Query::parse(&which.query);
    let query = query.map_err(|message| Problem::invalid_field("query", message))?;
    let limit = which.limit.unwrap_or(PAGE);
    if !(1..=SEARCH_RESULTS).contains(&limit) {
        let message = format!("must be 1 to {SEARCH_RESULTS}");
        return Err(Problem::invalid_field("limit", message));
    }
    let search = Search {
        query,
        conversation: which.conversation.map(ConversationId),
        sender: which.sender.map(UserId),
        from_ms: time("from", which.from.as_deref())?,
        to_ms: time("to", which.to.as_deref())?,
        before: which.before,
        limit,
    };
    let found = app.engine().search(caller.user().id, &search).await?;
    let results = found.results.into_iter().filter_map(SearchResult::new);
    Ok(Json(SearchResults {
        results: results.collect(),
        next: found.next.map(|next| next.to_string()),
        indexed: found.indexed,
    }))
}

fn time(name: &str, text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let time = parse_rfc3339(text);
    let message = "must be a time like 2026-11-25T08:00:00Z";
    let time = time.ok_or_else(|| Problem::invalid_field(name, message))?;
    Ok(Some(time))
}

impl SearchResult {
    /// `None` cannot be: what the engine rendered is JSON.
    fn new(hit: Hit) -> Option<Self> {
        let message = String::from_utf8(hit.message.to_vec()).ok()?;
        Some(Self {
            message: RawValue::from_string(message).ok()?,
            snippet: hit.excerpt.snippet,
            highlights: hit.excerpt.highlights,
        })
    }
}
