//! Bodies that are wrong in every way we could think of, sent to every route that reads one. Each
//! has one answer, nothing of it is stored, and the server lives on.

use crate::common::fields;
use crate::common::place::Place;
use serde_json::{Value, json};

#[test]
fn what_is_no_json_is_malformed() {
    let mut place = Place::new();
    let before = place.everything();
    for route in place.routes() {
        let good = route.good.to_string();
        let truncated = &good.as_bytes()[..good.len() - 1];
        let quote = |inner: &[u8]| [b"{\"x\":\"", inner, b"\"}"].concat();
        let mut bodies: Vec<(&str, Vec<u8>)> = vec![
            ("truncated", truncated.to_vec()),
            ("twice", format!("{good}{good}").into_bytes()),
            (
                "with a byte order mark",
                format!("\u{feff}{good}").into_bytes(),
            ),
            ("invalid UTF-8", quote(b"\xff\xfe")),
            ("an overlong zero", quote(b"\xc0\x80")),
            ("a surrogate in UTF-8", quote(b"\xed\xa0\x80")),
            ("a lone surrogate", quote(br"\ud800")),
            ("surrogates the wrong way round", quote(br"\udc00\ud800")),
            ("a raw zero", quote(b"\0")),
            ("a raw line break", quote(b"\n")),
            (
                "UTF-16",
                good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            ),
        ];
        for text in [
            " ",
            "{",
            "{\"x\":",
            "{\"x\" 1}",
            "{x:1}",
            "{'x':1}",
            "{\"x\":1,}",
            "{\"x\":NaN}",
            "{\"x\":Infinity}",
            "{\"x\":01}",
            "{\"x\":+1}",
            "{\"x\":.5}",
            "{\"x\":0x1}",
            "{}//",
            "/**/{}",
            "a=b&c=d",
            "<x/>",
            "\u{1f4a3}",
        ] {
            bodies.push((text, text.as_bytes().to_vec()));
        }
        let may_be_left_out = route.good == json!({});
        if !may_be_left_out {
            bodies.push(("empty", Vec::new()));
        }
        for (what, body) in bodies {
            place.check(&route, what, &body, 400, "malformed_json");
        }
    }
    place.check_untouched(&before);
}

#[test]
fn the_strict_rules_hold_on_every_route() {
    let mut place = Place::new();
    let before = place.everything();
    let deep = |open: &str, close: &str| {
        format!("{{\"x\":{}{}}}", open.repeat(10_000), close.repeat(10_000))
    };
    for route in place.routes() {
        let good = route.good.to_string();
        // The good body with a field in front of it.
        let with = |field: &str| {
            let comma = if good == "{}" { "" } else { "," };
            format!("{{{field}{comma}{}", &good[1..])
        };
        let mut bodies = vec![
            (with(r#""x":{"a":1,"a":2}"#), "duplicate_field"),
            (with(r#""x":[{"a":1,"\u0061":1}]"#), "duplicate_field"),
            (with(r#""x":1,"x":1"#), "duplicate_field"),
            (with(r#""x":"a\u0000b""#), "nul_character"),
            (with(r#""x":["\u0000"]"#), "nul_character"),
            (with(r#""x\u0000":1"#), "nul_character"),
            (deep("[", "]"), "nested_too_deeply"),
            (
                format!("{}1{}", r#"{"":"#.repeat(8_000), "}".repeat(8_000)),
                "nested_too_deeply",
            ),
            (with(r#""x":1e400"#), "number_out_of_range"),
            (with(r#""x":-1e400"#), "number_out_of_range"),
            (with(r#""surprise":99999999999999999999"#), "invalid"),
            (with(r#""surprise":1"#), "invalid"),
            (with(r#""__proto__":{}"#), "invalid"),
            (with(r#""":1"#), "invalid"),
        ];
        for other in ["null", "true", "1", "-0.0", "\"x\"", "[]", "[{}]"] {
            bodies.push((other.to_owned(), "invalid"));
        }
        for (name, value) in route.good.as_object().into_iter().flatten() {
            bodies.push((with(&format!("\"{name}\":{value}")), "duplicate_field"));
        }
        for (body, code) in bodies {
            let what = &body[..body.len().min(80)];
            let answer = place.check(&route, what, body.as_bytes(), 422, code);
            if body.contains("surprise") {
                assert_eq!(fields(&answer), ["surprise"]);
            }
        }
    }
    place.check_untouched(&before);
}

#[test]
fn wrong_types_and_values_name_their_field() {
    let mut place = Place::new();
    let before = place.everything();
    let (bell, zero_width, turned) = ("a\u{7}b", "a\u{200b}b", "a\u{202e}b");
    let lines = [
        bell,
        zero_width,
        turned,
        "",
        " ",
        "\u{3000}\u{a0}",
        "\n",
        "\u{feff}",
    ];
    let long = |chars: usize| "好".repeat(chars);
    for route in place.routes() {
        for (name, value) in route.good.as_object().into_iter().flatten() {
            let mut wrong = match (name.as_str(), value) {
                // A kind's body is for the kind to judge: below.
                ("body", _) => continue,
                ("member_limit", _) => vec![json!("5"), json!(5.5), json!(true)],
                ("disabled", _) => vec![json!(1), json!("true"), json!("")],
                ("seq", _) => vec![json!("1"), json!(1.5), json!(-1), json!(true), json!(1e300)],
                (_, Value::Bool(_)) => vec![json!(1), json!("true"), json!(0.5)],
                _ => vec![json!(1), json!(true), json!(0.5)],
            };
            wrong.extend([json!([]), json!({}), json!([value])]);
            let optional = route.method == "PATCH"
                && !["/members/", "/admin/groups/"]
                    .iter()
                    .any(|part| route.path.contains(part));
            if !optional {
                wrong.push(Value::Null);
            }
            match (name.as_str(), route.path.as_str()) {
                ("username", "/api/users" | "/api/bots") => {
                    wrong.extend(lines.map(Value::from));
                    wrong.extend(["a", "a b", "a/b", "<b>", "a@b"].map(Value::from));
                    wrong.push(json!(long(33)));
                }
                ("name", path) => {
                    let most = if path.contains("groups") { 64 } else { 32 };
                    wrong.extend(lines.map(Value::from));
                    wrong.push(json!(long(most + 1)));
                }
                ("password", "/api/users") => {
                    wrong.extend([json!(""), json!("seven77"), json!("x".repeat(129))]);
                }
                ("client_id", _) => {
                    let bad = ["", "x", "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e1g", "../../etc"];
                    wrong.extend(bad.map(Value::from));
                }
                ("role", _) => wrong.extend(["", "Admin", "boss", "owner "].map(Value::from)),
                _ => {}
            }
            for value in wrong {
                let mut body = route.good.clone();
                body[name] = value;
                let what = body.to_string();
                let answer = place.check(&route, &what, what.as_bytes(), 422, "invalid");
                let named = fields(&answer);
                let [field] = named.as_slice() else {
                    panic!("{what}: {named:?}");
                };
                // Where it stands: `client_id[0]` for a list in its place.
                assert!(field.starts_with(name.as_str()), "{what}: {field}");
            }
        }
        for (name, value) in route.good.as_object().into_iter().flatten() {
            let mut body = route.good.clone();
            body.as_object_mut().unwrap().remove(name);
            let optional = route.method == "PATCH"
                && !["/members/", "/admin/groups/"]
                    .iter()
                    .any(|part| route.path.contains(part));
            if !optional && value != &json!(null) {
                let what = format!("without {name}");
                let answer =
                    place.check(&route, &what, body.to_string().as_bytes(), 422, "invalid");
                assert_eq!(fields(&answer), [name.as_str()], "{what}");
            }
        }
    }
    place.check_untouched(&before);
}

#[test]
fn optional_fields_are_checked_too() {
    let mut place = Place::new();
    let before = place.everything();
    let (group, me) = (format!("/api/groups/{}", place.group), "/api/me".to_owned());
    let account = format!("/api/admin/users/{}", place.member.id);
    let reset = format!("{account}/password");
    let judge = "/api/admin/reports/5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";
    let long = |chars: usize| json!("好".repeat(chars));
    let rows: Vec<(&str, &str, &str, Vec<Value>)> = vec![
        (
            "POST",
            "/api/users",
            "want_token",
            vec![json!("true"), json!(1), Value::Null],
        ),
        (
            "POST",
            "/api/sessions",
            "want_token",
            vec![json!("true"), json!(0), json!([])],
        ),
        (
            "PATCH",
            &me,
            "signature",
            vec![long(129), json!("a\u{202e}"), json!(1)],
        ),
        (
            "PATCH",
            &me,
            "status",
            vec![json!("offline"), json!("Busy"), json!(1), json!({})],
        ),
        (
            "POST",
            "/api/groups",
            "description",
            vec![long(256), json!("\u{200b}"), json!([])],
        ),
        (
            "POST",
            "/api/groups",
            "join_mode",
            vec![json!("OPEN"), json!("x"), json!(0)],
        ),
        ("POST", "/api/groups", "member_limit", limits()),
        (
            "POST",
            "/api/groups",
            "client_id",
            vec![json!("x"), json!(7)],
        ),
        (
            "PATCH",
            &group,
            "announcement",
            vec![long(2_001), json!("a\u{1b}[31m"), json!({})],
        ),
        ("PATCH", &group, "member_limit", limits()),
        (
            "PATCH",
            &group,
            "history_shared",
            vec![json!("no"), json!(0), json!([])],
        ),
        (
            "POST",
            "/api/admin/invitations",
            "uses",
            vec![json!(0), json!(1_001), json!(-1), json!("1"), json!(1.5)],
        ),
        (
            "POST",
            "/api/admin/invitations",
            "days",
            vec![json!(0), json!(366), json!(i64::MAX), json!(true)],
        ),
        (
            "POST",
            "/api/admin/invitations",
            "note",
            vec![long(501), json!("a\u{202e}"), json!([])],
        ),
        (
            "POST",
            &reset,
            "password",
            vec![json!("short"), json!("x".repeat(129)), json!(1)],
        ),
        (
            "POST",
            judge,
            "note",
            vec![long(501), json!("a\u{7}"), json!(1)],
        ),
        ("POST", judge, "state", vec![json!("open"), json!("closed")]),
        ("POST", "/api/reports", "seq", vec![json!(0), json!(-1)]),
        (
            "POST",
            "/api/reports",
            "reason",
            vec![long(501), json!(""), json!(" \n")],
        ),
        (
            "PATCH",
            &account,
            "administrator",
            vec![json!("yes"), json!(0)],
        ),
        (
            "PATCH",
            &group,
            "join_mode",
            vec![json!("everyone"), json!(true)],
        ),
    ];
    let routes = place.routes();
    for (method, path, field, values) in rows {
        let mut of_path = routes.iter();
        let route = of_path.find(|route| route.method == method && route.path == path);
        let route = route.expect("a route of the list");
        for value in values {
            let mut body = route.good.clone();
            body[field] = value;
            let what = body.to_string();
            let answer = place.check(route, &what, what.as_bytes(), 422, "invalid");
            assert_eq!(fields(&answer), [field], "{what}");
        }
    }
    place.check_untouched(&before);
}

fn limits() -> Vec<Value> {
    let wrong = [0, -1, 2, 2_001, i64::MAX, i64::MIN];
    let mut wrong: Vec<Value> = wrong.map(Value::from).to_vec();
    wrong.extend([json!("3"), json!(3.5), json!(u64::MAX), json!(1e30)]);
    wrong
}

#[test]
fn a_body_of_a_message_is_checked_by_its_kind() {
    let mut place = Place::new();
    let before = place.everything();
    let routes = place.routes();
    let mut routes = routes.iter();
    let route = routes.find(|route| route.path.ends_with("/messages"));
    let route = route.expect("the route that posts");
    let text = |text: String| json!({"text": text});
    let big = text("x".repeat(33 * 1024));
    let rows = [
        ("text", text(String::new()), "invalid"),
        ("text", text(" \n\t\u{3000}".into()), "invalid"),
        ("text", text("好".repeat(5_001)), "invalid"),
        ("text", json!({"text": "x", "reply_to": 99}), "invalid"),
        ("text", big, "invalid"),
        (
            "group.join",
            json!({"user": place.owner.id}),
            "kind_not_postable",
        ),
        (
            "group.role",
            json!({"user": place.owner.id, "role": "owner"}),
            "kind_not_postable",
        ),
        ("group.settings", json!({"name": "x"}), "kind_not_postable"),
        ("group.create", json!({"name": "x"}), "kind_not_postable"),
        ("typing", json!({}), "kind_not_postable"),
        ("Text", text("x".into()), "unknown_kind"),
        ("", text("x".into()), "unknown_kind"),
        ("hidden", json!({}), "unknown_kind"),
        ("text\n", text("x".into()), "unknown_kind"),
    ];
    for (kind, body, code) in rows {
        let mut draft = route.good.clone();
        draft["kind"] = json!(kind);
        draft["body"] = body;
        let draft = draft.to_string();
        let what: String = draft.chars().take(80).collect();
        place.check(route, &what, draft.as_bytes(), 422, code);
    }
    place.check_untouched(&before);
}
