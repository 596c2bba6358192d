//! P9: with PostgreSQL gone, failure is honest (503 and `Retry-After`, in time), nobody is signed out,
//! streams stay open, and everything works again by itself. P1 and P2 through it all: what was
//! answered with 503 may be tried again under the same client id and is there once; what was
//! acknowledged survives a crash of PostgreSQL and a connection that is cut in the middle of a
//! commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use webqq_testkit::http::Client;
use webqq_testkit::postgres::{Cluster, StopMode, cluster};
use webqq_testkit::sse::EventStream;
use webqq_testkit::tcp_proxy::TcpProxy;

use crate::listener::{Listener, SetAtEnd, Transport};
use crate::poster::Draft;
use crate::reader::Reader;
use crate::world::{World, history, number, text};

/// Writes are answered, and service is back, within this time.
const PROMISED: Duration = Duration::from_secs(5);
/// For a machine that is busy with other tests.
const SLACK: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(15);
const HANGS: Duration = Duration::from_secs(120);
/// Messages before, during and after an outage.
const EACH: usize = 24;

#[test]
fn an_outage_is_told_and_survived() {
    an_outage(StopMode::Fast);
}

#[test]
fn a_crash_of_postgres_is_told_and_survived() {
    an_outage(StopMode::Kill);
}

#[test]
fn a_connection_cut_in_a_commit_leaves_one_copy() {
    let database = cluster().database();
    let proxy = TcpProxy::start(database.tcp_address());
    let world = World::start_at(Some(database.url_through(proxy.addr())), 2, &[]);
    let deadline = Instant::now() + HANGS;
    let mut stream = Listener::new(&world, 1, Transport::Stream, 1);
    let mut poll = Listener::new(&world, 1, Transport::Poll, 2);
    let mut posted = Vec::new();
    for round in 0..6 {
        // The server cannot tell the two apart: committed, or never heard of.
        if round % 2 == 0 {
            proxy.cut_after_request_containing(b"COMMIT");
        } else {
            proxy.cut_before_request_containing(b"COMMIT");
        }
        let draft = Draft::text(format!("round {round}"));
        let mut client = world.client(0);
        let answer = draft.post(&mut client, &world.group).expect("an answer");
        assert!(proxy.wait_for_cut(PATIENCE), "nothing was committed");
        println!("round {round}: {}", answer.status);
        let seq = match answer.status {
            201 => number(&answer.json()["seq"]),
            _ => {
                honest(&answer.expect(503));
                until_accepted(&draft, &mut client, &world.group, deadline)
            }
        };
        posted.push((seq, draft.client_id));
    }
    assert_eq!(kept(&world, 6), posted);
    for listener in [&mut stream, &mut poll] {
        let all = |reader: &Reader| reader.applied(&world.group).len() >= posted.len();
        listener.listen(deadline, all).expect("nothing is missing");
        listener.reader.check(&world.group, &posted);
    }
}

fn an_outage(mode: StopMode) {
    let cluster = Cluster::private();
    let database = cluster.database();
    let world = World::start_at(Some(database.url().to_owned()), 2, &[]);
    let deadline = Instant::now() + HANGS;
    let through = [Transport::Stream, Transport::Poll];
    let listeners = through.map(|transport| Listener::new(&world, 1, transport, 1));
    let (total, over) = (3 * EACH, AtomicBool::new(false));
    thread::scope(|scope| {
        let (over, _ending) = (&over, SetAtEnd(&over));
        let group = world.group.as_str();
        let listening = listeners.map(|mut listener| {
            scope.spawn(move || {
                let all = |reader: &Reader| {
                    over.load(Ordering::Relaxed) || reader.applied(group).len() >= total
                };
                (listener.listen(deadline, all), listener)
            })
        });
        let mut open = world.client(1).stream(None).expect("a stream");
        assert_eq!(
            open.next(PATIENCE).expect("an event").json()["type"],
            "hello"
        );
        let mut client = world.client(0);
        let mut posted = Vec::new();
        for _ in 0..EACH {
            let draft = Draft::text("before");
            posted.push((draft.post_once(&mut client, group), draft.client_id));
        }

        cluster.stop(mode);
        let drafts = refused_while_down(&world);
        told_to_wait(&world);
        cluster.start();

        let back = Instant::now();
        for draft in drafts {
            let seq = until_accepted(&draft, &mut client, group, deadline);
            posted.push((seq, draft.client_id));
            let waited = back.elapsed();
            assert!(
                posted.len() > EACH + 1 || waited < PROMISED + SLACK,
                "{waited:?}"
            );
        }
        println!(
            "{mode:?}: all accepted {:?} after the start",
            back.elapsed()
        );
        for _ in 0..EACH {
            let draft = Draft::text("after");
            posted.push((draft.post_once(&mut client, group), draft.client_id));
        }
        // Drafts of the outage may have been committed in another order than they were retried.
        posted.sort_unstable();
        assert_eq!(kept(&world, total), posted);
        stayed_open(&mut open, &posted);
        for listener in listening {
            let (heard, listener) = listener.join().expect("listens");
            println!("{}", listener.report());
            heard.unwrap_or_else(|problem| panic!("{}: {problem}", listener.report()));
            listener.reader.check(group, &posted);
        }
    });
}

/// Posts without a database: all are told 503 in time. Returns what was to be posted.
fn refused_while_down(world: &World) -> Vec<Draft> {
    thread::scope(|scope| {
        let posting: Vec<_> = (0..EACH)
            .map(|_| {
                let mut client = world.client(0);
                scope.spawn(move || {
                    let draft = Draft::text("meanwhile");
                    let begun = Instant::now();
                    let answer = draft.post(&mut client, &world.group).expect("an answer");
                    honest(&answer.expect(503));
                    let waited = begun.elapsed();
                    assert!(waited < PROMISED + SLACK, "an answer after {waited:?}");
                    draft
                })
            })
            .collect();
        let drafts = posting.into_iter().map(|one| one.join().expect("is told"));
        drafts.collect()
    })
}

/// Whoever comes during an outage is told to come back, never that they are nobody.
fn told_to_wait(world: &World) {
    let mut client = world.client(0);
    for path in [
        "/api/sync",
        "/api/poll",
        "/api/poll?wait=1&cursor=x",
        "/api/me",
    ] {
        honest(&client.get(path).expect("an answer").expect(503));
    }
    let mut stream = world.client(0).stream(None).expect("a stream");
    assert_eq!(stream.status(), 200, "anything else ends an EventSource");
    let bye = stream.next(PATIENCE).expect("an event").json();
    assert_eq!(
        (text(&bye["type"]), text(&bye["reason"])),
        ("bye", "unavailable")
    );
    assert!(stream.retry_ms().is_some());
    let alive = client.get("/healthz").expect("an answer");
    let _ = alive.expect(200);
}

/// This stream was open all the time, was not told to end, and has all of these in order.
fn stayed_open(stream: &mut EventStream, posted: &[(i64, String)]) {
    let (mut last, mut seen) = (posted[0].0 - 1, Vec::new());
    while seen.len() < posted.len() {
        let event = stream.next(PATIENCE).expect("the stream stays open").json();
        assert_ne!(event["type"], "bye", "{event}");
        if event["type"] == "message" && number(&event["seq"]) > last {
            last = number(&event["seq"]);
            seen.push((last, text(&event["client_id"]).to_owned()));
        }
    }
    assert_eq!(seen, posted);
}

/// Tries again as a client does: under the same client id, until it is there.
fn until_accepted(draft: &Draft, client: &mut Client, group: &str, deadline: Instant) -> i64 {
    loop {
        assert!(Instant::now() < deadline, "the same post is never accepted");
        let answer = draft.post(client, group).expect("an answer");
        match answer.status {
            200 | 201 => return number(&answer.json()["seq"]),
            _ => honest(&answer.expect(503)),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn honest(answer: &webqq_testkit::http::Response) {
    let after = answer.header("Retry-After").map(str::parse::<u32>);
    assert!(matches!(after, Some(Ok(1..))), "Retry-After: {after:?}");
}

/// The last `count` messages of the history: seq and client id.
fn kept(world: &World, count: usize) -> Vec<(i64, String)> {
    let all = history(&mut world.client(0), &world.group);
    let begun = all.len() - count;
    let before = all[..begun].iter().filter(|one| one["kind"] == "text");
    assert_eq!(before.count(), 0, "more messages than were posted");
    let kept = all[begun..].iter();
    kept.map(|one| (number(&one["seq"]), text(&one["client_id"]).to_owned()))
        .collect()
}
