//! The document of the routes: it is whole, it is true, and it misses nothing.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{World, password};
use serde_json::{Value, json};

/// Where the routes stand.
const SOURCE: &str = include_str!("../../src/app.rs");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn document(world: &World) -> Value {
    let answer = world.stranger().get("/api/openapi.json").unwrap();
    answer.expect(200).json()
}

/// The routes of a document or of the source: `get /api/me`.
fn of_document(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().expect("paths");
    let routes = paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().expect("operations");
        operations
            .keys()
            .map(move |method| format!("{method} {path}"))
    });
    routes.collect()
}

/// `.route("/path", get(…).post(…))`, up to the next route.
fn of_source() -> BTreeSet<String> {
    let (_, api) = SOURCE.split_once("let api =").expect("the API's router");
    let (api, product) = api.split_once(".nest(").expect("the product's router");
    let mut routes = BTreeSet::new();
    for (prefix, source) in [("/api", api), ("", product)] {
        for route in source.split(".route(").skip(1) {
            let path = route.split('"').nth(1).expect("a path");
            let mut methods = METHODS.iter().filter(|method| {
                let rest = route.split(path).nth(1).unwrap_or_default();
                let called = format!("{method}(");
                rest.match_indices(&called).any(|(at, _)| {
                    !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                })
            });
            let found = methods
                .by_ref()
                .map(|method| format!("{method} {prefix}{path}"));
            let before = routes.len();
            routes.extend(found);
            assert!(routes.len() > before, "no method is found for {path}");
        }
    }
    routes
}

#[test]
fn the_document_and_the_router_have_the_same_routes() {
    let world = World::start(&[]);
    let (document, source) = (of_document(&document(&world)), of_source());
    assert!(source.len() > 25, "{source:?}");
    let missing: Vec<_> = source.difference(&document).collect();
    let invented: Vec<_> = document.difference(&source).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "missing {missing:?}, invented {invented:?}"
    );
}

#[test]
fn the_document_is_whole() {
    let world = World::start(&[]);
    let document = document(&world);
    let version = document["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3."), "{version}");
    for field in ["title", "version"] {
        assert!(
            document["info"][field]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let what = format!("{method} {path}");
            let summary = operation["summary"].as_str();
            assert!(summary.is_some_and(|text| !text.is_empty()), "{what}");
            let parameters = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let mut names = BTreeMap::new();
            for one in &parameters {
                let place = one["in"].as_str().expect("a place");
                let name = one["name"].as_str().expect("a name");
                assert_eq!(names.insert(name, place), None, "{what} has {name} twice");
                assert!(place == "query" || one["required"] == true, "{what} {name}");
            }
            // Exactly the parameters of the path are said to be in it.
            let in_path = path
                .split('/')
                .filter_map(|segment| segment.strip_prefix('{'));
            let in_path: BTreeSet<_> = in_path.filter_map(|name| name.strip_suffix('}')).collect();
            let said = names.iter().filter(|(_, place)| **place == "path");
            assert_eq!(
                said.map(|(name, _)| *name).collect::<BTreeSet<_>>(),
                in_path,
                "{what}"
            );
            let responses = operation["responses"].as_object().expect("responses");
            let good = responses.keys().filter(|status| status.starts_with('2'));
            assert_eq!(good.count(), 1, "{what}");
            let body = operation.get("requestBody").is_some();
            assert!(!body || method != "get", "{what}");
        }
    }
}

#[test]
fn every_route_is_there_for_its_method() {
    let mut world = World::start(&[]);
    let (owner, member) = (world.person("owner"), world.person("member"));
    let group = world.group(&owner, "group");
    world.join(&member, &group);
    let mut routes: Vec<String> = of_document(&document(&world)).into_iter().collect();
    // What takes something away comes last.
    routes.sort_by_key(|route| route.starts_with("delete"));
    for route in routes {
        let (method, path) = route.split_once(' ').expect("two words");
        // Those end the session or hold the answer.
        if path.ends_with("/sessions/current") || path.ends_with("/stream") {
            continue;
        }
        let path = path
            .replace("{group}", &group)
            .replace("{conversation}", &group);
        let path = path.replace("{user}", &member.id).replace("{seq}", "1");
        // What is not there is 404 for a reason of its own.
        let own = [
            "{session}",
            "{link}",
            "{hook}",
            "{bot}",
            "{code}",
            "{folder}",
            "{file}",
            "/avatar",
            "/friends/",
            "/requests/",
            "/bans/",
        ];
        let is_absent = own.iter().any(|part| route.contains(part));
        let path = path
            .replace("{session}", &owner.id)
            .replace("{folder}", &owner.id);
        let method = method.to_uppercase();
        let headers = [("Content-Type", "application/json")];
        let body: &[u8] = if method == "GET" { b"" } else { b"[]" };
        let answer = world
            .client(&owner)
            .request(&method, &path, &headers, body)
            .unwrap();
        let what = format!("{route}: {} {}", answer.status, answer.text());
        assert!(
            ![405, 501].contains(&answer.status) && answer.status < 500,
            "{what}"
        );
        assert!(is_absent || answer.status != 404, "{what}");
    }
    let stranger = world.stranger().get("/api/stream").unwrap();
    assert_eq!(stranger.status, 204);
    world.check_alive();
}

/// Holds a value against a schema: types, required and known fields, enums, lists, references.
#[track_caller]
fn validate(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.strip_prefix('#').expect("an inner reference");
        let target = document.pointer(pointer).expect(reference);
        return validate(document, target, value, place);
    }
    for either in ["anyOf", "oneOf"] {
        if let Some(options) = schema[either].as_array() {
            let null = options.iter().any(|one| one["type"] == "null");
            let others = options.iter().filter(|one| one["type"] != "null");
            let consts: Vec<_> = others.clone().filter_map(|one| one.get("const")).collect();
            if value.is_null() {
                assert!(null, "{place} is null");
            } else if consts.is_empty() {
                others.for_each(|one| validate(document, one, value, place));
            } else {
                assert!(consts.contains(&value), "{place} is {value}");
            }
            return;
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{place} is {value}");
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Value::Null => return,
        Value::Array(kinds) => kinds.contains(&json!(kind)),
        one => one == kind || (one == "number" && kind == "integer"),
    };
    assert!(allowed, "{place} is a {kind}: {schema}");
    let no_fields = serde_json::Map::new();
    let known = schema["properties"].as_object().unwrap_or(&no_fields);
    if let (Value::Object(fields), false) = (value, known.is_empty()) {
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().expect("a name");
            assert!(fields.contains_key(name), "{place} lacks {name}");
        }
        for (name, value) in fields {
            let schema = known.get(name);
            let schema = schema.unwrap_or_else(|| panic!("{place} has an unknown {name}"));
            validate(document, schema, value, &format!("{place}.{name}"));
        }
    }
    for (nth, item) in value.as_array().into_iter().flatten().enumerate() {
        validate(document, &schema["items"], item, &format!("{place}[{nth}]"));
    }
}

#[test]
fn answers_are_what_the_document_says() {
    let mut world = World::start(&[]);
    let (owner, member) = (world.person("owner"), world.person("member"));
    let group = world.group(&owner, "group");
    world.join(&member, &group);
    world.promote("owner");
    let path = format!("/api/conversations/{group}/messages");
    let rude = json!({"kind": "text", "body": {"text": "x"}, "client_id": member.id});
    let said = world.client(&member).json("POST", &path, &rude);
    let _ = said.unwrap().expect(201);
    let document = document(&world);
    let text = json!({"kind": "text", "body": {"text": "x"}, "client_id": owner.id});
    let sign_in = json!({"username": "member", "password": password("member"), "want_token": true});
    let sign_up = json!({"username": "new", "password": "long enough", "name": "n"});
    let (g, c) = ("/api/groups/{group}", "/api/conversations/{conversation}");
    let (messages, read) = (format!("{c}/messages"), format!("{c}/read"));
    let account = "/api/admin/users/{user}";
    let reset = format!("{account}/password");
    let report = json!({"conversation": group, "seq": 3, "reason": "rude"});
    let (members, one) = (format!("{g}/members"), format!("{g}/members/{{user}}"));
    let rows: Vec<(&str, &str, &str, Value)> = vec![
        ("post", "/api/users", "", sign_up),
        ("get", "/api/users", "?query=e", Value::Null),
        ("get", "/api/users/{user}", "", Value::Null),
        ("post", "/api/sessions", "", sign_in),
        ("get", "/api/sessions", "", Value::Null),
        ("get", "/api/me", "", Value::Null),
        ("patch", "/api/me", "", json!({"status": "busy"})),
        ("post", &messages, "", text),
        ("put", &read, "", json!({"seq": 1})),
        ("post", "/api/groups", "", json!({"name": "another"})),
        ("get", "/api/groups", "?query=o", Value::Null),
        ("get", g, "", Value::Null),
        ("patch", g, "", json!({"description": "d"})),
        ("get", &members, "", Value::Null),
        ("post", &members, "", json!({})),
        ("patch", &one, "", json!({"role": "admin"})),
        ("get", "/api/sync", "", Value::Null),
        ("get", "/api/kinds", "", Value::Null),
        ("post", "/api/reports", "", report),
        ("get", "/api/admin/users", "?query=m", Value::Null),
        ("patch", account, "", json!({"disabled": false})),
        ("post", &reset, "", json!({})),
        ("post", "/api/admin/invitations", "", json!({"uses": 2})),
        ("get", "/api/admin/invitations", "", Value::Null),
        ("get", "/api/admin/groups", "?query=g", Value::Null),
        ("get", "/api/admin/reports", "?state=open", Value::Null),
        ("get", "/api/admin/audit", "?limit=9", Value::Null),
        ("get", "/api/admin/figures", "", Value::Null),
    ];
    for (method, path, query, body) in rows {
        let operation = &document["paths"][path][method];
        let mut responses = operation["responses"]
            .as_object()
            .expect("responses")
            .iter();
        let good = responses.find(|(status, _)| status.starts_with('2'));
        let (status, response) = good.expect("an answer");
        let schema = &response["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} has no schema");
        if !body.is_null() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            validate(&document, schema, &body, "the body");
        }
        let real = path
            .replace("{group}", &group)
            .replace("{conversation}", &group);
        let real = real.replace("{user}", &member.id) + query;
        let method_name = method.to_uppercase();
        let mut client = world.client(&owner);
        let answer = match &body {
            Value::Null => client.request(&method_name, &real, &[], b""),
            body => client.json(&method_name, &real, body),
        };
        let answer = answer.unwrap();
        let what = format!("{method} {path}");
        assert_eq!(
            answer.status.to_string(),
            *status,
            "{what} {}",
            answer.text()
        );
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{what}"
        );
        validate(&document, schema, &answer.json(), &what);
    }
    world.check_alive();
}
