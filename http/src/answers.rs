//! What goes around every route: answers that are problems when they should be, and handlers that
//! may panic without taking anything along.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::error::{PROBLEM_JSON, Problem};

/// The fallback of the API: an address that no route knows.
pub async fn unknown_route() -> Problem {
    Problem::not_found()
}

/// Middleware around all routes of the API: an error that is not yet a problem becomes one (the
/// router's 404 and 405, the framework's rejections), and an answer that says nothing about
/// caching is `no-store`.
pub async fn answers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == PROBLEM_JSON.as_bytes());
    if !is_problem && let Some(problem) = Problem::from_bare(&response) {
        response = problem.into_response();
    }
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Middleware, the outermost: a handler that panics answers 500 instead of cutting the connection
/// off, and takes no other request down. What it was is in the panic's own message on standard
/// error; this adds which request it was, without its query (which may hold a cursor or a token) and
/// without the codes of hooks and links.
pub async fn catch_panics(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = without_codes(request.uri().path()).to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!(%method, %path, "a request handler panicked");
            Problem::internal().into_response()
        }
    }
}

/// The path up to a code in it, which lets in whoever knows it.
fn without_codes(path: &str) -> &str {
    let secret = ["/api/hooks/", "/api/links/"];
    let found = secret.into_iter().find(|start| path.starts_with(start));
    found.unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_cut_off() {
        for (path, expected) in [
            ("/api/hooks/0123", "/api/hooks/"),
            ("/api/links/0123", "/api/links/"),
            ("/api/hooks", "/api/hooks"),
            ("/api/groups/1/hooks/2", "/api/groups/1/hooks/2"),
        ] {
            assert_eq!(without_codes(path), expected);
        }
    }
}
