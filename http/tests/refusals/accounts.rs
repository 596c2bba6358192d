//! `webqq db` and `webqq user`, over either store and beside a running server.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::time::Duration;

use crate::common::program::{fine, sentence};
use crate::common::{BINARY, password};
use serde_json::json;
use webqq_testkit::http::Client;
use webqq_testkit::postgres;
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

/// The same commands over either store.
fn accounts(store: &[&str]) {
    let with = |arguments: &[&'static str]| [store, arguments].concat();
    for _ in 0..2 {
        let _ = fine(&with(&["db", "init"]), "");
    }
    let _ = fine(
        &with(&["user", "add", "anna"]),
        &format!("{}\n", password("anna")),
    );
    let boss = with(&["user", "add", "boss", "--name", "The Boss", "--admin"]);
    // Without a line end, and with that of another system.
    let _ = fine(&boss, &password("boss"));
    let _ = fine(
        &with(&["user", "add", "chen"]),
        &format!("{}\r\n", password("chen")),
    );
    assert!(sentence(&with(&["user", "add", "ANNA"]), "long enough").contains("taken"));
    assert!(!sentence(&with(&["user", "add", "a b"]), "long enough").is_empty());
    assert!(sentence(&with(&["user", "add", "dora"]), "short").contains('8'));
    assert!(!sentence(&with(&["user", "add", "dora"]), "").is_empty());
    assert!(sentence(&with(&["user", "admin", "nobody"]), "").contains("nobody"));
    assert!(sentence(&with(&["user", "password", "nobody"]), "long enough").contains("nobody"));

    let server = Server::start(BINARY, &[store, &["--auth-rate", "0"]].concat());
    let sign_in = |username: &str, password: &str| {
        let body = json!({"username": username, "password": password, "want_token": true});
        Client::new(server.addr())
            .json("POST", "/api/sessions", &body)
            .unwrap()
    };
    let me =
        |username: &str| sign_in(username, &password(username)).expect(201).json()["user"].clone();
    assert_eq!(
        (&me("boss")["administrator"], &me("boss")["name"]),
        (&json!(true), &json!("The Boss"))
    );
    assert_eq!(
        (&me("anna")["administrator"], &me("anna")["name"]),
        (&json!(false), &json!("anna"))
    );
    assert_eq!(me("chen")["username"], "chen");
    assert_eq!(sign_in("dora", "short").status, 401);
    // Beside the running server, which notices.
    let _ = fine(&with(&["user", "admin", "anna"]), "");
    let _ = fine(&with(&["user", "admin", "boss", "--revoke"]), "");
    assert_eq!(
        (&me("anna")["administrator"], &me("boss")["administrator"]),
        (&json!(true), &json!(false))
    );
    let token = sign_in("anna", &password("anna")).json()["token"].clone();
    let _ = fine(&with(&["user", "password", "anna"]), "another password\n");
    assert_eq!(sign_in("anna", &password("anna")).status, 401);
    assert_eq!(sign_in("anna", "another password").status, 201);
    let mut old = Client::new(server.addr()).bearer(token.as_str().expect("a token"));
    webqq_testkit::eventually(Duration::from_secs(2), "the old session has ended", || {
        old.get("/api/me").unwrap().status == 401
    });
}

#[test]
fn accounts_are_made_on_sqlite() {
    let data = TempDir::new("accounts");
    accounts(&["--data", &data.path().display().to_string()]);
}

#[test]
fn accounts_are_made_on_postgresql() {
    let data = TempDir::new("accounts");
    let database = postgres::cluster().database();
    let data = data.path().display().to_string();
    accounts(&["--store", database.url(), "--data", &data]);
}
