//! Faults that were found by attacking the server, each held down by a test.

use crate::common::place::Place;
use crate::common::{World, fields, password, refusal};
use serde_json::{Value, json};

#[test]
fn a_body_that_is_none_of_its_kind_is_told_without_internals() {
    let place = Place::new();
    let routes = place.routes();
    let mut routes = routes.iter();
    let route = routes
        .find(|route| route.path.ends_with("/messages"))
        .expect("a route");
    for (body, field) in [
        (Value::Null, "body"),
        (json!([]), "body"),
        (json!("x"), "body"),
        (json!({}), "body.text"),
        (json!({"text": 1}), "body.text"),
        (json!({"text": null}), "body.text"),
        (json!({"text": "x", "surprise": 1}), "body.surprise"),
        (json!({"text": "x", "reply_to": "1"}), "body.reply_to"),
        (json!({"text": "x", "reply_to": 1.5}), "body.reply_to"),
    ] {
        let mut draft = route.good.clone();
        draft["body"] = body;
        let draft = draft.to_string();
        let answer = place.check(route, &draft, draft.as_bytes(), 422, "invalid");
        assert_eq!(fields(&answer), [field], "{draft}");
        assert!(!answer.text().contains("invalid type"), "{}", answer.text());
    }
}

#[test]
fn a_bad_new_password_is_told_as_such() {
    let world = World::start(&[]);
    let person = world.person("owner");
    let body = json!({"password": password("owner"), "new_password": "short"});
    let answer = world
        .client(&person)
        .json("PUT", "/api/me/password", &body)
        .unwrap();
    assert_eq!(refusal(&answer, "short").0, 422);
    assert_eq!(fields(&answer), ["new_password"]);
}

#[test]
fn a_cursor_with_a_zero_or_not_utf_8_is_reset() {
    let place = Place::new();
    for cursor in ["%00", "%FF"] {
        let mut client = place.world.client(&place.owner);
        let poll = client
            .get(&format!("/api/poll?wait=0&cursor={cursor}"))
            .unwrap();
        assert_eq!(poll.expect(200).json()["events"][0]["type"], "reset");
    }
}

#[test]
fn a_name_can_be_seen() {
    let place = Place::new();
    for name in [
        "\u{3164}\u{3164}",
        "\u{115f}\u{115f}",
        "\u{ffa0}\u{ffa0}",
        "\u{ad}\u{ad}",
        "\u{2800}",
        "\u{fe0f}",
        "\u{301}",
        "\u{34f}",
    ] {
        let mut client = place.world.client(&place.owner);
        for (method, path) in [("PATCH", "/api/me"), ("POST", "/api/groups")] {
            let answer = client.json(method, path, &json!({"name": name})).unwrap();
            assert_eq!(answer.status, 422, "{method} {name:?}");
        }
    }
}

#[test]
fn a_sentence_ends_once() {
    let place = Place::new();
    let mut client = place.world.client(&place.owner);
    for path in [
        "/api/poll?wait=26".to_owned(),
        format!("/api/conversations/{}/messages?limit=0", place.group),
        "/api/users".into(),
    ] {
        let detail = client.get(&path).unwrap().json()["detail"].to_string();
        assert!(!detail.contains(".."), "{detail}");
    }
}

#[test]
fn a_direct_chat_of_others_cannot_be_told_from_none() {
    const NOBODY: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";
    let place = Place::new();
    let mut owner = place.world.client(&place.owner);
    let path = format!("/api/conversations/direct/{}", place.member.id);
    let direct = owner.get(&path).unwrap().expect(200).json();
    let direct = direct["conversation"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let stranger = place.world.person("stranger");
    let mut stranger = place.world.client(&stranger);
    let post = |kind: &str| json!({"kind": kind, "body": {}, "client_id": NOBODY});
    for (path, body) in [
        ("/api/groups/ID/members", json!({})),
        ("/api/conversations/ID/messages", post("nothing")),
        ("/api/conversations/ID/messages", post("group.join")),
    ] {
        let mut answer = |id: &str| {
            let path = path.replace("ID", id);
            let answer = stranger.json("POST", &path, &body).unwrap();
            (answer.status, answer.text())
        };
        assert_eq!(answer(&direct), answer(NOBODY), "{path} {body}");
    }
}

#[test]
fn a_second_seed_leaves_the_tokens_of_the_first() {
    let data = webqq_testkit::temp_dir::TempDir::new("twice");
    let (path, out) = (
        data.path().display().to_string(),
        data.path().join("tokens"),
    );
    let tokens = out.display().to_string();
    let seed = || {
        let arguments = [
            "--data",
            &path,
            "seed",
            "--users",
            "3",
            "--groups",
            "1",
            "--members",
            "3",
            "--out",
            &tokens,
        ];
        std::process::Command::new(crate::common::BINARY)
            .args(arguments)
            .output()
            .unwrap()
    };
    assert!(seed().status.success());
    let first = std::fs::read_to_string(&out).unwrap();
    assert_eq!(seed().status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), first);
}

#[test]
fn a_store_without_a_host_shows_no_password() {
    let arguments = [
        "--store",
        "postgres://user:s3cr3t",
        "--listen",
        "127.0.0.1:0",
    ];
    let output = std::process::Command::new(crate::common::BINARY)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("s3cr3t"), "{said}");
}

#[test]
fn help_fits_a_screen() {
    let output = std::process::Command::new(crate::common::BINARY)
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        help.lines().all(|line| line.chars().count() <= 110),
        "{help}"
    );
}
