//! JSON bodies, read strictly: every way in which a body can be wrong has one answer.
//!
//! | what | answer |
//! |---|---|
//! | another Content-Type | 415 |
//! | longer than [`MAX_BODY_BYTES`], declared or found | 413 |
//! | not complete within [`BODY_TIME`] | 408 |
//! | no JSON, or not UTF-8 | 400 `malformed_json` |
//! | U+0000, duplicate keys, nesting, huge numbers | 422, see [`crate::strict_json`] |
//! | unknown, missing or wrong fields | 422 `invalid`, see [`crate::typed`] |

use std::{error::Error, time::Duration};

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::{error::Problem, strict_json, typed};

/// Longest body of a request, in bytes; more is 413. Uploads have their own limit and route.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// From the end of the headers to the end of the body; slower is 408 and the connection closes.
/// The headers have a time-out of their own in the accept loop.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// A JSON body that must be there.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

/// A JSON body that may be left out: no bytes at all mean `T::default()`, with any Content-Type.
#[derive(Debug, Clone)]
pub struct OptionalBody<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // Before reading: a body of the wrong type is not worth its bytes.
        require_json(request.headers())?;
        require_plain(request.headers())?;
        let bytes = read(request, MAX_BODY_BYTES).await?;
        Ok(Self(from_json(&bytes)?))
    }
}

impl<S: Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let type_is_json = require_json(request.headers());
        let bytes = read(request, MAX_BODY_BYTES).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        type_is_json?;
        Ok(Self(from_json(&bytes)?))
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    typed::from_value(&strict_json::parse(bytes)?)
}

/// Reads a whole body of at most `limit` bytes within [`BODY_TIME`].
async fn read(request: Request, limit: usize) -> Result<Bytes, Problem> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(Problem::too_large(limit as u64));
    }
    let body = Limited::new(request.into_body(), limit).collect();
    match tokio::time::timeout(BODY_TIME, body).await {
        Err(_) => Err(Problem::too_slow()),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if is_too_long(&*error) => Err(Problem::too_large(limit as u64)),
        Ok(Err(_)) => Err(Problem::malformed(
            "malformed_body",
            "The body ended early or is badly framed.",
        )),
    }
}

fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<LengthLimitError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// `application/json`, with `charset=utf-8` or without parameters. Requiring it is also a wall
/// against forms of other sites: they cannot send this type without asking first.
fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, second) = (types.next(), types.next());
    let is_json = first
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            let mut parts = kind.split(';').map(str::trim);
            parts
                .next()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
                && parts.all(|parameter| {
                    parameter.split_once('=').is_some_and(|(name, value)| {
                        name.eq_ignore_ascii_case("charset")
                            && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
                    })
                })
        });
    if is_json && second.is_none() {
        Ok(())
    } else {
        Err(Problem::unsupported_media_type("application/json"))
    }
}

/// A compressed body is not read: said, instead of finding no JSON in it.
fn require_plain(headers: &HeaderMap) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    if codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        Ok(())
    } else {
        Err(Problem::unsupported_media_type(
            "application/json without a Content-Encoding",
        ))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body as RawBody;
    use futures_util::stream;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    struct Form {
        name: Option<String>,
    }

    const JSON: &str = "application/json";

    fn request(kind: &str, body: impl Into<RawBody>) -> Request {
        Request::post("/")
            .header("content-type", kind)
            .body(body.into())
            .unwrap()
    }

    async fn check(request: Request, status: u16, code: &str) {
        let problem = Body::<Form>::from_request(request, &()).await.unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
    }

    fn chunks(chunk: &'static [u8], times: usize) -> RawBody {
        let chunk = Ok::<_, std::io::Error>(Bytes::from_static(chunk));
        RawBody::from_stream(stream::iter(
            (0..times)
                .map(move |_| Ok(chunk.as_ref().unwrap().clone()))
                .collect::<Vec<Result<Bytes, std::io::Error>>>(),
        ))
    }

    #[tokio::test]
    async fn a_good_body_is_read() {
        for kind in [
            JSON,
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            let form = Body::<Form>::from_request(request(kind, r#"{"name":"n"}"#), &()).await;
            assert_eq!(form.unwrap().0.name.as_deref(), Some("n"), "{kind}");
        }
    }

    #[tokio::test]
    async fn only_json_is_read() {
        for kind in [
            "",
            "text/plain",
            "application/jsonp",
            "application/json; charset=gbk",
            "application/json; x",
        ] {
            check(request(kind, "{}"), 415, "unsupported_media_type").await;
        }
        check(
            Request::post("/").body("{}".into()).unwrap(),
            415,
            "unsupported_media_type",
        )
        .await;
        let mut twice = request(JSON, "{}");
        twice
            .headers_mut()
            .append("content-type", "text/plain".parse().unwrap());
        check(twice, 415, "unsupported_media_type").await;
    }

    #[tokio::test]
    async fn a_long_body_is_refused_declared_or_not() {
        let text = |bytes: usize| format!("{{\"name\":\"{}\"}}", "x".repeat(bytes - 11));
        assert_eq!(text(MAX_BODY_BYTES).len(), MAX_BODY_BYTES);
        assert!(
            Body::<Form>::from_request(request(JSON, text(MAX_BODY_BYTES)), &())
                .await
                .is_ok()
        );
        check(request(JSON, text(MAX_BODY_BYTES + 1)), 413, "too_large").await;
        // Chunked: nothing is declared, and more follows than would ever be read.
        check(
            request(JSON, chunks(&[b' '; 1024], 1_000)),
            413,
            "too_large",
        )
        .await;
        // Declared: refused before a byte is read (this body would never end).
        let endless = RawBody::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let mut declared = request(JSON, endless);
        declared
            .headers_mut()
            .insert("content-length", "65537".parse().unwrap());
        check(declared, 413, "too_large").await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_not_waited_for() {
        let endless = RawBody::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let begin = tokio::time::Instant::now();
        check(request(JSON, endless), 408, "too_slow").await;
        assert_eq!(begin.elapsed().as_secs(), 10);
    }

    #[tokio::test]
    async fn a_broken_body_is_malformed() {
        let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("reset"))]);
        check(
            request(JSON, RawBody::from_stream(broken)),
            400,
            "malformed_body",
        )
        .await;
        check(request(JSON, "{"), 400, "malformed_json").await;
        check(request(JSON, ""), 400, "malformed_json").await;
        check(request(JSON, r#"{"nmae":""}"#), 422, "invalid").await;
    }

    #[tokio::test]
    async fn an_optional_body_may_be_left_out() {
        let read = async |request| OptionalBody::<Form>::from_request(request, &()).await;
        assert!(
            read(Request::post("/").body(RawBody::empty()).unwrap())
                .await
                .is_ok()
        );
        assert!(read(request("text/plain", "")).await.is_ok());
        assert!(read(request(JSON, "{}")).await.is_ok());
        assert_eq!(
            read(request(JSON, " ")).await.unwrap_err().code(),
            "malformed_json"
        );
        assert_eq!(
            read(request("text/plain", "{}"))
                .await
                .unwrap_err()
                .status()
                .as_u16(),
            415
        );
    }
}
