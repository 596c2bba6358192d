//! A server with a group in it, every route that reads a body, and a look at all that is stored.

use serde_json::{Value, json};
use webqq_testkit::http::Response;

use super::{Person, World, password, refusal};

const JSON: &str = "application/json";
const UUID: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";

/// A route that reads a body, and a body that it would take.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) good: Value,
}

/// The server with an owner, a member and a group.
pub(crate) struct Place {
    pub(crate) world: World,
    pub(crate) owner: Person,
    pub(crate) member: Person,
    pub(crate) group: String,
    pub(crate) folder: String,
    pub(crate) bot: String,
    /// The code of a hook of the group.
    pub(crate) hook: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let world = World::start(&[]);
        let (owner, member) = (world.person("owner"), world.person("member"));
        world.promote("owner");
        let group = world.group(&owner, "before");
        world.join(&member, &group);
        let body = json!({"name": "folder"});
        let made = world
            .client(&owner)
            .json("POST", "/api/friend-folders", &body);
        let made = made.unwrap().expect(201).json();
        let folder = made["folder"]["id"].as_str().expect("an id").to_owned();
        let mut client = world.client(&owner);
        let body = json!({"username": "robot", "name": "Robot"});
        let made = client.json("POST", "/api/bots", &body).unwrap();
        let bot = made.expect(201).json()["bot"]["id"].clone();
        let path = format!("/api/groups/{group}/hooks");
        let body = json!({"bot": bot, "name": "builds"});
        let made = client.json("POST", &path, &body).unwrap();
        let hook = made.expect(201).json()["code"].clone();
        let [bot, hook] = [bot, hook].map(|value| value.as_str().expect("text").to_owned());
        Self {
            world,
            owner,
            member,
            group,
            folder,
            bot,
            hook,
        }
    }

    /// Every route with a body; a test holds the list against the document of the routes.
    pub(crate) fn routes(&self) -> Vec<Route> {
        let (group, member) = (&self.group, &self.member.id);
        let route = |method, path: String, good| Route { method, path, good };
        let text = json!({"kind": "text", "body": {"text": "x"}, "client_id": UUID});
        let user = json!({"username": "newcomer", "password": "long enough", "name": "n"});
        let credentials = json!({"username": "owner", "password": password("owner")});
        let passwords = json!({"password": "not this one", "new_password": "long enough"});
        let settings = json!({"name": "after"});
        vec![
            route("POST", "/api/users".into(), user),
            route("POST", "/api/sessions".into(), credentials),
            route("PATCH", "/api/me".into(), json!({"name": "after"})),
            route("PUT", "/api/me/password".into(), passwords),
            route("POST", format!("/api/conversations/{group}/messages"), text),
            route(
                "PUT",
                format!("/api/conversations/{group}/read"),
                json!({"seq": 1}),
            ),
            route(
                "POST",
                format!("/api/conversations/{group}/typing"),
                json!({}),
            ),
            route("POST", "/api/groups".into(), json!({"name": "another"})),
            route("PATCH", format!("/api/groups/{group}"), settings),
            route("POST", format!("/api/groups/{group}/members"), json!({})),
            route(
                "PATCH",
                format!("/api/groups/{group}/members/{member}"),
                json!({"role": "admin"}),
            ),
            route(
                "PATCH",
                format!("/api/conversations/{group}"),
                json!({"pinned": true}),
            ),
            route(
                "PUT",
                format!("/api/groups/{group}/requests/{member}"),
                json!({"accept": true}),
            ),
            route("POST", format!("/api/groups/{group}/links"), json!({})),
            route(
                "POST",
                format!("/api/groups/{group}/hooks"),
                json!({"bot": self.bot, "name": "x"}),
            ),
            route(
                "POST",
                format!("/api/hooks/{}", self.hook),
                json!({"text": "x"}),
            ),
            route(
                "POST",
                "/api/bots".into(),
                json!({"username": "another", "name": "x"}),
            ),
            route("POST", "/api/friends".into(), json!({"user": member})),
            route(
                "PUT",
                format!("/api/friends/{member}"),
                json!({"accept": true}),
            ),
            route(
                "PATCH",
                format!("/api/friends/{member}"),
                json!({"remark": "x"}),
            ),
            route("POST", "/api/friend-folders".into(), json!({"name": "x"})),
            route(
                "PATCH",
                format!("/api/friend-folders/{}", self.folder),
                json!({"name": "x"}),
            ),
            route(
                "DELETE",
                "/api/me".into(),
                json!({"password": "not this one"}),
            ),
            route(
                "POST",
                "/api/reports".into(),
                json!({"conversation": group, "seq": 1, "reason": "x"}),
            ),
            route(
                "PATCH",
                format!("/api/admin/users/{member}"),
                json!({"disabled": false}),
            ),
            route(
                "POST",
                format!("/api/admin/users/{member}/password"),
                json!({}),
            ),
            route(
                "PATCH",
                format!("/api/admin/groups/{UUID}"),
                json!({"member_limit": 5}),
            ),
            route("POST", "/api/admin/invitations".into(), json!({})),
            route(
                "POST",
                format!("/api/admin/reports/{UUID}"),
                json!({"state": "dismissed"}),
            ),
        ]
    }

    pub(crate) fn send(&self, route: &Route, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut client = self.world.client(&self.owner);
        client
            .request(route.method, &route.path, headers, body)
            .unwrap()
    }

    #[track_caller]
    pub(crate) fn check(
        &self,
        route: &Route,
        what: &str,
        body: &[u8],
        status: u16,
        code: &str,
    ) -> Response {
        let answer = self.send(route, &[("Content-Type", JSON)], body);
        let what = format!("{} {} {what}", route.method, route.path);
        assert_eq!(refusal(&answer, &what), (status, code.to_owned()), "{what}");
        answer
    }

    /// All that the owner can see, without who is online.
    pub(crate) fn everything(&self) -> Vec<Value> {
        let mut client = self.world.client(&self.owner);
        let paths = [
            "/api/me".to_owned(),
            "/api/sync".to_owned(),
            "/api/users?query=e".to_owned(),
            "/api/groups?query=".to_owned(),
            format!("/api/groups/{}/members", self.group),
            format!("/api/conversations/{}/messages", self.group),
        ];
        let get = |path: &String| client.get(path).unwrap().expect(200).json();
        let mut all: Vec<Value> = paths.iter().map(get).collect();
        for answer in &mut all {
            let members = answer["members"].as_array_mut();
            for member in members.into_iter().flatten() {
                member["status"] = Value::Null;
            }
        }
        all
    }

    /// Nothing was stored since `before`, and the server is well.
    #[track_caller]
    pub(crate) fn check_untouched(&mut self, before: &[Value]) {
        assert_eq!(self.everything(), before, "something was stored");
        self.world.check_alive();
    }
}
