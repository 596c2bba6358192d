//! What a session is to each route: a cookie, a Bearer token, neither, or one that has ended.

use crate::common::browser::{JSON, browser, change, cookies};
use crate::common::{Person, World, refusal};
use webqq_testkit::sse::EventStream;

#[test]
fn a_bearer_token_needs_no_other_and_wins() {
    let mut world = World::start(&[]);
    let (owner, other) = (world.person("owner"), world.person("other"));
    let cookie = cookies(&browser(&world, "owner"));
    let bearer = |token: &str| format!("Bearer {token}");
    let theirs = bearer(&other.token);
    let _ = change(&world, &[("Authorization", &theirs)]).expect(200);
    // The cookie says owner, the token says other: other is changed, and no CSRF token asked for.
    let both = [
        ("Cookie", cookie.as_str()),
        ("Authorization", theirs.as_str()),
    ];
    assert_eq!(
        change(&world, &both).expect(200).json()["username"],
        "other"
    );
    let me = world
        .client(&owner)
        .get("/api/me")
        .unwrap()
        .expect(200)
        .json();
    assert_eq!(me["signature"], "");
    let lower = format!("bearer {}", other.token);
    let _ = change(&world, &[("Authorization", &lower)]).expect(200);
    // A bad one is not made good by a cookie.
    let basic = format!("Basic {}", other.token);
    let upper = bearer(&other.token.to_uppercase());
    let (shorter, longer) = (
        bearer(&other.token[1..]),
        bearer(&format!("{}0", other.token)),
    );
    for bad in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        &other.token,
        &basic,
        &upper,
        &shorter,
        &longer,
    ] {
        let headers = [("Cookie", cookie.as_str()), ("Authorization", bad)];
        assert_eq!(
            refusal(&change(&world, &headers), bad),
            (401, "no_session".into()),
            "{bad}"
        );
        let answer = world
            .stranger()
            .request("GET", "/api/me", &headers, b"")
            .unwrap();
        assert_eq!(refusal(&answer, bad), (401, "no_session".into()), "{bad}");
    }
    world.check_alive();
}

#[test]
fn a_session_that_is_none_or_has_ended() {
    let mut world = World::start(&[]);
    let owner = world.person("owner");
    let mut browser = browser(&world, "owner");
    let cookie = cookies(&browser);
    let stream = |headers: &[(&str, &str)]| {
        let stream = EventStream::open(world.server.addr(), "/api/stream", headers);
        stream.unwrap().status()
    };
    assert_eq!(stream(&[("Cookie", &cookie)]), 200);
    let _ = browser
        .request("DELETE", "/api/sessions/current", &[], b"")
        .unwrap()
        .expect(204);
    let unknown = format!("webqq_session={}", "0".repeat(64));
    let long = format!("webqq_session={}", "x".repeat(8_000));
    let quoted = format!("webqq_session=\"{}\"", "0".repeat(64));
    for cookie in [
        "",
        &*cookie,
        "webqq_session=",
        "webqq_session=%00",
        &unknown,
        &long,
        &quoted,
        "x",
    ] {
        let header = [("Cookie", cookie)];
        assert_eq!(stream(&header), 204, "EventSource stops: {cookie:.80}");
        let answer = world
            .stranger()
            .request("GET", "/api/poll?wait=0", &header, b"")
            .unwrap();
        assert_eq!(
            refusal(&answer, cookie),
            (401, "no_session".into()),
            "{cookie:.80}"
        );
    }
    assert_eq!(stream(&[]), 204);
    for bad in ["Bearer x", "Bearer ", "Basic eDp5", "x"] {
        assert_eq!(stream(&[("Authorization", bad)]), 401, "{bad}");
    }
    // Every route but those that open the door, or tell what anyone may know.
    let document = world
        .stranger()
        .get("/api/openapi.json")
        .unwrap()
        .expect(200)
        .json();
    let open = [
        "/api/users",
        "/api/sessions",
        "/api/hooks/{code}",
        "/api/kinds",
        "/api/openapi.json",
        "/api/stream",
        "/healthz",
        "/readyz",
        "/metrics",
    ];
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let opens = method == "post" || !path.ends_with('s');
            if open.contains(&path.as_str())
                && (opens || ["/api/kinds", "/metrics"].contains(&path.as_str()))
            {
                continue;
            }
            let path = filled(path, &owner);
            let method = method.to_uppercase();
            let answer = world
                .stranger()
                .request(&method, &path, &[JSON], b"{}")
                .unwrap();
            let what = format!("{method} {path}");
            assert_eq!(
                refusal(&answer, &what),
                (401, "no_session".into()),
                "{what}"
            );
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
    world.check_alive();
}

fn filled(path: &str, person: &Person) -> String {
    let segments = path.split('/').map(|segment| match segment {
        "{seq}" => "1",
        segment if segment.starts_with('{') => person.id.as_str(),
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}
