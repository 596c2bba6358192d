//! Requests that another site's page makes a visitor's browser send.

use crate::common::browser::{JSON, browser, change, cookies, credentials};
use crate::common::{World, refusal};

#[test]
fn a_cookie_alone_changes_nothing() {
    let mut world = World::start(&[]);
    let owner = world.person("owner");
    let one = browser(&world, "owner");
    let two = browser(&world, "owner");
    let cookie = cookies(&one);
    let right = one.cookie("csrftoken").expect("a token").to_owned();
    let of_another = two.cookie("csrftoken").expect("a token").to_owned();
    assert_ne!(right, of_another);
    let upper = right.to_uppercase();
    let longer = format!("{right}0");
    let wrong = [
        "",
        "x",
        &right[1..],
        &of_another,
        &upper,
        &longer,
        "undefined",
        "null",
    ];
    let cookie = ("Cookie", cookie.as_str());
    assert_eq!(
        refusal(&change(&world, &[cookie]), "none"),
        (403, "csrf".into())
    );
    for token in wrong {
        let answer = change(&world, &[cookie, ("X-CSRFToken", token)]);
        assert_eq!(refusal(&answer, token), (403, "csrf".into()), "{token}");
    }
    // The cookie of the token is no proof: a neighbouring subdomain may have set it.
    let session = one.cookie("webqq_session").expect("a session");
    let tossed = format!("webqq_session={session}; csrftoken=x");
    let answer = change(&world, &[("Cookie", &tossed), ("X-CSRFToken", "x")]);
    assert_eq!(refusal(&answer, "tossed"), (403, "csrf".into()));
    // Each unsafe route, signed in by cookie, without the header.
    let group = world.group(&owner, "group");
    for (method, path) in [
        ("DELETE", "/api/sessions/current".to_owned()),
        ("DELETE", format!("/api/sessions/{}", owner.id)),
        ("PATCH", "/api/me".to_owned()),
        ("PUT", "/api/me/password".to_owned()),
        ("POST", format!("/api/conversations/{group}/messages")),
        ("PUT", format!("/api/conversations/{group}/read")),
        ("POST", format!("/api/conversations/{group}/typing")),
        ("POST", "/api/groups".to_owned()),
        ("PATCH", format!("/api/groups/{group}")),
        ("POST", format!("/api/groups/{group}/members")),
        ("PATCH", format!("/api/groups/{group}/members/{}", owner.id)),
        (
            "DELETE",
            format!("/api/groups/{group}/members/{}", owner.id),
        ),
    ] {
        let answer = world
            .stranger()
            .request(method, &path, &[JSON, cookie], b"{}");
        assert_eq!(
            refusal(&answer.unwrap(), &path),
            (403, "csrf".into()),
            "{path}"
        );
    }
    let me = world
        .client(&owner)
        .get("/api/me")
        .unwrap()
        .expect(200)
        .json();
    assert_eq!(me["signature"], "");
    let _ = change(&world, &[cookie, ("X-CSRFToken", &right)]).expect(200);
    world.check_alive();
}

#[test]
fn pages_of_other_sites_are_turned_away() {
    let mut world = World::start(&[]);
    let owner = world.person("owner");
    let host = world.server.addr().to_string();
    let (ours, port) = (format!("http://{host}"), world.server.addr().port());
    let bearer = format!("Bearer {}", owner.token);
    let browser = browser(&world, "owner");
    let cookie = cookies(&browser);
    let token = browser.cookie("csrftoken").expect("a token").to_owned();
    let as_browser = [("Cookie", cookie.as_str()), ("X-CSRFToken", token.as_str())];
    let as_program = [("Authorization", bearer.as_str())];
    let neighbour = format!("http://evil.{host}");
    let other_port = format!("http://127.0.0.1:{}", port ^ 1);
    let behind = format!("{ours}.evil.example");
    let localhost = format!("http://localhost:{port}");
    let user = format!("http://x@{host}");
    let foreign: [(&str, &str); 13] = [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", ""),
        ("Origin", "file://"),
        ("Origin", "chrome-extension://abc"),
        ("Origin", &neighbour),
        ("Origin", &other_port),
        ("Origin", &behind),
        ("Origin", &localhost),
        ("Origin", &user),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "Same-Origin"),
    ];
    for header in foreign {
        for who in [&as_browser[..], &as_program] {
            let answer = change(&world, &[who, &[header]].concat());
            let what = format!("{header:?} {who:?}");
            assert_eq!(
                refusal(&answer, &what),
                (403, "cross_origin".into()),
                "{what}"
            );
        }
        // Signing a visitor in to somebody else's account is an attack, too.
        let body = credentials("owner").to_string();
        for path in ["/api/sessions", "/api/users"] {
            let answer = world
                .stranger()
                .request("POST", path, &[JSON, header], body.as_bytes());
            let answer = answer.unwrap();
            assert_eq!(
                refusal(&answer, path),
                (403, "cross_origin".into()),
                "{header:?}"
            );
            assert_eq!(answer.header("set-cookie"), None);
        }
        // Reading is not changing, and tells another site's script nothing.
        let answer = world
            .stranger()
            .request("GET", "/api/me", &[as_program[0], header], b"");
        let answer = answer.unwrap().expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    for header in [
        ("Origin", ours.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Site", "none"),
    ] {
        let _ = change(&world, &[&as_browser[..], &[header]].concat()).expect(200);
    }
    // A rebound name: the page's own host, which is not a way around cookies.
    let rebound = [("Host", "evil.example"), ("Origin", "http://evil.example")];
    assert_eq!(refusal(&change(&world, &rebound), "rebound").0, 401);
    world.check_alive();
}

#[test]
fn cookies_have_their_flags() {
    let of = |world: &World, origin: Option<&str>| {
        let body = credentials("owner").to_string();
        let mut headers = vec![JSON];
        headers.extend(origin.map(|origin| ("Origin", origin)));
        let answer = world
            .stranger()
            .request("POST", "/api/sessions", &headers, body.as_bytes());
        let answer = answer.unwrap().expect(201);
        let set = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        set.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let check = |cookies: &[String], secure: bool| {
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        for cookie in cookies {
            let parts: Vec<&str> = cookie.split("; ").collect();
            let has = |part: &str| parts[1..].contains(&part);
            let is_session = parts[0].starts_with("webqq_session=");
            assert!(is_session || parts[0].starts_with("csrftoken="), "{cookie}");
            assert!(has("SameSite=Lax") && has("Path=/"), "{cookie}");
            assert_eq!(has("HttpOnly"), is_session, "{cookie}");
            assert_eq!(has("Secure"), secure, "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    };
    let world = World::start(&[]);
    let _ = world.person("owner");
    check(&of(&world, None), false);
    let mut world = World::start(&["--public-url", "https://chat.example"]);
    let _ = world.person("owner");
    check(&of(&world, None), true);
    check(&of(&world, Some("https://chat.example")), true);
    let ours = format!("http://{}", world.server.addr());
    for foreign in [&*ours, "http://chat.example", "https://chat.example:8443"] {
        let body = credentials("owner").to_string();
        let headers = [JSON, ("Origin", foreign)];
        let answer = world
            .stranger()
            .request("POST", "/api/sessions", &headers, body.as_bytes());
        assert_eq!(
            refusal(&answer.unwrap(), foreign),
            (403, "cross_origin".into()),
            "{foreign}"
        );
    }
    // Signing out takes both away.
    let mut browser = browser(&world, "owner");
    let out = browser
        .request("DELETE", "/api/sessions/current", &[], b"")
        .unwrap()
        .expect(204);
    let gone = out.headers.iter().filter(|(name, _)| name == "set-cookie");
    assert!(gone.clone().all(|(_, value)| value.contains("Max-Age=0")) && gone.count() == 2);
    world.check_alive();
}
