//! P8: a reader that stops reading costs the server no more than its bounded queue, is not closed
//! for being slow, and loses nothing; one that takes no byte for 20 s is closed and resumes exactly.

use std::thread;
use std::time::{Duration, Instant};

use webqq_testkit::eventually;

use crate::listener::{Listener, Transport};
use crate::poster::Draft;
use crate::reader::Reader;
use crate::world::{Store, World};

/// Messages of a load, and their characters: 80 MB, much more than the kernel's buffers hold and
/// than a server may take for one reader.
const MESSAGES: usize = 20_000;
const CHARACTERS: usize = 4_000;
/// What the memory of the server may grow by: an unbounded queue would take the whole load.
const GROWTH_KB: u64 = 40 * 1024;
/// Messages that overfill the kernel's buffers (the receiver's grows up to 6 MB).
const ENOUGH: usize = 5_000;
const POSTERS: usize = 16;
const CLOSED_AFTER: Duration = Duration::from_secs(20);
const HANGS: Duration = Duration::from_secs(300);

#[test]
fn a_stalled_reader_costs_its_queue_with_sqlite() {
    a_stalled_reader_costs_its_queue(Store::Sqlite);
}

#[test]
fn a_stalled_reader_costs_its_queue_with_postgres() {
    a_stalled_reader_costs_its_queue(Store::Postgres);
}

#[test]
fn a_dead_reader_is_closed_and_resumes_with_sqlite() {
    a_dead_reader_is_closed_and_resumes(Store::Sqlite);
}

#[test]
fn a_dead_reader_is_closed_and_resumes_with_postgres() {
    a_dead_reader_is_closed_and_resumes(Store::Postgres);
}

fn a_stalled_reader_costs_its_queue(store: Store) {
    // Nobody is reset in this test: the reader may have to come back for all of it.
    let world = World::start(store, 2, &["--catch-up-max", "0"]);
    let deadline = Instant::now() + HANGS;

    // The same load twice: first with a reader that reads.
    let mut listener = Listener::new(&world, 1, Transport::Stream, 1);
    let usual = thread::scope(|scope| {
        let group = world.group.as_str();
        let listening = scope.spawn(move || {
            let all = |reader: &Reader| reader.applied(group).len() >= MESSAGES;
            listener.listen(deadline, all)
        });
        let (_, usual) = load(&world, MESSAGES);
        listening.join().expect("listens").expect("hears all");
        usual
    });

    let mut listener = Listener::new(&world, 1, Transport::Stream, 2);
    let stream = world.client(1).stream(Some(&listener.cursor));
    let mut stream = stream.expect("a stream");
    let (posted, stalled) = load(&world, MESSAGES);
    println!("{store:?}: {usual} kB at most with a reader, {stalled} kB with a stalled one");
    assert!(
        stalled < usual + GROWTH_KB,
        "the stalled reader costs {} kB",
        stalled - usual
    );

    // It goes on, over the same connection if that is still there.
    let mut all = |reader: &Reader| reader.applied(&world.group).len() >= MESSAGES;
    let read = listener.read_on(&mut stream, u64::MAX, deadline, &mut all);
    read.expect("nothing is missing");
    let at_once = listener.reader.applied(&world.group).len();
    let rest = listener.listen(deadline, all);
    rest.expect("nothing is missing");
    println!("{at_once} over the old connection; {}", listener.report());
    listener.reader.check(&world.group, &posted);
}

fn a_dead_reader_is_closed_and_resumes(store: Store) {
    let world = World::start(store, 2, &["--catch-up-max", "0"]);
    let mut listener = Listener::new(&world, 1, Transport::Stream, 1);
    let stream = world.client(1).stream(Some(&listener.cursor));
    let mut stream = stream.expect("a stream");
    let begun = Instant::now();
    let (posted, _) = load(&world, ENOUGH);
    eventually(Duration::from_secs(10), "only the reader is left", || {
        world.connections() <= 1
    });
    if begun.elapsed() < CLOSED_AFTER {
        assert_eq!(world.connections(), 1, "a slow reader is not closed");
    }
    eventually(2 * CLOSED_AFTER, "the dead reader's end", || {
        world.connections() == 0
    });
    let lived = begun.elapsed();
    println!("{store:?}: closed after {lived:?}");
    assert!(lived >= CLOSED_AFTER, "closed too early, after {lived:?}");
    let figures = world.client(0).get("/metrics").expect("an answer");
    let figures = figures.expect(200).text();
    for counted in ["connections_stalled_total", "streams_fell_behind_total"] {
        let none = format!("webqq_{counted} 0\n");
        assert!(!figures.contains(&none), "{counted} is not counted");
    }

    let deadline = Instant::now() + HANGS;
    let mut all = |reader: &Reader| reader.applied(&world.group).len() >= ENOUGH;
    let read = listener.read_on(&mut stream, u64::MAX, deadline, &mut all);
    read.expect("nothing is missing");
    let held = listener.reader.applied(&world.group).len();
    assert!(held < ENOUGH, "it was not dead: it got everything");
    let rest = listener.listen(deadline, all);
    rest.expect("nothing is missing");
    listener.reader.check(&world.group, &posted);
}

/// The first user posts so many messages. Returns them in order, and the most memory that the
/// server took meanwhile.
pub(crate) fn load(world: &World, messages: usize) -> (Vec<(i64, String)>, u64) {
    let words = "x".repeat(CHARACTERS);
    let posted = thread::scope(|scope| {
        let post = |poster: usize| {
            let words = &words;
            scope.spawn(move || {
                let mut client = world.client(0);
                let mut most_kb = 0;
                let post = |nth: usize| {
                    if nth.is_multiple_of(64) {
                        most_kb = world.memory_kb().max(most_kb);
                    }
                    let draft = Draft::text(words);
                    let seq = draft.post_once(&mut client, &world.group);
                    (seq, draft.client_id)
                };
                let mine = (poster..messages).step_by(POSTERS);
                let posted: Vec<_> = mine.map(post).collect();
                (posted, most_kb)
            })
        };
        let posting: Vec<_> = (0..POSTERS).map(post).collect();
        let posted = posting.into_iter().map(|one| one.join().expect("posts"));
        posted.collect::<Vec<_>>()
    });
    let most_kb = posted.iter().map(|(_, most_kb)| *most_kb).max();
    let posted = posted.into_iter().flat_map(|(posted, _)| posted);
    let mut posted: Vec<(i64, String)> = posted.collect();
    posted.sort_unstable();
    (posted, most_kb.unwrap_or_default())
}
