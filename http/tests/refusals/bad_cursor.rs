//! Cursors that no server ever gave, or that another one did: `reset`, on either transport, and
//! never an error status, because `EventSource` gives up for good on one.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::time::Duration;

use crate::common::place::Place;
use serde_json::json;
use webqq_testkit::sse::EventStream;

const PATIENCE: Duration = Duration::from_secs(5);
const NOBODY: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";

/// Cursors that no server ever gave, or another one did.
fn bad_cursors(place: &Place) -> Vec<String> {
    let mut client = place.world.client(&place.owner);
    let now = client.get("/api/poll?wait=0").unwrap().expect(200).json();
    let now = now["cursor"].as_str().expect("a cursor").to_owned();
    let parts: Vec<&str> = now.split('-').collect();
    let (epoch, position, version) = (parts[0], parts[1], parts[2]);
    // Far: the cursor of now may lie a little behind the head.
    let far = position.parse::<i64>().expect("a number") + 1_000;
    let mut all = vec![
        format!("00000000-{position}-{version}"),
        format!("{epoch}-{far}-{version}"),
        format!("{epoch}-9223372036854775807-{version}"),
        format!("{epoch}-9223372036854775808-{version}"),
        format!("{epoch}--1-{version}"),
        format!("{epoch}-{position}"),
        format!("{epoch}-{position}-{version}-1"),
        format!("{epoch}-{position}-zz"),
        format!("{now}x"),
        format!("x{now}"),
        "x".repeat(10 * 1024),
    ];
    let garbage = [
        "",
        "-",
        "--",
        "null",
        "0",
        "x",
        "你好",
        "💣",
        "' or 1=1 --",
        "{}",
        "a b",
    ];
    all.extend(garbage.map(str::to_owned));
    all
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_poll_with_a_bad_cursor_is_reset() {
    let mut place = Place::new();
    let mut client = place.world.client(&place.owner);
    for cursor in bad_cursors(&place) {
        let encoded = if cursor.len() > 5_000 {
            cursor.clone()
        } else {
            percent(&cursor)
        };
        let path = format!("/api/poll?wait=20&cursor={encoded}");
        let answer = client.get(&path).unwrap().expect(200).json();
        assert_eq!(answer["events"], json!([{"type": "reset"}]), "{cursor:.80}");
        let fresh = answer["cursor"].as_str().expect("a cursor");
        let path = format!("/api/poll?wait=0&cursor={fresh}");
        let answer = client.get(&path).unwrap().expect(200).json();
        let events = answer["events"].as_array().expect("a list");
        let resets = events.iter().filter(|event| event["type"] == "reset");
        assert_eq!(resets.count(), 0, "{events:?}");
    }
    place.world.check_alive();
}

#[test]
fn a_stream_with_a_bad_cursor_is_reset_and_stays_live() {
    let mut place = Place::new();
    let address = place.world.server.addr();
    let bearer = format!("Bearer {}", place.owner.token);
    let bearer = ("Authorization", bearer.as_str());
    for cursor in bad_cursors(&place) {
        let mut streams = Vec::new();
        if cursor.len() < 5_000 {
            let path = format!("/api/stream?cursor={}", percent(&cursor));
            streams.push(EventStream::open(address, &path, &[bearer]).unwrap());
        }
        // In a header spaces at the ends are none, and an empty one is none of ours either.
        let headers = [bearer, ("Last-Event-ID", cursor.as_str())];
        streams.push(EventStream::open(address, "/api/stream?cursor=x", &headers).unwrap());
        for mut stream in streams {
            assert_eq!(stream.status(), 200, "{cursor:.80}");
            let hello = stream.next(PATIENCE).expect("hello");
            assert!(hello.id.is_some(), "{hello:?}");
            let id = hello.id.clone();
            assert_eq!(hello.json()["type"], "hello", "{cursor:.80}");
            assert_eq!(hello.json()["resumed"], false, "{cursor:.80}");
            assert_eq!(hello.json()["cursor"].as_str(), id.as_deref());
            let reset = stream.next(PATIENCE).expect("reset");
            assert_eq!(reset.json(), json!({"type": "reset"}), "{cursor:.80}");
            assert!(reset.id.is_some(), "{reset:?}");
        }
    }
    // A header outranks the parameter, and what follows a reset is live.
    let headers = [bearer, ("Last-Event-ID", "garbage")];
    let mut stream = EventStream::open(address, "/api/stream", &headers).unwrap();
    let text = json!({"kind": "text", "body": {"text": "live"}, "client_id": NOBODY});
    let path = format!("/api/conversations/{}/messages", place.group);
    let mut member = place.world.client(&place.member);
    let _ = member.json("POST", &path, &text).unwrap().expect(201);
    let live = stream.next_where(PATIENCE, |event| event.json()["type"] == "message");
    assert_eq!(live.expect("the message").json()["body"]["text"], "live");
    place.world.check_alive();
}
