//! What the black-box tests of bad input and access share: a server, its people, and one way to
//! look at a refusal.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

pub(crate) mod browser;
pub(crate) mod place;
pub(crate) mod program;
pub(crate) mod roles;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_webqq");
/// What no answer may say: words of parsers and of the program's inside.
const INTERNALS: [&str; 10] = [
    "line ",
    "column",
    "serde",
    "expected value",
    "struct",
    "::",
    "panicked",
    ".rs",
    "sql",
    "SQL",
];

/// A server with its data, and people who signed up on it.
pub(crate) struct World {
    /// The server; killed before its data goes.
    pub(crate) server: Server,
    /// `--data`.
    pub(crate) data: TempDir,
}

/// Somebody with an account and a token.
pub(crate) struct Person {
    /// Id.
    pub(crate) id: String,
    /// For `Authorization: Bearer`.
    pub(crate) token: String,
}

impl World {
    /// A server without rate limits, with more options.
    pub(crate) fn start(options: &[&str]) -> Self {
        let data = TempDir::new("hostile");
        let path = data.path().display().to_string();
        let mut arguments = vec!["--data", path.as_str()];
        for unlimited in [
            "--auth-rate",
            "--post-rate",
            "--connections-per-address",
            "--request-rate",
            "--address-request-rate",
            "--address-post-rate",
        ] {
            if !options.contains(&unlimited) {
                arguments.extend([unlimited, "0"]);
            }
        }
        arguments.extend(options);
        let server = Server::start(BINARY, &arguments);
        Self { server, data }
    }

    /// A client without an account.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(self.server.addr())
    }

    /// A client with this person's token.
    pub(crate) fn client(&self, person: &Person) -> Client {
        self.stranger().bearer(&person.token)
    }

    /// Signs somebody up.
    #[track_caller]
    pub(crate) fn person(&self, username: &str) -> Person {
        let body = json!({"username": username, "password": password(username),
            "name": username, "want_token": true});
        let answer = self.stranger().json("POST", "/api/users", &body).unwrap();
        let answer = answer.expect(201).json();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Person {
            id: text(&answer["user"]["id"]),
            token: text(&answer["token"]),
        }
    }

    /// Makes an administrator of the server.
    #[track_caller]
    pub(crate) fn promote(&self, username: &str) {
        let _ = self.command(&["admin", username]);
    }

    /// Runs `webqq user …` beside the server.
    #[track_caller]
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let data = self.data.path().display().to_string();
        let place = ["--data", data.as_str()];
        program::fine(&[&["user"], arguments, &place].concat(), "")
    }

    /// A group of this person.
    #[track_caller]
    pub(crate) fn group(&self, owner: &Person, name: &str) -> String {
        let mut client = self.client(owner);
        let answer = client.json("POST", "/api/groups", &json!({"name": name}));
        let answer = answer.unwrap().expect(201).json();
        answer["group"]["id"].as_str().expect("an id").to_owned()
    }

    /// Lets somebody join.
    #[track_caller]
    pub(crate) fn join(&self, person: &Person, group: &str) {
        let path = format!("/api/groups/{group}/members");
        let answer = self.client(person).json("POST", &path, &json!({}));
        let _ = answer.unwrap().expect(200);
    }

    /// Sends bytes on a connection of their own; what comes back until the server closes, or says
    /// nothing for `patience`. True if it closed.
    pub(crate) fn raw(&self, bytes: &[u8], patience: Duration) -> (String, bool) {
        let mut connection = TcpStream::connect(self.server.addr()).unwrap();
        connection.set_read_timeout(Some(patience)).unwrap();
        // A server that refuses early may close before it has read everything.
        let _ = connection.write_all(bytes);
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        let closed = loop {
            match connection.read(&mut piece) {
                Ok(0) => break true,
                Ok(read) => answer.extend_from_slice(&piece[..read]),
                Err(error) => break error.kind() == std::io::ErrorKind::ConnectionReset,
            }
        };
        (String::from_utf8_lossy(&answer).into_owned(), closed)
    }

    /// The server runs, answers, and nothing in it panicked.
    #[track_caller]
    pub(crate) fn check_alive(&mut self) {
        let gone = self.server.wait_exit(Duration::ZERO);
        assert_eq!(gone, None, "the server ended");
        let _ = self.stranger().get("/healthz").unwrap().expect(200);
        let _ = self.stranger().get("/readyz").unwrap().expect(200);
        let log = self.server.log();
        for bad in ["panicked", "ERROR"] {
            assert!(!log.contains(bad), "{bad} in the log:\n{log}");
        }
    }
}

/// The password of a user.
pub(crate) fn password(username: &str) -> String {
    format!("long enough for {username}")
}

/// Status and code of a refusal, after a look at its form.
#[track_caller]
pub(crate) fn refusal(answer: &Response, what: &str) -> (u16, String) {
    let text = answer.text();
    let what = format!("{what}: {} {text}", answer.status);
    assert!((400..600).contains(&answer.status), "{what}");
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("application/problem+json"), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    let problem = answer.json();
    for field in ["type", "title", "detail", "code"] {
        let value = problem[field].as_str();
        assert!(value.is_some_and(|value| !value.is_empty()), "{what}");
    }
    assert_eq!(problem["status"], answer.status, "{what}");
    for word in INTERNALS {
        assert!(!text.contains(word), "{word:?} in {what}");
    }
    let control = |c: char| c.is_control();
    assert!(!text.contains(control), "a control character in {what}");
    if problem.get("fields").is_some() {
        let fields = problem["fields"].as_array().expect("a list");
        assert!(!fields.is_empty(), "{what}");
        for field in fields {
            let has = |name: &str| field[name].as_str().is_some_and(|text| !text.is_empty());
            assert!(has("field") && has("message"), "{what}");
        }
    }
    match answer.status {
        401 => assert!(answer.header("www-authenticate").is_some(), "{what}"),
        405 => assert!(answer.header("allow").is_some(), "{what}"),
        429 | 503 => {
            let wait = answer.header("retry-after").map(str::parse::<u64>);
            assert!(matches!(wait, Some(Ok(1..))), "{what}");
        }
        _ => {}
    }
    (
        answer.status,
        problem["code"].as_str().unwrap_or_default().to_owned(),
    )
}

/// The names of the fields that a refusal is about.
pub(crate) fn fields(answer: &Response) -> Vec<String> {
    let problem = answer.json();
    let fields = problem["fields"].as_array().cloned().unwrap_or_default();
    let name = |field: &Value| field["field"].as_str().unwrap_or_default().to_owned();
    fields.iter().map(name).collect()
}
