//! A chat goes from one sort of store to the other: people stay signed in, and clients start over.

use std::fs;

use serde_json::json;
use webqq_testkit::http::Client;

use crate::place::{Place, hash, history, post, shown};
use crate::program::{run, text};

fn switch(from: &Place, to: &Place) {
    let (tokens, group) = from.seed(4);
    let export = shown(&from.path("export"));
    let (cursor, before, expected) = {
        let server = from.server();
        let mut ann = Client::new(server.addr()).bearer(&tokens[0]);
        let mut bob = Client::new(server.addr()).bearer(&tokens[1]);
        for nth in 0..20 {
            post(&mut ann, &group, &format!("text {nth} 你好"), nth);
        }
        let account = json!({"username": "clara", "password": "correct horse", "name": "Clara"});
        let _ = Client::new(server.addr())
            .json("POST", "/api/users", &account)
            .unwrap()
            .expect(201);
        let me = bob.get("/api/me").unwrap().expect(200).json();
        let left = format!("/api/groups/{group}/members/{}", me["id"].as_str().unwrap());
        let _ = bob.request("DELETE", &left, &[], b"").unwrap().expect(204);
        post(&mut ann, &group, "bob has left", 99);
        let cursor = ann.get("/api/sync").unwrap().expect(200).json()["cursor"].clone();
        let before = (history(&mut ann, &group), history(&mut bob, &group));
        // Bob came second and left before the last.
        assert_eq!(before.0.len(), before.1.len() + 2);
        // Beside the running server, and not into a store that a server has.
        let expected = hash(&from.fine(&["export", &export]));
        let refused = from.sentence(&["import", &export]);
        assert!(refused.contains("server"), "{refused}");
        (cursor, before, expected)
    };
    #[cfg(unix)]
    for entry in fs::read_dir(&export).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "hashes of passwords are nobody else's");
    }
    assert_eq!(hash(&to.fine(&["import", &export, "--dry-run"])), expected);
    assert_eq!(hash(&to.fine(&["import", &export])), expected);
    let again = shown(&to.path("again"));
    assert_eq!(hash(&to.fine(&["export", &again])), expected);
    let names = ["conversations.sha256.jsonl", "messages-000001.jsonl"];
    for name in names {
        let read = |directory: &str| fs::read(format!("{directory}/{name}")).unwrap();
        assert!(read(&export) == read(&again), "{name}");
    }

    let server = to.server();
    let mut ann = Client::new(server.addr()).bearer(&tokens[0]);
    let mut bob = Client::new(server.addr()).bearer(&tokens[1]);
    assert_eq!(
        (history(&mut ann, &group), history(&mut bob, &group)),
        before
    );
    let signed_in = json!({"username": "clara", "password": "correct horse"});
    let _ = Client::new(server.addr())
        .json("POST", "/api/sessions", &signed_in)
        .unwrap()
        .expect(201);
    // A cursor into the old store's past: over both transports the client starts over.
    let cursor = cursor.as_str().unwrap();
    let poll = format!("/api/poll?cursor={cursor}&wait=0");
    let answer = ann.get(&poll).unwrap().expect(200).json();
    assert_eq!(answer["events"], json!([{"type": "reset"}]));
    let mut stream = ann.stream(Some(cursor)).unwrap();
    let patience = std::time::Duration::from_secs(5);
    assert_eq!(stream.next(patience).unwrap().json()["resumed"], false);
    assert_eq!(stream.next(patience).unwrap().json()["type"], "reset");
    // A retry of what was posted before finds it; what is new goes on behind it.
    let path = format!("/api/conversations/{group}/messages");
    let id = format!("00000000-0000-4000-8000-{:012x}", 99);
    let retry = json!({"kind": "text", "body": {"text": "bob has left"}, "client_id": id});
    let _ = ann.json("POST", &path, &retry).unwrap().expect(200);
    let last = before.0.last().unwrap()["seq"].as_i64().unwrap();
    assert_eq!(post(&mut ann, &group, "on we go", 100), last + 1);
}

#[test]
fn from_sqlite_to_postgres() {
    switch(&Place::sqlite(), &Place::postgres());
}

#[test]
fn from_postgres_to_sqlite() {
    switch(&Place::postgres(), &Place::sqlite());
}

#[test]
fn what_cannot_be_moved_is_a_sentence() {
    let place = Place::sqlite();
    let export = shown(&place.path("export"));
    let none = place.sentence(&["export", &export]);
    assert!(
        none.contains("there is no database") && none.contains("--data"),
        "{none}"
    );
    assert!(
        place
            .sentence(&["import", &export])
            .contains("there is no export")
    );
    let empty = Place::postgres();
    let none = empty.sentence(&["export", &export]);
    assert!(none.contains("--store"), "{none}");
    place.fine(&["db", "init"]);
    place.fine(&["export", &export]);
    assert!(
        place
            .sentence(&["export", &export])
            .contains("choose another")
    );
    // An empty store moves as well, and to its own sort.
    let other = Place::sqlite();
    other.fine(&["import", &export]);
    assert!(empty.sentence(&["backup", &export]).contains("pg_dump"));
    for command in ["export", "import", "backup", "import-irc", "import-qq"] {
        assert_eq!(run(&[command]).status.code(), Some(2), "{command} alone");
        let help = text(&run(&[command, "--help"]).stdout);
        assert!(help.contains(&format!("Usage: webqq {command}")), "{help}");
    }
}
