//! A group with one of every role in it, and people who have gone or never came.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};

use super::{Person, World, refusal};

/// A group with one of every role, and an admin, a member and an owner to act upon.
pub(crate) struct Place {
    pub(crate) world: World,
    pub(crate) people: BTreeMap<&'static str, Person>,
    pub(crate) group: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let world = World::start(&[]);
        let names = [
            "owner", "admin", "member", "removed", "left", "stranger", "other", "deputy",
        ];
        let people: BTreeMap<_, _> = names.map(|name| (name, world.person(name))).into();
        let group = world.group(&people["owner"], "the group");
        for name in ["admin", "member", "removed", "left", "other", "deputy"] {
            world.join(&people[name], &group);
        }
        let place = Self {
            world,
            people,
            group,
        };
        let act = |who: &str, method: &str, whom: &str, body: &Value, status: u16| {
            let path = place.path(&format!("/api/groups/GROUP/members/{whom}"));
            let answer = place.client(who).json(method, &path, body);
            let _ = answer.unwrap().expect(status);
        };
        act("owner", "PATCH", "admin", &json!({"role": "admin"}), 200);
        act("owner", "PATCH", "deputy", &json!({"role": "admin"}), 200);
        act("owner", "DELETE", "removed", &json!({}), 204);
        act("left", "DELETE", "left", &json!({}), 204);
        place
    }

    pub(crate) fn client(&self, who: &str) -> Client {
        match self.people.get(who) {
            Some(person) => self.world.client(person),
            None => self.world.stranger(),
        }
    }

    /// `GROUP` and the names of people as ids.
    pub(crate) fn path(&self, path: &str) -> String {
        let segments = path.split('/').map(|segment| match segment {
            "GROUP" => self.group.as_str(),
            name => self.people.get(name).map_or(name, |person| &person.id),
        });
        let path = segments.collect::<Vec<_>>().join("/");
        path.replace("=GROUP", &format!("={}", self.group))
    }

    pub(crate) fn act(&self, who: &str, method: &str, path: &str, body: &Value) -> Response {
        let oneself = if who == "signed out" { "member" } else { who };
        let path = self.path(&path.replace("SELF", oneself));
        let mut client = self.client(who);
        let answer = match body {
            Value::Null => client.request(method, &path, &[], b""),
            body => client.json(method, &path, body),
        };
        answer.unwrap()
    }
}

/// Status and code as one text, to read in the table: `403 not_allowed`.
pub(crate) fn verdict(answer: &Response, what: &str) -> String {
    if answer.status < 400 {
        return answer.status.to_string();
    }
    let (status, code) = refusal(answer, what);
    format!("{status} {code}")
}
