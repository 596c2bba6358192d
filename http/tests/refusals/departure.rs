//! An account's end, and what its owner takes along.

#![expect(clippy::unwrap_used, reason = "a test has nobody else to tell")]

use crate::common::browser::browser;
use crate::common::roles::verdict;
use crate::common::{Person, World, fields, password};
use serde_json::json;
use webqq_testkit::http::Response;

fn say(world: &World, who: &Person, group: &str, nth: usize) {
    let id = format!("5f0c6a1e-7d53-4c1b-9a63-{nth:012x}");
    let body = json!({"kind": "text", "body": {"text": format!("word {nth}")}, "client_id": id});
    let path = format!("/api/conversations/{group}/messages");
    let _ = world
        .client(who)
        .json("POST", &path, &body)
        .unwrap()
        .expect(201);
}

fn delete(world: &World, who: &Person, password: &str) -> Response {
    let body = json!({"password": password});
    world.client(who).json("DELETE", "/api/me", &body).unwrap()
}

#[test]
fn an_account_ends_and_its_messages_stay() {
    let mut world = World::start(&[]);
    let (owner, leaver) = (world.person("owner"), world.person("leaver"));
    let group = world.group(&owner, "theirs");
    world.join(&leaver, &group);
    say(&world, &leaver, &group, 1);
    let mine = world.group(&leaver, "mine");

    let answer = delete(&world, &leaver, "not this one");
    assert_eq!(verdict(&answer, "wrong"), "403 wrong_password");
    let answer = delete(&world, &leaver, &password("leaver"));
    assert_eq!(verdict(&answer, "owns"), "409 owns_groups");
    assert_eq!(fields(&answer), [mine.as_str()]);
    assert_eq!(answer.json()["fields"][0]["message"], "mine");
    // Nothing was given up yet.
    let members = |who: &Person| {
        let path = format!("/api/groups/{group}/members");
        let answer = world.client(who).get(&path).unwrap().expect(200).json();
        answer["members"].as_array().unwrap().len()
    };
    assert_eq!(members(&leaver), 2);
    world.join(&owner, &mine);
    let path = format!("/api/groups/{mine}/members/{}", owner.id);
    let handed = world
        .client(&leaver)
        .json("PATCH", &path, &json!({"role": "owner"}));
    let _ = handed.unwrap().expect(200);

    let mut page = browser(&world, "leaver");
    let csrf = page.cookie("csrftoken").unwrap().to_owned();
    let body = json!({"password": password("leaver")}).to_string();
    let headers = [
        ("Content-Type", "application/json"),
        ("X-CSRFToken", csrf.as_str()),
    ];
    let gone = page
        .request("DELETE", "/api/me", &headers, body.as_bytes())
        .unwrap();
    let _ = gone.expect(204);
    assert_eq!(page.cookie("webqq_session").unwrap_or_default(), "");
    let answer = delete(&world, &leaver, &password("leaver"));
    assert_eq!(verdict(&answer, "again"), "401 no_session");
    let credentials = json!({"username": "leaver", "password": password("leaver")});
    let answer = world
        .stranger()
        .json("POST", "/api/sessions", &credentials)
        .unwrap();
    assert_eq!(verdict(&answer, "sign in"), "401 wrong_credentials");

    assert_eq!(members(&owner), 1);
    let user = world
        .client(&owner)
        .get(&format!("/api/users/{}", leaver.id))
        .unwrap();
    let user = user.expect(200).json()["user"].clone();
    assert_eq!(
        (&user["name"], &user["deleted"]),
        (&json!("deleted account"), &json!(true))
    );
    assert_eq!(user["username"], format!("~{}", user["number"]));
    let history = format!("/api/conversations/{group}/messages");
    let history = world
        .client(&owner)
        .get(&history)
        .unwrap()
        .expect(200)
        .json();
    let messages = history["messages"].as_array().unwrap();
    let said = messages
        .iter()
        .find(|message| message["kind"] == "text")
        .unwrap();
    assert_eq!(
        (&said["sender_name"], &said["body"]["text"]),
        (&json!("leaver"), &json!("word 1"))
    );
    let left = messages
        .iter()
        .any(|message| message["kind"] == "group.leave");
    assert!(left, "{history}");
    let found = world.client(&owner).get("/api/users?query=leaver").unwrap();
    assert_eq!(found.expect(200).json()["users"], json!([]));
    // Nobody takes the name over, nor one that looks like it.
    for name in ["leaver", "Ieaver", "LEAVER"] {
        let body = json!({"username": name, "password": "long enough", "name": "n"});
        let answer = world.stranger().json("POST", "/api/users", &body).unwrap();
        assert_eq!(verdict(&answer, name), "409 username_lookalike");
    }
    world.check_alive();
}

/// Leaving is not held up by the rate of posts, and what was broken off half-way goes on.
#[test]
fn who_is_in_many_groups_goes_at_once() {
    let mut world = World::start(&["--post-rate", "1"]);
    let leaver = world.person("leaver");
    for nth in 0..6 {
        let owner = world.person(&format!("owner{nth}"));
        let group = world.group(&owner, &format!("group{nth}"));
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        world.join(&leaver, &group);
        if nth == 0 {
            // As if an earlier try had come this far.
            let path = format!("/api/groups/{group}/members/{}", leaver.id);
            let left = world.client(&leaver).request("DELETE", &path, &[], b"");
            let _ = left.unwrap().expect(204);
        }
    }
    let _ = delete(&world, &leaver, &password("leaver")).expect(204);
    world.check_alive();
}

#[test]
fn the_last_administrator_does_not_go() {
    let mut world = World::start(&[]);
    let (boss, other) = (world.person("boss"), world.person("other"));
    let group = world.group(&other, "group");
    world.join(&boss, &group);
    world.promote("boss");
    let answer = delete(&world, &boss, &password("boss"));
    assert_eq!(verdict(&answer, "last"), "409 last_administrator");
    let members = world
        .client(&boss)
        .get(&format!("/api/groups/{group}/members"));
    let _ = members.unwrap().expect(200);
    world.promote("other");
    let _ = delete(&world, &boss, &password("boss")).expect(204);
    world.check_alive();
}

#[test]
fn an_export_holds_ones_own_and_nothing_else() {
    let mut world = World::start(&[]);
    let (ann, bob) = (world.person("ann"), world.person("bob"));
    let (group, quiet) = (world.group(&ann, "talk"), world.group(&bob, "quiet"));
    world.join(&bob, &group);
    world.join(&ann, &quiet);
    for nth in 0..20 {
        say(&world, if nth % 2 == 0 { &ann } else { &bob }, &group, nth);
    }
    let answer = world
        .client(&ann)
        .get("/api/me/export")
        .unwrap()
        .expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let disposition = answer.header("content-disposition").unwrap();
    assert!(disposition.contains("attachment") && disposition.contains("webqq-export.json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let whole = answer.json();
    assert_eq!(whole["profile"]["username"], "ann");
    assert_eq!(whole["devices"][0]["current"], true);
    let conversations = whole["conversations"].as_array().unwrap();
    let of = |id: &str| {
        let mut all = conversations.iter();
        all.find(|one| one["id"] == id).unwrap().clone()
    };
    let talk = of(&group);
    assert_eq!(
        (&talk["name"], &talk["role"]),
        (&json!("talk"), &json!("owner"))
    );
    let messages = talk["messages"].as_array().unwrap();
    assert!(
        messages
            .iter()
            .all(|message| message["sender"] == ann.id.as_str())
    );
    let words = messages.iter().filter(|message| message["kind"] == "text");
    assert_eq!(words.count(), 10);
    assert!(!answer.text().contains("word 1\""), "somebody else's words");
    assert!(!answer.text().contains("$argon2") && !answer.text().contains(&ann.token));
    assert_eq!(
        of(&quiet)["messages"].as_array().unwrap().len(),
        1,
        "joining"
    );
    // One that broke off may be tried again, once.
    let again = world.client(&ann).get("/api/me/export").unwrap();
    assert_eq!(
        again.expect(200).json()["conversations"],
        whole["conversations"]
    );
    let again = world.client(&ann).get("/api/me/export").unwrap();
    assert_eq!(verdict(&again, "again"), "429 too_many_exports");
    let _ = world
        .client(&bob)
        .get("/api/me/export")
        .unwrap()
        .expect(200);
    let out = world.stranger().get("/api/me/export").unwrap();
    assert_eq!(verdict(&out, "signed out"), "401 no_session");
    world.check_alive();
}
