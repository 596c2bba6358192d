//! Invitations: codes to sign up with, where the server asks for one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webqq_engine::message::rfc3339;
use webqq_engine::store::InvitationRecord;

use super::Administrator;
use crate::app::App;
use crate::body::Body;
use crate::error::Problem;
use crate::params::Id;

/// Body of inviting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// How many people may use it, 1 to 1,000; one if absent.
    #[serde(default = "one")]
    uses: i64,
    /// Days until it ends, 1 to 365; seven if absent.
    #[serde(default = "a_week")]
    days: i64,
    /// Whom it is for, at most 500 characters.
    #[serde(default)]
    note: String,
}

fn one() -> i64 {
    1
}

fn a_week() -> i64 {
    7
}

/// An invitation. Its code is not among what is known of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvitationShape {
    /// Id.
    id: Uuid,
    /// Whom it is for.
    note: String,
    /// The administrator who made it; null: the command line.
    created_by: Option<Uuid>,
    /// RFC 3339.
    created_at: String,
    /// Good until then, RFC 3339.
    expires_at: String,
    /// How many people may use it.
    uses: i64,
    /// How many have.
    used: i64,
}

impl From<&InvitationRecord> for InvitationShape {
    fn from(row: &InvitationRecord) -> Self {
        Self {
            id: row.id,
            note: row.note.clone(),
            created_by: row.created_by.map(|user| user.0),
            created_at: rfc3339(row.created_at_ms),
            expires_at: rfc3339(row.expires_at_ms),
            uses: row.uses,
            used: row.used,
        }
    }
}

/// Answer of inviting.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Invited {
    invitation: InvitationShape,
    /// What people sign up with. It is told once, and stored as a hash only.
    code: String,
}

/// `POST /api/admin/invitations`
pub async fn invite(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Body(body): Body<Invite>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let new = app
        .engine()
        .invite_to_server(&by, body.uses, body.days, &body.note)
        .await?;
    let answer = Invited {
        invitation: (&new.record).into(),
        code: new.code,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Answer of listing invitations.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Invitations {
    /// The newest first.
    invitations: Vec<InvitationShape>,
}

/// `GET /api/admin/invitations`
pub async fn list(State(app): State<App>, _: Administrator) -> Result<Json<Invitations>, Problem> {
    let all = app.engine().invitations().await?;
    let invitations = all.iter().map(InvitationShape::from).collect();
    Ok(Json(Invitations { invitations }))
}

/// `DELETE /api/admin/invitations/{invitation}`
pub async fn end(
    State(app): State<App>,
    Administrator { by, .. }: Administrator,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.engine().end_invitation(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
