//! A server with people, and what lies in its file storage.

use std::net::TcpStream;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

/// The program under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_webqq");

/// See the [module](self).
pub(crate) struct Place {
    /// First, so that it ends before its data goes.
    pub(crate) server: Server,
    pub(crate) data: TempDir,
}

/// Somebody with an account.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Place {
    pub(crate) fn start(options: &[&str]) -> Self {
        let data = TempDir::new("files");
        let path = data.path().display().to_string();
        let unlimited = "--auth-rate 0 --post-rate 0 --connections-per-address 0 \
             --request-rate 0 --address-request-rate 0 --address-post-rate 0";
        let mut arguments = vec!["--data", path.as_str()];
        arguments.extend(unlimited.split_whitespace());
        arguments.extend(options);
        let server = Server::start(BINARY, &arguments);
        Self { server, data }
    }

    /// Where the bytes are.
    pub(crate) fn storage(&self) -> PathBuf {
        self.data.path().join("files")
    }

    /// All objects in the storage, half written ones included, by path.
    pub(crate) fn stored(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        walk(&self.storage().join("objects"), &mut all);
        all
    }

    #[track_caller]
    pub(crate) fn person(&self, username: &str) -> Person {
        let body = json!({"username": username, "password": "long enough",
            "name": username, "want_token": true});
        let mut client = Client::new(self.server.addr());
        let answer = client.json("POST", "/api/users", &body).unwrap();
        let answer = answer.expect(201).json();
        Person {
            id: text(&answer["user"]["id"]),
            token: text(&answer["token"]),
        }
    }

    pub(crate) fn client(&self, person: &Person) -> Client {
        Client::new(self.server.addr()).bearer(&person.token)
    }

    /// A group of the first person that the others have joined.
    #[track_caller]
    pub(crate) fn group(&self, people: &[&Person], name: &str) -> String {
        let mut client = self.client(people[0]);
        let made = client.json("POST", "/api/groups", &json!({"name": name}));
        let id = text(&made.unwrap().expect(201).json()["group"]["id"]);
        for person in &people[1..] {
            self.join(person, &id);
        }
        id
    }

    #[track_caller]
    pub(crate) fn join(&self, person: &Person, group: &str) {
        let path = format!("/api/groups/{group}/members");
        let answer = self.client(person).json("POST", &path, &json!({}));
        let _ = answer.unwrap().expect(200);
    }

    #[track_caller]
    pub(crate) fn leave(&self, person: &Person, group: &str) {
        let path = format!("/api/groups/{group}/members/{}", person.id);
        let answer = self.client(person).request("DELETE", &path, &[], b"");
        let _ = answer.unwrap().expect(204);
    }

    pub(crate) fn try_upload(&self, person: &Person, name: &str, bytes: &[u8]) -> Response {
        let path = format!("/api/files?name={name}");
        let mut client = self.client(person);
        client.request("POST", &path, &[], bytes).unwrap()
    }

    /// Uploads; the file as it is told.
    #[track_caller]
    pub(crate) fn upload(&self, person: &Person, name: &str, bytes: &[u8]) -> Value {
        let answer = self.try_upload(person, name, bytes).expect(201).json();
        answer["file"].clone()
    }

    pub(crate) fn try_send(
        &self,
        person: &Person,
        conversation: &str,
        kind: &str,
        body: &Value,
    ) -> Response {
        let path = format!("/api/conversations/{conversation}/messages");
        let id = uuid::Uuid::new_v4();
        let draft = json!({"kind": kind, "body": body, "client_id": id});
        self.client(person).json("POST", &path, &draft).unwrap()
    }

    /// Posts a message with a file; its seq.
    #[track_caller]
    pub(crate) fn send(
        &self,
        person: &Person,
        conversation: &str,
        kind: &str,
        file: &Value,
    ) -> i64 {
        let body = json!({"file": file["id"]});
        let sent = self.try_send(person, conversation, kind, &body);
        sent.expect(201).json()["seq"].as_i64().unwrap()
    }

    /// The body of a message.
    #[track_caller]
    pub(crate) fn body(&self, person: &Person, conversation: &str, seq: i64) -> Value {
        let path = format!("/api/conversations/{conversation}/messages/{seq}");
        let found = self.client(person).get(&path).unwrap().expect(200).json();
        found["body"].clone()
    }

    pub(crate) fn download(&self, person: &Person, file: &Value) -> Response {
        let path = format!("/api/files/{}", text(&file["id"]));
        self.client(person).get(&path).unwrap()
    }

    /// The memory that the server has taken for itself.
    pub(crate) fn memory_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid()));
        let status = status.unwrap();
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("RssAnon:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .expect("a number of kB")
    }

    /// Nothing panicked.
    #[track_caller]
    pub(crate) fn check_alive(&self) {
        let mut client = Client::new(self.server.addr());
        let _ = client.get("/readyz").unwrap().expect(200);
        let log = self.server.log();
        for bad in ["panicked", "ERROR"] {
            assert!(!log.contains(bad), "{bad} in the log:\n{log}");
        }
    }

    /// A connection on which the head of an upload was sent, with `length` as its Content-Length.
    pub(crate) fn begin(&self, person: &Person, length: u64) -> TcpStream {
        use std::io::Write;
        let mut wire = TcpStream::connect(self.server.addr()).unwrap();
        let head = format!(
            "POST /api/files?name=slow HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {length}\r\n\r\n",
            self.server.addr(),
            person.token
        );
        wire.write_all(head.as_bytes()).unwrap();
        wire
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Status and code of a refusal.
pub(crate) fn refusal(answer: &Response) -> (u16, String) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{}",
        answer.text()
    );
    (answer.status, text(&answer.json()["code"]))
}

/// Bytes that do not compress and differ by seed.
pub(crate) fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = Vec::with_capacity(bytes + 8);
    while out.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(bytes);
    out
}

fn walk(directory: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => walk(&path, all),
            false => all.push(path),
        }
    }
}
