//! P7 and P8 together: a stream that nobody reads, and that has therefore fallen back to the log, is
//! still a stream of its session and of its user. It ends when they say so, and shows nothing that
//! was said afterwards.

use std::time::{Duration, Instant};

use webqq_testkit::eventually;
use webqq_testkit::http::Client;
use webqq_testkit::sse::EventStream;

use crate::poster::Draft;
use crate::sessions_end::{bearer, session_of, two_sessions};
use crate::stalled::load;
use crate::world::{Store, World};

/// Messages that overfill the kernel's buffers, and then the stream's queue.
const ENOUGH: usize = 3_000;
/// 2 s as for every stream, and as much for its last words.
const STALLED: Duration = Duration::from_secs(4);
const SLACK: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_stalled_stream_ends_with_its_session() {
    let world = World::start(Store::Sqlite, 1, &[]);
    let (_stalled, mut client, path) = stalled_and_its_session(&world);
    let revoked = client.request("DELETE", &path, &[], b"");
    let _ = revoked.expect("an answer").expect(204);
    let revoked = Instant::now();
    eventually(STALLED + SLACK, "the stalled stream's end", || {
        world.connections() == 1
    });
    println!("the stalled stream ended after {:?}", revoked.elapsed());
}

#[test]
fn a_stalled_stream_shows_nothing_said_after_its_session() {
    let world = World::start(Store::Sqlite, 1, &[]);
    let (mut stalled, mut client, path) = stalled_and_its_session(&world);
    let revoked = client.request("DELETE", &path, &[], b"");
    let _ = revoked.expect("an answer").expect(204);
    let secret = Draft::text("not for revoked sessions");
    secret.post_once(&mut world.client(0), &world.group);
    let leaked = stalled.next_where(PATIENCE, |event| {
        event.json()["client_id"] == secret.client_id.as_str()
    });
    assert_eq!(leaked, None, "a revoked session was shown this");
    assert!(stalled.is_closed(), "a revoked session's stream is open");
}

#[test]
fn stalled_streams_count_as_streams() {
    let world = World::start(Store::Sqlite, 1, &[]);
    let open = || world.client(0).stream(None).expect("a stream");
    let mut streams: Vec<EventStream> = (0..8).map(|_| open()).collect();
    load(&world, ENOUGH);
    streams.extend((0..8).map(|_| open()));
    eventually(STALLED + SLACK, "the end of all streams but 8", || {
        world.connections() <= 8
    });
}

/// A stream of a session that nobody reads, another session's client, and where that one revokes
/// the first session.
fn stalled_and_its_session(world: &World) -> (EventStream, Client, String) {
    let (gone, stays) = two_sessions(world);
    let path = format!("/api/sessions/{}", session_of(world, &gone));
    let stream = bearer(world, &gone).stream(None).expect("a stream");
    assert_eq!(stream.status(), 200);
    load(world, ENOUGH);
    let mut client = bearer(world, &stays);
    let _ = client.get("/api/me").expect("an answer").expect(200);
    eventually(PATIENCE, "the posters are gone", || {
        world.connections() <= 2
    });
    assert_eq!(world.connections(), 2, "the stalled stream is there");
    (stream, client, path)
}
