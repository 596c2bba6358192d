//! Who asks: the session behind a request.
//!
//! `Authorization: Bearer` wins over the cookie and needs no CSRF token, because no page of
//! another site can make a browser send it. With the cookie, every unsafe method needs one.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use cookie::{Cookie, SameSite};
use webqq_engine::store::{Session, User};
use webqq_engine::user::attach::Viewer;

use crate::app::App;
use crate::error::Problem;
use crate::origin::{check_csrf, csrf_token};
use crate::refusals::store_is_down;

/// The cookie that holds the session's token.
const SESSION: &str = "webqq_session";
/// The cookie that holds the CSRF token, for the page to read.
const CSRF: &str = "csrftoken";
/// How long browsers keep the cookies; the session itself ends when it is idle for too long.
const COOKIE_DAYS: i64 = 400;

/// What a request says about who asks.
#[derive(Debug)]
pub(crate) enum Claim {
    /// A token in the header.
    Bearer(String),
    /// A token in the cookie.
    Cookie(String),
    /// Nothing.
    None,
}

/// Reads the claim; an `Authorization` that is no Bearer token is a bad token.
pub(crate) fn claim(headers: &HeaderMap) -> Claim {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let scheme_and_token = text.split_once(' ');
        let token = scheme_and_token
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        return Claim::Bearer(token.to_owned());
    }
    let cookies = headers.get_all(COOKIE).iter();
    let cookies = cookies.filter_map(|value| value.to_str().ok());
    let session = cookies
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == SESSION);
    session.map_or(Claim::None, |cookie| {
        Claim::Cookie(cookie.value().to_owned())
    })
}

/// The signed-in caller of a route. Rejects with 401 `no_session`, 403 `csrf`, or 503.
#[derive(Debug)]
pub struct Caller {
    /// Their session.
    pub session: Session,
}

impl Caller {
    /// The user.
    pub fn user(&self) -> &User {
        &self.session.user
    }

    pub(crate) fn viewer(&self) -> Viewer {
        viewer(&self.session)
    }

    /// Like the extractor; `slide`: whether this counts as using the session.
    pub(crate) async fn of(
        app: &App,
        method: &Method,
        headers: &HeaderMap,
        slide: bool,
    ) -> Result<Self, Problem> {
        let (token, by_cookie) = match claim(headers) {
            Claim::Bearer(token) => (token, false),
            Claim::Cookie(token) => (token, true),
            Claim::None => return Err(Problem::no_session()),
        };
        let session = app.engine().authenticate(&token, slide).await;
        let session = session
            .map_err(|_| store_is_down())?
            .ok_or_else(Problem::no_session)?;
        if slide {
            // Streams and long-polls have bounds of their own.
            app.rates().request_of(session.user.id.0)?;
        }
        let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if by_cookie && !is_safe {
            check_csrf(headers, &token)?;
        }
        Ok(Self { session })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(app, &parts.method, &parts.headers, true).await
    }
}

/// Whose feed a session opens.
pub(crate) fn viewer(session: &Session) -> Viewer {
    Viewer {
        user: session.user.id,
        session: session.id,
        status: session.user.status,
    }
}

/// Sets both cookies on an answer.
pub(crate) fn with_cookies(app: &App, token: &str, answer: impl IntoResponse) -> Response {
    let session = cookie(app, SESSION, token.to_owned(), true);
    let csrf = cookie(app, CSRF, csrf_token(token), false);
    set_cookies(answer, [session, csrf])
}

/// Takes both cookies away.
pub(crate) fn without_cookies(app: &App, answer: impl IntoResponse) -> Response {
    let names = [(SESSION, true), (CSRF, false)];
    let gone = names.map(|(name, http_only)| {
        let mut cookie = cookie(app, name, String::new(), http_only);
        cookie.make_removal();
        cookie
    });
    set_cookies(answer, gone)
}

fn cookie(app: &App, name: &'static str, value: String, http_only: bool) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(http_only)
        .same_site(SameSite::Lax)
        .secure(app.is_https())
        .max_age(cookie::time::Duration::days(COOKIE_DAYS))
        .build()
}

fn set_cookies(answer: impl IntoResponse, cookies: [Cookie<'static>; 2]) -> Response {
    let mut answer = answer.into_response();
    for cookie in cookies {
        // Names and values are our own: hexadecimal, always a valid header.
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            answer.headers_mut().append(SET_COOKIE, value);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn bearer_wins_over_the_cookie() {
        let both = headers(&[
            ("authorization", "bearer abc"),
            ("cookie", "a=b; webqq_session=xyz"),
        ]);
        assert!(matches!(claim(&both), Claim::Bearer(token) if token == "abc"));
        let basic = headers(&[("authorization", "Basic abc")]);
        assert!(matches!(claim(&basic), Claim::Bearer(token) if token.is_empty()));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let cookie = headers(&[("cookie", "a=b; webqq_session=xyz; c=d")]);
        assert!(matches!(claim(&cookie), Claim::Cookie(token) if token == "xyz"));
        assert!(matches!(claim(&headers(&[("cookie", "a=b")])), Claim::None));
    }
}
