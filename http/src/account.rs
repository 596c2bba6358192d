//! One's own account: deleting it, and taking one's data along.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as Bytewise, Bytes};
use axum::extract::{Extension, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use webqq_engine::Engine;
use webqq_engine::departure::Export;
use webqq_engine::ids::{Seq, UserId};
use webqq_engine::message::Rejection;
use webqq_engine::store::{ConversationRow, Session};

use crate::app::App;
use crate::auth::{Caller, without_cookies};
use crate::body::Body;
use crate::error::{FieldError, Problem};
use crate::listener::Connection;
use crate::sessions::check_rate;
use crate::shapes::{Device, Profile};

/// Exports under way at once in all. Beyond: 503.
pub(crate) const EXPORTS_AT_ONCE: usize = 4;

/// Body of deleting one's account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteMe {
    /// The present password: a session alone is not enough.
    password: String,
}

/// `DELETE /api/me`: leaves all groups, ends all sessions; messages stay.
pub async fn delete(
    State(app): State<App>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
    caller: Caller,
    Body(body): Body<DeleteMe>,
) -> Result<Response, Problem> {
    check_rate(&app, connection.as_deref(), &headers)?;
    let (engine, user) = (app.engine(), caller.user());
    let known = engine.credentials(&user.username).await?;
    let hash = known.and_then(|(_, hash)| hash);
    let passwords = app.passwords();
    if !passwords.verify(body.password, hash.as_deref()).await? {
        let detail = "This is not your present password.";
        return Err(Problem::forbidden("wrong_password", detail));
    }
    let owned = engine.owned_groups(user.id).await?;
    if !owned.is_empty() {
        let detail = "Hand over or dissolve the groups you own first.";
        let field = |row: &ConversationRow| FieldError::new(row.id.to_string(), &row.name);
        let fields = owned.iter().map(field).collect();
        return Err(Problem::conflict("owns_groups", detail).with_fields(fields));
    }
    engine.delete_account(user).await?;
    Ok(without_cookies(&app, StatusCode::NO_CONTENT))
}

/// `GET /api/me/export`: one's own data as one JSON document, written while it is read. It is not
/// of one moment. If the connection ends before the document does, it is not whole.
pub async fn export(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let place = Arc::clone(app.exports()).try_acquire_owned();
    let place = place.map_err(|_| {
        let detail = "Others are exporting at this moment; try again in a minute.";
        Problem::unavailable("too_many_exports", detail, Duration::from_secs(60))
    })?;
    let (engine, user) = (app.engine(), caller.user().id);
    let Export { rows, sessions } = engine.export(user).await?;
    let head = head(&Profile::from(&rows.me), &sessions, caller.session.id);
    let state = Writing {
        engine: engine.clone(),
        user,
        head: Some(head),
        conversations: rows.conversations.into_iter(),
        current: None,
        first: true,
        over: false,
        _place: place,
    };
    let chunks = futures_util::stream::unfold(state, |mut state| async {
        let chunk = state.next().await?;
        Some((chunk, state))
    });
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (
            CONTENT_DISPOSITION,
            r#"attachment; filename="webqq-export.json""#,
        ),
    ];
    Ok((headers, Bytewise::from_stream(chunks)).into_response())
}

fn head(profile: &Profile, sessions: &[Session], current: webqq_engine::ids::SessionId) -> Vec<u8> {
    let device = |session: &Session| Device::new(session, session.id == current);
    let devices: Vec<_> = sessions.iter().map(device).collect();
    let (profile, devices) = (json!(profile), json!(devices));
    format!(r#"{{"profile":{profile},"devices":{devices},"conversations":["#).into_bytes()
}

/// An export while it is written: at most one page of messages is in memory.
struct Writing {
    engine: Engine,
    user: UserId,
    /// What comes before all conversations.
    head: Option<Vec<u8>>,
    conversations: std::vec::IntoIter<ConversationRow>,
    /// Whose messages are being read, the last seq of those that were, and whether any was.
    current: Option<(ConversationRow, Seq, bool)>,
    first: bool,
    over: bool,
    _place: OwnedSemaphorePermit,
}

impl Writing {
    /// The next piece; an error cuts the connection, so that nobody takes a part for the whole.
    async fn next(&mut self) -> Option<Result<Bytes, Rejection>> {
        if self.over {
            return None;
        }
        let mut chunk = self.head.take().unwrap_or_default();
        if self.current.is_none() {
            match self.conversations.next() {
                None => {
                    self.over = true;
                    chunk.extend(b"]}\n");
                    return Some(Ok(chunk.into()));
                }
                Some(row) => {
                    let comma = if self.first { "" } else { "," };
                    self.first = false;
                    let mut text = about(&row).to_string();
                    // The messages follow as the last field.
                    text.truncate(text.len() - 1);
                    chunk.extend(format!("{comma}\n{text},\"messages\":[").into_bytes());
                    self.current = Some((row, Seq(0), false));
                }
            }
        }
        let (row, after, any) = self.current.as_mut()?;
        let page = self.engine.own_messages(self.user, row.id, *after).await;
        let page = match page {
            Ok(page) => page,
            Err(rejection) => {
                self.over = true;
                return Some(Err(rejection));
            }
        };
        for message in &page {
            chunk.extend_from_slice(if *any { b",\n" } else { b"\n" });
            chunk.extend_from_slice(&message.render());
            (*any, *after) = (true, message.seq);
        }
        if page.is_empty() {
            chunk.extend(b"]}");
            self.current = None;
        }
        Some(Ok(chunk.into()))
    }
}

fn about(row: &ConversationRow) -> Value {
    json!({
        "id": row.id, "type": row.r#type, "name": row.name, "peer": row.peer, "role": row.role,
        "left": row.left, "read_seq": row.read_seq,
    })
}
