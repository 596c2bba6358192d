//! Bots and hooks, over the socket: who is which, what a token and an address are good for, and for
//! how long.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use serde_json::{Value, json};
use uuid::Uuid;
use webqq_testkit::http::Client;

use crate::common::place::Place;
use crate::common::refusal;

/// What somebody gets for doing something: the status, and the code of a refusal or the answer.
#[track_caller]
fn act(client: &mut Client, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let answer = match body {
        Value::Null => client.request(method, path, &[], b""),
        body => client.json(method, path, body),
    };
    let answer = answer.unwrap();
    if answer.status >= 400 {
        let (status, code) = refusal(&answer, path);
        return (status, json!(code));
    }
    match answer.body.is_empty() {
        true => (answer.status, Value::Null),
        false => (answer.status, answer.json()),
    }
}

fn texts(client: &mut Client, group: &str) -> Vec<(String, String)> {
    let path = format!("/api/conversations/{group}/messages");
    let (_, answer) = act(client, "GET", &path, &Value::Null);
    let said = answer["messages"].as_array().unwrap().iter();
    let said = said.filter(|message| message["kind"] == "text");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    said.map(|one| (text(&one["sender"]), text(&one["body"]["text"])))
        .collect()
}

#[test]
fn a_hook_posts_once_as_its_bot_and_is_told_nowhere() {
    let mut place = Place::new();
    let (mut owner, mut anybody) = (place.world.client(&place.owner), place.world.stranger());
    let mut member = place.world.client(&place.member);
    let hook = format!("/api/hooks/{}", place.hook);
    let said = json!({"text": "@member it is green", "client_id": Uuid::new_v4()});
    assert_eq!(act(&mut anybody, "POST", &hook, &said).0, 201);
    assert_eq!(act(&mut anybody, "POST", &hook, &said).0, 200, "a retry");
    let other = json!({"text": "something else", "client_id": said["client_id"]});
    let reused = act(&mut anybody, "POST", &hook, &other);
    assert_eq!(reused, (422, json!("client_id_reused")));
    let expected = [(place.bot.clone(), "@member it is green".to_owned())];
    assert_eq!(texts(&mut member, &place.group), expected);
    // The rules that hold for the bot hold for the hook.
    let path = format!("/api/groups/{}/members/{}", place.group, place.bot);
    let mute = json!({"muted_seconds": 300});
    assert_eq!(act(&mut owner, "PATCH", &path, &mute).0, 200);
    let text = json!({"text": "hello"});
    let muted = act(&mut anybody, "POST", &hook, &text);
    assert_eq!(muted, (403, json!("muted")));
    // A code that is off by one character, in the group or in the secret.
    for at in [0, 40] {
        let mut wrong = place.hook.clone().into_bytes();
        wrong[at] = if wrong[at] == b'0' { b'1' } else { b'0' };
        let wrong = format!("/api/hooks/{}", String::from_utf8(wrong).unwrap());
        let nothing = act(&mut anybody, "POST", &wrong, &text);
        assert_eq!(nothing, (404, json!("not_found")));
    }
    // Neither the log of the group nor that of the server holds what one could post with.
    let secret = &place.hook[32..];
    let path = format!("/api/conversations/{}/messages", place.group);
    for told in [path, format!("/api/groups/{}/hooks", place.group)] {
        let (status, told) = act(&mut owner, "GET", &told, &Value::Null);
        assert_eq!(status, 200);
        assert!(!told.to_string().contains(secret), "{told}");
    }
    assert!(!place.world.server.log().contains(secret));

    let path = format!("/api/groups/{}/hooks", place.group);
    let (_, hooks) = act(&mut owner, "GET", &path, &Value::Null);
    let name = hooks["hooks"][0]["hook"].as_str().unwrap().to_owned();
    assert_eq!(hooks["hooks"][0]["bot"], json!(place.bot));
    let path = format!("{path}/{name}");
    assert_eq!(act(&mut owner, "DELETE", &path, &Value::Null).0, 204);
    let over = act(&mut anybody, "POST", &hook, &text);
    assert_eq!(over, (404, json!("not_found")));
    place.world.check_alive();
}

#[test]
fn a_bot_is_a_user_with_a_token() {
    let mut place = Place::new();
    let mut owner = place.world.client(&place.owner);
    let body = json!({"username": "second", "name": "Second"});
    let (status, made) = act(&mut owner, "POST", "/api/bots", &body);
    assert_eq!((status, &made["bot"]["bot"]), (201, &json!(true)));
    assert_eq!(
        act(&mut owner, "POST", "/api/bots", &body),
        (409, json!("username_taken"))
    );
    let address = place.world.server.addr();
    let with = |token: &Value| Client::new(address).bearer(token.as_str().unwrap());
    let mut bot = with(&made["token"]);
    let (_, me) = act(&mut bot, "GET", "/api/me", &Value::Null);
    assert_eq!(me["bot"], json!(true), "{me}");
    let path = format!("/api/groups/{}/members", place.group);
    assert_eq!(act(&mut bot, "POST", &path, &json!({})).0, 200);
    let text = json!({"kind": "text", "body": {"text": "hi"}, "client_id": Uuid::new_v4()});
    let messages = format!("/api/conversations/{}/messages", place.group);
    assert_eq!(act(&mut bot, "POST", &messages, &text).0, 201);
    // No bots of its own, no password, and nobody else's to handle.
    let third = json!({"username": "third", "name": "Third"});
    assert_eq!(
        act(&mut bot, "POST", "/api/bots", &third),
        (403, json!("not_allowed"))
    );
    let credentials = json!({"username": "second", "password": ""});
    let mut stranger = place.world.stranger();
    assert_eq!(
        act(&mut stranger, "POST", "/api/sessions", &credentials).0,
        401
    );
    let path = format!("/api/bots/{}", made["bot"]["id"].as_str().unwrap());
    let mut member = place.world.client(&place.member);
    let nothing = (404, json!("not_found"));
    assert_eq!(act(&mut member, "DELETE", &path, &Value::Null), nothing);
    let token = format!("{path}/token");
    assert_eq!(act(&mut member, "POST", &token, &Value::Null), nothing);
    // Another token: the first is good no more.
    let (status, renewed) = act(&mut owner, "POST", &token, &Value::Null);
    assert_eq!(status, 201);
    assert_eq!(act(&mut bot, "GET", "/api/me", &Value::Null).0, 401);
    let mut bot = with(&renewed["token"]);
    assert_eq!(act(&mut bot, "GET", "/api/me", &Value::Null).0, 200);
    // Who is disabled has no voice through bots or hooks.
    place.world.promote("member");
    let _ = place.world.command(&["disable", "owner"]);
    assert_eq!(act(&mut bot, "GET", "/api/me", &Value::Null).0, 401);
    let hook = format!("/api/hooks/{}", place.hook);
    let text = json!({"text": "hello"});
    assert_eq!(act(&mut stranger, "POST", &hook, &text), nothing);
    let _ = place.world.command(&["disable", "--undo", "owner"]);
    assert_eq!(act(&mut stranger, "POST", &hook, &text).0, 201);
    place.world.check_alive();
}

#[test]
fn bots_are_counted_and_deleted() {
    let mut place = Place::new();
    let mut member = place.world.client(&place.member);
    let mut last = Value::Null;
    for nth in 0..20 {
        let body = json!({"username": format!("unit{nth}x"), "name": "x"});
        let (status, made) = act(&mut member, "POST", "/api/bots", &body);
        assert_eq!(status, 201, "{made}");
        last = made;
    }
    let one_more = json!({"username": "too-many", "name": "x"});
    assert_eq!(
        act(&mut member, "POST", "/api/bots", &one_more),
        (409, json!("too_many_bots"))
    );
    let path = format!("/api/bots/{}", last["bot"]["id"].as_str().unwrap());
    assert_eq!(act(&mut member, "DELETE", &path, &Value::Null).0, 204);
    let (_, left) = act(&mut member, "GET", "/api/bots", &Value::Null);
    assert_eq!(left["bots"].as_array().unwrap().len(), 19);
    assert_eq!(act(&mut member, "POST", "/api/bots", &one_more).0, 201);
    // A bot that is deleted is out of the group, and its hook leads nowhere.
    let mut owner = place.world.client(&place.owner);
    let path = format!("/api/bots/{}", place.bot);
    assert_eq!(act(&mut owner, "DELETE", &path, &Value::Null).0, 204);
    let hook = format!("/api/hooks/{}", place.hook);
    let gone = act(&mut owner, "POST", &hook, &json!({"text": "x"}));
    assert_eq!(gone, (404, json!("not_found")));
    place.world.check_alive();
}
