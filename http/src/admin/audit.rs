//! The audit log: what the people who run the server did.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use webqq_engine::Engine;
use webqq_engine::ids::UserId;
use webqq_engine::message::rfc3339;

use super::{Administrator, Back, rows};
use crate::app::App;
use crate::error::Problem;
use crate::params::Params;
use crate::shapes::Person;

/// One act.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// 1, 2, 3 …
    id: i64,
    /// RFC 3339.
    at: String,
    /// Who; null: the command line.
    administrator: Option<Person>,
    /// What: user.disable, invitation.create, report.close, …
    act: String,
    /// The user, invitation, report or group it was done to.
    target: Option<Uuid>,
    /// The target, if it is a user.
    user: Option<Person>,
    /// How, as the act says it. Holds no secret.
    detail: Value,
    /// From which address; null: the command line.
    address: Option<String>,
}

/// Answer of reading the audit log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Audit {
    /// The newest first.
    entries: Vec<Entry>,
}

/// `GET /api/admin/audit?before=&limit=`: `before` is the id of the last one of the page before.
pub async fn read(
    State(app): State<App>,
    _: Administrator,
    Params(back): Params<Back>,
) -> Result<Json<Audit>, Problem> {
    let (before, limit) = (back.before.unwrap_or(i64::MAX), rows(back.limit)?);
    let found = app.engine().audit(before, limit).await?;
    let targets = found.iter().filter_map(|row| row.target.map(UserId));
    let ids = found.iter().filter_map(|row| row.administrator);
    let people = people(app.engine(), ids.chain(targets)).await?;
    let entries = found.into_iter().map(|row| Entry {
        id: row.id,
        at: rfc3339(row.at_ms),
        administrator: row.administrator.and_then(|id| people.get(&id).map(of)),
        act: row.act,
        target: row.target,
        user: row.target.and_then(|id| people.get(&UserId(id)).map(of)),
        // What is no JSON (nothing is) is shown as null.
        detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        address: row.address,
    });
    let entries = entries.collect();
    Ok(Json(Audit { entries }))
}

type People = BTreeMap<UserId, webqq_engine::store::User>;

/// Those of these ids that are users.
pub(super) async fn people(
    engine: &Engine,
    ids: impl Iterator<Item = UserId>,
) -> Result<People, Problem> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let found = engine.users(&ids).await?;
    Ok(found.into_iter().map(|user| (user.id, user)).collect())
}

pub(super) fn of(user: &webqq_engine::store::User) -> Person {
    user.into()
}
