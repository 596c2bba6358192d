//! How often, how many, and the same thing twice: rates, registration, retries.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::thread;
use std::time::Duration;

use crate::common::{World, password, refusal};
use serde_json::{Value, json};
use webqq_testkit::http::Response;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FIRST: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";
const SECOND: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e11";

fn sign_in(world: &World, headers: &[(&str, &str)]) -> Response {
    let body = json!({"username": "nobody", "password": "long enough"}).to_string();
    let headers = [&[JSON], headers].concat();
    let mut client = world.stranger();
    client
        .request("POST", "/api/sessions", &headers, body.as_bytes())
        .unwrap()
}

#[test]
fn passwords_cannot_be_guessed_by_the_thousand() {
    let mut world = World::start(&["--auth-rate", "3"]);
    for _ in 0..3 {
        assert_eq!(refusal(&sign_in(&world, &[]), "try").1, "wrong_credentials");
    }
    // Another address in a header is no other address; every way in counts as one.
    for headers in [
        &[][..],
        &[("X-Forwarded-For", "203.0.113.9")],
        &[("Forwarded", "for=203.0.113.9")],
        &[("X-Real-IP", "203.0.113.9")],
    ] {
        let answer = sign_in(&world, headers);
        assert_eq!(refusal(&answer, "too many"), (429, "too_many_tries".into()));
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let body = json!({"username": "new", "password": "long enough", "name": "n"});
    let answer = world.stranger().json("POST", "/api/users", &body).unwrap();
    assert_eq!(refusal(&answer, "sign up"), (429, "too_many_tries".into()));
    world.check_alive();
}

#[test]
fn a_trusted_proxy_tells_addresses_apart() {
    let world = World::start(&["--auth-rate", "1", "--trusted-proxy", "127.0.0.1"]);
    let of = |address: &str| refusal(&sign_in(&world, &[("X-Forwarded-For", address)]), address).0;
    assert_eq!((of("203.0.113.1"), of("203.0.113.1")), (401, 429));
    assert_eq!((of("203.0.113.2"), of("203.0.113.2")), (401, 429));
    // What the client wrote in front of it is not believed.
    assert_eq!(of("198.51.100.7, 203.0.113.2"), 429);
    assert_eq!(of("garbage, 203.0.113.2"), 429);
    // Neighbours in one IPv6 network are one address.
    assert_eq!((of("2001:db8::1"), of("2001:db8::2")), (401, 429));
    assert_eq!(of("2001:db8:0:1::1"), 401);
}

#[test]
fn a_right_and_a_wrong_name_answer_alike() {
    let world = World::start(&[]);
    let _ = world.person("owner");
    let answer = |username: &str, password: &str| {
        let body = json!({"username": username, "password": password});
        let answer = world
            .stranger()
            .json("POST", "/api/sessions", &body)
            .unwrap();
        let opened = answer.header("set-cookie").is_some();
        (answer.status, opened, answer.text())
    };
    let nobody = answer("nobody", "long enough");
    assert_eq!((nobody.0, nobody.1), (401, false));
    for (username, password) in [
        ("owner", "wrong password"),
        ("owner", ""),
        ("", ""),
        ("owner'--", "x"),
    ] {
        assert_eq!(answer(username, password), nobody, "{username}");
    }
    assert_eq!(answer("OWNER", &password("owner")).0, 201, "in any case");
}

#[test]
fn who_may_sign_up_is_for_the_operator_to_say() {
    for (mode, code) in [
        ("closed", "registration_closed"),
        ("invite", "invitation_required"),
    ] {
        let world = World::start(&["--registration", mode]);
        let body = json!({"username": "new", "password": "long enough", "name": "n"});
        let answer = world.stranger().json("POST", "/api/users", &body).unwrap();
        assert_eq!(refusal(&answer, mode), (403, code.into()));
        assert_eq!(answer.header("set-cookie"), None);
    }
}

#[test]
fn posts_have_a_rate_and_retries_have_none() {
    let mut world = World::start(&["--post-rate", "2"]);
    let owner = world.person("owner");
    let group = world.group(&owner, "group");
    let path = format!("/api/conversations/{group}/messages");
    let mut client = world.client(&owner);
    let mut post = |text: &str, id: &str| {
        let body = json!({"kind": "text", "body": {"text": text}, "client_id": id});
        client.json("POST", &path, &body).unwrap()
    };
    let first = post("first", FIRST).expect(201).json();
    let mut refused = None;
    for nth in 0..40 {
        let id = format!("5f0c6a1e-7d53-4c1b-9a63-{nth:012x}");
        let answer = post("more", &id);
        if answer.status != 201 {
            assert_eq!(refusal(&answer, "more"), (429, "too_many_posts".into()));
            refused = Some((nth, id));
            break;
        }
    }
    let (nth, id) = refused.expect("a refusal");
    assert!(
        (4..20).contains(&nth),
        "a burst of three seconds' worth: {nth}"
    );
    // A retry is no new post, however often; another body under its name is still another.
    for _ in 0..20 {
        assert_eq!(post("first", FIRST).expect(200).json(), first);
    }
    assert_eq!(
        refusal(&post("second", FIRST), "other"),
        (422, "client_id_reused".into())
    );
    // What was refused was not posted, and may be tried again.
    thread::sleep(Duration::from_millis(1_100));
    let _ = post("more", &id).expect(201);
    world.check_alive();
}

#[test]
fn the_same_client_id_is_the_same_message() {
    let mut world = World::start(&[]);
    let (owner, member) = (world.person("owner"), world.person("member"));
    let (group, other) = (world.group(&owner, "group"), world.group(&owner, "other"));
    world.join(&member, &group);
    let send = |person: &crate::common::Person, group: &str, text: &str| {
        let path = format!("/api/conversations/{group}/messages");
        let mut client = world.client(person);
        client
            .request("POST", &path, &[JSON], text.as_bytes())
            .unwrap()
    };
    let plain = format!(r#"{{"kind":"text","body":{{"text":"a/é"}},"client_id":"{FIRST}"}}"#);
    let receipt = send(&owner, &group, &plain).expect(201).json();
    assert_eq!(
        receipt.as_object().map(serde_json::Map::len),
        Some(3),
        "{receipt}"
    );
    // The same value, spelled in other ways.
    let upper = FIRST.to_uppercase();
    for spelling in [
        plain.clone(),
        format!(
            r#" {{ "client_id" : "{FIRST}" , "body" : {{ "text" : "a/é" }} , "kind" : "text" }} "#
        ),
        format!(
            r#"{{"kind":"\u0074ext","body":{{"text":"\u0061\/\u00e9"}},"client_id":"{FIRST}"}}"#
        ),
        format!(r#"{{"kind":"text","body":{{"te\u0078t":"a/é"}},"client_id":"{upper}"}}"#),
    ] {
        assert_eq!(
            send(&owner, &group, &spelling).expect(200).json(),
            receipt,
            "{spelling}"
        );
    }
    // Another value is another message, and is told so.
    for text in ["a/e\\u0301", "a/É", "a/é ", "b"] {
        let body = format!(r#"{{"kind":"text","body":{{"text":"{text}"}},"client_id":"{FIRST}"}}"#);
        let answer = send(&owner, &group, &body);
        assert_eq!(
            refusal(&answer, text),
            (422, "client_id_reused".into()),
            "{text}"
        );
    }
    // A client id is one's own, and one conversation's.
    let theirs = send(&member, &group, &plain).expect(201).json();
    assert_ne!(theirs["seq"], receipt["seq"]);
    let _ = send(&owner, &other, &plain).expect(201);
    // A refused post leaves its client id free.
    let bad = format!(r#"{{"kind":"text","body":{{"text":""}},"client_id":"{SECOND}"}}"#);
    assert_eq!(refusal(&send(&owner, &group, &bad), "empty").0, 422);
    let good = format!(r#"{{"kind":"text","body":{{"text":"x"}},"client_id":"{SECOND}"}}"#);
    let _ = send(&owner, &group, &good).expect(201);
    // And after a restart it is still the same.
    world.server.restart();
    let path = format!("/api/conversations/{group}/messages");
    let mut client = world.client(&owner);
    let again = client
        .request("POST", &path, &[JSON], plain.as_bytes())
        .unwrap();
    assert_eq!(again.expect(200).json(), receipt);
    world.check_alive();
}

#[test]
fn a_group_made_twice_is_one() {
    let mut world = World::start(&[]);
    let (owner, other) = (world.person("owner"), world.person("other"));
    let make = |person: &crate::common::Person, body: Value| {
        world
            .client(person)
            .json("POST", "/api/groups", &body)
            .unwrap()
    };
    let body = |name: &str| json!({"name": name, "client_id": FIRST});
    let id = |answer: Response| answer.json()["group"]["id"].clone();
    let first = id(make(&owner, body("group")).expect(201));
    for _ in 0..3 {
        let again = make(&owner, body("group"));
        assert!([200, 201].contains(&again.status), "{}", again.text());
        assert_eq!(id(again), first);
    }
    let another = make(&owner, body("another name"));
    assert_eq!(
        refusal(&another, "another"),
        (422, "client_id_reused".into())
    );
    // Somebody else's client id is none of one's own, and a name is taken once, in any case.
    let taken = make(&other, body("group"));
    assert_eq!(refusal(&taken, "taken"), (409, "name_taken".into()));
    let cased = make(&other, json!({"name": "  GROUP "}));
    assert_eq!(refusal(&cased, "cased"), (409, "name_taken".into()));
    assert_ne!(id(make(&other, body("theirs")).expect(201)), first);
    world.check_alive();
}
