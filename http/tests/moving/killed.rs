//! Export and import killed with SIGKILL at any moment, and called again.

use std::fs;
use std::time::{Duration, Instant};

use webqq_testkit::server::Server;

use crate::BINARY;
use crate::place::{Place, channel, hash, shown};

/// Moments at which a command is killed, as parts of the time that it takes alone.
const MOMENTS: u32 = 10;

/// A store with enough in it that there is something to kill.
fn filled(place: &Place) -> String {
    let log = place.path("channel-2020-01-01.txt");
    fs::write(&log, channel(30_000, 60)).unwrap();
    place.fine(&["import-irc", &shown(&log), "--group", "channel"]);
    let export = shown(&place.path("expected"));
    hash(&place.fine(&["export", &export]))
}

/// Runs a command again and again, killed each time a little later, until it succeeds.
fn killed(place: &Place, command: &[&str], alone: Duration) -> u32 {
    let mut kills = 0;
    for moment in 0.. {
        let mut process = place.spawn(command);
        std::thread::sleep(alone * moment / MOMENTS);
        process.kill().unwrap();
        let ended = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        // Done, or killed when it was done and had yet to say so.
        if ended.status.success() || said.contains("the store is not empty") {
            return kills;
        }
        assert_eq!(ended.status.code(), None, "killed, not failed: {said}");
        kills += 1;
        assert!(moment < 100 * MOMENTS, "it never ends");
    }
    kills
}

#[test]
fn an_export_that_was_killed_goes_on() {
    let place = Place::sqlite();
    let expected = filled(&place);
    let begun = Instant::now();
    place.fine(&["export", &shown(&place.path("alone"))]);
    let alone = begun.elapsed();
    let to = shown(&place.path("killed"));
    let kills = killed(&place, &["export", &to], alone);
    assert!(kills >= 3, "{kills}");
    let target = Place::sqlite();
    assert_eq!(hash(&target.fine(&["import", &to])), expected);
    // Nothing is there that the manifest does not name.
    let names = |directory: &str| {
        let names = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&to), names(&shown(&place.path("expected"))));
}

fn an_import_that_was_killed_goes_on(target: impl Fn() -> Place) {
    let place = Place::sqlite();
    let expected = filled(&place);
    let export = shown(&place.path("expected"));
    let begun = Instant::now();
    target().fine(&["import", &export]);
    let alone = begun.elapsed();
    let target = target();
    // Half-way, no server starts.
    let mut process = target.spawn(&["import", &export]);
    let refused = loop {
        std::thread::sleep(alone / 20);
        if process.try_wait().unwrap().is_some() {
            break None;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        if let Err(problem) = Server::try_start(BINARY, &target.arguments(&[])) {
            break Some(problem);
        }
        process = target.spawn(&["import", &export]);
        std::thread::sleep(alone / 3);
    };
    let refused = refused.expect("it was done before it could be killed");
    assert!(refused.contains("is not finished"), "{refused}");
    let kills = killed(&target, &["import", &export], alone);
    let again = shown(&target.path("again"));
    assert_eq!(
        hash(&target.fine(&["export", &again])),
        expected,
        "{kills} kills"
    );
    drop(target.server());
}

#[test]
fn an_import_into_sqlite_that_was_killed_goes_on() {
    an_import_that_was_killed_goes_on(Place::sqlite);
}

#[test]
fn an_import_into_postgres_that_was_killed_goes_on() {
    an_import_that_was_killed_goes_on(Place::postgres);
}

#[test]
fn a_record_that_was_killed_goes_on() {
    let (place, whole) = (Place::sqlite(), Place::sqlite());
    let log = place.path("channel-2020-01-01.txt");
    fs::write(&log, channel(30_000, 60)).unwrap();
    let command = ["import-irc", &shown(&log), "--group", "channel"];
    let begun = Instant::now();
    let said = whole.fine(&command);
    let alone = begun.elapsed();
    assert!(said.contains("30000 messages into the new group"), "{said}");
    killed(&place, &command, alone);
    let said = place.fine(&command);
    assert!(
        said.contains("0 messages into the group") && said.contains("30000 messages were"),
        "{said}"
    );
}
