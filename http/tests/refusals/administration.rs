//! The people who run the server: who may do what, what it does, and that nothing of it tells a
//! secret.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use crate::common::roles::verdict;
use crate::common::{Person, World, password, refusal};
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
fn a_report_shows_one_message_and_is_closed_once() {
    let mut place = Place::new(&[]);
    let stranger = place.world.person("stranger");
    let report = |who: &Person, seq: i64, reason: &str| {
        let body = json!({"conversation": place.group, "seq": seq, "reason": reason});
        place.act(who, "POST", "/api/reports", &body)
    };
    let said = |answer: &Response| verdict(answer, "report");
    assert_eq!(said(&report(&stranger, 3, "rude")), "404 not_found");
    assert_eq!(said(&report(&place.boss, 3, "rude")), "404 not_found");
    assert_eq!(said(&report(&place.user, 99, "rude")), "404 not_found");
    assert_eq!(said(&report(&place.other, 3, "mine")), "422 invalid");
    let first = report(&place.user, 3, "it is rude").expect(201).json();
    let again = report(&place.user, 3, "again").expect(201).json();
    assert_eq!(first, again);

    let open = || {
        let found = place.boss("GET", "/api/admin/reports?state=open", &Value::Null);
        found.expect(200).json()["reports"].clone()
    };
    let all = open();
    assert_eq!(all.as_array().map(Vec::len), Some(1));
    let one = &all[0];
    assert_eq!(one["reason"], "it is rude");
    assert_eq!(one["reporter"]["username"], "user");
    let message = &one["message"];
    assert_eq!(message["body"], json!({"text": "very rude words"}));
    assert_eq!(message["sender"]["username"], "other");
    // Nothing else of the conversation is open to the administrator.
    let path = format!("/api/conversations/{}/messages", place.group);
    for path in [path.clone(), format!("{path}/3"), format!("{path}/2")] {
        let answer = place.boss("GET", &path, &Value::Null);
        assert_eq!(verdict(&answer, &path), "404 not_found");
    }
    let path = format!("/api/admin/reports/{}", first["id"].as_str().unwrap());
    let close = json!({"state": "resolved", "note": "spoke to them"});
    let _ = place.boss("POST", &path, &close).expect(204);
    assert_eq!(
        said(&place.boss("POST", &path, &close)),
        "409 report_closed"
    );
    assert_eq!(open(), json!([]));
    let closed = place
        .boss("GET", "/api/admin/reports", &Value::Null)
        .expect(200);
    assert!(!closed.text().contains("rude words"), "the copy is kept");
    assert_eq!(closed.json()["reports"][0]["judged_by"]["username"], "boss");
    let last = place.audit().remove(0);
    assert_eq!(
        (last["act"].as_str(), &last["target"]),
        (Some("report.close"), &first["id"])
    );
    assert_eq!(
        last["detail"],
        json!({"state": "resolved", "note": "spoke to them"})
    );
    assert_eq!(last["address"], "127.0.0.1");
    place.world.check_alive();
}

#[test]
fn groups_are_overseen() {
    let mut place = Place::new(&["--max-group-members", "5"]);
    let path = format!("/api/admin/groups/{}", place.group);
    let said = |answer: Response| verdict(&answer, "groups");
    let limit = |members: i64| {
        let body = json!({"member_limit": members});
        said(place.boss("PATCH", &path, &body))
    };
    assert_eq!(limit(2), "422 invalid");
    assert_eq!(limit(100_001), "422 invalid");
    assert_eq!((limit(50), limit(50)), ("204".into(), "204".into()));
    let none = Value::Null;
    let lost = format!("/api/admin/groups/{NOTHING}");
    assert_eq!(said(place.boss("DELETE", &lost, &none)), "404 not_found");
    // No group, though a conversation: the owner's own.
    let own = format!("/api/admin/groups/{}", place.user.id);
    assert_eq!(said(place.boss("DELETE", &own, &none)), "404 not_found");
    for who in [&place.user, &place.other] {
        let answer = place.act(who, "DELETE", &path, &none);
        assert_eq!(said(answer), "403 not_allowed", "not even its owner");
    }
    let found = || {
        let found = place.boss("GET", "/api/admin/groups?query=GRO", &none);
        found.expect(200).json()["groups"].clone()
    };
    assert_eq!(found()[0]["member_limit"], 50);
    assert_eq!(found()[0]["dissolved_at"], none);
    assert_eq!(said(place.boss("DELETE", &path, &none)), "204");
    assert_eq!(said(place.boss("DELETE", &path, &none)), "409 dissolved");
    assert_eq!(limit(60), "409 dissolved");
    let all = place
        .boss("GET", "/api/admin/groups", &none)
        .expect(200)
        .json();
    assert!(all["groups"][0]["dissolved_at"].is_string());
    assert_eq!(found(), json!([]), "its name is given up");

    let messages = format!("/api/conversations/{}/messages", place.group);
    let history = place
        .act(&place.other, "GET", &messages, &none)
        .expect(200)
        .json();
    let last = history["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["kind"], &last["sender"]),
        (&json!("group.dissolve"), &none)
    );
    let audit = place.audit();
    let acts: Vec<_> = audit
        .iter()
        .map(|row| row["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts[..2], ["group.dissolve", "group.limit"]);
    assert_eq!(audit[1]["detail"], json!({"member_limit": 50}));
    assert_eq!(audit[0]["target"], place.group.as_str());
    assert_eq!(audit[0]["administrator"]["username"], "boss");
    assert_eq!(acts.iter().filter(|act| **act == "group.limit").count(), 1);
    // Who owned it may go now.
    let body = json!({"password": password("user")});
    assert_eq!(
        said(place.act(&place.user, "DELETE", "/api/me", &body)),
        "204"
    );
    place.world.check_alive();
}

#[test]
fn signing_up_by_invitation() {
    let mut place = Place::new(&["--registration", "open"]);
    let invite = |body: &Value| {
        let answer = place.boss("POST", "/api/admin/invitations", body);
        answer.expect(201).json()
    };
    let made = invite(&json!({"uses": 1, "days": 1, "note": "for 小明"}));
    let ended = invite(&json!({}));
    let path = format!(
        "/api/admin/invitations/{}",
        ended["invitation"]["id"].as_str().unwrap()
    );
    let _ = place.boss("DELETE", &path, &Value::Null).expect(204);
    let printed = place.world.command(&["invite", "--uses", "2"]);
    let list = place
        .boss("GET", "/api/admin/invitations", &Value::Null)
        .expect(200);
    let code = made["code"].as_str().unwrap().to_owned();
    assert!(!list.text().contains(&code), "the list shows a code");
    let listed = list.json()["invitations"].as_array().unwrap().len();
    assert_eq!(listed, 2);

    // The same data under another rule.
    let data = place.world.data.path().display().to_string();
    place.world.server.terminate();
    place
        .world
        .server
        .wait_exit(std::time::Duration::from_secs(10));
    let arguments = [
        "--data",
        data.as_str(),
        "--registration",
        "invite",
        "--auth-rate",
        "0",
    ];
    place.world.server = webqq_testkit::server::Server::start(crate::common::BINARY, &arguments);
    let sign_up = |name: &str, code: Option<&str>| {
        let mut body = json!({"username": name, "password": password(name), "name": name});
        if let Some(code) = code {
            body["invitation"] = json!(code);
        }
        let answer = place.world.stranger().json("POST", "/api/users", &body);
        verdict(&answer.unwrap(), name)
    };
    const NO: &str = "403 invitation_invalid";
    assert_eq!(sign_up("anna", None), "403 invitation_required");
    assert_eq!(sign_up("anna", Some("")), NO);
    assert_eq!(sign_up("anna", Some("guessed")), NO);
    assert_eq!(sign_up("anna", ended["code"].as_str()), NO);
    assert_eq!(sign_up("boss", Some(&code)), "409 username_taken");
    assert_eq!(sign_up("a b", Some(&code)), "422 invalid");
    // As it is read out or copied: in any case, with blanks around it.
    let shouted = format!(" {} ", code.to_uppercase());
    assert_eq!(sign_up("anna", Some(&shouted)), "201");
    assert_eq!(sign_up("bert", Some(&code)), NO);
    let printed = printed.trim();
    assert_eq!(sign_up("bert", Some(printed)), "201");
    assert_eq!(sign_up("carl", Some(printed)), "201");
    assert_eq!(sign_up("dora", Some(printed)), NO);
    place.world.check_alive();
}

#[test]
fn accounts_are_looked_after_and_nothing_secret_is_told() {
    let mut place = Place::new(&["--log", "debug"]);
    let (user, secret) = (place.user.id.clone(), "a secret password");
    let path = format!("/api/admin/users/{user}");
    let reset = |body: &Value| {
        let answer = place.boss("POST", &format!("{path}/password"), body);
        answer.expect(200).json()
    };
    let sign_in = |password: &str| {
        let body = json!({"username": "user", "password": password});
        let answer = place.world.stranger().json("POST", "/api/sessions", &body);
        answer.unwrap().status
    };
    assert_eq!(reset(&json!({"password": secret})), json!({}));
    assert_eq!(sign_in(secret), 201);
    let mine = place.act(&place.user, "GET", "/api/me", &Value::Null);
    assert_eq!(refusal(&mine, "old session").0, 401);
    let once = reset(&json!({}))["password"].as_str().unwrap().to_owned();
    assert_eq!((sign_in(secret), sign_in(&once)), (401, 201));

    let made = place
        .boss("POST", "/api/admin/invitations", &json!({}))
        .expect(201)
        .json();
    let code = made["code"].as_str().unwrap().to_owned();
    let _ = place
        .boss("PATCH", &path, &json!({"administrator": true}))
        .expect(200);
    let _ = place
        .boss("PATCH", &path, &json!({"disabled": true}))
        .expect(200);
    assert_eq!(sign_in(&once), 403);
    let _ = place.world.command(&["disable", "user", "--undo"]);
    assert_eq!(sign_in(&once), 201);
    let me = format!("/api/admin/users/{}", place.boss.id);
    let _ = place
        .boss("PATCH", &path, &json!({"administrator": false}))
        .expect(200);
    for body in [json!({"administrator": false}), json!({"disabled": true})] {
        let answer = place.boss("PATCH", &me, &body);
        assert_eq!(verdict(&answer, "the last one"), "409 last_administrator");
    }
    let found = place.boss("GET", "/api/admin/users?query=USE", &Value::Null);
    let found = found.expect(200).json();
    assert_eq!(found["users"][0]["username"], "user");
    assert_eq!(found["users"][0]["disabled"], false);

    let audit = place.audit();
    let acts: Vec<_> = audit
        .iter()
        .map(|row| row["act"].as_str().unwrap())
        .collect();
    let expected = [
        "user.administrator",
        "user.enable",
        "user.disable",
        "user.administrator",
        "invitation.create",
        "user.password",
        "user.password",
        "user.administrator",
    ];
    assert_eq!(acts, expected);
    assert_eq!(
        audit[1]["administrator"],
        Value::Null,
        "from the command line"
    );
    assert_eq!(audit[2]["administrator"]["username"], "boss");
    assert_eq!(audit[2]["user"]["username"], "user");
    let figures = place
        .boss("GET", "/api/admin/figures", &Value::Null)
        .expect(200)
        .text();
    let metrics = place
        .boss("GET", "/metrics", &Value::Null)
        .expect(200)
        .text();
    let told = format!(
        "{audit:?}\n{figures}\n{metrics}\n{}",
        place.world.server.log()
    );
    let tokens = [&place.boss.token, &place.user.token];
    let boss_password = password("boss");
    let secrets = [secret, &once, &code, &boss_password, "rude", "$argon2"];
    for secret in secrets.into_iter().chain(tokens.map(String::as_str)) {
        assert!(!told.contains(secret), "{secret} is told");
    }
    assert!(!metrics.contains(&place.group) && !metrics.contains("boss"));
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
