//! Searching, over the socket: what comes back, what is refused, and that an index that is behind
//! or lost is made good.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;
use webqq_testkit::http::{Client, Response};

use crate::common::program::{fine, sentence};
use crate::common::{Person, World, fields, refusal};

/// A group of one in which these texts were said.
fn said(texts: &[&str]) -> (World, Person, String) {
    let world = World::start(&[]);
    let ann = world.person("ann");
    let group = world.group(&ann, "group");
    let mut client = world.client(&ann);
    for text in texts {
        say(&mut client, &group, text);
    }
    (world, ann, group)
}

fn say(client: &mut Client, group: &str, text: &str) {
    let body = json!({"kind": "text", "body": {"text": text}, "client_id": Uuid::new_v4()});
    let path = format!("/api/conversations/{group}/messages");
    let _ = client.json("POST", &path, &body).unwrap().expect(201);
}

fn search(client: &mut Client, query: &str) -> Response {
    client.get(&format!("/api/search?{query}")).unwrap()
}

/// `query=` and a text, percent-encoded.
fn query(text: &str) -> String {
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("query={encoded}")
}

/// Searches until there are so many results; a message may be found a moment after its receipt.
#[track_caller]
fn until(client: &mut Client, asked: &str, count: usize) -> Value {
    let end = Instant::now() + Duration::from_secs(8);
    loop {
        let answer = search(client, asked);
        if answer.status == 429 {
            std::thread::sleep(Duration::from_secs(1));
            continue;
        }
        let answer = answer.expect(200).json();
        if answer["results"].as_array().unwrap().len() >= count {
            return answer;
        }
        assert!(Instant::now() < end, "{asked}: {answer}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_comes_back() {
    let (mut world, ann, group) = said(&["😀 今天天气不错", "Rust & <b>rust</b>", "bye"]);
    let mut client = world.client(&ann);
    let answer = until(&mut client, &query("天气"), 1);
    let message = client
        .get(&format!("/api/conversations/{group}/messages/2"))
        .unwrap()
        .expect(200)
        .json();
    // The indices of JavaScript strings: an emoji is two.
    let result = json!({"message": message, "snippet": "😀 今天天气不错", "highlights": [[5, 7]]});
    let expected = json!({"results": [result], "next": null, "indexed": true});
    assert_eq!(answer, expected);
    let answer = until(&mut client, "query=RUST", 1);
    assert_eq!(answer["results"][0]["snippet"], "Rust & <b>rust</b>");
    assert_eq!(
        answer["results"][0]["highlights"],
        json!([[0, 4], [10, 14]])
    );

    // Page by page, with every filter there is.
    for nth in 0..3 {
        say(&mut client, &group, &format!("page {nth}"));
    }
    let _ = until(&mut client, "query=page", 3);
    let asked = format!(
        "query=page&limit=2&conversation={group}&sender={}&from=2000-01-01T00:00:00Z\
         &to=2999-12-31T23:59:59%2B08:00",
        ann.id
    );
    let first = search(&mut client, &asked).expect(200).json();
    let texts = |answer: &Value| {
        let results = answer["results"].as_array().unwrap().iter();
        results
            .map(|one| one["snippet"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(&first), ["page 2", "page 1"]);
    let next = first["next"].as_str().expect("there is more");
    let second = search(&mut client, &format!("{asked}&before={next}"));
    let second = second.expect(200).json();
    assert_eq!(
        (texts(&second), &second["next"]),
        (vec![json!("page 0")], &Value::Null)
    );
    world.check_alive();
}

#[test]
fn what_was_recalled_is_not_there() {
    let (mut world, ann, group) = said(&["a secret", "a secret that stays"]);
    let mut client = world.client(&ann);
    let _ = until(&mut client, "query=secret", 2);
    let body = json!({"kind": "recall", "body": {"seq": 2}, "client_id": Uuid::new_v4()});
    let path = format!("/api/conversations/{group}/messages");
    let _ = client.json("POST", &path, &body).unwrap().expect(201);
    for _ in 0..5 {
        let answer = search(&mut client, "query=secret").expect(200).json();
        assert_eq!(
            answer["results"].as_array().map(Vec::len),
            Some(1),
            "{answer}"
        );
        assert_eq!(answer["results"][0]["message"]["seq"], 3);
        std::thread::sleep(Duration::from_millis(150));
    }
    world.check_alive();
}

#[test]
fn what_is_refused() {
    let (mut world, ann, _) = said(&[]);
    // Each with a person of its own: searching has a rate.
    let mut people = (0..).map(|nth| world.person(&format!("person{nth}")));
    let mut clients = std::iter::from_fn(|| people.next()).map(|who| world.client(&who));
    let mut client = clients.next().unwrap();
    let long = query(&"字".repeat(129));
    let many = query(
        &(0..17)
            .map(|nth| nth.to_string())
            .collect::<Vec<_>>()
            .join(" "),
    );
    let own = world
        .client(&ann)
        .get("/api/sync")
        .unwrap()
        .expect(200)
        .json();
    let own = own["cursor"].as_str().unwrap();
    let foreign = format!("query=x&before=ffffffff{}", &own[8..]);
    let cases: [(&str, u16, &str, &str); 30] = [
        ("", 422, "invalid", "query"),
        ("query=", 422, "invalid", "query"),
        ("query=%20", 422, "invalid", "query"),
        ("query=%ef%bc%8c%e3%80%82", 422, "invalid", "query"),
        ("query=*", 422, "invalid", "query"),
        ("query=%22%22", 422, "invalid", "query"),
        (&long, 422, "invalid", "query"),
        (&many, 422, "invalid", "query"),
        ("query=x&query=y", 422, "invalid", "query"),
        ("query=a%00b", 422, "nul_character", ""),
        ("query=%ff", 400, "malformed_query", ""),
        ("query=%c0%80", 400, "malformed_query", ""),
        ("query=%zz", 400, "malformed_query", ""),
        ("query=x&surprise=1", 422, "invalid", "surprise"),
        ("query=x&limit=0", 422, "invalid", "limit"),
        ("query=x&limit=51", 422, "invalid", "limit"),
        ("query=x&limit=-1", 422, "invalid", "limit"),
        ("query=x&limit=many", 400, "malformed_query", "limit"),
        (
            "query=x&conversation=me",
            400,
            "malformed_query",
            "conversation",
        ),
        ("query=x&sender=ann", 400, "malformed_query", "sender"),
        ("query=x&from=yesterday", 422, "invalid", "from"),
        ("query=x&from=2026-11-25", 422, "invalid", "from"),
        ("query=x&from=", 422, "invalid", "from"),
        ("query=x&to=2026-02-30T00:00:00Z", 422, "invalid", "to"),
        ("query=x&to=1764057600", 422, "invalid", "to"),
        ("query=x&to=99999-01-01T00:00:00Z", 422, "invalid", "to"),
        ("query=x&before=", 422, "invalid", "before"),
        ("query=x&before=1", 422, "invalid", "before"),
        ("query=x&before=../../1", 422, "invalid", "before"),
        (&foreign, 422, "invalid", "before"),
    ];
    for (asked, status, code, field) in cases {
        let answer = search(&mut client, asked);
        if answer.status == 429 {
            client = clients.next().unwrap();
        }
        let answer = search(&mut client, asked);
        assert_eq!(
            refusal(&answer, asked),
            (status, code.to_owned()),
            "{asked}"
        );
        if !field.is_empty() {
            assert_eq!(fields(&answer), [field], "{asked}");
        }
    }
    // What a database would take for its own language is text.
    for text in [
        "a\" OR \"b",
        "x AND NOT y",
        "NEAR(a b)",
        "a | b & !c",
        "a <-> b",
        "col:x",
        "x')--",
        "\\x",
        "%",
        "{a}",
        "a^2",
        "-x",
        "👍\u{200d}x",
        "\u{202e}x",
    ] {
        let answer = search(&mut client, &query(text));
        match answer.status {
            429 => client = clients.next().unwrap(),
            422 => assert_eq!(text, "%"),
            _ => assert_eq!(answer.expect(200).json()["results"], json!([]), "{text}"),
        }
    }
    drop(clients);
    world.check_alive();
}

#[test]
fn who_searches_too_fast_waits() {
    let (mut world, ann, _) = said(&[]);
    let bob = world.person("bob");
    let mut client = world.client(&ann);
    let answers: Vec<_> = (0..40).map(|_| search(&mut client, "query=x")).collect();
    assert!(answers[..20].iter().all(|answer| answer.status == 200));
    let refused = answers.iter().find(|answer| answer.status != 200);
    let refused = refused.expect("forty at once are too many");
    assert_eq!(
        refusal(refused, "too fast"),
        (429, "too_many_searches".into())
    );
    let _ = search(&mut world.client(&bob), "query=x").expect(200);
    world.check_alive();
}

/// The server is killed before it can have indexed everything; after the restart all is found.
#[test]
fn the_index_catches_up_after_a_kill() {
    let (mut world, ann, group) = said(&[]);
    let mut client = world.client(&ann);
    for nth in 0..40 {
        say(&mut client, &group, &format!("survivor {nth}"));
    }
    world.server.kill();
    world.server.restart();
    let mut client = world.client(&ann);
    let answer = until(&mut client, "query=survivor&limit=50", 40);
    assert_eq!(answer["results"].as_array().map(Vec::len), Some(40));
    world.check_alive();
}

/// `webqq db reindex`, on a server that stands still.
#[test]
fn the_index_is_made_anew_by_command() {
    let (mut world, ann, _) = said(&["one needle", "another needle"]);
    let _ = until(&mut world.client(&ann), "query=needle", 2);
    let data = world.data.path().display().to_string();
    let command = ["db", "reindex", "--data", &data];
    let running = sentence(&command, "");
    assert!(running.contains("another server is writing"), "{running}");
    world.server.kill();
    assert_eq!(fine(&command, ""), "The search index is made anew.\n");
    world.server.restart();
    let answer = until(&mut world.client(&ann), "query=needle", 2);
    assert_eq!(answer["results"].as_array().map(Vec::len), Some(2));
    world.check_alive();
}
