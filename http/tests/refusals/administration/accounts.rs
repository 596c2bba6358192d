//! Invitations, and the accounts that administrators look after.

use serde_json::{Value, json};

use super::Place;
use crate::common::roles::verdict;
use crate::common::{password, refusal};

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
