//! Where a store is: what every command is told.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use webqq_testkit::http::Client;
use webqq_testkit::postgres::{Database, cluster};
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

use crate::BINARY;
use crate::program;

/// A store that is not there yet, and its directory.
pub(crate) struct Place {
    data: TempDir,
    database: Option<Database>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self {
            data: TempDir::new("moving"),
            database: None,
        }
    }

    pub(crate) fn postgres() -> Self {
        Self {
            database: Some(cluster().database()),
            ..Self::sqlite()
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    /// `--data` and `--store`, and these.
    pub(crate) fn arguments(&self, more: &[&str]) -> Vec<String> {
        let data = self.data.path().join("data").display().to_string();
        let mut all = vec!["--data".to_owned(), data];
        if let Some(database) = &self.database {
            all.extend(["--store".to_owned(), database.url().to_owned()]);
        }
        all.extend(more.iter().map(|one| (*one).to_owned()));
        all
    }

    /// Runs a command that must succeed; what it printed.
    #[track_caller]
    pub(crate) fn fine(&self, more: &[&str]) -> String {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program::fine(&arguments, "")
    }

    /// Runs a command that must fail with one sentence.
    #[track_caller]
    pub(crate) fn sentence(&self, more: &[&str]) -> String {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program::sentence(&arguments, "")
    }

    /// Starts a command that the test will kill.
    pub(crate) fn spawn(&self, more: &[&str]) -> Child {
        Command::new(BINARY)
            .args(self.arguments(more))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn server(&self) -> Server {
        let more = "--post-rate 0 --auth-rate 0 --connections-per-address 0";
        let more: Vec<&str> = more.split(' ').collect();
        Server::start(BINARY, &self.arguments(&more))
    }

    /// Users with tokens and a group of all of them.
    pub(crate) fn seed(&self, users: usize) -> (Vec<String>, String) {
        let (count, out) = (users.to_string(), self.path("seeded"));
        let out = out.display().to_string();
        let seed = [
            "seed",
            "--users",
            &count,
            "--groups",
            "1",
            "--members",
            &count,
        ];
        self.fine(&[&seed[..], &["--out", &out]].concat());
        let text = std::fs::read_to_string(out).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        let texts = |key: &str| {
            let found = lines.iter().filter_map(|line| line[key].as_str());
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        (texts("token"), texts("group").remove(0))
    }
}

/// The hash that export and import print.
pub(crate) fn hash(printed: &str) -> String {
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("SHA-256 "));
    line.expect(printed).to_owned()
}

pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Posts a text; its seq.
pub(crate) fn post(client: &mut Client, conversation: &str, text: &str, nth: u128) -> i64 {
    let path = format!("/api/conversations/{conversation}/messages");
    let client_id = format!("00000000-0000-4000-8000-{nth:012x}");
    let body = json!({"kind": "text", "body": {"text": text}, "client_id": client_id});
    let posted = client
        .json("POST", &path, &body)
        .unwrap()
        .expect(201)
        .json();
    posted["seq"].as_i64().unwrap()
}

/// A whole history.
pub(crate) fn history(client: &mut Client, conversation: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all
            .last()
            .map_or(0, |message| message["seq"].as_i64().unwrap());
        let path = format!("/api/conversations/{conversation}/messages?after={after}&limit=200");
        let mut page = client.get(&path).unwrap().expect(200).json();
        match page["messages"].take() {
            Value::Array(page) if page.is_empty() => return all,
            Value::Array(page) => all.extend(page),
            other => panic!("no messages: {other}"),
        }
    }
}

/// A log of a channel with so many lines, each of its own, by so many speakers.
pub(crate) fn channel(lines: usize, speakers: usize) -> String {
    let line = |nth: usize| {
        let (minute, speaker) = (nth / 60 % 1_440, nth * 7 % speakers);
        let (hour, minute) = (minute / 60, minute % 60);
        format!(
            "[{hour:02}:{minute:02}] <speaker{speaker}> 大家好, this is line {nth} of the log\n"
        )
    };
    (0..lines).map(line).collect()
}
