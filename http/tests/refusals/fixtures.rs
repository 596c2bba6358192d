//! What a client gets, feature by feature, as files that the page's tests read: `web/tests/fixtures/`.
//! Each scene is played on a real server and compared with its file, ids and times put in order.
//! `WEBQQ_WRITE_FIXTURES=1` writes the files anew.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Person, World};

/// A server with people, what was asked and answered, and names for ids as they appear.
struct Scene {
    world: World,
    people: BTreeMap<&'static str, Person>,
    cursors: BTreeMap<&'static str, String>,
    steps: Vec<Value>,
}

impl Scene {
    fn new() -> Self {
        let world = World::start(&[]);
        let people: BTreeMap<_, _> = ["ann", "bob", "eve"]
            .map(|name| (name, world.person(name)))
            .into();
        let cursors = people.iter().map(|(name, person)| {
            let now = world.client(person).get("/api/poll").unwrap().expect(200);
            (*name, now.json()["cursor"].as_str().unwrap().to_owned())
        });
        Self {
            cursors: cursors.collect(),
            world,
            people,
            steps: Vec::new(),
        }
    }

    fn id(&self, who: &str) -> String {
        self.people[who].id.clone()
    }

    /// Does something, and keeps it.
    fn act(&mut self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let mut client = self.world.client(&self.people[who]);
        let answer = match &body {
            Value::Null => client.request(method, path, &[], b""),
            body => client.json(method, path, body),
        };
        let answer = answer.unwrap();
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
        let said = match answer.body.is_empty() {
            true => Value::Null,
            false => answer.json(),
        };
        self.steps.push(json!({
            "who": who, "request": format!("{method} {path}"), "body": body,
            "status": answer.status, "answer": said,
        }));
        said
    }

    /// Posts a message; its seq.
    fn post(&mut self, who: &str, conversation: &str, kind: &str, body: Value) -> i64 {
        let path = format!("/api/conversations/{conversation}/messages");
        let draft = json!({"kind": kind, "body": body, "client_id": Uuid::new_v4()});
        self.act(who, "POST", &path, draft)["seq"].as_i64().unwrap()
    }

    fn group(&mut self, who: &str, body: Value) -> String {
        let made = self.act(who, "POST", "/api/groups", body);
        made["group"]["id"].as_str().unwrap().to_owned()
    }

    /// What everybody's feed told of it.
    fn feeds(&self) -> Value {
        let feed = |(name, person): (&&'static str, &Person)| {
            let path = format!("/api/poll?wait=0&cursor={}", self.cursors[*name]);
            let answer = self.world.client(person).get(&path).unwrap().expect(200);
            let mut events = answer.json()["events"].as_array().unwrap().clone();
            // Presence depends on when one looks.
            events.retain(|entry| entry["type"] == "message");
            ((*name).to_owned(), Value::Array(events))
        };
        Value::Object(self.people.iter().map(feed).collect())
    }

    /// Compares with the file of this name, or writes it.
    #[track_caller]
    fn check(self, name: &str) {
        let mut scene = json!({"steps": self.steps, "feeds": self.feeds()});
        let mut names = Names::default();
        for (name, person) in &self.people {
            names
                .known
                .insert(person.id.clone(), format!("user-{name}"));
        }
        names.put_in_order(&mut scene);
        let text = serde_json::to_string_pretty(&scene).unwrap() + "\n";
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../web/tests/fixtures")
            .join(format!("{name}.json"));
        if std::env::var_os("WEBQQ_WRITE_FIXTURES").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        let known: Value = serde_json::from_str(&known).unwrap_or_default();
        for part in ["steps", "feeds"] {
            let (now, then) = (pretty(&scene[part]), pretty(&known[part]));
            let line = now
                .lines()
                .zip(then.lines())
                .find(|(now, then)| now != then);
            assert_eq!(
                line,
                None,
                "{name} is not what its file says: {}",
                file.display()
            );
            assert_eq!(now.len(), then.len(), "{name}: {}", file.display());
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// Stands for ids, times, codes: what differs from run to run.
#[derive(Default)]
struct Names {
    known: BTreeMap<String, String>,
}

impl Names {
    fn put_in_order(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(all) => all.iter_mut().for_each(|one| self.put_in_order(one)),
            Value::Object(fields) => {
                let old = std::mem::take(fields);
                for (key, mut value) in old {
                    self.put_in_order(&mut value);
                    fields.insert(self.text(&key), value);
                }
            }
            _ => {}
        }
    }

    /// Words of a text that are ids or times become names.
    fn text(&mut self, text: &str) -> String {
        let is_edge = |c: char| !(c.is_ascii_alphanumeric() || "-:.".contains(c));
        let mut whole = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(is_edge).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            whole += &self.word(word);
            let edge = after.chars().next().map_or(0, char::len_utf8);
            whole += &after[..edge];
            rest = &after[edge..];
        }
        whole
    }

    fn word(&mut self, word: &str) -> String {
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_time = word.len() == 24 && word.ends_with('Z') && word.contains('T');
        if is_time {
            return "2026-01-01T00:00:00.000Z".into();
        }
        let parts: Vec<_> = word.split('-').collect();
        if matches!(parts[..], [epoch, _, version] if epoch.len() == 8 && is_hex(epoch) && is_hex(version))
        {
            return "cursor".into();
        }
        let is_id = word.len() == 36 && Uuid::parse_str(word).is_ok();
        let is_code = [32, 64].contains(&word.len()) && is_hex(word);
        if !is_id && !is_code {
            return word.to_owned();
        }
        let next = self.known.len() + 1;
        let name = || format!("id-{next}");
        self.known
            .entry(word.to_owned())
            .or_insert_with(name)
            .clone()
    }
}

#[test]
fn friends() {
    let mut scene = Scene::new();
    let (ann, bob, eve) = (scene.id("ann"), scene.id("bob"), scene.id("eve"));
    scene.act(
        "ann",
        "POST",
        "/api/friends",
        json!({"user": bob, "note": "我是 Ann"}),
    );
    scene.act("bob", "GET", "/api/friends", json!(null));
    let answer = format!("/api/friends/{ann}");
    scene.act("bob", "PUT", &answer, json!({"accept": true}));
    let folder = scene.act(
        "ann",
        "POST",
        "/api/friend-folders",
        json!({"name": "同学"}),
    );
    let folder = folder["folder"]["id"].clone();
    let path = format!("/api/friends/{bob}");
    scene.act(
        "ann",
        "PATCH",
        &path,
        json!({"remark": "阿波", "folder": folder}),
    );
    scene.act("ann", "GET", "/api/friends", json!(null));
    scene.act("eve", "POST", "/api/friends", json!({"user": ann}));
    scene.act(
        "ann",
        "PUT",
        &format!("/api/friends/{eve}"),
        json!({"accept": false}),
    );
    scene.act("ann", "PUT", &format!("/api/blocks/{eve}"), json!(null));
    scene.act("ann", "GET", "/api/blocks", json!(null));
    scene.act("bob", "DELETE", &answer, json!(null));
    scene.act("ann", "DELETE", &format!("/api/blocks/{eve}"), json!(null));
    scene.check("friends");
}

#[test]
fn groups() {
    let mut scene = Scene::new();
    let (bob, eve) = (scene.id("bob"), scene.id("eve"));
    let group = scene.group("ann", json!({"name": "Rust 学习", "join_mode": "approval"}));
    let at = |path: &str| format!("/api/groups/{group}{path}");
    scene.act(
        "bob",
        "POST",
        &at("/members"),
        json!({"note": "请让我进来"}),
    );
    scene.act("ann", "GET", &at("/requests"), json!(null));
    scene.act(
        "ann",
        "PUT",
        &at(&format!("/requests/{bob}")),
        json!({"accept": true}),
    );
    scene.act("eve", "POST", &at("/members"), json!({}));
    scene.act(
        "ann",
        "PUT",
        &at(&format!("/requests/{eve}")),
        json!({"accept": false}),
    );
    scene.act(
        "ann",
        "PATCH",
        &at(""),
        json!({"announcement": "明天八点", "slow_mode": 5}),
    );
    scene.act(
        "ann",
        "PATCH",
        &at(&format!("/members/{bob}")),
        json!({"role": "admin"}),
    );
    scene.act(
        "bob",
        "PATCH",
        &at(&format!("/members/{bob}")),
        json!({"card": "石头"}),
    );
    let link = scene.act("bob", "POST", &at("/links"), json!({"hours": 1, "uses": 1}));
    let code = link["code"].as_str().unwrap().to_owned();
    scene.act("eve", "POST", &format!("/api/links/{code}"), json!(null));
    scene.act(
        "bob",
        "PATCH",
        &at(&format!("/members/{eve}")),
        json!({"muted_seconds": 60}),
    );
    scene.act("ann", "GET", &at("/members"), json!(null));
    scene.act(
        "bob",
        "DELETE",
        &at(&format!("/members/{eve}?ban=true")),
        json!(null),
    );
    scene.act("bob", "GET", &at("/bans"), json!(null));
    scene.act("bob", "DELETE", &at(&format!("/bans/{eve}")), json!(null));
    scene.act(
        "ann",
        "PATCH",
        &at(&format!("/members/{bob}")),
        json!({"role": "owner"}),
    );
    scene.act("bob", "DELETE", &at(""), json!(null));
    scene.check("groups");
}

#[test]
fn messages() {
    let mut scene = Scene::new();
    let bob = scene.id("bob");
    let group = scene.group("ann", json!({"name": "Rust"}));
    let members = format!("/api/groups/{group}/members");
    scene.act("bob", "POST", &members, json!({}));
    let first = scene.post(
        "ann",
        &group,
        "text",
        json!({"text": "@bob @all 今天天气好"}),
    );
    scene.post(
        "bob",
        &group,
        "text",
        json!({"text": "是的", "reply_to": first}),
    );
    scene.post("bob", &group, "emoji", json!({"emoji": "😀"}));
    scene.post(
        "bob",
        &group,
        "reaction",
        json!({"seq": first, "emoji": "👍", "on": true}),
    );
    scene.post("ann", &group, "nudge", json!({"user": bob}));
    let source = json!({"conversation": group, "seq": first});
    scene.post("bob", &group, "forward", json!({"source": source}));
    scene.act("bob", "GET", "/api/sync", json!(null));
    let second = scene.post("ann", &group, "text", json!({"text": "说错了"}));
    scene.post("ann", &group, "recall", json!({"seq": second}));
    let path = format!("/api/conversations/{group}/messages?after={}", first - 1);
    scene.act("ann", "GET", &path, json!(null));
    scene.check("messages");
}

#[test]
fn settings() {
    let mut scene = Scene::new();
    let group = scene.group("ann", json!({"name": "Rust"}));
    let profile = json!({"name": "安", "signature": "在路上", "status": "busy"});
    scene.act("ann", "PATCH", "/api/me", profile);
    scene.act("ann", "PATCH", "/api/me", json!({"read_receipts": false}));
    let path = format!("/api/conversations/{group}");
    scene.act(
        "ann",
        "PATCH",
        &path,
        json!({"pinned": true, "muted": true}),
    );
    scene.act("ann", "PATCH", &path, json!({"hidden": true}));
    scene.act("ann", "GET", "/api/sync", json!(null));
    scene.check("settings");
}
