//! The people who run the server: who may do what, what it does, and that nothing of it tells a
//! secret.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

mod accounts;
mod oversight;

use crate::common::roles::verdict;
use crate::common::{Person, World};
use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};

const NOTHING: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";

/// A server with an administrator, users, a group, and a message that is not nice.
struct Place {
    world: World,
    boss: Person,
    user: Person,
    other: Person,
    group: String,
}

impl Place {
    fn new(options: &[&str]) -> Self {
        let world = World::start(options);
        let (boss, user, other) = (
            world.person("boss"),
            world.person("user"),
            world.person("other"),
        );
        world.promote("boss");
        let group = world.group(&user, "group");
        world.join(&other, &group);
        let place = Self {
            world,
            boss,
            user,
            other,
            group,
        };
        let path = format!("/api/conversations/{}/messages", place.group);
        let rude =
            json!({"kind": "text", "body": {"text": "very rude words"}, "client_id": NOTHING});
        let _ = place.act(&place.other, "POST", &path, &rude).expect(201);
        place
    }

    fn act(&self, who: &Person, method: &str, path: &str, body: &Value) -> Response {
        send(&mut self.world.client(who), method, path, body)
    }

    fn boss(&self, method: &str, path: &str, body: &Value) -> Response {
        self.act(&self.boss, method, path, body)
    }

    fn audit(&self) -> Vec<Value> {
        let audit = self.boss("GET", "/api/admin/audit", &Value::Null);
        let audit = audit.expect(200).json();
        audit["entries"].as_array().expect("a list").clone()
    }
}

fn send(client: &mut Client, method: &str, path: &str, body: &Value) -> Response {
    match body {
        Value::Null => client.request(method, path, &[], b"").unwrap(),
        body => client.json(method, path, body).unwrap(),
    }
}

/// Every action × administrator, user, disabled user, signed out.
#[test]
fn only_administrators_administer() {
    let mut place = Place::new(&[]);
    let disabled = place.world.person("disabled");
    let _ = place.world.command(&["disable", "disabled"]);
    let (user, none) = (&place.user.id, Value::Null);
    let account = format!("/api/admin/users/{user}");
    let lost = format!("/api/admin/users/{NOTHING}");
    let rows: Vec<(&str, String, Value, &str)> = vec![
        ("GET", "/api/admin/users".into(), none.clone(), "200"),
        (
            "GET",
            "/api/admin/users?query=u&limit=1".into(),
            none.clone(),
            "200",
        ),
        (
            "GET",
            "/api/admin/users?limit=201".into(),
            none.clone(),
            "422 invalid",
        ),
        (
            "PATCH",
            account.clone(),
            json!({"administrator": false}),
            "200",
        ),
        ("PATCH", account.clone(), json!({"disabled": false}), "200"),
        ("PATCH", account.clone(), json!({}), "422 invalid"),
        (
            "PATCH",
            account.clone(),
            json!({"disabled": true, "administrator": true}),
            "422 invalid",
        ),
        (
            "PATCH",
            lost.clone(),
            json!({"disabled": true}),
            "404 not_found",
        ),
        (
            "PATCH",
            "/api/admin/users/x".into(),
            json!({"disabled": true}),
            "404 not_found",
        ),
        (
            "POST",
            format!("{lost}/password"),
            json!({}),
            "404 not_found",
        ),
        ("POST", "/api/admin/invitations".into(), json!({}), "201"),
        ("GET", "/api/admin/invitations".into(), none.clone(), "200"),
        (
            "DELETE",
            format!("/api/admin/invitations/{NOTHING}"),
            none.clone(),
            "404 not_found",
        ),
        ("GET", "/api/admin/reports".into(), none.clone(), "200"),
        (
            "GET",
            "/api/admin/reports?state=lost".into(),
            none.clone(),
            "422 invalid",
        ),
        (
            "POST",
            format!("/api/admin/reports/{NOTHING}"),
            json!({"state": "resolved"}),
            "404 not_found",
        ),
        ("GET", "/api/admin/audit".into(), none.clone(), "200"),
        (
            "GET",
            "/api/admin/audit?before=x".into(),
            none.clone(),
            "400 malformed_query",
        ),
        ("GET", "/api/admin/figures".into(), none.clone(), "200"),
    ];
    let mut stranger = place.world.stranger();
    for (method, path, body, expected) in rows {
        let what = format!("{method} {path} {body}");
        let boss = place.boss(method, &path, &body);
        assert_eq!(verdict(&boss, &what), expected, "{what}");
        let user = place.act(&place.user, method, &path, &body);
        assert_eq!(verdict(&user, &what), "403 not_allowed", "{what}");
        let refused = place.act(&disabled, method, &path, &body);
        assert_eq!(verdict(&refused, &what), "401 no_session", "{what}");
        let out = send(&mut stranger, method, &path, &body);
        assert_eq!(verdict(&out, &what), "401 no_session", "{what}");
    }
    // The owner of a group is nobody's administrator, and nobody stays one for ever.
    let demoted = place.world.person("demoted");
    place.world.promote("demoted");
    let list = |who: &Person| verdict(&place.act(who, "GET", "/api/admin/users", &none), "list");
    assert_eq!(list(&demoted), "200");
    let path = format!("/api/admin/users/{}", demoted.id);
    let _ = place
        .boss("PATCH", &path, &json!({"administrator": false}))
        .expect(200);
    assert_eq!(list(&demoted), "403 not_allowed");
    place.world.check_alive();
}

#[test]
fn figures_are_for_this_machine_and_for_administrators() {
    let mut place = Place::new(&[]);
    let metrics = |client: &mut Client| {
        let answer = client.get("/metrics").unwrap();
        verdict(&answer, "metrics")
    };
    assert_eq!(metrics(&mut place.world.stranger()), "200");
    // Through a proxy on this machine everybody comes from this machine.
    let proxied = |client: Client| client.with_header("X-Forwarded-For", "203.0.113.9");
    assert_eq!(
        metrics(&mut proxied(place.world.stranger())),
        "401 no_session"
    );
    let user = place.world.client(&place.user);
    assert_eq!(metrics(&mut proxied(user)), "403 not_allowed");
    let boss = place.world.client(&place.boss);
    assert_eq!(metrics(&mut proxied(boss)), "200");

    let _stream = place.world.client(&place.other).stream(None).unwrap();
    let text = || {
        place
            .world
            .stranger()
            .get("/metrics")
            .unwrap()
            .expect(200)
            .text()
    };
    webqq_testkit::eventually(std::time::Duration::from_secs(5), "a stream", || {
        text().contains("\nwebqq_streams 1\n") && text().contains("\nwebqq_users_online 1\n")
    });
    let text = text();
    assert!(
        text.contains("webqq_posts_total{outcome=\"posted\"} "),
        "{text}"
    );
    let commits = text
        .lines()
        .find(|line| line.starts_with("webqq_commit_seconds_count "));
    let commits: u64 = commits.unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    assert!(commits > 3, "{text}");
    let beyond = format!("webqq_commit_seconds_bucket{{le=\"+Inf\"}} {commits}");
    assert!(text.contains(&beyond), "{text}");
    place.world.check_alive();
}
