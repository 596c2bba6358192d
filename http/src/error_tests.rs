//! Every way in which an error leaves the server, in one shape.

use axum::{Router, body::Body, middleware, routing::get};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use axum::extract::Request;

use super::*;
use crate::answers::{answers, catch_panics, unknown_route};

async fn check(request: (&str, &str), status: u16, code: &str) -> (Response<()>, Value) {
    let app = Router::new()
        .route("/fine", get(|| async { "fine" }))
        .route("/bare", get(|| async { StatusCode::BAD_REQUEST }))
        .route(
            "/own",
            get(|| async { Problem::conflict("group_full", "The group is full.") }),
        )
        .route(
            "/number/{n}",
            get(|_: axum::extract::Path<u32>| async { "n" }),
        )
        .route("/panic", get(|| async { panic!("the secret") as &str }))
        .fallback(unknown_route)
        .layer(middleware::from_fn(answers))
        .layer(middleware::from_fn(catch_panics));
    let (method, path) = request;
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap();
    let (head, body) = app.oneshot(request).await.unwrap().into_parts();
    assert_eq!(head.status, status, "{path}");
    assert_eq!(head.headers["cache-control"], "no-store", "{path}");
    let body = body.collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if status >= 400 {
        assert_eq!(head.headers["content-type"], PROBLEM_JSON, "{path}");
        assert_eq!(body["code"], code, "{path}");
        assert_eq!(body["status"], status, "{path}");
        assert!(!body.to_string().contains("secret"), "{path}");
    }
    (Response::from_parts(head, ()), body)
}

#[tokio::test]
async fn every_error_is_a_problem() {
    check(("GET", "/fine"), 200, "").await;
    check(("GET", "/bare"), 400, "malformed").await;
    check(("GET", "/nowhere"), 404, "not_found").await;
    check(("GET", "/number/x"), 400, "malformed").await;
    check(("GET", "/panic"), 500, "internal").await;
    let (_, own) = check(("GET", "/own"), 409, "group_full").await;
    assert_eq!(
        own,
        json!({"type":"about:blank","title":"Conflict","status":409,
               "detail":"The group is full.","code":"group_full"})
    );
    let (head, _) = check(("DELETE", "/fine"), 405, "method_not_allowed").await;
    assert_eq!(head.headers()["allow"], "GET,HEAD");
}

#[test]
fn waiting_times_are_rounded_up_to_a_whole_second() {
    let header = |wait| {
        let response = Problem::too_many("slow_down", "Later.", wait).into_response();
        response.headers()["retry-after"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(header(Duration::ZERO), "1");
    assert_eq!(header(Duration::from_secs(2)), "2");
    assert_eq!(header(Duration::from_millis(2001)), "3");
}

#[test]
fn fields_are_listed_and_make_up_the_detail() {
    let problem = Problem::invalid(vec![
        FieldError::new("name", "must not be empty"),
        FieldError::new("age", "must be a whole number"),
    ]);
    let body: Value = serde_json::from_slice(&problem.to_json()).unwrap();
    assert_eq!(
        body["detail"],
        "`name` must not be empty. `age` must be a whole number."
    );
    assert_eq!(
        body["fields"][1],
        json!({"field":"age","message":"must be a whole number"})
    );
}

#[test]
fn the_raw_answer_is_a_whole_http_message() {
    let raw = Problem::unavailable("busy", "Full.", Duration::from_secs(3)).to_http1();
    let text = String::from_utf8(raw).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
        "{head}"
    );
    assert!(head.contains("retry-after: 3"), "{head}");
    assert!(
        head.contains(&format!("content-length: {}\r\n", body.len())),
        "{head}"
    );
}
