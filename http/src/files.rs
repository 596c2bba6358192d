//! Files: uploading and downloading. The bytes go in as a raw body and come out under headers that
//! let a browser do no more than save or draw them.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webqq_engine::files::download::Download;
use webqq_engine::files::sniff::UNKNOWN;
use webqq_engine::ids::FileId;
use webqq_engine::store::files::{FileRecord, Purpose};

use crate::app::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::params::{Id, Params};
use crate::ranges::{Asked, asked, disposition};
use crate::uploads::receive;

/// What an address names never changes, and a browser need not ask again for a day. Not longer: who
/// uses the same browser after somebody else should not find all of it.
const FILE_CACHE: &str = "private, max-age=86400, immutable";
/// Nothing in it runs, loads, or knows where it came from.
const POLICY: &str = "sandbox; default-src 'none'";

/// An upload.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileShape {
    /// For messages that refer to it.
    id: Uuid,
    /// What it is called.
    name: String,
    /// Bytes.
    size: i64,
    /// What it is, found in its content.
    mime: String,
    /// Of a picture, in pixels; such a file has a thumbnail.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<i64>,
    /// Of a picture, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
}

impl From<FileRecord> for FileShape {
    fn from(file: FileRecord) -> Self {
        Self {
            id: file.id.0,
            name: file.name,
            size: file.size,
            mime: file.mime,
            width: file.width,
            height: file.height,
        }
    }
}

/// Answer of uploading.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneFile {
    file: FileShape,
}

/// Query of uploading.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What the file is called.
    #[serde(default)]
    name: String,
}

/// `POST /api/files?name=`: the body is the file.
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Params(named): Params<Named>,
    request: Request,
) -> Result<(StatusCode, Json<OneFile>), Problem> {
    let owner = caller.user().id;
    let file = receive(&app, owner, Purpose::Attachment, &named.name, request).await?;
    let file = file.into();
    Ok((StatusCode::CREATED, Json(OneFile { file })))
}

/// `GET /api/files/{id}`
pub async fn download(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Params(()): Params<()>,
) -> Result<Response, Problem> {
    let found = app.engine().download(caller.user().id, FileId(id), false);
    send(&app, &found.await?, &headers, FILE_CACHE).await
}

/// `GET /api/files/{id}/thumbnail`
pub async fn thumbnail(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    Params(()): Params<()>,
) -> Result<Response, Problem> {
    let found = app.engine().download(caller.user().id, FileId(id), true);
    send(&app, &found.await?, &headers, FILE_CACHE).await
}

/// Answers with the bytes, or with the part of them that is asked for. They are read as the client
/// takes them.
pub(crate) async fn send(
    app: &App,
    found: &Download,
    headers: &HeaderMap,
    cache: &'static str,
) -> Result<Response, Problem> {
    let etag = format!("\"{}\"", found.sha256);
    let (status, range) = match asked(headers, &etag, found.size) {
        Asked::Unchanged => (StatusCode::NOT_MODIFIED, None),
        Asked::Whole => (StatusCode::OK, Some(0..found.size)),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Asked::Outside => {
            let mut answer = Problem::range_not_satisfiable().into_response();
            let is = format!("bytes */{}", found.size);
            set(&mut answer, header::CONTENT_RANGE, &is);
            return Ok(answer);
        }
    };
    let body = match &range {
        None => Body::empty(),
        Some(range) => {
            let chunks = app.engine().file_bytes(found, range.clone()).await?;
            Body::from_stream(chunks)
        }
    };
    let mut answer = (status, body).into_response();
    set(&mut answer, header::ETAG, &etag);
    set(&mut answer, header::CACHE_CONTROL, cache);
    if let Some(range) = range {
        let length = range.end - range.start;
        set(&mut answer, header::CONTENT_LENGTH, &length.to_string());
        if status == StatusCode::PARTIAL_CONTENT {
            let last = range.end - 1;
            let is = format!("bytes {}-{last}/{}", range.start, found.size);
            set(&mut answer, header::CONTENT_RANGE, &is);
        }
        // What is no picture is saved, never shown, whatever it is.
        let is_picture = found.is_picture();
        let mime = if is_picture { &found.mime } else { UNKNOWN };
        set(&mut answer, header::CONTENT_TYPE, mime);
        let name = disposition(is_picture, &found.file.name);
        set(&mut answer, header::CONTENT_DISPOSITION, &name);
    }
    set(&mut answer, header::ACCEPT_RANGES, "bytes");
    set(&mut answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut answer, header::CONTENT_SECURITY_POLICY, POLICY);
    let policy = header::HeaderName::from_static("cross-origin-resource-policy");
    set(&mut answer, policy, "same-origin");
    Ok(answer)
}

fn set(answer: &mut Response, name: header::HeaderName, value: &str) {
    // Our own texts, and names in which nothing but ASCII is left.
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
