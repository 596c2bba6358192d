//! What people do to one another reaches all of them, on both transports, at once and on coming back:
//! requests, recalls, mentions, receipts. And who is invisible leaks nowhere.

use std::time::Duration;

use serde_json::{Value, json};
use webqq_testkit::http::Client;
use webqq_testkit::sse::EventStream;

use crate::poster::Draft;
use crate::world::{Store, World, messages_of, number, synced, text};

const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough for a signal that should not come.
const A_MOMENT: Duration = Duration::from_millis(700);

fn stream(client: &Client) -> EventStream {
    let mut stream = client.stream(None).expect("a stream");
    let hello = stream.next(PATIENCE).expect("an event");
    assert_eq!(hello.json()["type"], "hello");
    stream
}

/// The next entry for which `wanted` holds.
#[track_caller]
fn next(stream: &mut EventStream, mut wanted: impl FnMut(&Value) -> bool) -> Value {
    let event = stream.next_where(PATIENCE, |event| wanted(&event.json()));
    event.expect("it comes").json()
}

#[track_caller]
fn next_kind(stream: &mut EventStream, kind: &str) -> Value {
    next(stream, |entry| entry["kind"] == kind)
}

/// No entry for which `unwanted` holds comes for a moment.
#[track_caller]
fn nothing(stream: &mut EventStream, unwanted: impl Fn(&Value) -> bool) {
    let event = stream.next_where(A_MOMENT, |event| unwanted(&event.json()));
    assert!(event.is_none(), "{event:?}");
}

fn is_signal(entry: &Value, name: &str) -> bool {
    entry["type"] == "signal" && entry["signal"] == name
}

/// Does something that answers without a body.
#[track_caller]
fn act(client: &mut Client, method: &str, path: &str, body: &Value, status: u16) -> Value {
    let answer = match body {
        Value::Null => client.request(method, path, &[], b""),
        body => client.json(method, path, body),
    };
    let answer = answer.expect("an answer").expect(status);
    match answer.body.is_empty() {
        true => Value::Null,
        false => answer.json(),
    }
}

fn poll(client: &mut Client, cursor: &str) -> (String, Vec<Value>) {
    let path = format!("/api/poll?cursor={cursor}&wait=0");
    let answer = act(client, "GET", &path, &Value::Null, 200);
    let events = answer["events"].as_array().cloned().unwrap_or_default();
    (text(&answer["cursor"]).to_owned(), events)
}

fn now(client: &mut Client) -> String {
    let answer = act(client, "GET", "/api/poll", &Value::Null, 200);
    text(&answer["cursor"]).to_owned()
}

#[test]
fn friends_are_made_with_sqlite() {
    friends_are_made(Store::Sqlite);
}

#[test]
fn friends_are_made_with_postgres() {
    friends_are_made(Store::Postgres);
}

fn friends_are_made(store: Store) {
    let world = World::start(store, 2, &[]);
    let (mut ann, mut bob) = (world.client(0), world.client(1));
    let [of_ann, of_bob] = [0, 1].map(|nth| world.users[nth].id.as_str());
    let (cursor_of_ann, cursor_of_bob) = (now(&mut ann), now(&mut bob));
    let (mut at_ann, mut at_bob) = (stream(&ann), stream(&bob));

    let ask = json!({"user": of_bob, "note": "it is me"});
    let answer = act(&mut ann, "POST", "/api/friends", &ask, 202);
    assert_eq!(answer["pending"], true);
    let request = next_kind(&mut at_bob, "friend.request");
    assert_eq!(
        (&request["conversation"], &request["body"]["user"]),
        (&json!(of_bob), &json!(of_ann))
    );
    assert_eq!(request["body"]["note"], "it is me");
    let list = act(&mut bob, "GET", "/api/friends", &Value::Null, 200);
    assert_eq!(list["requests"][0]["user"]["id"], of_ann);
    let list = act(&mut ann, "GET", "/api/friends", &Value::Null, 200);
    assert_eq!(list["asked"][0]["user"]["id"], of_bob);
    assert_eq!(number(&synced(&mut bob, of_bob)["unread"]), 1);

    act(
        &mut bob,
        "PUT",
        &format!("/api/friends/{of_ann}"),
        &json!({"accept": true}),
        204,
    );
    let made = next_kind(&mut at_bob, "friend.made");
    let direct = text(&made["conversation"]).to_owned();
    // Ann is told, and how Bob looks: by a signal, or by the state that makes good a lost one.
    let (mut accepted, mut seen) = (false, false);
    next(&mut at_ann, |entry| {
        accepted |= entry["kind"] == "friend.accepted";
        seen |= is_signal(entry, "presence") && entry["user"] == of_bob;
        seen |= entry["presence"][of_bob] == "online";
        accepted && seen
    });
    for (client, other) in [(&mut ann, of_bob), (&mut bob, of_ann)] {
        let list = act(client, "GET", "/api/friends", &Value::Null, 200);
        assert_eq!(list["friends"][0]["user"]["id"], other);
        assert_eq!(list["friends"][0]["status"], "online");
        assert_eq!(list["requests"], json!([]));
        assert_eq!(list["asked"], json!([]));
        assert_eq!(synced(client, &direct)["peer"], other);
    }
    // Who was away, and polls, gets the same.
    let kinds = |events: &[Value]| -> Vec<String> {
        let kinds = events.iter().filter_map(|entry| entry["kind"].as_str());
        kinds.map(str::to_owned).collect()
    };
    let (_, events) = poll(&mut ann, &cursor_of_ann);
    assert_eq!(
        kinds(&events),
        ["friend.ask", "friend.accepted", "friend.made"]
    );
    let (_, events) = poll(&mut bob, &cursor_of_bob);
    assert_eq!(
        kinds(&events),
        ["friend.request", "friend.accept", "friend.made"]
    );

    // They write to one another without a group; after the end of it they do not.
    act(
        &mut bob,
        "DELETE",
        &format!("/api/groups/{}/members/{of_bob}", world.group),
        &Value::Null,
        204,
    );
    Draft::text("hello").post_once(&mut bob, &direct);
    act(
        &mut ann,
        "DELETE",
        &format!("/api/friends/{of_bob}"),
        &Value::Null,
        204,
    );
    next_kind(&mut at_bob, "friend.removed");
    let refused = Draft::text("x").post(&mut bob, &direct);
    assert_eq!(refused.expect("an answer").status, 404);
    let history = act(&mut bob, "GET", &messages_of(&direct), &Value::Null, 200);
    assert_eq!(
        history["messages"].as_array().map(Vec::len),
        Some(2),
        "what was said stays"
    );
}

#[test]
fn who_is_invisible_leaks_nowhere() {
    let world = World::start(Store::Sqlite, 2, &[]);
    let (mut ann, mut bob) = (world.client(0), world.client(1));
    let [of_ann, of_bob] = [0, 1].map(|nth| world.users[nth].id.as_str());
    act(
        &mut ann,
        "POST",
        "/api/friends",
        &json!({"user": of_bob}),
        202,
    );
    act(
        &mut bob,
        "PUT",
        &format!("/api/friends/{of_ann}"),
        &json!({"accept": true}),
        204,
    );
    let path = format!("/api/conversations/direct/{of_bob}");
    let direct = act(&mut ann, "GET", &path, &Value::Null, 200)["conversation"]["id"].clone();
    let direct = text(&direct).to_owned();
    let (_at_bob, mut at_ann) = (stream(&bob), stream(&ann));
    let typing = format!("/api/conversations/{direct}/typing");
    let read = format!("/api/conversations/{direct}/read");
    let about_bob = |entry: &Value| entry["type"] == "signal" && entry["user"] == of_bob;

    // Seen as long as he is visible.
    act(&mut bob, "POST", &typing, &json!({}), 204);
    next(&mut at_ann, |entry| is_signal(entry, "typing"));
    let seq = Draft::text("one").post_once(&mut ann, &direct);
    act(&mut bob, "PUT", &read, &json!({"seq": seq}), 200);
    let receipt = next(&mut at_ann, |entry| {
        is_signal(entry, "read") && entry["user"] == of_bob
    });
    assert_eq!(number(&receipt["seq"]), seq);
    assert_eq!(number(&synced(&mut ann, &direct)["peer_read_seq"]), seq);

    act(
        &mut bob,
        "PATCH",
        "/api/me",
        &json!({"status": "invisible"}),
        200,
    );
    let gone = next(&mut at_ann, |entry| is_signal(entry, "presence"));
    assert_eq!(gone["status"], "offline");
    std::thread::sleep(Duration::from_secs(1));
    act(&mut bob, "POST", &typing, &json!({}), 204);
    let group_typing = format!("/api/conversations/{}/typing", world.group);
    act(&mut bob, "POST", &group_typing, &json!({}), 204);
    let seq_then = Draft::text("two").post_once(&mut ann, &direct);
    act(&mut bob, "PUT", &read, &json!({"seq": seq_then}), 200);
    nothing(&mut at_ann, about_bob);
    assert_eq!(number(&synced(&mut ann, &direct)["peer_read_seq"]), seq);
    let list = act(&mut ann, "GET", "/api/friends", &Value::Null, 200);
    assert_eq!(list["friends"][0]["status"], "offline");
    let path = format!("/api/groups/{}/members", world.group);
    let members = act(&mut ann, "GET", &path, &Value::Null, 200);
    let members = members["members"].as_array().cloned().unwrap_or_default();
    let status = members.iter().find(|one| one["user"]["id"] == of_bob);
    assert_eq!(status.expect("a member")["status"], "offline");
    // Nor does a stream that begins now say so.
    let mut fresh = stream(&ann);
    let state = next(&mut fresh, |entry| entry["type"] == "state");
    assert_eq!(state["presence"][of_bob], "offline");

    act(
        &mut bob,
        "PATCH",
        "/api/me",
        &json!({"status": "online"}),
        200,
    );
    let back = next(&mut at_ann, |entry| is_signal(entry, "presence"));
    assert_eq!(back["status"], "online");
}

#[test]
fn what_was_taken_back_is_gone_for_who_was_away() {
    let world = World::start(Store::Sqlite, 2, &[]);
    let (mut ann, mut bob) = (world.client(0), world.client(1));
    let cursor = now(&mut bob);
    let secret = Draft::text("@u1 the secret word");
    let seq = secret.post_once(&mut ann, &world.group);
    let row = synced(&mut bob, &world.group);
    assert_eq!((number(&row["unread"]), number(&row["mentions"])), (1, 1));
    let reaction = json!({"seq": seq, "emoji": "👍", "on": true});
    let react = json!({"kind": "reaction", "body": reaction, "client_id": uuid::Uuid::new_v4()});
    act(&mut bob, "POST", &messages_of(&world.group), &react, 201);
    let message = |client: &mut Client| {
        let path = format!("{}/{seq}", messages_of(&world.group));
        act(client, "GET", &path, &Value::Null, 200)
    };
    let noted = message(&mut ann);
    assert_eq!(
        noted["notes"]["reaction"][format!("👍 {}", world.users[1].id)],
        true
    );
    assert_eq!(noted["mentions"], json!([world.users[1].id]));

    let recall = json!({"kind": "recall", "body": {"seq": seq}, "client_id": uuid::Uuid::new_v4()});
    act(&mut ann, "POST", &messages_of(&world.group), &recall, 201);
    let (_, events) = poll(&mut bob, &cursor);
    let all = serde_json::to_string(&events).expect("JSON");
    assert!(!all.contains("secret"), "{all}");
    let gone = events
        .iter()
        .find(|entry| number_of(entry) == seq)
        .expect("its place stays");
    assert_eq!(
        (&gone["body"], &gone["recalled"]),
        (&Value::Null, &json!(true))
    );
    assert!(
        gone.get("notes").is_none() && gone.get("mentions").is_none(),
        "{gone}"
    );
    let told = events
        .iter()
        .find(|entry| entry["kind"] == "recall")
        .expect("told");
    assert_eq!(number(&told["body"]["seq"]), seq);
    assert_eq!(number(&synced(&mut bob, &world.group)["mentions"]), 0);
    // A retry of the first post is still the first post, whatever it says.
    let again = secret.post(&mut ann, &world.group);
    assert_eq!(again.expect("an answer").status, 200);
    let history = act(
        &mut ann,
        "GET",
        &messages_of(&world.group),
        &Value::Null,
        200,
    );
    assert!(!history.to_string().contains("secret"));
}

fn number_of(entry: &Value) -> i64 {
    entry["seq"].as_i64().unwrap_or(0)
}

#[test]
fn slow_mode_holds_ordinary_members_back() {
    let world = World::start(Store::Sqlite, 2, &[]);
    let (mut ann, mut bob) = (world.client(0), world.client(1));
    let path = format!("/api/groups/{}", world.group);
    act(&mut ann, "PATCH", &path, &json!({"slow_mode": 30}), 200);
    let post = |client: &mut Client| {
        let answer = Draft::text("x").post(client, &world.group);
        answer.expect("an answer")
    };
    assert_eq!(post(&mut bob).status, 201);
    let refused = post(&mut bob);
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (429, &json!("slow_mode"))
    );
    let wait: u64 = refused
        .header("retry-after")
        .and_then(|wait| wait.parse().ok())
        .expect("a time");
    assert!((1..=30).contains(&wait), "{wait}");
    for _ in 0..2 {
        assert_eq!(post(&mut ann).status, 201, "the owner is not held back");
    }
    act(&mut ann, "PATCH", &path, &json!({"slow_mode": 0}), 200);
    assert_eq!(post(&mut bob).status, 201);
}
