//! Faults, and the sentences they become.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Open,
    Closed,
}

// No `deny_unknown_fields`: this file refuses them by itself.
#[derive(Debug, Deserialize)]
struct Member {
    role: String,
    age: Option<u8>,
}

#[derive(Debug, Deserialize)]
struct Form {
    name: String,
    #[serde(default)]
    members: Vec<Member>,
    mode: Option<Mode>,
    id: Option<uuid::Uuid>,
    seq: Option<u64>,
    on: Option<bool>,
    body: Option<Box<serde_json::value::RawValue>>,
    by_name: Option<BTreeMap<String, i64>>,
}

#[test]
fn a_good_value_is_read() {
    let form: Form = from_value(&json!({
        "name": "n", "members": [{"role": "r", "age": 3}], "mode": "open", "seq": 7, "on": null,
        "id": "0190a6b0-0000-7000-8000-000000000000", "body": {"a": [1]}, "by_name": {"x": -1},
    }))
    .unwrap();
    assert_eq!(
        (form.name.as_str(), form.seq, form.on),
        ("n", Some(7), None)
    );
    assert_eq!(
        (form.members[0].role.as_str(), form.members[0].age),
        ("r", Some(3))
    );
    assert!(matches!(form.mode, Some(Mode::Open)) && form.id.is_some());
    assert_eq!(form.body.unwrap().get(), r#"{"a":[1]}"#);
    assert_eq!(form.by_name.unwrap()["x"], -1);
}

#[test]
fn faults_say_where_and_what_in_plain_words() {
    let check = |value: Value, field: &str, message: &str| {
        let problem = from_value::<Form>(&value).unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (422, "invalid"),
            "{value}"
        );
        let fields = problem.fields();
        assert_eq!(
            (fields[0].field.as_str(), fields[0].message.as_str()),
            (field, message)
        );
        assert_eq!(problem.detail(), format!("`{field}` {message}."));
    };
    check(json!({"name": 1}), "name", "must be a text");
    check(json!({"name": null}), "name", "must be a text");
    check(json!({}), "name", "is missing");
    check(json!({"name": "", "nmae": 1}), "nmae", "is not known here");
    check(
        json!({"name": "", "members": {}}),
        "members",
        "must be a list",
    );
    check(
        json!({"name": "", "members": [[]]}),
        "members[0]",
        "must be an object",
    );
    check(
        json!({"name": "", "members": [{"role": ""}, {}]}),
        "members[1].role",
        "is missing",
    );
    check(
        json!({"name": "", "members": [{"role": "", "x": 1}]}),
        "members[0].x",
        "is not known here",
    );
    let age = |age: Value| json!({"name": "", "members": [{"role": "", "age": age}]});
    let range = "must be a whole number from 0 to 255";
    for bad in [json!(256), json!(-1), json!(1.5), json!("1"), json!([])] {
        check(age(bad), "members[0].age", range);
    }
    check(
        json!({"name": "", "seq": 1e30}),
        "seq",
        "must be a whole number, 0 or more",
    );
    check(
        json!({"name": "", "mode": "x"}),
        "mode",
        "must be one of \"open\", \"closed\"",
    );
    check(json!({"name": "", "mode": 1}), "mode", "must be a text");
    check(json!({"name": "", "id": "x"}), "id", "must be a UUID");
    check(json!({"name": "", "id": 1}), "id", "must be a UUID");
    check(
        json!({"name": "", "on": "true"}),
        "on",
        "must be true or false",
    );
    check(
        json!({"name": "", "by_name": {"k": "v"}}),
        "by_name.k",
        "must be a whole number",
    );
}

#[test]
fn a_body_of_the_wrong_type_is_named_the_body() {
    for value in [json!([]), json!("x"), json!(null), json!(1)] {
        let problem = from_value::<Form>(&value).unwrap_err();
        assert_eq!(problem.detail(), "The body must be an object.");
        assert!(problem.fields().is_empty());
    }
}
