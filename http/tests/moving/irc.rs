//! Logs of channels as groups.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use webqq_testkit::http::Client;

use crate::place::{Place, channel, history, shown};
use crate::program;

const SHORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ubuntu-short.txt");

/// Makes a reader who joins a group by its name, and reads what is there: nothing of what was said
/// before, unless the group shares its history.
fn owner(place: &Place) {
    let arguments = place.arguments(&["user", "add", "olga"]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    program::fine(&arguments, "correct horse\n");
}

fn signed_in(address: std::net::SocketAddr) -> Client {
    let body = json!({"username": "olga", "password": "correct horse", "want_token": true});
    let answer = Client::new(address)
        .json("POST", "/api/sessions", &body)
        .unwrap()
        .expect(201);
    Client::new(address).bearer(answer.json()["token"].as_str().unwrap())
}

fn group(client: &mut Client, name: &str) -> Value {
    let found = client
        .get(&format!("/api/groups?query={name}"))
        .unwrap()
        .expect(200)
        .json();
    found["groups"][0].clone()
}

fn a_channel_becomes_a_group(place: &Place) {
    owner(place);
    let command = ["import-irc", SHORT, "--group", "ubuntu", "--owner", "olga"];
    let refused = place.sentence(&command);
    assert!(refused.contains("--date"), "{refused}");
    let command = [
        &command[..],
        &["--date", "2004-11-15", "--utc-offset", "-05:00"],
    ]
    .concat();
    let would = place.fine(&[&command[..], &["--dry-run"]].concat());
    let said = place.fine(&command);
    assert_eq!(
        would,
        format!("Would be: {said}"),
        "a dry run tells what will be"
    );
    assert!(
        said.starts_with("139 messages into the new group “ubuntu”; 17 users made, 18 joined"),
        "{said}"
    );
    assert!(
        said.contains("joins, leaves and renames: 11 (line 12, 27"),
        "{said}"
    );
    let again = place.fine(&command);
    assert!(
        again.starts_with("0 messages into the group “ubuntu”; 0 users made, 0 joined, 139"),
        "{again}"
    );

    let server = place.server();
    let mut olga = signed_in(server.addr());
    let ubuntu = group(&mut olga, "ubuntu");
    assert_eq!(
        (&ubuntu["role"], &ubuntu["member_count"]),
        (&json!("owner"), &json!(18))
    );
    let messages = history(&mut olga, ubuntu["id"].as_str().unwrap());
    let texts: Vec<_> = messages
        .iter()
        .filter(|message| message["kind"] == "text")
        .collect();
    let lines = fs::read_to_string(SHORT).unwrap();
    let lines: Vec<&str> = lines.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(texts.len(), lines.len());
    for (text, line) in texts.iter().zip(lines) {
        let said = text["body"]["text"].as_str().unwrap();
        assert!(line.ends_with(said), "{line}: {text}");
        let utc = format!("2004-11-15T{:02}:", line[1..3].parse::<u32>().unwrap() + 5);
        assert!(
            text["sent_at"].as_str().unwrap().starts_with(&utc),
            "{line}: {text}"
        );
        assert!(
            line.contains(text["sender_name"].as_str().unwrap()),
            "{line}: {text}"
        );
    }
    // Those who spoke cannot sign in.
    let found = olga
        .get("/api/users?query=usual")
        .unwrap()
        .expect(200)
        .json();
    assert_eq!(found["users"].as_array().unwrap().len(), 1, "{found}");
    let body = json!({"username": found["users"][0]["username"], "password": "correct horse"});
    let _ = Client::new(server.addr())
        .json("POST", "/api/sessions", &body)
        .unwrap()
        .expect(401);
}

#[test]
fn a_channel_becomes_a_group_in_sqlite() {
    a_channel_becomes_a_group(&Place::sqlite());
}

#[test]
fn a_channel_becomes_a_group_in_postgres() {
    a_channel_becomes_a_group(&Place::postgres());
}

#[test]
fn a_longer_log_adds_what_is_new_in_it() {
    let place = Place::sqlite();
    let log = place.path("day-2020-02-29.txt");
    let write = |lines: usize| fs::write(&log, channel(lines, 9)).unwrap();
    let run = |more: &[&str]| {
        let log = shown(&log);
        place.fine(&[&["import-irc", &log, "--group", "g"], more].concat())
    };
    write(600);
    assert!(run(&[]).starts_with("600 messages into the new group “g”; 9 users made, 9 joined, 0"));
    write(1_500);
    assert!(run(&[]).starts_with("900 messages into the group “g”; 0 users made, 0 joined, 600"));
    // The same words on another day, and twice in one moment, are other messages.
    fs::write(&log, "[12:00] <a> hi\n[12:00] <a> hi\n[12:00] <b> hi\n").unwrap();
    assert!(run(&[]).starts_with("3 messages"));
    assert!(run(&["--date", "2020-03-01"]).starts_with("3 messages"));
    assert!(run(&["--date", "2020-03-01"]).starts_with("0 messages"));
    // By its number, the first after those of its people, too; and other people in another group have names of their own.
    assert!(
        place
            .fine(&["import-irc", &shown(&log), "--group", "10010"])
            .contains("“g”; 0 users")
    );
    let other = place.fine(&["import-irc", &shown(&log), "--group", "h"]);
    assert!(
        other.starts_with("3 messages into the new group “h”; 2 users made"),
        "{other}"
    );
    let server = place.server();
    drop(server);
}

#[test]
fn odd_logs_and_places() {
    let place = Place::sqlite();
    let log = place.path("odd-2020-02-29.txt");
    let shown_log = shown(&log);
    let run = |group: &str, more: &[&str]| {
        [&["import-irc", &shown_log, "--group", group], more]
            .concat()
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()
    };
    let fine = |arguments: Vec<String>| {
        place.fine(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let refused = |arguments: Vec<String>| {
        place.sentence(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert!(refused(run("g", &[])).contains("cannot be read"));
    for nothing in ["", "\n\n", "=== bob has joined\n", "what is this\n"] {
        fs::write(&log, nothing).unwrap();
        let said = refused(run("g", &[]));
        assert!(
            said.contains("there are no messages"),
            "{nothing:?}: {said}"
        );
    }
    let long = "长".repeat(12_000);
    let mut odd = b"[12:00] <\xff\xfe> caf\xe9\n[12:00] <a b|c> x\x02bold\x03\n".to_vec();
    odd.extend(format!("[12:01] <long> {long}\n[12:01] <\u{202e}> a\0b\nwhat\n").as_bytes());
    fs::write(&log, odd).unwrap();
    for name in ["", "x\u{7}", "\u{202e}"] {
        assert!(
            refused(run(name, &[])).contains("cannot be a group's name"),
            "{name:?}"
        );
    }
    assert!(refused(run("123", &[])).contains("no group with the number 123"));
    assert!(refused(run("g", &["--owner", "nobody"])).contains("webqq user add"));
    let said = fine(run("g", &[]));
    assert!(
        said.starts_with("6 messages into the new group “g”; 4 users made, 4 joined"),
        "{said}"
    );
    assert!(
        said.contains("lines that are no message: 1 (line 5)"),
        "{said}"
    );
    assert!(said.contains("not UTF-8, which became �: 1"), "{said}");
    // More people than a group of 200 has room for.
    fs::write(&log, channel(300, 250)).unwrap();
    let full = refused(run("g", &[]));
    assert!(full.contains("--raise-limit"), "{full}");
    assert!(fine(run("g", &["--raise-limit"])).contains("250 joined"));
    assert!(fine(run("h", &[])).contains("250 joined"));
    let running = place.server();
    assert!(refused(run("g", &[])).contains("another server"));
    drop(running);
    assert!(Path::new(&shown_log).exists());
}
