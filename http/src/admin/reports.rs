//! Reports: messages that users asked the people who run the server to look at. An administrator
//! sees the reported message and nothing else of its conversation.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use webqq_engine::message::rfc3339;
use webqq_engine::store::ReportState;

use super::audit::{of, people};
use super::{Administrator, rows};
use crate::app::App;
use crate::body::Body;
use crate::error::Problem;
use crate::params::{Id, Params};
use crate::shapes::Person;

/// Query of listing reports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    state: Option<ReportState>,
    before: Option<i64>,
    limit: Option<usize>,
}

/// A message as it was reported.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedMessage {
    /// Where it stands.
    conversation: Uuid,
    /// Its place there.
    seq: i64,
    /// Its kind.
    kind: String,
    /// Who posted it.
    sender: Option<Person>,
    /// Their display name then.
    sender_name: String,
    /// Its body; null once the report is closed.
    body: Value,
    /// RFC 3339.
    sent_at: String,
}

/// A report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportShape {
    /// Id.
    id: Uuid,
    /// 1, 2, 3 …
    number: i64,
    /// What became of it.
    state: ReportState,
    /// Who reports.
    reporter: Option<Person>,
    /// What is wrong with the message.
    reason: String,
    /// RFC 3339.
    created_at: String,
    /// The message.
    message: ReportedMessage,
    /// The administrator who closed it; null also for the command line.
    judged_by: Option<Person>,
    /// RFC 3339.
    judged_at: Option<String>,
    /// What was done about it.
    note: String,
}

/// Answer of listing reports.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reports {
    /// The newest first.
    reports: Vec<ReportShape>,
}

/// `GET /api/admin/reports?state=&before=&limit=`: `before` is the number of the last one of the
/// page before.
pub async fn list(
    State(app): State<App>,
    _: Administrator,
    Params(which): Params<Which>,
) -> Result<Json<Reports>, Problem> {
    let (before, limit) = (which.before.unwrap_or(i64::MAX), rows(which.limit)?);
    let found = app.engine().reports(which.state, before, limit).await?;
    let ids = found.iter().flat_map(|report| {
        let both = [report.reporter, report.sender];
        both.into_iter().chain(report.judged_by)
    });
    let people = people(app.engine(), ids).await?;
    let reports = found.into_iter().map(|report| ReportShape {
        id: report.id,
        number: report.number,
        state: report.state,
        reporter: people.get(&report.reporter).map(of),
        reason: report.reason,
        created_at: rfc3339(report.created_at_ms),
        message: ReportedMessage {
            conversation: report.conversation.0,
            seq: report.seq.0,
            kind: report.kind,
            sender: people.get(&report.sender).map(of),
            sender_name: report.sender_name,
            body: report
                .body
                .and_then(|body| serde_json::from_str(&body).ok())
                .unwrap_or_default(),
            sent_at: rfc3339(report.sent_at_ms),
        },
        judged_by: report.judged_by.and_then(|id| people.get(&id).map(of)),
        judged_at: report.judged_at_ms.map(rfc3339),
        note: report.note,
    });
    let reports = reports.collect();
    Ok(Json(Reports { reports }))
}

/// Body of closing a report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// resolved or dismissed.
    state: ReportState,
    /// What was done about it, at most 500 characters.
    #[serde(default)]
    note: String,
}

/// `POST /api/admin/reports/{report}`: closes it; the copy of the message goes.
pub async fn judge(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Id(id): Id,
    Body(body): Body<Judgement>,
) -> Result<StatusCode, Problem> {
    app.engine().judge(&by, id, body.state, &body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
