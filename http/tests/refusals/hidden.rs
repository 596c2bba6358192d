//! What somebody may not know of looks, byte for byte, like what does not exist; and who has gone
//! sees what was, and nothing after.

use crate::common::roles::{Place, verdict};
use serde_json::{Value, json};
use webqq_testkit::http::Response;

const NOBODY: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";

/// Posts a message of the outside world's eyes: byte for byte what a missing thing answers.
#[test]
fn what_one_may_not_know_of_does_not_exist() {
    let mut place = Place::new();
    let direct = place.act(
        "owner",
        "GET",
        "/api/conversations/direct/member",
        &Value::Null,
    );
    let direct = direct.expect(200).json()["conversation"]["id"].clone();
    let direct = direct.as_str().expect("an id").to_owned();
    let text = json!({"kind": "text", "body": {"text": "secret"}, "client_id": NOBODY});
    let say = |id: &str| {
        place.act(
            "owner",
            "POST",
            &format!("/api/conversations/{id}/messages"),
            &text,
        )
    };
    let _ = say(&direct).expect(201);
    let _ = say("GROUP").expect(201);
    let member = place.people["member"].id.clone();
    let routes = |id: &str| {
        let path = |rest: &str| format!("/api/conversations/{id}/{rest}");
        [
            ("GET", path("messages"), Value::Null),
            ("GET", path("messages?after=0&limit=200"), Value::Null),
            ("GET", path("messages/1"), Value::Null),
            (
                "GET",
                format!("/api/search?query=secret&conversation={id}"),
                Value::Null,
            ),
            ("PUT", path("read"), json!({"seq": 1})),
            ("POST", path("messages"), text.clone()),
            ("POST", path("typing"), json!({})),
        ]
    };
    let mut others = (0..).map(|nth| format!("5f0c6a1e-7d53-4c1b-9a63-{nth:012x}"));
    for who in ["stranger", "admin", "left"] {
        // A direct chat of others, and somebody's own conversation.
        for id in [direct.as_str(), member.as_str()] {
            // A new one each time: typing has a rate.
            let nobody = others.next().expect("there is no end");
            for ((method, path, body), (_, missing, _)) in
                routes(id).into_iter().zip(routes(&nobody))
            {
                let what = format!("{who} {method} {path}");
                let one = place.act(who, method, &path, &body);
                let other = place.act(who, method, &missing, &body);
                assert_eq!(verdict(&one, &what), "404 not_found", "{what}");
                same(&one, &other, &what);
            }
            let show = place.act(who, "GET", &format!("/api/groups/{id}"), &Value::Null);
            let other = place.act(who, "GET", &format!("/api/groups/{NOBODY}"), &Value::Null);
            same(&show, &other, who);
        }
    }
    // What is said in a group is nothing to a stranger.
    for ((method, path, body), (_, missing, _)) in
        routes("GROUP").into_iter().zip(routes(NOBODY)).take(5)
    {
        let what = format!("stranger {method} {path}");
        let one = place.act("stranger", method, &path, &body);
        same(&one, &place.act("stranger", method, &missing, &body), &what);
    }
    // Somebody who shares no group with one, and nobody at all.
    let person = place.act(
        "stranger",
        "GET",
        "/api/conversations/direct/member",
        &Value::Null,
    );
    let nobody = place.act(
        "stranger",
        "GET",
        &format!("/api/conversations/direct/{NOBODY}"),
        &Value::Null,
    );
    same(&person, &nobody, "direct");
    // Another's session, and none.
    let mut sessions = place.client("owner");
    let sessions = sessions.get("/api/sessions").unwrap().expect(200).json();
    let session = sessions["sessions"][0]["id"].as_str().expect("an id");
    let one = place.act(
        "stranger",
        "DELETE",
        &format!("/api/sessions/{session}"),
        &Value::Null,
    );
    let none = place.act(
        "stranger",
        "DELETE",
        &format!("/api/sessions/{NOBODY}"),
        &Value::Null,
    );
    same(&one, &none, "a session");
    // And nobody was let in by any of this.
    let history = place.act(
        "owner",
        "GET",
        &format!("/api/conversations/{direct}/messages"),
        &Value::Null,
    );
    assert_eq!(
        history.expect(200).json()["messages"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    place.world.check_alive();
}

#[track_caller]
fn same(one: &Response, other: &Response, what: &str) {
    let bytes = |answer: &Response| {
        let headers = answer.headers.iter().filter(|(name, _)| name != "date");
        (
            answer.status,
            headers.cloned().collect::<Vec<_>>(),
            answer.text(),
        )
    };
    assert_eq!(bytes(one), bytes(other), "{what}");
    assert_eq!(one.status, 404, "{what}");
}

#[test]
fn who_has_gone_sees_what_was_and_nothing_after() {
    let mut place = Place::new();
    let text = json!({"kind": "text", "body": {"text": "afterwards"}, "client_id": NOBODY});
    let _ = place
        .act("owner", "POST", "/api/conversations/GROUP/messages", &text)
        .expect(201);
    let rename = json!({"name": "renamed"});
    let _ = place
        .act("owner", "PATCH", "/api/groups/GROUP", &rename)
        .expect(200);
    for who in ["removed", "left"] {
        let history = place.act(
            who,
            "GET",
            "/api/conversations/GROUP/messages",
            &Value::Null,
        );
        let history = history.expect(200);
        assert!(!history.text().contains("afterwards"), "{who}");
        let sync = place.act(who, "GET", "/api/sync", &Value::Null).expect(200);
        assert!(!sync.text().contains("afterwards"), "{who}");
        let row = sync.json()["conversations"][0].clone();
        assert_eq!(
            (row["left"].clone(), row["name"].clone()),
            (json!(true), json!("the group")),
            "{who}"
        );
        let head = row["head_seq"].as_i64().expect("a seq");
        for seq in [head + 1, head + 2, head + 100] {
            let path = format!("/api/conversations/GROUP/messages/{seq}");
            let answer = place.act(who, "GET", &path, &Value::Null);
            // The other one's leaving is visible to who left later.
            assert_eq!(verdict(&answer, who), "404 not_found", "{who} {seq}");
        }
        let read = place.act(
            who,
            "PUT",
            "/api/conversations/GROUP/read",
            &json!({"seq": 999}),
        );
        assert!(
            read.expect(200).json()["read_seq"].as_i64() <= Some(head),
            "{who}"
        );
    }
    place.world.check_alive();
}
