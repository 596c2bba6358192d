//! `webqq seed`: what it writes, and that those people can talk.

use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

use crate::common::BINARY;
use crate::common::program::{fine, sentence};
use serde_json::{Value, json};
use webqq_testkit::http::Client;
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

#[test]
fn a_seed_makes_people_who_can_talk() {
    let data = TempDir::new("seed");
    let (data, out) = (
        data.path().display().to_string(),
        data.path().join("tokens.ndjson"),
    );
    let path = out.display().to_string();
    let seed = [
        "--data",
        &data,
        "seed",
        "--users",
        "10000",
        "--groups",
        "20",
        "--members",
        "500",
        "--out",
        &path,
    ];
    let begun = Instant::now();
    let said = fine(&seed, "");
    println!(
        "10,000 users and 20 groups of 500: {:?}; {said}",
        begun.elapsed()
    );
    let written = fs::read_to_string(&out).unwrap();
    let lines: Vec<Value> = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (users, groups) = lines.split_at(10_000);
    let keys = |line: &Value| {
        line.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(
        users
            .iter()
            .all(|line| keys(line) == ["token", "user", "username"])
    );
    assert!(
        groups
            .iter()
            .all(|line| keys(line) == ["conversation", "group", "name"])
    );
    assert!(
        groups.len() == 20
            && groups
                .iter()
                .all(|line| line["group"] == line["conversation"])
    );
    let distinct = |key: &str| {
        users
            .iter()
            .map(|line| line[key].to_string())
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert_eq!(["user", "username", "token"].map(distinct), [10_000; 3]);
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&out).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "tokens are nobody else's");
    }
    // Once only.
    assert!(!sentence(&seed[..], "").is_empty());

    let server = Server::start(BINARY, &["--data", &data]);
    let mut posted = 0;
    for user in [0, 1, 499, 9_999].map(|nth| &users[nth]) {
        let mut client = Client::new(server.addr()).bearer(user["token"].as_str().unwrap());
        assert_eq!(
            client.get("/api/me").unwrap().expect(200).json()["id"],
            user["user"]
        );
        let sync = client.get("/api/sync").unwrap().expect(200).json();
        for conversation in sync["conversations"].as_array().unwrap() {
            let path = format!(
                "/api/conversations/{}/messages",
                conversation["id"].as_str().unwrap()
            );
            let body = json!({"kind": "text", "body": {"text": "x"}, "client_id": user["user"]});
            let _ = client.json("POST", &path, &body).unwrap().expect(201);
            posted += 1;
        }
        let group = groups[0]["group"].as_str().unwrap();
        let shown = client
            .get(&format!("/api/groups/{group}"))
            .unwrap()
            .expect(200)
            .json();
        assert_eq!(shown["group"]["member_count"], 500);
        assert_eq!(shown["group"]["name"], groups[0]["name"]);
    }
    assert!(posted > 0, "nobody of the four is in a group");
}
