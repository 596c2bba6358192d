//! P7: a session that ended is refused at once, and what it had open ends: streams with `bye`, held
//! polls with 401. Nobody else notices.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use webqq_testkit::http::Client;
use webqq_testkit::sse::EventStream;

use crate::poster::Draft;
use crate::world::{BINARY, Store, World, text};

/// Within this time streams end, as promised; another process's change is noticed a second later.
pub(crate) const PROMISED: Duration = Duration::from_secs(2);
pub(crate) const FROM_OUTSIDE: Duration = Duration::from_secs(3);
/// For a machine that is busy with other tests.
const SLACK: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10);
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const NAME: &str = "lili";

#[test]
fn signing_out_ends_one_session_with_sqlite() {
    signing_out_ends_one_session(Store::Sqlite);
}

#[test]
fn signing_out_ends_one_session_with_postgres() {
    signing_out_ends_one_session(Store::Postgres);
}

#[test]
fn revoking_ends_one_session_with_sqlite() {
    revoking_ends_one_session(Store::Sqlite);
}

#[test]
fn revoking_ends_one_session_with_postgres() {
    revoking_ends_one_session(Store::Postgres);
}

#[test]
fn a_password_set_from_outside_ends_sessions_with_sqlite() {
    a_password_set_from_outside_ends_sessions(Store::Sqlite);
}

#[test]
fn a_password_set_from_outside_ends_sessions_with_postgres() {
    a_password_set_from_outside_ends_sessions(Store::Postgres);
}

#[test]
fn disabling_ends_sessions_with_sqlite() {
    disabling_ends_sessions(Store::Sqlite);
}

#[test]
fn disabling_ends_sessions_with_postgres() {
    disabling_ends_sessions(Store::Postgres);
}

#[test]
fn signing_other_devices_out_ends_sessions() {
    let world = World::start(Store::Sqlite, 1, &[]);
    let (gone, stays) = two_sessions(&world);
    ends(&world, &gone, &stays, PROMISED, || {
        let others = bearer(&world, &stays).request("DELETE", "/api/sessions", &[], b"");
        let _ = others.expect("an answer").expect(204);
    });
}

fn disabling_ends_sessions(store: Store) {
    let world = World::start(store, 2, &[]);
    let (gone, also_gone) = two_sessions(&world);
    let mut promotion = Command::new(BINARY);
    let promotion = promotion.args(["user", "admin", "u0"]).args(&world.place);
    let promoted = promotion.stdout(Stdio::null()).status();
    assert!(promoted.expect("the binary is there").success());
    // So that the server has looked at its sessions because of that, and does not again.
    thread::sleep(Duration::from_millis(1_500));
    let me = bearer(&world, &gone).get("/api/me");
    let me = me.expect("an answer").expect(200).json();
    let path = format!("/api/admin/users/{}", text(&me["id"]));
    let disable = |disabled: bool| {
        let change = json!({"disabled": disabled});
        let answer = world.client(0).json("PATCH", &path, &change);
        let answer = answer.expect("an answer").expect(200).json();
        assert_eq!(answer["user"]["disabled"], disabled);
    };
    ends(&world, &gone, &world.users[1].token, PROMISED, || {
        disable(true)
    });
    refused(&world, &also_gone);
    // Only who knows the password learns why.
    let sign_in = |password: &str| {
        let body = json!({"username": NAME, "password": password});
        let answer = Client::new(world.addr()).json("POST", "/api/sessions", &body);
        let answer = answer.expect("an answer");
        (answer.status, answer.json()["code"].clone())
    };
    assert_eq!(sign_in(PASSWORD), (403, json!("account_disabled")));
    assert_eq!(sign_in("another one"), (401, json!("wrong_credentials")));
    disable(false);
    assert_eq!(sign_in(PASSWORD).0, 201);
    refused(&world, &gone);
}

fn signing_out_ends_one_session(store: Store) {
    let world = World::start(store, 1, &[]);
    let (gone, stays) = two_sessions(&world);
    ends(&world, &gone, &stays, PROMISED, || {
        let mut client = bearer(&world, &gone);
        let out = client.request("DELETE", "/api/sessions/current", &[], b"");
        let _ = out.expect("an answer").expect(204);
    });
}

fn revoking_ends_one_session(store: Store) {
    let world = World::start(store, 1, &[]);
    let (gone, stays) = two_sessions(&world);
    let path = format!("/api/sessions/{}", session_of(&world, &gone));
    // Not somebody else's to end.
    let theirs = world.client(0).request("DELETE", &path, &[], b"");
    let _ = theirs.expect("an answer").expect(404);
    ends(&world, &gone, &stays, PROMISED, || {
        let revoked = bearer(&world, &stays).request("DELETE", &path, &[], b"");
        let _ = revoked.expect("an answer").expect(204);
    });
}

fn a_password_set_from_outside_ends_sessions(store: Store) {
    let world = World::start(store, 1, &[]);
    let (gone, also_gone) = two_sessions(&world);
    let other = &world.users[0].token;
    ends(&world, &gone, other, FROM_OUTSIDE, || {
        let mut command = Command::new(BINARY);
        command.args(["user", "password", NAME]).args(&world.place);
        let mut command = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary is there");
        let mut input = command.stdin.take().expect("standard input is piped");
        writeln!(input, "another {PASSWORD}").expect("it reads");
        drop(input);
        assert!(command.wait().expect("it ends").success());
    });
    let me = bearer(&world, &also_gone).get("/api/me");
    let _ = me.expect("an answer").expect(401);
    let old = json!({"username": NAME, "password": PASSWORD});
    let new = json!({"username": NAME, "password": format!("another {PASSWORD}")});
    let mut client = Client::new(world.addr());
    let refused = client.json("POST", "/api/sessions", &old);
    let _ = refused.expect("an answer").expect(401);
    let welcome = client.json("POST", "/api/sessions", &new);
    let _ = welcome.expect("an answer").expect(201);
}

/// Checks that `end` ends all that the session `gone` has open, `within` that time, and nothing of
/// the session `stays`.
pub(crate) fn ends(world: &World, gone: &str, stays: &str, within: Duration, end: impl FnOnce()) {
    let mut gone_stream = opened(world, gone);
    let mut stays_stream = opened(world, stays);
    thread::scope(|scope| {
        let held = |token: &str| {
            let mut client = bearer(world, token);
            let path = format!("/api/poll?wait=25&cursor={}", head(&mut client));
            scope.spawn(move || (client.get(&path).expect("an answer"), Instant::now()))
        };
        let (gone_poll, stays_poll) = (held(gone), held(stays));
        // So that the polls are held; if they are not yet, the test is only weaker.
        thread::sleep(Duration::from_millis(300));
        end();
        let ended = Instant::now();

        let bye = gone_stream.next_where(within + SLACK, |event| event.json()["type"] == "bye");
        assert_eq!(bye.expect("a bye").json()["reason"], "signed_out");
        let told = ended.elapsed();
        assert_eq!(gone_stream.next(PATIENCE), None);
        assert!(gone_stream.is_closed());
        let (answer, answered) = gone_poll.join().expect("polls");
        let _ = answer.expect(401);
        let answered = answered.saturating_duration_since(ended);
        println!("the stream was told after {told:?}, the poll after {answered:?}");
        assert!(answered <= within + SLACK, "the poll: {answered:?}");
        refused(world, gone);

        let draft = Draft::text("still here?");
        draft.post_once(&mut world.client(0), &world.group);
        let is_it = |event: &Value| event["client_id"] == draft.client_id.as_str();
        let heard = stays_stream.next_where(PATIENCE, |event| is_it(&event.json()));
        assert!(heard.is_some(), "the other session's stream ended, too");
        let (answer, _) = stays_poll.join().expect("polls");
        let answer = answer.expect(200).json();
        let events = answer["events"].as_array().expect("a list");
        assert!(events.iter().any(is_it), "the other session's poll ended");
    });
}

/// What a session that has ended is told, on every way in.
pub(crate) fn refused(world: &World, token: &str) {
    let mut client = bearer(world, token);
    for path in ["/api/sync", "/api/poll", "/api/poll?cursor=x&wait=1"] {
        let _ = client.get(path).expect("an answer").expect(401);
    }
    let post = Draft::text("no").post(&mut client, &world.group);
    let _ = post.expect("an answer").expect(401);
    assert_eq!(client.stream(None).expect("an answer").status(), 401);
    let cookie = format!("webqq_session={token}");
    let browser = Client::new(world.addr()).with_header("Cookie", &cookie);
    let stream = browser.stream(None).expect("an answer");
    assert_eq!(stream.status(), 204, "an EventSource must not come back");
}

fn opened(world: &World, token: &str) -> EventStream {
    let mut stream = bearer(world, token).stream(None).expect("a stream");
    let hello = stream.next(PATIENCE).expect("a first event").json();
    assert_eq!(hello["type"], "hello");
    stream
}

/// A new user in the group, signed in twice: the two tokens.
pub(crate) fn two_sessions(world: &World) -> (String, String) {
    let mut client = Client::new(world.addr());
    let user = json!({"username": NAME, "password": PASSWORD, "name": "李丽", "want_token": true});
    let first = client.json("POST", "/api/users", &user).expect("an answer");
    let again = json!({"username": NAME, "password": PASSWORD, "want_token": true});
    let second = client.json("POST", "/api/sessions", &again);
    let second = second.expect("an answer").expect(201).json();
    let first = text(&first.expect(201).json()["token"]).to_owned();
    let members = format!("/api/groups/{}/members", world.group);
    let joined = bearer(world, &first).json("POST", &members, &json!({}));
    let _ = joined.expect("an answer").expect(200);
    (first, text(&second["token"]).to_owned())
}

pub(crate) fn session_of(world: &World, token: &str) -> String {
    let sessions = bearer(world, token).get("/api/sessions");
    let sessions = sessions.expect("an answer").expect(200).json();
    let mut all = sessions["sessions"].as_array().expect("a list").iter();
    let current = all.find(|session| session["current"] == true);
    text(&current.expect("the present one")["id"]).to_owned()
}

/// A cursor with nothing behind it. "Now" may lie a moment before the head: at the watermark.
pub(crate) fn head(client: &mut Client) -> String {
    let now = client.get("/api/poll").expect("an answer").expect(200);
    let path = format!("/api/poll?wait=0&cursor={}", text(&now.json()["cursor"]));
    let head = client.get(&path).expect("an answer").expect(200);
    text(&head.json()["cursor"]).to_owned()
}

pub(crate) fn bearer(world: &World, token: &str) -> Client {
    Client::new(world.addr()).bearer(token)
}
