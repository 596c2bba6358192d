//! A running server with users and a group in it.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;
use webqq_testkit::http::Client;
use webqq_testkit::postgres::{Database, cluster};
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

/// The program under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_webqq");

/// Where the messages of a test are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// Somebody with an account and a session.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A server, what it stands on, and who is there.
#[derive(Debug)]
pub(crate) struct World {
    /// First, so that it ends before what it uses goes.
    pub(crate) server: Server,
    pub(crate) users: Vec<User>,
    /// The group that all users are in, owned by the first.
    pub(crate) group: String,
    /// `--data`, and `--store` if it is not SQLite: what another process needs to work on the same.
    pub(crate) place: Vec<String>,
    _data: TempDir,
    _database: Option<Database>,
}

impl World {
    /// A server with `users` users in one group, without limits on rates and connections. `options`
    /// are further options of the server.
    pub(crate) fn start(store: Store, users: usize, options: &[&str]) -> Self {
        let database = (store == Store::Postgres).then(|| cluster().database());
        let url = database.as_ref().map(|database| database.url().to_owned());
        let mut world = Self::start_at(url, users, options);
        world._database = database;
        world
    }

    /// The same on a PostgreSQL database that the test looks after (none: on SQLite).
    pub(crate) fn start_at(url: Option<String>, users: usize, options: &[&str]) -> Self {
        let data = TempDir::new("promises");
        let mut place = vec!["--data".to_owned(), data.path().display().to_string()];
        place.extend(url.into_iter().flat_map(|url| ["--store".to_owned(), url]));
        let (users, group) = seed(&place, users, &data);
        let unlimited = "--auth-rate 0 --post-rate 0 --connections-per-address 0 \
             --request-rate 0 --address-request-rate 0 --address-post-rate 0";
        let mut arguments = place.clone();
        arguments.extend(unlimited.split_whitespace().map(str::to_owned));
        arguments.extend(options.iter().map(|option| (*option).to_owned()));
        Self {
            server: Server::start(BINARY, &arguments),
            users,
            group,
            place,
            _data: data,
            _database: None,
        }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Connections of clients that are open on the server's side.
    pub(crate) fn connections(&self) -> usize {
        let table = std::fs::read_to_string("/proc/net/tcp").expect("a table of connections");
        let port = format!(":{:04X}", self.addr().port());
        let is_ours = |line: &&str| {
            // sl local_address rem_address st …; 01 is ESTABLISHED.
            let mut columns = line.split_whitespace().skip(1);
            columns.next().is_some_and(|local| local.ends_with(&port))
                && columns.nth(1) == Some("01")
        };
        table.lines().filter(is_ours).count()
    }

    /// The memory that the server has taken for itself (not what it shares with the file system).
    pub(crate) fn memory_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid()));
        let status = status.expect("the server runs");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let kb = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kb.expect("a number of kB")
    }

    /// A client of the nth user, with a connection of its own.
    pub(crate) fn client(&self, nth: usize) -> Client {
        Client::new(self.addr()).bearer(&self.users[nth].token)
    }
}

/// Where one posts to a conversation and reads its history.
pub(crate) fn messages_of(conversation: &str) -> String {
    format!("/api/conversations/{conversation}/messages")
}

/// All messages of a conversation that its history shows, in order.
pub(crate) fn history(client: &mut Client, conversation: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or(0, |message| number(&message["seq"]));
        let path = format!("{}?after={after}&limit=200", messages_of(conversation));
        let page = client.get(&path).expect("the server answers").expect(200);
        let page = page.json()["messages"].take();
        let Value::Array(page) = page else {
            panic!("a history without messages: {page}");
        };
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// What the snapshot says about a conversation.
pub(crate) fn synced(client: &mut Client, conversation: &str) -> Value {
    let snapshot = client.get("/api/sync").expect("the server answers");
    let snapshot = snapshot.expect(200).json();
    let all = snapshot["conversations"].as_array();
    let found = all.and_then(|all| all.iter().find(|one| one["id"] == conversation));
    found.cloned().unwrap_or(Value::Null)
}

pub(crate) fn number(value: &Value) -> i64 {
    value
        .as_i64()
        .unwrap_or_else(|| panic!("not a number: {value}"))
}

pub(crate) fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a text: {value}"))
}

fn seed(place: &[String], users: usize, data: &TempDir) -> (Vec<User>, String) {
    let count = users.to_string();
    let out = data.path().join("seeded");
    let seeded = Command::new(BINARY)
        .args(["seed", "--users", &count, "--groups", "1"])
        .args(["--members", &count, "--out"])
        .arg(&out)
        .args(place)
        .output()
        .expect("the binary is there");
    let problem = String::from_utf8_lossy(&seeded.stderr);
    assert!(seeded.status.success(), "seeding: {problem}");
    let lines = std::fs::read_to_string(out).expect("what seeding wrote");
    let lines = lines.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        line
    });
    let (users, groups): (Vec<_>, Vec<_>) = lines.partition(|line| line["user"].is_string());
    let user = |line: &Value| User {
        id: text(&line["user"]).to_owned(),
        token: text(&line["token"]).to_owned(),
    };
    let users = users.iter().map(user).collect();
    (users, text(&groups[0]["group"]).to_owned())
}
