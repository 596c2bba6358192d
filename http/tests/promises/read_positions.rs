//! What was read on one device is read on the user's others, on both transports, at once and on
//! coming back; the unread figures follow from the log; typing is told to the others.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use webqq_testkit::http::Client;

use crate::listener::{Listener, Transport};
use crate::poster::Draft;
use crate::reader::Reader;
use crate::world::{Store, World, number, synced};

const PATIENCE: Duration = Duration::from_secs(10);
const BOTH: [Transport; 2] = [Transport::Stream, Transport::Poll];

#[test]
fn read_here_is_read_everywhere_with_sqlite() {
    read_here_is_read_everywhere(Store::Sqlite);
}

#[test]
fn read_here_is_read_everywhere_with_postgres() {
    read_here_is_read_everywhere(Store::Postgres);
}

#[test]
fn typing_is_told_to_the_others() {
    let world = World::start(Store::Sqlite, 2, &[]);
    let path = format!("/api/conversations/{}/typing", world.group);
    let mut others = BOTH.map(|transport| Listener::new(&world, 1, transport, 1));
    let mut own = Listener::new(&world, 0, Transport::Stream, 1);
    let typing = |reader: &Reader| signals(reader, "typing").next().is_some();
    for listener in &mut others {
        std::thread::scope(|scope| {
            let heard = scope.spawn(|| listener.listen(Instant::now() + PATIENCE, typing));
            // A signal is for those who are there: it is sent until this one is.
            let mut client = world.client(0);
            while !heard.is_finished() {
                let sent = client.request("POST", &path, &[], b"").expect("an answer");
                assert!(matches!(sent.status, 204 | 429), "{}", sent.status);
                std::thread::sleep(Duration::from_millis(50));
            }
            heard.join().expect("listens").expect("is told");
        });
        let signal = signals(&listener.reader, "typing").next().expect("one");
        assert_eq!(signal["conversation"], world.group.as_str());
        assert_eq!(signal["user"], world.users[0].id.as_str());
    }
    // Not stored, not resumed, and not told to the one who types.
    let late = own.listen(Instant::now() + Duration::from_secs(1), typing);
    assert!(late.is_err(), "{:?}", own.reader.signals);

    let mut client = world.client(0);
    let twice = [(); 2].map(|()| client.request("POST", &path, &[], b"").expect("an answer"));
    assert_eq!(twice[1].status, 429, "at most one a second");
}

fn read_here_is_read_everywhere(store: Store) {
    let world = World::start(store, 2, &[]);
    let group = world.group.as_str();
    let (mut sender, mut phone) = (world.client(0), world.client(1));
    let mut away = BOTH.map(|transport| Listener::new(&world, 1, transport, 1));
    let there = BOTH.map(|transport| Listener::new(&world, 1, transport, 2));
    assert_eq!(unread(&mut phone, group), 0);
    let seqs: Vec<i64> = (0..5)
        .map(|nth| Draft::text(format!("{nth}")).post_once(&mut sender, group))
        .collect();
    assert_eq!(unread(&mut phone, group), 5);
    assert_eq!(unread(&mut sender, group), 0, "one's own are read");
    let head = seqs[4];

    // Up to there; never back; never beyond the head. The others hear where it ends.
    let read_to = |reader: &Reader, to: i64| {
        let mut read = signals(reader, "read").filter(|one| one["user"] == world.users[1].id);
        read.any(|one| one["conversation"] == group && number(&one["seq"]) == to)
    };
    std::thread::scope(|scope| {
        let deadline = Instant::now() + PATIENCE;
        let listening = there.map(|mut listener| {
            scope.spawn(move || listener.listen(deadline, |reader| read_to(reader, head)))
        });
        // The listeners hold their messages first: a signal finds only those who are there.
        std::thread::sleep(Duration::from_millis(500));
        for (to, expected, left) in [
            (seqs[1], seqs[1], 3),
            (seqs[0], seqs[1], 3),
            (seqs[2], seqs[2], 2),
            (head + 100, head, 0),
        ] {
            let state = read(&mut phone, group, to);
            assert_eq!(
                (number(&state["read_seq"]), number(&state["unread"])),
                (expected, left)
            );
            assert_eq!(unread(&mut phone, group), left);
        }
        for listener in listening {
            listener.join().expect("listens").expect("is told");
        }
    });

    // One that was away is told on coming back, before or with what it missed.
    for listener in &mut away {
        let told = |reader: &Reader| {
            let states = reader.signals.iter().filter(|one| one["type"] == "state");
            let mut read = states.filter_map(|state| state["read"][group].as_i64());
            read.any(|seq| seq == head)
        };
        let heard = listener.listen(Instant::now() + PATIENCE, told);
        heard.unwrap_or_else(|problem| panic!("{problem}: {:?}", listener.reader.signals));
    }

    // Posting reads what was before it.
    for nth in 0..3 {
        Draft::text(format!("more {nth}")).post_once(&mut sender, group);
    }
    assert_eq!(unread(&mut phone, group), 3);
    let own = Draft::text("answer").post_once(&mut phone, group);
    let conversation = synced(&mut phone, group);
    assert_eq!(number(&conversation["read_seq"]), own);
    assert_eq!(number(&conversation["unread"]), 0);
    assert_eq!(unread(&mut sender, group), 1);
}

fn signals<'a>(reader: &'a Reader, name: &str) -> impl Iterator<Item = &'a Value> {
    let signals = reader.signals.iter();
    signals.filter(move |signal| signal["signal"] == name)
}

fn unread(client: &mut Client, conversation: &str) -> i64 {
    number(&synced(client, conversation)["unread"])
}

fn read(client: &mut Client, conversation: &str, seq: i64) -> Value {
    let path = format!("/api/conversations/{conversation}/read");
    let answer = client.json("PUT", &path, &json!({"seq": seq}));
    answer.expect("an answer").expect(200).json()
}
