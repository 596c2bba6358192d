//! P6 and the bounds of section 8: however many ask at once, a group has no member too many and
//! exactly one owner; a user's ninth stream ends the first.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use webqq_testkit::http::{Client, Response};

use crate::poster::Draft;
use crate::world::{Store, World, number, text};

/// How many want the last place.
const CROWD: usize = 50;
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn the_last_place_goes_to_one_with_sqlite() {
    the_last_place_goes_to_one(Store::Sqlite);
}

#[test]
fn the_last_place_goes_to_one_with_postgres() {
    the_last_place_goes_to_one(Store::Postgres);
}

#[test]
fn a_group_has_one_owner_with_sqlite() {
    a_group_has_one_owner(Store::Sqlite);
}

#[test]
fn a_group_has_one_owner_with_postgres() {
    a_group_has_one_owner(Store::Postgres);
}

fn the_last_place_goes_to_one(store: Store) {
    let world = World::start(store, CROWD + 2, &[]);
    let mut owner = world.client(0);
    let create = json!({"name": "three at most", "member_limit": 3});
    let made = owner
        .json("POST", "/api/groups", &create)
        .expect("an answer");
    let group = text(&made.expect(201).json()["group"]["id"]).to_owned();
    let members = format!("/api/groups/{group}/members");
    let join = |client: &mut Client| {
        client
            .json("POST", &members, &json!({}))
            .expect("an answer")
    };
    let _ = join(&mut world.client(1)).expect(200);

    // Twice: the second time for the place that somebody has left.
    for round in 0..2 {
        let crowd: Vec<Client> = (2..CROWD + 2).map(|nth| world.client(nth)).collect();
        let answers = at_once(crowd, join);
        let (inside, outside): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(inside.len(), 1, "got the last place in round {round}");
        assert_eq!(number(&inside[0].json()["group"]["member_count"]), 3);
        for answer in outside {
            assert_eq!(answer.expect(409).json()["code"], "group_full");
        }
        let listed = listed(&mut owner, &members);
        assert_eq!(listed.len(), 3);
        let path = format!("/api/groups/{group}");
        let group = owner.get(&path).expect("an answer").expect(200).json();
        assert_eq!(number(&group["group"]["member_count"]), 3);
        let leaving = text(&listed[2]["user"]["id"]);
        let path = format!("{members}/{leaving}");
        let place = world.users.iter().position(|user| user.id == leaving);
        let mut client = world.client(place.expect("one of us"));
        let left = client
            .request("DELETE", &path, &[], b"")
            .expect("an answer");
        let _ = left.expect(204);
    }

    // The owner may raise the limit, and not lower it below those who are there.
    let path = format!("/api/groups/{group}");
    let mut limit = |limit: i64| {
        let limit = json!({"member_limit": limit});
        owner.json("PATCH", &path, &limit).expect("an answer")
    };
    let _ = limit(4).expect(200);
    for nth in 2..4 {
        let _ = join(&mut world.client(nth)).expect(200);
    }
    let _ = join(&mut world.client(4)).expect(409);
    let _ = limit(3).expect(409);
    let _ = limit(2).expect(422);
}

fn a_group_has_one_owner(store: Store) {
    let world = World::start(store, 12, &[]);
    let members = format!("/api/groups/{}/members", world.group);
    for round in 0..3 {
        let before = owners(&mut world.client(0), &members);
        let owner = world.users.iter().position(|user| user.id == before[0]);
        let owner = owner.expect("one of us");
        let others = world.users.iter().filter(|user| user.id != before[0]);
        let heirs: Vec<(Client, &str)> = others
            .map(|heir| (world.client(owner), heir.id.as_str()))
            .collect();
        let answers = at_once(heirs, |(client, heir)| {
            let path = format!("{members}/{heir}");
            client
                .json("PATCH", &path, &json!({"role": "owner"}))
                .expect("an answer")
        });
        let crowned = answers.iter().filter(|answer| answer.status == 200);
        assert_eq!(crowned.count(), 1, "transfers in round {round}");
        for answer in answers {
            assert!(matches!(answer.status, 200 | 403), "{}", answer.text());
        }
        let after = owners(&mut world.client(0), &members);
        assert_eq!(after.len(), 1, "owners after round {round}");
        assert_ne!(after, before);
    }
}

#[test]
fn a_ninth_stream_ends_the_first() {
    let world = World::start(Store::Sqlite, 2, &[]);
    let client = world.client(0);
    let mut streams = Vec::new();
    for _ in 0..9 {
        let mut stream = client.stream(None).expect("a stream");
        let hello = stream.next(PATIENCE).expect("a first event").json();
        assert_eq!(hello["type"], "hello");
        streams.push(stream);
    }
    let mut first = streams.remove(0);
    let bye = first.next_where(PATIENCE, |event| event.json()["type"] == "bye");
    assert_eq!(bye.expect("a bye").json()["reason"], "superseded");
    assert_eq!(first.next(PATIENCE), None);
    assert!(first.is_closed());

    // The other eight, and other users' streams, live on.
    streams.push(world.client(1).stream(None).expect("a stream"));
    let hello = streams[8].next(PATIENCE).expect("a first event").json();
    assert_eq!(hello["type"], "hello");
    let seq = Draft::text("all here?").post_once(&mut world.client(1), &world.group);
    for stream in &mut streams {
        let message = stream.next_where(PATIENCE, |event| event.json()["type"] == "message");
        assert_eq!(number(&message.expect("the message").json()["seq"]), seq);
    }
}

/// Carries out `work` on all of these at the same moment.
fn at_once<T: Send>(all: Vec<T>, work: impl Fn(&mut T) -> Response + Sync) -> Vec<Response> {
    let (start, work) = (&Barrier::new(all.len()), &work);
    thread::scope(|scope| {
        let begin = |mut one: T| {
            scope.spawn(move || {
                start.wait();
                work(&mut one)
            })
        };
        let running: Vec<_> = all.into_iter().map(begin).collect();
        let done = running.into_iter().map(|one| one.join().expect("works"));
        done.collect()
    })
}

fn listed(client: &mut Client, members: &str) -> Vec<Value> {
    let listed = client.get(members).expect("an answer").expect(200).json();
    listed["members"].as_array().expect("a list").clone()
}

fn owners(client: &mut Client, members: &str) -> Vec<String> {
    let listed = listed(client, members);
    let owners = listed.iter().filter(|member| member["role"] == "owner");
    owners
        .map(|owner| text(&owner["user"]["id"]).to_owned())
        .collect()
}
