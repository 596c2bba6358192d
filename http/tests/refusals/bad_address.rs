//! Addresses that are wrong: ids in paths, parameters in queries, routes and methods.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use crate::common::place::Place;
use crate::common::{fields, refusal};
use serde_json::{Value, json};
use webqq_testkit::http::Client;

const NOBODY: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";

#[test]
fn a_path_that_names_nothing_is_404() {
    let mut place = Place::new();
    let before = place.everything();
    let mut client = place.world.client(&place.owner);
    let text = json!({"kind": "text", "body": {"text": "x"}, "client_id": NOBODY});
    let group = &place.group;
    let member = &place.member.id;
    let routes: [(&str, String, Value); 16] = [
        ("GET", "/api/users/{}".into(), Value::Null),
        ("DELETE", "/api/sessions/{}".into(), Value::Null),
        ("GET", "/api/conversations/direct/{}".into(), Value::Null),
        ("GET", "/api/conversations/{}/messages".into(), Value::Null),
        ("POST", "/api/conversations/{}/messages".into(), text),
        (
            "GET",
            "/api/conversations/{}/messages/1".into(),
            Value::Null,
        ),
        (
            "PUT",
            "/api/conversations/{}/read".into(),
            json!({"seq": 1}),
        ),
        ("POST", "/api/conversations/{}/typing".into(), json!({})),
        ("GET", "/api/groups/{}".into(), Value::Null),
        ("PATCH", "/api/groups/{}".into(), json!({"name": "x"})),
        ("GET", "/api/groups/{}/members".into(), Value::Null),
        ("POST", "/api/groups/{}/members".into(), json!({})),
        (
            "PATCH",
            format!("/api/groups/{{}}/members/{member}"),
            json!({"role": "admin"}),
        ),
        (
            "DELETE",
            format!("/api/groups/{{}}/members/{member}"),
            Value::Null,
        ),
        (
            "PATCH",
            format!("/api/groups/{group}/members/{{}}"),
            json!({"role": "admin"}),
        ),
        (
            "DELETE",
            format!("/api/groups/{group}/members/{{}}"),
            Value::Null,
        ),
    ];
    let long = "x".repeat(5 * 1024);
    let unhyphenated = group.replace('-', "");
    let urn = format!("urn:uuid:{group}");
    let longer = format!("{group}0");
    let ids = [
        NOBODY,
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "x",
        "0",
        "-1",
        "%00",
        "%ff",
        "%c0%80",
        "%",
        "%2",
        "%zz",
        "%2e%2e",
        "..",
        "%2f",
        "a%2fb",
        "%20",
        "+",
        "null",
        "undefined",
        "{}",
        "*",
        "'",
        "%e4%bd%a0",
        "%0d%0aX:%20y",
        "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e1g",
        &long,
        &unhyphenated,
        &urn,
        &longer,
    ];
    for (method, path, body) in &routes {
        for id in ids {
            let path = path.replace("{}", id);
            let answer = match body {
                Value::Null => client.request(method, &path, &[], b""),
                body => client.json(method, &path, body),
            };
            let what = format!("{method} {}", &path[..path.len().min(120)]);
            let (status, code) = refusal(&answer.unwrap(), &what);
            assert_eq!((status, code.as_str()), (404, "not_found"), "{what}");
        }
    }
    for seq in [
        "0",
        "-1",
        "99",
        "1.0",
        "1e0",
        "x",
        "%00",
        "%ff",
        "9223372036854775808",
        "",
    ] {
        let path = format!("/api/conversations/{group}/messages/{seq}");
        let answer = client.get(&path).unwrap();
        assert_eq!(refusal(&answer, &path), (404, "not_found".into()), "{path}");
    }
    place.check_untouched(&before);
}

#[test]
fn parameters_are_read_strictly() {
    let mut place = Place::new();
    let before = place.everything();
    let mut client = place.world.client(&place.owner);
    let history = format!("/api/conversations/{}/messages", place.group);
    let many = vec![NOBODY; 101].join(",");
    let many = format!("ids={many}");
    // Path, query, status, code, field.
    let mut rows: Vec<(&str, &str, u16, &str, Option<&str>)> = vec![
        ("/api/groups", "", 422, "invalid", Some("query")),
        ("/api/users", "", 422, "invalid", None),
        (
            "/api/users",
            "query=x&ids=5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10",
            422,
            "invalid",
            None,
        ),
        ("/api/users", "ids=x", 400, "malformed_query", Some("ids")),
        ("/api/users", &many, 422, "invalid", Some("ids")),
        ("/api/poll", "wait=26", 422, "invalid", Some("wait")),
        ("/api/poll", "wait=-1", 422, "invalid", Some("wait")),
        (
            "/api/poll",
            "wait=99999999999999999999",
            422,
            "invalid",
            Some("wait"),
        ),
        ("/api/poll", "wait=", 400, "malformed_query", Some("wait")),
        (
            "/api/poll",
            "wait=abc",
            400,
            "malformed_query",
            Some("wait"),
        ),
        (
            "/api/poll",
            "wait=1.5",
            400,
            "malformed_query",
            Some("wait"),
        ),
        (
            "/api/poll",
            "wait=1e1",
            400,
            "malformed_query",
            Some("wait"),
        ),
    ];
    for name in ["before", "after", "limit"] {
        let wrong: [(&str, u16); 8] = [
            ("-1", 422),
            ("-9223372036854775809", 422),
            ("99999999999999999999", 422),
            ("abc", 400),
            ("1e99", 400),
            ("0x1", 400),
            ("%2B1", 400),
            ("%EF%BC%91", 400),
        ];
        for (value, status) in wrong {
            let code = if status == 422 {
                "invalid"
            } else {
                "malformed_query"
            };
            let query: &str = format!("{name}={value}").leak();
            rows.push((&history, query, status, code, Some(name)));
        }
    }
    for limit in ["limit=0", "limit=201"] {
        rows.push((&history, limit, 422, "invalid", Some("limit")));
    }
    for path in [
        "/api/users",
        "/api/groups",
        "/api/poll",
        "/api/stream",
        "/api/sync",
        &history,
    ] {
        rows.extend([
            (path, "surprise=1", 422, "invalid", Some("surprise")),
            (path, "Limit=1", 422, "invalid", Some("Limit")),
            (path, "x=1&x=2", 422, "invalid", Some("x")),
            (path, "x=%00", 422, "nul_character", None),
            (path, "%00=x", 422, "nul_character", None),
            (path, "x=%", 400, "malformed_query", None),
            (path, "x=%2", 400, "malformed_query", None),
            (path, "x=%zz", 400, "malformed_query", None),
            (path, "%zz", 400, "malformed_query", None),
            (path, "x=%ff", 400, "malformed_query", None),
            (path, "x=%c0%80", 400, "malformed_query", None),
            (path, "x=%ed%a0%80", 400, "malformed_query", None),
        ]);
    }
    for (path, query, status, code, field) in rows {
        let answer = client.get(&format!("{path}?{query}")).unwrap();
        let what = format!("{path}?{}", &query[..query.len().min(80)]);
        assert_eq!(refusal(&answer, &what), (status, code.to_owned()), "{what}");
        if let Some(field) = field {
            assert_eq!(fields(&answer), [field], "{what}");
        }
    }
    for fine in [
        "/api/sync?_=1&_=2",
        "/api/groups?query=%25%5F'%22\\",
        "/api/poll?wait=0&_=%20",
    ] {
        let _ = client.get(fine).unwrap().expect(200);
    }
    let fine = format!("{history}?_=1&&limit=200&after=0&before=9223372036854775807");
    let page = client.get(&fine).unwrap().expect(200).json();
    assert_eq!(page["messages"].as_array().map(Vec::len), Some(3));
    place.check_untouched(&before);
}

#[test]
fn unknown_routes_and_methods() {
    let mut place = Place::new();
    let before = place.everything();
    let mut client = place.world.client(&place.owner);
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/me/",
        "//api/me",
        "/api//me",
        "/API/me",
        "/api/%6de",
        "/api/me;x=1",
        "/api/../api/me",
        "/api/users/../me",
        "/healthz/",
        "/nothing",
        "/%00",
        "/%ff",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/css/../../Cargo.toml",
        "/.git/HEAD",
        "/tests/unit/actions.test.js",
        "/index.html/",
        "/webqq.db",
    ] {
        for method in ["GET", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
            let answer = client.request(method, path, &[], b"").unwrap();
            let what = format!("{method} {path}");
            assert_eq!(refusal(&answer, &what), (404, "not_found".into()), "{what}");
        }
    }
    place.check_untouched(&before);
    methods(&mut client, &place);
    place.world.check_alive();
}

fn methods(client: &mut Client, place: &Place) {
    let document = client.get("/api/openapi.json").unwrap().expect(200).json();
    let (group, member) = (&place.group, &place.member.id);
    for (template, operations) in document["paths"].as_object().expect("paths") {
        let path = template
            .replace("{group}", group)
            .replace("{conversation}", group);
        let path = path
            .replace("{user}", member)
            .replace("{session}", NOBODY)
            .replace("{seq}", "1");
        let operations = operations.as_object().expect("operations");
        let mut allowed: Vec<String> = operations.keys().map(|name| name.to_uppercase()).collect();
        if operations.contains_key("get") {
            allowed.push("HEAD".into());
        }
        allowed.sort();
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK",
        ] {
            if allowed.iter().any(|one| one == method) {
                continue;
            }
            let what = format!("{method} {path}");
            let answer = client.request(method, &path, &[], b"").unwrap();
            assert_eq!(
                refusal(&answer, &what),
                (405, "method_not_allowed".into()),
                "{what}"
            );
            let allow = answer.header("allow").unwrap_or_default();
            let mut listed: Vec<&str> = allow.split(',').map(str::trim).collect();
            listed.sort_unstable();
            assert_eq!(listed, allowed, "{what}");
        }
        if operations.contains_key("get") && !path.ends_with("/stream") {
            let head = client.request("HEAD", &path, &[], b"").unwrap();
            assert!(head.body.is_empty(), "{path}");
            let get = client.get(&path).unwrap();
            assert_eq!(head.status, get.status, "HEAD {path}");
            assert_eq!(
                head.header("content-type"),
                get.header("content-type"),
                "HEAD {path}"
            );
        }
    }
}
