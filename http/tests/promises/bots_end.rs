//! P7 for bots: a bot works for as long as its owner may sign in. When that ends, what the bot has
//! open ends as with a session that was revoked, and nobody else notices.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::sessions_end::{
    FROM_OUTSIDE, NAME, PASSWORD, PROMISED, bearer, ends, refused, two_sessions,
};
use crate::world::{BINARY, Store, World, text};

/// Longer than the server takes to notice what a command did, so that it is not that which ends a
/// stream later.
const NOTICED: Duration = Duration::from_millis(1_500);

#[test]
fn with_an_owner_who_is_disabled_with_sqlite() {
    with_an_owner_who_is_disabled(Store::Sqlite);
}

#[test]
fn with_an_owner_who_is_disabled_with_postgres() {
    with_an_owner_who_is_disabled(Store::Postgres);
}

#[test]
fn with_an_owner_who_is_disabled_from_outside_with_sqlite() {
    with_an_owner_who_is_disabled_from_outside(Store::Sqlite);
}

#[test]
fn with_an_owner_who_is_disabled_from_outside_with_postgres() {
    with_an_owner_who_is_disabled_from_outside(Store::Postgres);
}

#[test]
fn with_an_owner_who_goes_with_sqlite() {
    with_an_owner_who_goes(Store::Sqlite);
}

#[test]
fn with_an_owner_who_goes_with_postgres() {
    with_an_owner_who_goes(Store::Postgres);
}

fn with_an_owner_who_is_disabled(store: Store) {
    let world = World::start(store, 2, &[]);
    let (owner, bot) = owner_and_bot(&world);
    user(&world, &["admin", "u0"]);
    thread::sleep(NOTICED);
    let path = format!("/api/admin/users/{}", id_of(&world, &owner));
    let disable = |disabled: bool| {
        let change = json!({"disabled": disabled});
        let answer = world.client(0).json("PATCH", &path, &change);
        let _ = answer.expect("an answer").expect(200);
    };
    ends(&world, &bot, &world.users[1].token, PROMISED, || {
        disable(true)
    });
    // The bot's token outlasts that, unlike the owner's sessions: nobody took it back.
    disable(false);
    let _ = id_of(&world, &bot);
    refused(&world, &owner);
}

fn with_an_owner_who_is_disabled_from_outside(store: Store) {
    let world = World::start(store, 2, &[]);
    let (_, bot) = owner_and_bot(&world);
    ends(&world, &bot, &world.users[1].token, FROM_OUTSIDE, || {
        user(&world, &["disable", NAME]);
    });
    user(&world, &["disable", "--undo", NAME]);
    let _ = id_of(&world, &bot);
}

fn with_an_owner_who_goes(store: Store) {
    let world = World::start(store, 2, &[]);
    let (owner, bot) = owner_and_bot(&world);
    // Now, because the others' polls would be answered with it.
    let members = format!("/api/groups/{}/members", world.group);
    let left = format!("{members}/{}", id_of(&world, &owner));
    let left = bearer(&world, &owner).request("DELETE", &left, &[], b"");
    let _ = left.expect("an answer").expect(204);
    ends(&world, &bot, &world.users[1].token, PROMISED, || {
        let password = json!({"password": PASSWORD});
        let gone = bearer(&world, &owner).json("DELETE", "/api/me", &password);
        let _ = gone.expect("an answer").expect(204);
    });
}

/// Tokens of a new user in the group and of their bot, which is in no group: a poll would be answered
/// with its leaving.
fn owner_and_bot(world: &World) -> (String, String) {
    let (owner, _) = two_sessions(world);
    let body = json!({"username": "robot", "name": "Robot"});
    let made = bearer(world, &owner).json("POST", "/api/bots", &body);
    let made = made.expect("an answer").expect(201).json();
    let bot = text(&made["token"]).to_owned();
    (owner, bot)
}

/// Whose token this is, which works.
fn id_of(world: &World, token: &str) -> String {
    let me = bearer(world, token).get("/api/me");
    let me = me.expect("an answer").expect(200).json();
    text(&me["id"]).to_owned()
}

/// Runs `webqq user …` beside the server.
fn user(world: &World, command: &[&str]) {
    let mut process = Command::new(BINARY);
    process.arg("user").args(command).args(&world.place);
    let done = process.stdout(Stdio::null()).status();
    assert!(done.expect("the binary is there").success(), "{command:?}");
}
