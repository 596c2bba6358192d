//! Messages: posting and history.

use axum::Json;
use axum::extract::{RawPathParams, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use webqq_engine::ids::{ClientId, ConversationId, Seq};
use webqq_engine::limits::HISTORY_MESSAGES;
use webqq_engine::message::Receipt;
use webqq_engine::store::Range;

use crate::app::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::error::Problem;
use crate::params::{Id, Ids, Params};
use crate::shapes::{raw_json, write_list};

/// Messages of one page of history when the caller does not say.
const PAGE: usize = 50;

/// Body of posting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The kind's name; `GET /api/kinds` lists them.
    kind: String,
    /// What the kind says it is.
    body: Value,
    /// The client's own name for it: a retry with the same one is the same message.
    client_id: Uuid,
}

/// `POST /api/conversations/{id}/messages`: 201, or 200 when it was posted before; 204 for a signal,
/// which has no place in the log.
pub async fn send(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(draft): Body<Draft>,
) -> Result<Response, Problem> {
    let client_id = ClientId(draft.client_id);
    let receipt = app
        .engine()
        .post(
            caller.user(),
            ConversationId(id),
            &draft.kind,
            draft.body,
            client_id,
        )
        .await?;
    Ok(posted(receipt))
}

/// 201, 200 for what was posted before, 204 for a signal.
pub(crate) fn posted(receipt: Receipt) -> Response {
    if receipt.seq == Seq(0) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let status = if receipt.first {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    (status, Json(receipt)).into_response()
}

/// Query of history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    before: Option<i64>,
    after: Option<i64>,
    limit: Option<usize>,
}

/// `GET /api/conversations/{id}/messages?before=&after=&limit=`, ascending
pub async fn history(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    for (name, seq) in [("before", which.before), ("after", which.after)] {
        if seq.is_some_and(|seq| seq < 0) {
            return Err(Problem::invalid_field(name, "must be 0 or more"));
        }
    }
    let limit = which.limit.unwrap_or(PAGE);
    if !(1..=HISTORY_MESSAGES).contains(&limit) {
        let message = format!("must be 1 to {HISTORY_MESSAGES}");
        return Err(Problem::invalid_field("limit", message));
    }
    let range = Range {
        before: which.before.map(Seq),
        after: which.after.map(Seq),
        limit,
    };
    let (me, conversation) = (caller.user().id, ConversationId(id));
    let messages = app.engine().history(me, conversation, range).await?;
    let mut json = br#"{"messages":"#.to_vec();
    write_list(&mut json, &messages);
    json.push(b'}');
    Ok(raw_json(json))
}

/// `GET /api/conversations/{id}/messages/{seq}`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Ids([id]): Ids<1>,
    path: RawPathParams,
) -> Result<Response, Problem> {
    let seq = path.iter().find(|(name, _)| *name == "seq");
    let seq = seq.and_then(|(_, text)| text.parse().ok());
    let seq = seq.ok_or_else(Problem::not_found)?;
    let (me, conversation) = (caller.user().id, ConversationId(id));
    let message = app.engine().message(me, conversation, Seq(seq)).await?;
    Ok(raw_json(message.to_vec()))
}
