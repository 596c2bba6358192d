//! Groups with one of every role in them, on either store, made anew for what can be done once.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};
use webqq_testkit::postgres::{Database, cluster};

use crate::common::{Person, World};

/// In this order in the rows of the table.
pub(super) const ROLES: [&str; 10] = [
    "owner",
    "admin",
    "member",
    "muted",
    "removed",
    "banned",
    "left",
    "stranger",
    "blocked",
    "signed out",
];

/// Those on whom something is done: two members, an admin; one who asks to be let in; one who shares
/// another group with everybody; one who shares none with anybody.
const OTHERS: [&str; 5] = ["other", "deputy", "asker", "pal", "nobody"];

/// What is special about the group of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setup {
    /// Nothing.
    Plain,
    /// `asker` has asked to be let in.
    Approval,
    /// Nobody comes in without an invitation.
    Invitation,
    /// The same, and an admin has invited everybody who is outside.
    Invited,
    /// Nobody comes in.
    Closed,
    /// Only owner and admins may post.
    MuteAll,
    /// The owner has ended the group.
    Dissolved,
    /// `other` has posted a file, and uploaded another one.
    Filed,
}

/// A server with all these people.
pub(super) struct Town {
    world: World,
    people: BTreeMap<&'static str, Person>,
    groups: u32,
    _database: Option<Database>,
}

/// A group, and what stands in it.
pub(super) struct Place {
    group: String,
    link: String,
    file: String,
    kept: String,
}

impl Town {
    pub(super) fn new(postgres: bool) -> Self {
        let database = postgres.then(|| cluster().database());
        let url = database.as_ref().map(|database| database.url().to_owned());
        let mut options = vec!["--groups-per-user", "0"];
        options.extend(url.iter().flat_map(|url| ["--store", url.as_str()]));
        let world = World::start(&options);
        let names = ROLES.iter().chain(&OTHERS).copied();
        let names = names.filter(|name| *name != "signed out");
        let people: BTreeMap<_, _> = names.map(|name| (name, world.person(name))).collect();
        let town = Self {
            world,
            people,
            groups: 0,
            _database: database,
        };
        // Everybody may write to pal.
        let side = town.world.group(&town.people["pal"], "the side");
        for name in ROLES.iter().filter(|name| **name != "signed out") {
            town.world.join(&town.people[name], &side);
        }
        let blocked = &town.people["blocked"].id;
        let path = format!("/api/blocks/{blocked}");
        let _ = town
            .client("other")
            .request("PUT", &path, &[], b"")
            .unwrap()
            .expect(204);
        town
    }

    fn client(&self, who: &str) -> Client {
        match self.people.get(who) {
            Some(person) => self.world.client(person),
            None => self.world.stranger(),
        }
    }

    /// A new group with everybody in their role.
    pub(super) fn place(&mut self, setup: Setup) -> Place {
        self.groups += 1;
        let name = format!("group {}", self.groups);
        let group = self.world.group(&self.people["owner"], &name);
        let inside = [
            "admin", "member", "muted", "removed", "banned", "left", "other", "deputy",
        ];
        for name in inside {
            self.world.join(&self.people[name], &group);
        }
        let mut place = Place {
            group,
            link: String::new(),
            file: String::new(),
            kept: String::new(),
        };
        let change = |body: Value| ("owner", "PATCH", "/api/groups/GROUP", body, 200);
        let member = |whom: &str, body: Value| {
            let path = format!("/api/groups/GROUP/members/{whom}");
            (path, body)
        };
        for (path, body) in [
            member("admin", json!({"role": "admin"})),
            member("deputy", json!({"role": "admin"})),
            member("muted", json!({"muted_seconds": 3600})),
        ] {
            let _ = self.act(&place, "owner", "PATCH", &path, &body).expect(200);
        }
        let text = json!({"kind": "text", "body": {"text": "x"}, "client_id": CLIENT_ID});
        let mut steps = vec![
            (
                "owner",
                "DELETE",
                "/api/groups/GROUP/members/removed",
                json!(null),
                204,
            ),
            (
                "owner",
                "DELETE",
                "/api/groups/GROUP/members/banned?ban=true",
                json!(null),
                204,
            ),
            (
                "left",
                "DELETE",
                "/api/groups/GROUP/members/left",
                json!(null),
                204,
            ),
            // At seq 16 and 17; a test below says so.
            (
                "other",
                "POST",
                "/api/conversations/GROUP/messages",
                text.clone(),
                201,
            ),
            (
                "owner",
                "POST",
                "/api/conversations/GROUP/messages",
                text,
                201,
            ),
        ];
        match setup {
            Setup::Plain | Setup::Filed => {}
            Setup::Approval => {
                steps.push(change(json!({"join_mode": "approval"})));
                steps.push(("asker", "POST", "/api/groups/GROUP/members", json!({}), 202));
            }
            Setup::Invitation => steps.push(change(json!({"join_mode": "invitation"}))),
            Setup::Invited => {
                steps.push(change(json!({"join_mode": "invitation"})));
            }
            Setup::Closed => steps.push(change(json!({"join_mode": "closed"}))),
            Setup::MuteAll => steps.push(change(json!({"mute_all": true}))),
            Setup::Dissolved => {
                steps.push(("owner", "DELETE", "/api/groups/GROUP", json!(null), 204));
            }
        }
        for (who, method, path, body, status) in steps {
            let _ = self.act(&place, who, method, path, &body).expect(status);
        }
        if setup == Setup::Invited {
            for whom in ["removed", "left", "stranger", "blocked"] {
                let body = json!({"user": self.people[whom].id});
                let path = "/api/groups/GROUP/members";
                let _ = self.act(&place, "admin", "POST", path, &body).expect(202);
            }
        }
        if setup == Setup::Filed {
            place.file = self.upload("other");
            place.kept = self.upload("other");
            let body = json!({"kind": "file", "body": {"file": "@FILE"},
                "client_id": uuid::Uuid::new_v4()});
            let path = "/api/conversations/GROUP/messages";
            let _ = self.act(&place, "other", "POST", path, &body).expect(201);
        }
        if setup == Setup::Invitation {
            let path = "/api/groups/GROUP/links";
            let made = self
                .act(&place, "owner", "POST", path, &json!({}))
                .expect(201);
            let made = made.json();
            place.link = made["code"].as_str().unwrap().to_owned();
        }
        place
    }

    fn upload(&self, who: &str) -> String {
        let mut client = self.client(who);
        let sent = client.request("POST", "/api/files?name=a.bin", &[], b"bytes");
        let sent = sent.unwrap().expect(201).json();
        sent["file"]["id"].as_str().unwrap().to_owned()
    }

    /// Puts ids in the place of names: `GROUP`, `LINK`, `FILE`, `KEPT`, `SELF`, and whoever there is, as a segment of
    /// a path, or behind an `@` in a body.
    fn put_ids(&self, place: &Place, who: &str, text: &str) -> String {
        let me = if who == "signed out" { "member" } else { who };
        match text {
            "GROUP" => place.group.clone(),
            // Not the admin of the group.
            "ADMIN" => "admin".into(),
            "LINK" => place.link.clone(),
            "FILE" => place.file.clone(),
            "KEPT" => place.kept.clone(),
            "SELF" => self.people[me].id.clone(),
            name => match self.people.get(name) {
                Some(person) => person.id.clone(),
                None => name.to_owned(),
            },
        }
    }

    /// What somebody gets for doing something.
    pub(super) fn act(
        &self,
        place: &Place,
        who: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Response {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = path
            .split('/')
            .map(|segment| self.put_ids(place, who, segment));
        let mut path = path.collect::<Vec<_>>().join("/");
        if !query.is_empty() {
            let query = query.split('=').map(|part| self.put_ids(place, who, part));
            let query = query.collect::<Vec<_>>().join("=");
            path = format!("{path}?{query}");
        }
        let mut body = body.clone();
        self.fill(place, who, &mut body);
        let mut client = self.client(who);
        let answer = match body {
            Value::Null => client.request(method, &path, &[], b""),
            body => client.json(method, &path, &body),
        };
        answer.unwrap()
    }

    fn fill(&self, place: &Place, who: &str, body: &mut Value) {
        match body {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix('@') {
                    *text = self.put_ids(place, who, name);
                }
            }
            Value::Object(fields) => fields.values_mut().for_each(|v| self.fill(place, who, v)),
            _ => {}
        }
    }

    pub(super) fn check_alive(&mut self) {
        self.world.check_alive();
    }
}

/// Of whoever posts; in each group anew.
pub(super) const CLIENT_ID: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";
