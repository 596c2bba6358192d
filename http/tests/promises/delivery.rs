//! P2, P3 and P4 together: whatever happens to its connection, a listener that keeps the client's
//! rule ends with every message exactly once and in order, on both transports and both stores.
//!
//! Two users post into one group, over many connections at once. Each listens over a stream and
//! over a long-poll, on connections that are cut by a failing network and by the client itself, in
//! the middle of whatever was coming.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use webqq_testkit::tcp_proxy::TcpProxy;

use crate::listener::{Listener, Random, SetAtEnd, Transport};
use crate::poster::Draft;
use crate::reader::Reader;
use crate::world::{Store, World};

const MESSAGES: usize = 10_000;
/// Connections that each user posts over.
const POSTERS: usize = 12;
/// One in so many posts is tried again after its acknowledgement.
const RETRIED: usize = 50;
/// A test that needs longer hangs.
const HANGS: Duration = Duration::from_secs(300);

#[test]
fn every_listener_applies_every_message_once_over_sqlite() {
    every_listener_applies_every_message_once(Store::Sqlite);
}

#[test]
fn every_listener_applies_every_message_once_over_postgres() {
    every_listener_applies_every_message_once(Store::Postgres);
}

fn every_listener_applies_every_message_once(store: Store) {
    let world = World::start(store, 2, &[]);
    let deadline = Instant::now() + HANGS;
    let devices = [0, 1].map(|user| [(user, Transport::Stream), (user, Transport::Poll)]);
    let proxies: Vec<TcpProxy> = (0..4).map(|_| TcpProxy::start(world.addr())).collect();
    let listeners = devices.as_flattened().iter().zip(&proxies);
    let listeners = listeners.zip(1..).map(|((device, proxy), seed)| {
        let (user, transport) = *device;
        Listener::new(&world, user, transport, seed)
            .also_through(proxy.addr())
            .hanging_up_after(1..600)
    });
    let listeners: Vec<Listener> = listeners.collect();

    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let (mut posted, listeners) = thread::scope(|scope| {
        let (over, _ending) = (&over, SetAtEnd(&over));
        scope.spawn(|| cut_at_random(&proxies, over));
        let listening = listeners.into_iter().map(|mut listener| {
            let group = world.group.as_str();
            scope.spawn(move || {
                let all = |reader: &Reader| {
                    over.load(Ordering::Relaxed) || reader.applied(group).len() >= MESSAGES
                };
                let heard = listener.listen(deadline, all);
                (heard, listener)
            })
        });
        let listening: Vec<_> = listening.collect();
        let posting = (0..2 * POSTERS).map(|poster| {
            let world = &world;
            scope.spawn(move || post_share(world, poster))
        });
        let posting: Vec<_> = posting.collect();
        let posted = posting
            .into_iter()
            .flat_map(|poster| poster.join().expect("posts"));
        let posted: Vec<(i64, String)> = posted.collect();
        println!("{store:?}: {MESSAGES} posted in {:?}", begun.elapsed());
        let heard = listening
            .into_iter()
            .map(|listener| listener.join().expect("listens"));
        let heard: Vec<_> = heard.collect();
        (posted, heard)
    });

    posted.sort_unstable();
    assert_eq!(posted.len(), MESSAGES);
    let first = posted[0].0;
    let dense = (first..)
        .zip(&posted)
        .all(|(seq, (posted, _))| seq == *posted);
    assert!(dense, "the receipts have a gap or name a seq twice");
    for (heard, listener) in listeners {
        println!("{}", listener.report());
        heard.unwrap_or_else(|problem| panic!("{}: {problem}", listener.report()));
        listener.reader.check(&world.group, &posted);
    }
    println!("{store:?}: all heard after {:?}", begun.elapsed());
}

/// Posts one connection's share, alternating between the two users from poster to poster.
fn post_share(world: &World, poster: usize) -> Vec<(i64, String)> {
    let mut client = world.client(poster % 2);
    let mine = (poster..MESSAGES).step_by(2 * POSTERS);
    let post = |nth: usize| {
        let draft = Draft::text(format!("number {nth}"));
        let seq = if nth.is_multiple_of(RETRIED) {
            draft.post_twice(&mut client, &world.group)
        } else {
            draft.post_once(&mut client, &world.group)
        };
        (seq, draft.client_id)
    };
    mine.map(post).collect()
}

fn cut_at_random(proxies: &[TcpProxy], over: &AtomicBool) {
    let mut random = Random(5);
    while !over.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(random.within(&(5..40))));
        proxies[random.below(proxies.len() as u64) as usize].cut();
    }
}
