//! Requests as a browser makes them.

use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};

use super::{World, password};

/// What a body is.
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Signs in as a browser does; its cookies.
pub(crate) fn browser(world: &World, username: &str) -> Client {
    let mut browser = Client::browser(world.server.addr());
    let answer = browser.json("POST", "/api/sessions", &credentials(username));
    let answer = answer.unwrap().expect(201);
    let token = answer.json()["csrf_token"].as_str().map(str::to_owned);
    assert_eq!(token.as_deref(), browser.cookie("csrftoken"));
    assert_eq!(answer.json().get("token"), None, "nobody asked for it");
    browser
}

pub(crate) fn credentials(username: &str) -> Value {
    json!({"username": username, "password": password(username)})
}

pub(crate) fn cookies(browser: &Client) -> String {
    let session = browser.cookie("webqq_session").expect("a session");
    let csrf = browser.cookie("csrftoken").expect("a token");
    format!("webqq_session={session}; csrftoken={csrf}")
}

/// Changes one's own signature with exactly these headers.
pub(crate) fn change(world: &World, headers: &[(&str, &str)]) -> Response {
    let headers = [&[JSON], headers].concat();
    let body = br#"{"signature":"changed"}"#;
    let mut client = world.stranger();
    client.request("PATCH", "/api/me", &headers, body).unwrap()
}
