//! Requests that another site's page makes in a visitor's name (CSRF), kept out twice.
//!
//! 1. [`check`]: browsers say where a request comes from. Every unsafe request that says so must
//!    come from our own pages, signed in or not (signing somebody in to another's account is an
//!    attack, too). Programs say nothing and pass: they have no cookie that a page could abuse.
//! 2. [`csrf_token`]: a request with the session cookie must also repeat a token that other sites
//!    cannot read. For browsers that send neither `Origin` nor `Sec-Fetch-Site`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::{config::PublicUrl, error::Problem};

/// Refuses an unsafe request that was made by a page of another origin: 403 `cross_origin`.
///
/// With `public_url` the page's origin must be exactly that. Without, its host and port must be
/// those of `Host`; the scheme is not compared, since behind a proxy we do not know ours.
pub fn check(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    public_url: Option<&PublicUrl>,
) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let refused = || {
        Problem::forbidden(
            "cross_origin",
            "This request was made by a page of another site.",
        )
    };
    // `same-site` is another origin (a neighbouring subdomain) and refused like a stranger.
    for site in headers.get_all("sec-fetch-site") {
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return Err(refused());
        }
    }
    for origin in headers.get_all(header::ORIGIN) {
        // `null` (a sandboxed page, a redirect across sites) parses as no origin.
        let origin = origin
            .to_str()
            .ok()
            .and_then(|text| PublicUrl::parse(text).ok());
        let Some(origin) = origin else {
            return Err(refused());
        };
        let is_ours = match public_url {
            Some(ours) => origin == *ours,
            None => is_host(&origin, uri, headers),
        };
        if !is_ours {
            return Err(refused());
        }
    }
    Ok(())
}

/// Whether the request went to the origin's host and port. A missing port in `Host` is that of the
/// scheme which the page was loaded with.
fn is_host(origin: &PublicUrl, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    // A request line with a whole address outranks the header (RFC 9112).
    let host = match (uri.authority(), hosts.next(), hosts.next()) {
        (Some(authority), ..) => authority.as_str(),
        (None, Some(host), None) => match host.to_str() {
            Ok(host) => host,
            Err(_) => return false,
        },
        _ => return false,
    };
    let scheme = if origin.https { "https" } else { "http" };
    PublicUrl::parse(&format!("{scheme}://{host}")).is_ok_and(|host| host == *origin)
}

/// [`check`] as middleware, around every route.
///
/// `axum::middleware::from_fn_with_state(Arc::new(public_url), origin::guard)`
pub async fn guard(
    State(public_url): State<Arc<Option<PublicUrl>>>,
    request: Request,
    next: Next,
) -> Response {
    let public_url = public_url.as_ref().as_ref();
    match check(
        request.method(),
        request.uri(),
        request.headers(),
        public_url,
    ) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// The CSRF token of a session: 32 hexadecimal digits that follow from the session's token and do
/// not lead back to it, so nothing has to be stored. It goes into the cookie `csrftoken`, which
/// scripts of our pages can read, and comes back in the header `X-CSRFToken`.
pub fn csrf_token(session_token: &str) -> String {
    // The prefix keeps this apart from the hash under which the session itself is stored. A keyed
    // hash would add nothing: the session token is the secret.
    let digest = Sha256::new()
        .chain_update(b"webqq csrf token 1\0")
        .chain_update(session_token.as_bytes())
        .finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Refuses a request whose `X-CSRFToken` is not that of its session: 403 `csrf`. For unsafe
/// requests that were signed in by the cookie; `Authorization: Bearer` needs none.
pub fn check_csrf(headers: &HeaderMap, session_token: &str) -> Result<(), Problem> {
    let sent = headers
        .get("x-csrftoken")
        .map_or(&[][..], |sent| sent.as_bytes());
    if same_secret(sent, csrf_token(session_token).as_bytes()) {
        Ok(())
    } else {
        Err(Problem::forbidden(
            "csrf",
            "The header X-CSRFToken must repeat the cookie csrftoken; reload the page.",
        ))
    }
}

/// Compares secrets in a time that depends on their lengths only, not on where they differ.
pub fn same_secret(a: &[u8], b: &[u8]) -> bool {
    let mut difference = u8::from(a.len() != b.len());
    for (a, b) in a.iter().zip(b) {
        difference |= a ^ b;
        // Keeps the optimiser from leaving the loop at the first difference.
        difference = std::hint::black_box(difference);
    }
    difference == 0
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::post};
    use tower::ServiceExt;

    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[track_caller]
    fn expect(public_url: Option<&str>, lines: &[(&'static str, &str)], allowed: bool) {
        let public_url = public_url.map(|url| PublicUrl::parse(url).unwrap());
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let uri = Uri::from_static("/api/users");
            let result = check(&method, &uri, &headers(lines), public_url.as_ref());
            assert_eq!(result.is_ok(), allowed, "{public_url:?} {lines:?}");
            if let Err(problem) = result {
                assert_eq!(
                    (problem.status().as_u16(), problem.code()),
                    (403, "cross_origin")
                );
            }
        }
        let read = check(
            &Method::GET,
            &Uri::from_static("/"),
            &headers(lines),
            public_url.as_ref(),
        );
        assert!(read.is_ok(), "reading is not checked");
    }

    #[test]
    fn without_a_public_url_the_host_decides() {
        let host = ("host", "chat.example.org:8080");
        expect(None, &[host], true);
        expect(
            None,
            &[host, ("origin", "http://chat.example.org:8080")],
            true,
        );
        expect(
            None,
            &[host, ("origin", "https://Chat.Example.org:8080")],
            true,
        );
        expect(None, &[host, ("origin", "http://chat.example.org")], false);
        expect(
            None,
            &[host, ("origin", "http://chat.example.org:80")],
            false,
        );
        expect(
            None,
            &[host, ("origin", "http://evil.example.org:8080")],
            false,
        );
        expect(
            None,
            &[host, ("origin", "http://chat.example.org:8080.evil.org")],
            false,
        );
        expect(None, &[host, ("origin", "null")], false);
        expect(None, &[host, ("origin", "")], false);
        expect(None, &[("origin", "http://chat.example.org:8080")], false);
        let twice = ("origin", "http://chat.example.org:8080");
        expect(
            None,
            &[host, twice, ("origin", "http://evil.example.org")],
            false,
        );
        expect(None, &[host, ("host", "evil.example.org"), twice], false);
        // The scheme's own port may be left out on either side.
        expect(None, &[("host", "a.b"), ("origin", "https://a.b")], true);
        expect(
            None,
            &[("host", "a.b:443"), ("origin", "https://a.b")],
            true,
        );
        expect(
            None,
            &[("host", "a.b:443"), ("origin", "http://a.b")],
            false,
        );
        expect(
            None,
            &[("host", "[::1]:80"), ("origin", "http://[::1]")],
            true,
        );
    }

    #[test]
    fn with_a_public_url_only_that_origin_counts() {
        let url = Some("https://chat.example.org");
        // Behind a proxy Host is often something else.
        let host = ("host", "127.0.0.1:8080");
        expect(url, &[host, ("origin", "https://chat.example.org")], true);
        expect(
            url,
            &[host, ("origin", "https://chat.example.org:443")],
            true,
        );
        expect(url, &[host, ("origin", "http://chat.example.org")], false);
        expect(url, &[host, ("origin", "http://127.0.0.1:8080")], false);
        expect(url, &[host], true);
    }

    #[test]
    fn fetch_metadata_is_believed_when_it_says_no() {
        let host = ("host", "a.b");
        expect(None, &[host, ("sec-fetch-site", "same-origin")], true);
        expect(None, &[host, ("sec-fetch-site", "none")], true);
        expect(None, &[host, ("sec-fetch-site", "same-site")], false);
        expect(None, &[host, ("sec-fetch-site", "cross-site")], false);
        expect(None, &[host, ("sec-fetch-site", "")], false);
        let ours = ("origin", "http://a.b");
        expect(None, &[host, ours, ("sec-fetch-site", "cross-site")], false);
        let theirs = ("origin", "http://evil.org");
        expect(
            None,
            &[host, theirs, ("sec-fetch-site", "same-origin")],
            false,
        );
    }

    #[test]
    fn an_address_in_the_request_line_outranks_host() {
        let uri = Uri::from_static("http://a.b/api/users");
        let ours = headers(&[("host", "evil.org"), ("origin", "http://a.b")]);
        assert!(check(&Method::POST, &uri, &ours, None).is_ok());
        let theirs = headers(&[("host", "evil.org"), ("origin", "http://evil.org")]);
        assert!(check(&Method::POST, &uri, &theirs, None).is_err());
    }

    #[tokio::test]
    async fn the_guard_stands_before_the_routes() {
        let app = Router::new()
            .route("/", post(async || "done"))
            .layer(middleware::from_fn_with_state(Arc::new(None), guard));
        for (origin, status) in [("http://a.b", 200), ("http://evil.org", 403)] {
            let request = Request::post("/")
                .header("host", "a.b")
                .header("origin", origin);
            let response = app
                .clone()
                .oneshot(request.body(Body::empty()).unwrap())
                .await
                .unwrap();
            assert_eq!(response.status().as_u16(), status);
        }
    }

    #[test]
    fn csrf_tokens_follow_from_the_session() {
        let token = csrf_token("session a");
        assert_eq!((token.len(), &token), (32, &csrf_token("session a")));
        assert_ne!(token, csrf_token("session b"));
        let check = |sent: &str| check_csrf(&headers(&[("x-csrftoken", sent)]), "session a");
        assert!(check(&token).is_ok());
        for wrong in [
            "",
            &token[1..],
            &csrf_token("session b"),
            &format!("{token}0"),
        ] {
            assert_eq!(check(wrong).unwrap_err().code(), "csrf", "{wrong}");
        }
        assert!(check_csrf(&HeaderMap::new(), "session a").is_err());
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same_secret(b"abc", b"abc") && same_secret(b"", b""));
        for (a, b) in [
            ("abc", "abd"),
            ("bbc", "abc"),
            ("ab", "abc"),
            ("abc", "ab"),
            ("", "a"),
        ] {
            assert!(!same_secret(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }
}
