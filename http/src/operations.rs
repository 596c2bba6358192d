//! What operators and tools ask: liveness, readiness, the list of kinds.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use webqq_engine::kind::KindInfo;

use crate::app::App;
use crate::error::Problem;
use crate::refusals::store_is_down;

/// `GET /healthz`: the process runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers.
pub async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    app.engine().ready().await.map_err(|_| store_is_down())?;
    Ok("ok\n")
}

/// Answer of listing kinds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Kinds {
    kinds: Vec<KindInfo>,
}

/// `GET /api/kinds`
pub async fn kinds(State(app): State<App>) -> Json<Kinds> {
    let kinds = app.engine().kinds();
    Json(Kinds { kinds })
}
