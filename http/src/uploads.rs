//! Raw bodies on their way into files: read piece by piece, never held whole.
//!
//! | what | answer |
//! |---|---|
//! | longer than `--file-max`, declared or found | 413 |
//! | no byte for [`PIECE_TIME`], or slower than [`LEAST_BYTES_PER_SECOND`] | 408 |
//! | ends early, badly framed | 400 `malformed_body` |
//! | compressed | 415 |
//! | no bytes at all | 422 `empty_file` |
//!
//! What the client says about the type is not looked at: the content says what it is.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout};
use webqq_engine::files::upload::Upload;
use webqq_engine::ids::UserId;
use webqq_engine::store::files::{FileRecord, Purpose};

use crate::app::App;
use crate::error::Problem;

/// The longest pause within an upload.
pub const PIECE_TIME: Duration = Duration::from_secs(10);
/// An upload that is slower than this, over all, is cut off: one byte every nine seconds would
/// keep a place for years.
pub const LEAST_BYTES_PER_SECOND: u64 = 8 * 1024;
/// An upload may be as slow as it likes for this long.
pub const SLOW_START: Duration = Duration::from_secs(30);

/// Reads the body of a request into a file of `owner`.
pub(crate) async fn receive(
    app: &App,
    owner: UserId,
    purpose: Purpose,
    name: &str,
    request: Request,
) -> Result<FileRecord, Problem> {
    let engine = app.engine();
    let most = engine.limits().file_bytes;
    require_plain(request.headers())?;
    let declared = declared(request.headers());
    if most > 0 && declared.is_some_and(|size| size > most) {
        return Err(Problem::too_large(most));
    }
    let upload = engine.begin_upload(owner, purpose, declared).await;
    // What was refused is not read.
    let mut upload = upload.map_err(|refused| Problem::from(refused).closing())?;
    match read(request.into_body(), &mut upload, most).await {
        Ok(()) if upload.size() == 0 => {
            upload.abort().await;
            Err(Problem::unprocessable(
                "empty_file",
                "There is nothing in it.",
            ))
        }
        Ok(()) => Ok(upload.finish(name).await?),
        Err(problem) => {
            upload.abort().await;
            Err(problem)
        }
    }
}

async fn read(mut body: Body, upload: &mut Upload, most: u64) -> Result<(), Problem> {
    let begun = Instant::now();
    loop {
        let frame = match timeout(PIECE_TIME, body.frame()).await {
            Err(_) => return Err(Problem::too_slow()),
            Ok(None) => return Ok(()),
            Ok(Some(Err(_))) => {
                let detail = "The body ended early or is badly framed.";
                return Err(Problem::malformed("malformed_body", detail));
            }
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers say nothing that we ask for.
        let Ok(bytes) = frame.into_data() else {
            continue;
        };
        let size = upload.size().saturating_add(bytes.len() as u64);
        if most > 0 && size > most {
            return Err(Problem::too_large(most));
        }
        let pushed = upload.push(&bytes).await;
        pushed.map_err(|refused| Problem::from(refused).closing())?;
        let slow_for = begun.elapsed().saturating_sub(SLOW_START);
        if size < slow_for.as_secs().saturating_mul(LEAST_BYTES_PER_SECOND) {
            return Err(Problem::too_slow());
        }
    }
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// Bytes are stored as they are; a coding would be taken for them.
fn require_plain(headers: &HeaderMap) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    match codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        true => Ok(()),
        false => Err(Problem::unsupported_media_type(
            "application/octet-stream and no Content-Encoding",
        )),
    }
}
