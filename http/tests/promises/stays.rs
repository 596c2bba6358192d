//! P5: what was said outside a user's stays reaches them on no route. One who leaves and comes back
//! is shown, on resuming, exactly what was said while they were there; one who was removed is told
//! so, and nothing after.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use webqq_testkit::http::Client;

use crate::listener::{Listener, Transport};
use crate::poster::Draft;
use crate::reader::Reader;
use crate::world::{Store, World, history, messages_of, number, synced, text};

const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough for what should not come.
const QUIET: Duration = Duration::from_millis(500);
const BOTH: [Transport; 2] = [Transport::Stream, Transport::Poll];

#[test]
fn who_comes_back_sees_their_stays_with_sqlite() {
    who_comes_back_sees_their_stays(Store::Sqlite);
}

#[test]
fn who_comes_back_sees_their_stays_with_postgres() {
    who_comes_back_sees_their_stays(Store::Postgres);
}

#[test]
fn who_was_removed_sees_that_and_no_more_with_sqlite() {
    who_was_removed_sees_that_and_no_more(Store::Sqlite);
}

#[test]
fn who_was_removed_sees_that_and_no_more_with_postgres() {
    who_was_removed_sees_that_and_no_more(Store::Postgres);
}

fn who_comes_back_sees_their_stays(store: Store) {
    let world = World::start(store, 2, &[]);
    let (mut owner, mut guest) = (world.client(0), world.client(1));
    let group = world.group.as_str();
    let mut say = |words: &str| Draft::text(words).post_once(&mut owner, group);
    // Two devices that are away during all of it, and two that listen from the beginning.
    let away = BOTH.map(|transport| Listener::new(&world, 1, transport, 1));
    let there = BOTH.map(|transport| Listener::new(&world, 1, transport, 2));
    let (seen, inside) = std::thread::scope(|scope| {
        let deadline = Instant::now() + PATIENCE;
        let listening = there.map(|mut listener| {
            scope.spawn(move || {
                let all = |reader: &Reader| said(reader, group).last() == Some(&"the end");
                (listener.listen(deadline, all), listener)
            })
        });
        let mut inside = vec![say("before")];
        for stay in 0..2 {
            inside.push(leave(&mut guest, &world));
            say("secret");
            say("secret");
            inside.push(join(&mut guest, &world));
            inside.push(say(&format!("stay {stay}")));
        }
        inside.push(say("the end"));
        (listening.map(|one| one.join().expect("listens")), inside)
    });
    let deadline = Instant::now() + PATIENCE;
    let resumed = away.map(|mut listener| {
        let all = |reader: &Reader| said(reader, group).last() == Some(&"the end");
        (listener.listen(deadline, all), listener)
    });
    for (heard, listener) in seen.into_iter().chain(resumed) {
        heard.unwrap_or_else(|problem| panic!("{}: {problem}", listener.report()));
        let applied = listener.reader.applied(group).iter();
        let applied: Vec<i64> = applied.map(|message| number(&message["seq"])).collect();
        assert_eq!(applied, inside, "{}", listener.report());
    }

    // History shows the stays and nothing between them, on both of its routes.
    let kept = history(&mut guest, group);
    let kept = kept.iter().map(|message| number(&message["seq"]));
    let kept: Vec<i64> = kept.filter(|seq| *seq >= inside[0]).collect();
    assert_eq!(kept, inside);
    for seq in inside[0]..=inside[inside.len() - 1] {
        let status = if inside.contains(&seq) { 200 } else { 404 };
        let path = format!("{}/{seq}", messages_of(group));
        let _ = guest.get(&path).expect("an answer").expect(status);
    }
}

fn who_was_removed_sees_that_and_no_more(store: Store) {
    let world = World::start(store, 2, &[]);
    let (mut owner, mut guest) = (world.client(0), world.client(1));
    let group = world.group.as_str();
    let before = Draft::text("before").post_once(&mut owner, group);
    let mut away = BOTH.map(|transport| Listener::new(&world, 1, transport, 1));
    let mut stream = guest.stream(None).expect("a stream");
    let hello = stream.next(PATIENCE).expect("an event").json();
    assert_eq!(hello["type"], "hello");

    let path = format!("/api/groups/{group}/members/{}", world.users[1].id);
    let removed = owner.request("DELETE", &path, &[], b"");
    let _ = removed.expect("an answer").expect(204);
    let after = Draft::text("secret");
    let after_seq = after.post_once(&mut owner, group);
    let removed_seq = after_seq - 1;
    assert_eq!(removed_seq, before + 1);

    let told = stream.next_where(PATIENCE, |event| event.json()["type"] == "message");
    let told = told.expect("the removal").json();
    assert_eq!(
        (&told["kind"], number(&told["seq"])),
        (&json!("group.remove"), removed_seq)
    );
    assert_eq!(told["removed"], json!([world.users[1].id]));
    let more = stream.next_where(QUIET, |event| event.json()["type"] == "message");
    assert_eq!(more, None);
    for listener in &mut away {
        let removed = |reader: &Reader| {
            let applied = reader.applied(group).last();
            applied.is_some_and(|message| message["kind"] == "group.remove")
        };
        let heard = listener.listen(Instant::now() + PATIENCE, removed);
        heard.expect("is told");
        let more = |reader: &Reader| reader.applied(group).len() > 1;
        let more = listener.listen(Instant::now() + QUIET, more);
        assert!(more.is_err(), "{:?}", listener.reader.applied(group));
    }

    // Frozen as it was then: readable up to there, and otherwise a stranger's.
    let last = history(&mut guest, group).pop().expect("a history");
    assert_eq!(number(&last["seq"]), removed_seq);
    let conversation = synced(&mut guest, group);
    assert_eq!(conversation["left"], true);
    assert_eq!(number(&conversation["head_seq"]), removed_seq);
    assert_eq!(number(&conversation["last_message"]["seq"]), removed_seq);
    let path = format!("{}/{after_seq}", messages_of(group));
    let _ = guest.get(&path).expect("an answer").expect(404);
    let post = Draft::text("let me in").post(&mut guest, group);
    let post = post.expect("an answer");
    assert!(matches!(post.status, 403 | 404), "{}", post.status);
    let typing = format!("/api/conversations/{group}/typing");
    let typing = guest.request("POST", &typing, &[], b"");
    let typing = typing.expect("an answer");
    assert!(matches!(typing.status, 403 | 404), "{}", typing.status);
    let members = guest.get(&format!("/api/groups/{group}/members"));
    let members = members.expect("an answer");
    assert!(matches!(members.status, 403 | 404), "{}", members.status);
}

/// The texts that were applied, in order.
fn said<'a>(reader: &'a Reader, group: &str) -> Vec<&'a str> {
    let texts = reader.applied(group).iter();
    let texts = texts.filter(|message| message["kind"] == "text");
    texts
        .map(|message| text(&message["body"]["text"]))
        .collect()
}

/// The second user leaves. Returns the seq of that.
fn leave(guest: &mut Client, world: &World) -> i64 {
    let path = format!("/api/groups/{}/members/{}", world.group, world.users[1].id);
    let left = guest.request("DELETE", &path, &[], b"");
    let _ = left.expect("an answer").expect(204);
    head(guest, world)
}

/// Comes back. Returns the seq of that.
fn join(guest: &mut Client, world: &World) -> i64 {
    let path = format!("/api/groups/{}/members", world.group);
    let joined = guest.json("POST", &path, &Value::Object(serde_json::Map::new()));
    let _ = joined.expect("an answer").expect(200);
    head(guest, world)
}

fn head(guest: &mut Client, world: &World) -> i64 {
    number(&synced(guest, &world.group)["head_seq"])
}
