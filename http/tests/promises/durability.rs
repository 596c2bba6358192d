//! P1 and P2: whatever was acknowledged survives `kill -9` of the server, exactly once, and what was
//! delivered is what is kept.
//!
//! Users post over many connections while the server is killed and started again. A post without an
//! answer is tried again under the same client id, or given up: then it may be there once or not at
//! all. Listeners come back with the last cursor they hold.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use webqq_testkit::http::Client;

use crate::listener::{Listener, Random, SetAtEnd, Transport};
use crate::poster::Draft;
use crate::reader::Reader;
use crate::world::{Store, World, history, number, text};

const KILLS: u64 = 5;
const POSTERS: usize = 8;
const PAUSE: Duration = Duration::from_millis(20);
const HANGS: Duration = Duration::from_secs(180);

#[test]
fn acknowledged_messages_survive_a_kill_with_sqlite() {
    acknowledged_messages_survive_a_kill(Store::Sqlite);
}

#[test]
fn acknowledged_messages_survive_a_kill_with_postgres() {
    acknowledged_messages_survive_a_kill(Store::Postgres);
}

/// What one poster knows of its messages.
#[derive(Debug, Default)]
struct Told {
    /// Client id to seq.
    acknowledged: BTreeMap<String, i64>,
    /// Given up without an answer.
    perhaps: Vec<String>,
    /// Acknowledged at a second or later try; how many of those with 200, as posted before.
    retried: usize,
    found: usize,
}

fn acknowledged_messages_survive_a_kill(store: Store) {
    let mut world = World::start(store, 2, &[]);
    let transports = [Transport::Stream, Transport::Poll];
    let listeners = transports.map(|transport| Listener::new(&world, 0, transport, 1));
    let (address, users) = (world.addr(), world.users.clone());
    let group = world.group.clone();
    let deadline = Instant::now() + HANGS;
    // How many messages there are in the end; 0 as long as that is open.
    let (over, failed) = (AtomicBool::new(false), AtomicBool::new(false));
    let total = AtomicUsize::new(0);
    let before = history(&mut world.client(0), &group).len();

    let (told, kept, listeners) = thread::scope(|scope| {
        let (group, over, failed, total) = (&group, &over, &failed, &total);
        let (ending, _failing) = (SetAtEnd(over), SetAtEnd(failed));
        let listening = listeners.map(|mut listener| {
            scope.spawn(move || {
                let all = |reader: &Reader| match total.load(Ordering::Relaxed) {
                    0 => failed.load(Ordering::Relaxed),
                    total => reader.applied(group).len() >= total,
                };
                (listener.listen(deadline, all), listener)
            })
        });
        let posting: Vec<_> = (0..POSTERS)
            .map(|nth| {
                let token = &users[nth % 2].token;
                scope.spawn(move || post_until_over(address, token, group, nth as u64, over))
            })
            .collect();
        let mut random = Random(7);
        for _ in 0..KILLS {
            thread::sleep(Duration::from_millis(random.within(&(100..900))));
            world.server.kill();
            world.server.restart();
        }
        thread::sleep(Duration::from_millis(300));
        drop(ending);
        let told: Vec<Told> = posting
            .into_iter()
            .map(|poster| poster.join().expect("posts"))
            .collect();
        let mut kept = history(&mut world.client(0), group);
        kept.drain(..before);
        // The listeners may be waiting in silence: one more message lets them look again.
        let last = Draft::text("the last one");
        let seq = last.post_once(&mut world.client(0), group);
        total.store(kept.len() + 1, Ordering::Relaxed);
        let mut kept: Vec<(i64, String)> = kept
            .iter()
            .map(|message| {
                let client_id = text(&message["client_id"]).to_owned();
                (number(&message["seq"]), client_id)
            })
            .collect();
        kept.push((seq, last.client_id));
        let listeners = listening.map(|listener| listener.join().expect("listens"));
        (told, kept, listeners)
    });

    let last = kept.len() - 1;
    let dense = kept.iter().zip(before as i64 + 1..);
    assert!(
        dense.clone().all(|((seq, _), expected)| *seq == expected),
        "the history has a gap or names a seq twice"
    );
    let mut unexplained: BTreeMap<&str, i64> = BTreeMap::new();
    for (seq, client_id) in &kept[..last] {
        let twice = unexplained.insert(client_id, *seq);
        assert_eq!(twice, None, "{client_id} is there twice, also at {seq}");
    }
    let (mut acknowledged, mut retried, mut found, mut perhaps) = (0, 0, 0, 0);
    for told in &told {
        for (client_id, seq) in &told.acknowledged {
            let kept = unexplained.remove(client_id.as_str());
            assert_eq!(kept, Some(*seq), "the acknowledged {client_id}");
        }
        acknowledged += told.acknowledged.len();
        retried += told.retried;
        found += told.found;
        perhaps += told.perhaps.len();
        for client_id in &told.perhaps {
            unexplained.remove(client_id.as_str());
        }
    }
    assert_eq!(unexplained, BTreeMap::new(), "nobody posted these");
    println!(
        "{store:?}, {KILLS} kills: {acknowledged} acknowledged, {retried} of them at a further try \
         ({found} were there already), {perhaps} given up"
    );
    assert!(retried > 0, "no kill hit a post: the test shows nothing");
    for (heard, listener) in listeners {
        println!("{}", listener.report());
        heard.unwrap_or_else(|problem| panic!("{}: {problem}", listener.report()));
        listener.reader.check(&group, &kept);
    }
}

fn post_until_over(
    address: SocketAddr,
    token: &str,
    group: &str,
    seed: u64,
    over: &AtomicBool,
) -> Told {
    let mut client = Client::new(address).bearer(token);
    let (mut told, mut random) = (Told::default(), Random(seed));
    let begun = Instant::now();
    while !over.load(Ordering::Relaxed) {
        let draft = Draft::text("durable");
        let mut tries = 0;
        loop {
            assert!(begun.elapsed() < HANGS, "no answer to the same post");
            let answer = draft.post(&mut client, group);
            tries += 1;
            match answer {
                Ok(answer) if answer.status == 201 || answer.status == 200 => {
                    assert!(tries > 1 || answer.status == 201, "never posted before");
                    told.retried += usize::from(tries > 1);
                    told.found += usize::from(answer.status == 200);
                    let seq = number(&answer.json()["seq"]);
                    told.acknowledged.insert(draft.client_id, seq);
                    break;
                }
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
                Err(_) if tries == 1 && random.below(3) == 0 => {
                    told.perhaps.push(draft.client_id);
                    break;
                }
                Err(_) => {}
            }
            thread::sleep(PAUSE);
        }
    }
    told
}
