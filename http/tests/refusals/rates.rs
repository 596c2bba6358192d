//! How many requests there may be, of a user and from an address.

use crate::common::{Person, World, password, refusal};
use serde_json::json;
use webqq_testkit::http::{Client, Response};

/// How many of these were let through before the first refusal, which is a good one.
fn until_refused(most: usize, mut ask: impl FnMut() -> Response) -> Option<usize> {
    for nth in 0..most {
        let answer = ask();
        if answer.status == 429 {
            let refusal = refusal(&answer, "too many");
            assert_eq!(refusal, (429, "too_many_requests".into()));
            return Some(nth);
        }
        assert!(answer.status < 400, "{} {}", answer.status, answer.text());
    }
    None
}

#[test]
fn requests_of_a_user_have_a_rate() {
    let mut world = World::start(&["--request-rate", "2"]);
    let (ann, bob) = (world.person("ann"), world.person("bob"));
    let mut client = world.client(&ann);
    let let_through = until_refused(60, || client.get("/api/me").unwrap());
    assert!(matches!(let_through, Some(20..40)), "{let_through:?}");
    // Another device of the same user is the same user; another user is not.
    let again = world.client(&ann).get("/api/me").unwrap();
    assert_eq!(again.status, 429);
    let _ = world.client(&bob).get("/api/me").unwrap().expect(200);
    // The feed is not cut off by it: `EventSource` would give up for good.
    assert_eq!(world.client(&ann).stream(None).unwrap().status(), 200);
    let _ = world.client(&ann).get("/api/poll").unwrap().expect(200);
    world.check_alive();
}

fn from(world: &World, person: Option<&Person>, address: &str) -> Client {
    let client = match person {
        Some(person) => world.client(person),
        None => world.stranger(),
    };
    client.with_header("X-Forwarded-For", address)
}

#[test]
fn requests_from_an_address_have_a_rate() {
    let proxy = [
        "--trusted-proxy",
        "127.0.0.1",
        "--address-request-rate",
        "1",
    ];
    let mut world = World::start(&proxy);
    let ann = world.person("ann");
    let kinds = |address: &str| {
        let mut client = from(&world, None, address);
        until_refused(30, || client.get("/api/kinds").unwrap())
    };
    let first = kinds("203.0.113.1");
    assert!(matches!(first, Some(10..20)), "{first:?}");
    assert!(kinds("203.0.113.2").is_some_and(|count| count >= 10));
    // A customer's network is one address; what the client wrote itself is not believed.
    assert!(kinds("2001:db8::1").is_some_and(|count| count >= 10));
    assert!(kinds("2001:db8::2").is_some_and(|count| count < 5));
    assert!(kinds("198.51.100.1, 203.0.113.1").is_some_and(|count| count < 5));
    let stream = from(&world, Some(&ann), "203.0.113.1")
        .stream(None)
        .unwrap();
    assert_eq!(stream.status(), 200);
    let health = from(&world, None, "203.0.113.1").get("/healthz").unwrap();
    let _ = health.expect(200);
    world.check_alive();
}

#[test]
fn posts_from_an_address_have_a_rate() {
    let proxy = ["--trusted-proxy", "127.0.0.1", "--address-post-rate", "1"];
    let mut world = World::start(&proxy);
    let (ann, bob) = (world.person("ann"), world.person("bob"));
    let group = world.group(&ann, "group");
    world.join(&bob, &group);
    let path = format!("/api/conversations/{group}/messages");
    let mut nth = 0;
    let mut post = |who: &Person, address: &str| {
        nth += 1;
        let id = format!("5f0c6a1e-7d53-4c1b-9a63-{nth:012x}");
        let body = json!({"kind": "text", "body": {"text": "x"}, "client_id": id});
        let mut client = from(&world, Some(who), address);
        client.json("POST", &path, &body).unwrap()
    };
    let posted = until_refused(30, || post(&ann, "203.0.113.1"));
    assert!(matches!(posted, Some(10..20)), "{posted:?}");
    assert_eq!(post(&bob, "203.0.113.1").status, 429, "the same address");
    assert_eq!(post(&ann, "203.0.113.2").status, 201, "another address");
    // Reading goes on.
    let read = from(&world, Some(&ann), "203.0.113.1").get(&path).unwrap();
    let _ = read.expect(200);
    world.check_alive();
}

#[test]
fn a_password_is_not_guessed_from_many_addresses() {
    let proxy = ["--trusted-proxy", "127.0.0.1", "--auth-rate", "30"];
    let mut world = World::start(&proxy);
    let (_ann, _bob) = (world.person("ann"), world.person("bob"));
    let sign_in = |nth: usize, username: &str, password: &str| {
        let body = json!({"username": username, "password": password});
        let mut client = from(&world, None, &format!("203.0.113.{nth}"));
        let answer = client.json("POST", "/api/sessions", &body).unwrap();
        match answer.status {
            201 => "201".to_owned(),
            _ => refusal(&answer, username).1,
        }
    };
    let mut refused = 0;
    for nth in 0..90 {
        // In any spelling it is one name.
        let username = ["ann", "ANN", " ann ", "ａｎｎ"][nth % 4];
        match sign_in(nth % 50, username, "guessed").as_str() {
            "wrong_credentials" => {}
            "too_many_tries" => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!((10..=30).contains(&refused), "{refused}");
    assert_eq!(sign_in(60, "ann", &password("ann")), "too_many_tries");
    assert_eq!(sign_in(60, "bob", &password("bob")), "201");
    world.check_alive();
}
