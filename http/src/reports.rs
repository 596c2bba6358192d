//! Reporting a message to the people who run the server.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webqq_engine::ids::{ConversationId, Seq};

use crate::app::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::error::Problem;

/// Body of reporting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// Where the message stands.
    conversation: Uuid,
    /// Its place there.
    seq: i64,
    /// What is wrong with it; 1 to 500 characters.
    reason: String,
}

/// Answer of reporting.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reported {
    /// The report's id. The same message reported again has the same.
    id: Uuid,
}

/// `POST /api/reports`: a message of somebody else's that one may see.
pub async fn report(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<NewReport>,
) -> Result<(StatusCode, Json<Reported>), Problem> {
    if body.seq < 1 {
        return Err(Problem::invalid_field("seq", "must be 1 or more"));
    }
    let (conversation, seq) = (ConversationId(body.conversation), Seq(body.seq));
    let id = app
        .engine()
        .report(caller.user(), conversation, seq, &body.reason)
        .await?;
    Ok((StatusCode::CREATED, Json(Reported { id })))
}
