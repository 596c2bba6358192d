//! Refusals: every error answer of the server, as `application/problem+json` (RFC 9457).
//!
//! This is the only file that names a status code of an error. A handler says what went wrong
//! (`Problem::conflict("group_full", "…")`), this file says what that is in HTTP. Whatever did not
//! come from here (an unknown route or method, an extractor of the framework, a panic) is turned into
//! the same shape by [`crate::answers`], so that a client needs one way to read an error.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// The media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One thing wrong with one field of a body or one parameter of a query.
#[derive(Debug, Clone, Serialize)]
pub struct FieldError {
    /// Where: `name`, `members[2].role`; a query parameter's name.
    pub field: String,
    /// What must change, to be shown behind the field's name and a colon: "must be a text".
    pub message: String,
}

impl FieldError {
    /// `field` as in [`FieldError::field`], `message` as in [`FieldError::message`].
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// A refusal on its way to the client.
///
/// `code` is for programs and never changes once published; `detail` is a sentence for people and
/// may. Neither may hold a secret, a message body or anything internal. Small on purpose (a box):
/// it is the `Err` of every handler.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<HeaderValue>,
    close: bool,
}

/// What is sent. `type` is `about:blank` throughout: `code` tells problems apart, and a `type`
/// that looks like an address but leads nowhere helps nobody.
#[derive(Serialize)]
struct Wire<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    fields: &'a [FieldError],
}

impl Problem {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            code: code.into(),
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            allow: None,
            close: false,
        }))
    }

    /// 400: the request cannot be read at all (broken JSON, broken percent-encoding).
    pub fn malformed(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: no session, or one that has ended. Never for "the store is down": that is 503.
    pub fn no_session() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "no_session",
            "Sign in first: there is no session, or it has ended.",
        )
    }

    /// 401 for a sign-in with a wrong name or password; one answer for both, so that nobody can
    /// find out which user names exist.
    pub fn wrong_credentials() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "User name or password is wrong.",
        )
    }

    /// 403: the caller may know of the thing but not do this to it.
    pub fn forbidden(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: no such thing, or none that the caller may know of. Byte for byte the same for both.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here, or nothing you may see.",
        )
    }

    /// 405, with the methods the route has (`GET,HEAD`).
    pub fn method_not_allowed(allow: Option<HeaderValue>) -> Self {
        let mut problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This address does not know that method; the Allow header lists those it knows.",
        );
        problem.0.allow = allow;
        problem
    }

    /// 408: the request came too slowly. The rest of it is not waited for: the connection closes.
    pub fn too_slow() -> Self {
        let mut problem = Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "The request took too long to arrive; send it again.",
        );
        problem.0.close = true;
        problem
    }

    /// 409: the state of the thing does not allow it (full group, name taken).
    pub fn conflict(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 413: the body is longer than `limit` bytes. It is not read: the connection closes.
    pub fn too_large(limit: u64) -> Self {
        let mut problem = Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("The body is too long: at most {limit} bytes are accepted here."),
        );
        problem.0.close = true;
        problem
    }

    /// 415: a body of another type than the route reads; `expected` as in `application/json`.
    pub fn unsupported_media_type(expected: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            format!("Send the body with Content-Type: {expected}."),
        )
    }

    /// 416: a `Range` that lies outside the file.
    pub fn range_not_satisfiable() -> Self {
        Self::new(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "range_not_satisfiable",
            "The requested range lies outside the file.",
        )
    }

    /// 422 `invalid`: readable, but these fields are not acceptable. The detail is made from the
    /// fields, so that a client which shows only the detail still says what to change.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let sentence = |f: &FieldError| format!("`{}` {}.", f.field, f.message);
        let detail = fields.iter().map(sentence).collect::<Vec<_>>().join(" ");
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail);
        problem.0.fields = fields;
        problem
    }

    /// 422 with one field: the common case of [`Problem::invalid`].
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, message)])
    }

    /// 422 with a code of its own (`kind_not_postable`, `nul_character`).
    pub fn unprocessable(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: too often. `wait` is sent as `Retry-After` in whole seconds, rounded up, at least 1.
    pub fn too_many(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        wait: Duration,
    ) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail);
        problem.0.retry_after = Some(wait);
        problem
    }

    /// 431: the request's headers are longer than `limit` bytes.
    pub fn headers_too_large(limit: usize) -> Self {
        let mut problem = Self::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers_too_large",
            format!(
                "The request line and headers are too long: at most {limit} bytes are accepted."
            ),
        );
        problem.0.close = true;
        problem
    }

    /// 500: our own fault. Says nothing about what it was; the log does.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on the server. It was logged.",
        )
    }

    /// 503: not now. On a post this means "perhaps": the client retries with the same client id.
    /// `wait` is sent as `Retry-After` like that of [`Problem::too_many`].
    pub fn unavailable(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        wait: Duration,
    ) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
        problem.0.retry_after = Some(wait);
        problem
    }

    /// Adds fields to a problem that has a code of its own.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Closes the connection after the answer (where the rest of the request is not worth reading).
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.0.close = true;
        self
    }

    /// The status, for metrics and tests.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The code, for metrics and tests.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong with which field; empty for most problems.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The JSON text of the answer's body.
    pub fn to_json(&self) -> Vec<u8> {
        let inner = &*self.0;
        let wire = Wire {
            r#type: "about:blank",
            title: inner.status.canonical_reason().unwrap_or("Error"),
            status: inner.status.as_u16(),
            detail: &inner.detail,
            code: &inner.code,
            fields: &inner.fields,
        };
        // A struct of texts and a number cannot fail to serialise.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// A whole HTTP/1.1 answer as bytes, `Connection: close` included: for refusals that come
    /// before there is a request to answer (too many connections, unreadable headers).
    pub fn to_http1(&self) -> Vec<u8> {
        let body = self.to_json();
        let status = self.0.status;
        let mut out = format!(
            "HTTP/1.1 {} {}\r\ncontent-type: {PROBLEM_JSON}\r\ncache-control: no-store\r\n\
             content-length: {}\r\nconnection: close\r\n",
            status.as_u16(),
            status.canonical_reason().unwrap_or("Error"),
            body.len(),
        );
        if let Some(wait) = self.0.retry_after {
            out.push_str(&format!("retry-after: {}\r\n", whole_seconds(wait)));
        }
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(&body);
        out
    }

    /// The problem for a bare status that something else answered with; `None` for a success.
    pub(crate) fn from_bare(response: &Response) -> Option<Self> {
        let status = response.status();
        if !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        Some(match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::method_not_allowed(response.headers().get(header::ALLOW).cloned())
            }
            StatusCode::REQUEST_TIMEOUT => Self::too_slow(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::unsupported_media_type("application/json"),
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "too_large", "The body is too long.").closing()
            }
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable(
                "unavailable",
                "The server cannot do this at the moment.",
                Duration::from_secs(1),
            ),
            status if status.is_client_error() => {
                Self::new(status, "malformed", "The request cannot be understood.")
            }
            _ => Self::internal(),
        })
    }
}

/// Rounded up, and at least 1: a client told 0 would come back at once.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0))
        .max(1)
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.0.status.as_u16(),
            self.0.code,
            self.0.detail
        )
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.0.status, self.to_json()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if let Some(allow) = self.0.allow {
            headers.insert(header::ALLOW, allow);
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            // Required with 401 (RFC 9110); `Bearer` opens no password dialog in a browser.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.0.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
