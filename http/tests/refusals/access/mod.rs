//! Who may do what: every action × every role, over the socket, on both stores; and that who is
//! blocked is told what a stranger is told, to the letter.

mod place;
mod table;
mod wider;

use serde_json::{Value, json};

use self::place::{CLIENT_ID, ROLES, Setup, Town};
use self::table::table;
use self::wider::wider;
use crate::common::World;
use crate::common::roles::{Place, verdict};

#[test]
fn every_role_may_do_its_own_with_sqlite() {
    every_role_may_do_its_own(false);
}

#[test]
fn every_role_may_do_its_own_with_postgres() {
    every_role_may_do_its_own(true);
}

fn every_role_may_do_its_own(postgres: bool) {
    let mut town = Town::new(postgres);
    let mut plain = town.place(Setup::Plain);
    let mut setup = Setup::Plain;
    let (mut cells, mut wrong) = (0, Vec::new());
    for row in table().into_iter().chain(wider()) {
        if row.setup != setup {
            (plain, setup) = (town.place(row.setup), row.setup);
        }
        for (who, expected) in ROLES.iter().zip(row.verdicts) {
            let fresh = row.once.then(|| town.place(row.setup));
            let place = fresh.as_ref().unwrap_or(&plain);
            let mut body = row.body.clone();
            // Everybody posts something of their own.
            if body["client_id"] == CLIENT_ID {
                body["client_id"] = json!(uuid::Uuid::new_v4());
            }
            let answer = town.act(place, who, row.method, row.path, &body);
            let what = format!(
                "{:?} {who}: {} {} {}",
                row.setup, row.method, row.path, row.body
            );
            let verdict = verdict(&answer, &what);
            if verdict != expected {
                wrong.push(format!("{what}: {verdict}, not {expected}"));
            }
            cells += 1;
        }
    }
    assert!(wrong.is_empty(), "of {cells} cells:\n{}", wrong.join("\n"));
    println!("{cells} cells");
    town.check_alive();
}

/// What cannot be done twice in one group: each row on a fresh server.
#[test]
fn who_removes_whom() {
    let rows = [
        ("owner", "admin", "204"),
        ("admin", "deputy", "403 not_allowed"),
        ("admin", "admin", "204"),
        ("member", "member", "204"),
        ("left", "left", "403 not_a_member"),
    ];
    for (who, whom, expected) in rows {
        let place = Place::new();
        let path = format!("/api/groups/GROUP/members/{whom}");
        let answer = place.act(who, "DELETE", &path, &Value::Null);
        assert_eq!(verdict(&answer, who), expected, "{who} removes {whom}");
        let group = place.act("stranger", "GET", "/api/groups/GROUP", &Value::Null);
        let gone = i64::from(expected == "204");
        assert_eq!(group.expect(200).json()["group"]["member_count"], 5 - gone);
    }
}

#[test]
fn a_transfer_leaves_one_owner() {
    let mut place = Place::new();
    let give = json!({"role": "owner"});
    let _ = place
        .act("owner", "PATCH", "/api/groups/GROUP/members/member", &give)
        .expect(200);
    // The old owner is an admin now: may do an admin's things and no more.
    let again = place.act("owner", "PATCH", "/api/groups/GROUP/members/admin", &give);
    assert_eq!(verdict(&again, "again"), "403 not_allowed");
    let members = place.act("member", "GET", "/api/groups/GROUP/members", &Value::Null);
    let members = members.expect(200).json();
    let members = members["members"].as_array().expect("a list").clone();
    let owners = members.iter().filter(|one| one["role"] == "owner");
    let owners: Vec<_> = owners.map(|one| one["user"]["username"].clone()).collect();
    assert_eq!(owners, ["member"]);
    let path = "/api/groups/GROUP/members/owner";
    let leaves = place.act("owner", "DELETE", path, &Value::Null);
    assert_eq!(verdict(&leaves, "leaves"), "204");
    place.world.check_alive();
}

#[test]
fn joining_is_for_whoever_may() {
    let mut place = Place::new();
    let join = |who: &str| {
        let path = "/api/groups/GROUP/members";
        verdict(&place.act(who, "POST", path, &json!({})), who)
    };
    let change = |body: Value| {
        let _ = place
            .act("owner", "PATCH", "/api/groups/GROUP", &body)
            .expect(200);
    };
    change(json!({"member_limit": 6}));
    assert_eq!(join("stranger"), "200");
    assert_eq!(join("left"), "409 group_full");
    assert_eq!(join("member"), "200", "a member stays one in a full group");
    let below = json!({"member_limit": 5});
    let below = place.act("owner", "PATCH", "/api/groups/GROUP", &below);
    assert_eq!(verdict(&below, "below"), "409 below_member_count");
    place.world.check_alive();
}

/// Two who have a direct chat with somebody and nothing else in common any more; one of them is
/// blocked. Whatever they try, they get the same bytes.
#[test]
fn who_is_blocked_learns_no_more_than_a_stranger() {
    let world = World::start(&[]);
    let names = ["ann", "stranger", "blocked"];
    let [ann, stranger, blocked] = names.map(|name| world.person(name));
    let group = world.group(&ann, "once");
    let mut direct = Vec::new();
    for one in [&stranger, &blocked] {
        world.join(one, &group);
        let path = format!("/api/conversations/direct/{}", ann.id);
        let opened = world.client(one).get(&path).unwrap().expect(200).json();
        direct.push(opened["conversation"]["id"].as_str().unwrap().to_owned());
        let path = format!("/api/groups/{group}/members/{}", one.id);
        let _ = world
            .client(one)
            .request("DELETE", &path, &[], b"")
            .unwrap()
            .expect(204);
    }
    let path = format!("/api/blocks/{}", blocked.id);
    let _ = world
        .client(&ann)
        .request("PUT", &path, &[], b"")
        .unwrap()
        .expect(204);

    let text = json!({"kind": "text", "body": {"text": "x"}, "client_id": CLIENT_ID});
    let ask = json!({"user": ann.id, "note": "hello"});
    let tries: [(&str, String, Value); 9] = [
        ("POST", "/api/conversations/DIRECT/messages".into(), text),
        ("POST", "/api/conversations/DIRECT/typing".into(), json!({})),
        (
            "GET",
            "/api/conversations/DIRECT/messages".into(),
            Value::Null,
        ),
        ("POST", "/api/friends".into(), ask.clone()),
        ("POST", "/api/friends".into(), ask),
        ("GET", format!("/api/users/{}", ann.id), Value::Null),
        ("GET", "/api/users?query=ann".into(), Value::Null),
        (
            "PUT",
            format!("/api/friends/{}", ann.id),
            json!({"accept": true}),
        ),
        ("DELETE", format!("/api/friends/{}", ann.id), Value::Null),
    ];
    for (method, path, body) in tries {
        let [told, expected] =
            [(&blocked, &direct[1]), (&stranger, &direct[0])].map(|(who, id)| {
                let path = path.replace("DIRECT", id);
                let mut client = world.client(who);
                let answer = match &body {
                    Value::Null => client.request(method, &path, &[], b""),
                    body => client.json(method, &path, body),
                };
                let answer = answer.unwrap();
                let headers = answer.headers.iter().filter(|(name, _)| name != "date");
                let headers: Vec<_> = headers.cloned().collect();
                (answer.status, headers, answer.text())
            });
        assert_eq!(told, expected, "{method} {path}");
    }
    // Ann sees the stranger's request, while it was there, and nothing of the blocked one's.
    let path = format!("/api/conversations/{}/messages", ann.id);
    let own = world.client(&ann).get(&path).unwrap().expect(200).text();
    assert!(
        own.contains(&stranger.id) && !own.contains("blocked"),
        "{own}"
    );
    let asked = own.matches("friend.request").count();
    assert_eq!(asked, 1, "{own}");
}
