//! SIGTERM is a clean stop: whoever listens is told, what was acknowledged is there, and the next
//! start goes on. And a start that cannot work says so: exit codes and one sentence.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use webqq_testkit::server::Server;

use crate::poster::Draft;
use crate::stalled::load;
use crate::world::{BINARY, Store, World, history, number, text};

const PROMISED: Duration = Duration::from_secs(5);
/// For a machine that is busy with other tests.
const SLACK: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10);
const HANGS: Duration = Duration::from_secs(40);
const POSTERS: usize = 8;
const LISTENERS: usize = 3;

#[test]
fn a_stop_is_clean_with_sqlite() {
    a_stop_is_clean(Store::Sqlite);
}

#[test]
fn a_stop_is_clean_with_postgres() {
    a_stop_is_clean(Store::Postgres);
}

#[test]
fn a_second_server_is_refused_with_sqlite() {
    a_second_server_is_refused(Store::Sqlite);
}

#[test]
fn a_second_server_is_refused_with_postgres() {
    a_second_server_is_refused(Store::Postgres);
}

#[test]
fn a_taken_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let data = webqq_testkit::temp_dir::TempDir::new("taken-port");
    let data = data.path().display().to_string();
    let (code, told) = run(&["--listen", &address, "--data", &data]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&address), "{told}");
    is_a_sentence(&told);
}

#[test]
fn unusable_options_exit_with_2() {
    for options in [
        &["--no-such-option"][..],
        &["--listen", "nowhere"],
        &["--store", "mysql://x"],
        &["--post-rate", "-1"],
        &["--max-group-members", "2"],
        &["fly"],
    ] {
        let (code, told) = run(options);
        assert_eq!(code, Some(2), "{options:?}: {told}");
        assert!(told.starts_with("error: "), "{options:?}: {told}");
        assert!(!told.contains("panicked"), "{told}");
    }
}

fn a_stop_is_clean(store: Store) {
    let mut world = World::start(store, 2, &[]);
    // One reader that has stalled: it must not hold up the end.
    let stalled = world.client(0).stream(None).expect("a stream");
    load(&world, 3_000);
    let before = history(&mut world.client(0), &world.group).len();
    let mut asked = Instant::now();
    let acknowledged: Vec<(i64, String)> = thread::scope(|scope| {
        let streams: Vec<_> = (0..LISTENERS)
            .map(|_| {
                let mut stream = world.client(1).stream(None).expect("a stream");
                let hello = stream.next(PATIENCE).expect("an event").json();
                assert_eq!(hello["type"], "hello");
                stream
            })
            .collect();
        let polls: Vec<_> = (0..LISTENERS)
            .map(|_| {
                let mut client = world.client(1);
                let now = client.get("/api/poll").expect("an answer").expect(200);
                let path = format!("/api/poll?wait=25&cursor={}", text(&now.json()["cursor"]));
                scope.spawn(move || client.get(&path))
            })
            .collect();
        thread::sleep(Duration::from_millis(200));
        let posting: Vec<_> = (0..POSTERS)
            .map(|_| {
                let (mut client, group) = (world.client(0), world.group.as_str());
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    loop {
                        let draft = Draft::text("perhaps the last one");
                        match draft.post(&mut client, group) {
                            Ok(answer) if answer.status == 201 => {
                                let seq = number(&answer.json()["seq"]);
                                acknowledged.push((seq, draft.client_id));
                            }
                            Ok(answer) => {
                                let _ = answer.expect(503);
                                return acknowledged;
                            }
                            // The connection is gone: perhaps.
                            Err(_) => return acknowledged,
                        }
                    }
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        asked = Instant::now();
        world.server.terminate();
        for mut stream in streams {
            let bye = stream.next_where(PROMISED, |event| event.json()["type"] == "bye");
            assert_eq!(bye.expect("a bye").json()["reason"], "draining");
            assert_eq!(stream.next(PROMISED), None);
            assert!(stream.is_closed());
        }
        for poll in polls {
            // Answered with what there is, or told to come back; never left without an answer.
            let answer = poll.join().expect("polls").expect("an answer");
            assert!(matches!(answer.status, 200 | 503), "{}", answer.status);
        }
        let acknowledged = posting.into_iter().map(|one| one.join().expect("posts"));
        acknowledged.flatten().collect()
    });
    let status = world.server.wait_exit(PROMISED + SLACK);
    let status = status.expect("the server ends");
    let took = asked.elapsed();
    println!("{store:?}: ended after {took:?}");
    assert!(took < PROMISED + SLACK, "the end took {took:?}");
    assert_eq!(status.code(), Some(0));
    drop(stalled);
    let log = world.server.log();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");

    world.server.restart();
    let kept = history(&mut world.client(0), &world.group);
    let kept = kept[before..].iter();
    let kept: Vec<(i64, &str)> = kept
        .map(|one| (number(&one["seq"]), text(&one["client_id"])))
        .collect();
    println!("{} acknowledged, {} kept", acknowledged.len(), kept.len());
    assert!(acknowledged.len() > POSTERS, "hardly anything was posted");
    assert!(kept.len() <= acknowledged.len() + POSTERS);
    for (seq, client_id) in &acknowledged {
        let copies = kept.iter().filter(|(_, kept)| kept == client_id);
        assert_eq!(copies.clone().count(), 1);
        assert!(copies.clone().all(|(kept, _)| kept == seq));
    }
    Draft::text("and on").post_once(&mut world.client(1), &world.group);
}

fn a_second_server_is_refused(store: Store) {
    let mut world = World::start(store, 1, &[]);
    let place: Vec<&str> = world.place.iter().map(String::as_str).collect();
    let (code, told) = run(&[&place[..], &["--listen", "127.0.0.1:0"]].concat());
    assert_eq!(code, Some(1), "{told}");
    is_a_sentence(&told);
    // The first one has not noticed.
    Draft::text("still here").post_once(&mut world.client(0), &world.group);
    // When it is gone, the second may take its place.
    world.server.kill();
    let second = Server::start(BINARY, &world.place);
    assert_ne!(second.pid(), world.server.pid());
}

/// Runs the program to its end: its exit code and what it says on standard error.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let mut process = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is there");
    let mut errors = process.stderr.take().expect("standard error is piped");
    let begun = Instant::now();
    let status = loop {
        match process.try_wait().expect("a child") {
            Some(status) => break status,
            None if begun.elapsed() < HANGS => thread::sleep(Duration::from_millis(20)),
            None => {
                process.kill().expect("it ends");
                panic!("{arguments:?}: it runs");
            }
        }
    };
    let mut told = String::new();
    errors.read_to_string(&mut told).expect("text");
    (status.code(), told)
}

/// The last line is for people: it says what happened and what to do.
fn is_a_sentence(told: &str) {
    let last = told.trim_end().lines().last().unwrap_or_default();
    println!("{last}");
    assert!(last.ends_with('.') && last.len() > 30, "{told}");
    assert!(
        !told.contains("panicked") && !last.contains("Error {"),
        "{told}"
    );
}
