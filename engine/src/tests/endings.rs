//! Things that end: a reader's patience, the store, a log's past, sessions, streams that are too
//! many, engines.

use std::time::Duration;

use super::client::{Client, read_all};
use super::world::World;
use crate::ids::{Cursor, Epoch, Position, Seq};
use crate::store::{Store, WhichSessions};

/// A backup was put in the log's place under a running server. Its past is another one: every
/// client is told to start over, nobody is shown one past as the other, and posting goes on.
#[tokio::test(start_paused = true)]
async fn a_log_that_lost_its_end() {
    let world = World::new(2, 1, 18).await;
    let mut client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    let backup = world.store.memory.backup();
    for n in 0..3 {
        world.post(0, 0, &format!("lost {n}")).await.unwrap();
    }
    read_all(&world, &mut client, &mut feed).await;
    let old = client.cursor.clone().unwrap();
    world.store.memory.restore(&backup);
    let receipt = world.post(0, 0, "in the new past").await.unwrap();
    assert_eq!(receipt.seq, Seq(3), "where the backup ends");
    let mut told = false;
    while !told {
        let events = feed.next().await.unwrap();
        told = events
            .iter()
            .any(|one| *one.json == *br#"{"type":"reset"}"#);
    }
    let poll = world
        .engine
        .poll(world.viewers[1], Some(old), Duration::ZERO);
    assert_eq!(&*poll.await.unwrap().events[0], br#"{"type":"reset"}"#);
    let mut fresh = Client::sync(&world, 1).await;
    world.post(1, 0, "and on").await.unwrap();
    read_all(&world, &mut fresh, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// A poll that is held when the engine closes is answered at once, and told why.
#[tokio::test(start_paused = true)]
async fn a_poll_that_is_held() {
    let world = World::new(2, 1, 21).await;
    let (engine, viewer) = (&world.engine, world.viewers[1]);
    let now = engine.poll(viewer, None, Duration::ZERO).await.unwrap();
    let held = engine.poll(
        viewer,
        Some(now.cursor.to_string()),
        Duration::from_secs(25),
    );
    let asked = tokio::time::Instant::now();
    let (answer, _closed) = tokio::join!(held, async {
        world.settle().await;
        engine.close().await
    });
    assert!(asked.elapsed() < Duration::from_secs(1));
    let events = answer.unwrap().events;
    assert_eq!(
        &*events[events.len() - 1],
        br#"{"reason":"draining","type":"bye"}"#
    );
    world.close().await;
}

/// An engine that was forgotten would leave its actors alive: debug builds say so.
#[tokio::test(start_paused = true)]
#[should_panic(expected = "dropped without close()")]
async fn an_engine_that_is_forgotten() {
    let world = World::new(1, 0, 19).await;
    drop(world);
}

/// A revoked session's stream ends, also one that has fallen behind and has no queue any more;
/// and it is shown nothing that was said after the revocation.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_while_its_stream_is_behind() {
    let world = World::new(2, 1, 20).await;
    let client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    feed.next().await.unwrap();
    for n in 0..2_000 {
        world.post(0, 0, &format!("{n}")).await.unwrap();
    }
    let viewer = world.viewers[1];
    let which = WhichSessions::One(viewer.session);
    world
        .engine
        .close_sessions(viewer.user, which)
        .await
        .unwrap();
    world.settle().await;
    tokio::time::timeout(Duration::from_secs(1), feed.ending())
        .await
        .expect("told to end without being read");
    world.post(0, 0, "secret").await.unwrap();
    let events = feed.next().await.unwrap();
    assert_eq!(&*events[0].json, br#"{"reason":"signed_out","type":"bye"}"#);
    assert!(feed.next().await.is_none());
    world.close().await;
}

/// A ninth stream closes the oldest, also when all have fallen behind.
#[tokio::test(start_paused = true)]
async fn streams_that_fell_behind_still_count() {
    let world = World::new(2, 1, 21).await;
    let client = Client::sync(&world, 1).await;
    let mut feeds = Vec::new();
    for _ in 0..8 {
        let mut feed = client.feed(&world);
        feed.next().await.unwrap();
        feeds.push(feed);
    }
    for n in 0..600 {
        world.post(0, 0, &format!("{n}")).await.unwrap();
    }
    let mut ninth = client.feed(&world);
    ninth.next().await.unwrap();
    let events = feeds[0].next().await.unwrap();
    assert_eq!(&*events[0].json, br#"{"reason":"superseded","type":"bye"}"#);
    assert!(feeds[1].next().await.unwrap()[0].id.is_some());
    feeds.clear();
    drop(ninth);
    world.close().await;
}

/// A reader that does not read costs its queue; when it goes on it gets everything, once.
#[tokio::test(start_paused = true)]
async fn a_reader_that_stalls() {
    let world = World::new(2, 1, 13).await;
    let mut client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    for n in 0..2_000 {
        world.post(0, 0, &format!("{n}")).await.unwrap();
    }
    read_all(&world, &mut client, &mut feed).await;
    assert_eq!(client.applied.len(), 2_000);
    assert_eq!(client.doubled, 0);
    drop(feed);
    world.close().await;
}

/// The store goes away under open streams: they stay, and go on when it is back.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away() {
    let world = World::new(2, 1, 14).await;
    let mut client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    world.store.memory.close().await;
    let sorry = world.post(0, 0, "x").await.unwrap_err();
    assert_eq!(sorry.code, "unavailable");
    world.store.memory.reopen();
    tokio::time::sleep(Duration::from_secs(5)).await;
    world.post(0, 0, "y").await.unwrap();
    read_all(&world, &mut client, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// Foreign, ahead-of-head and garbled cursors get `reset`, and the stream stays live.
#[tokio::test(start_paused = true)]
async fn a_cursor_that_cannot_be_resumed() {
    let world = World::new(2, 1, 15).await;
    let own = Client::sync(&world, 1).await;
    let position = Cursor::parse(own.cursor.as_deref().unwrap()).unwrap();
    let ahead = Cursor {
        position: Position(99_999),
        ..position
    };
    let foreign = Cursor {
        epoch: Epoch(position.epoch.0 ^ 1),
        ..position
    };
    for bad in ["?".into(), ahead.to_string(), foreign.to_string()] {
        let mut feed = world.engine.feed(world.viewers[1], Some(bad.clone()));
        let events = feed.next().await.unwrap();
        let hello: serde_json::Value = serde_json::from_slice(&events[0].json).unwrap();
        assert_eq!(hello["resumed"], false, "{bad}");
        assert_eq!(&*events[1].json, br#"{"type":"reset"}"#, "{bad}");
        assert!(events[0].id.is_some() && events[1].id.is_some());
        let waiting = world
            .engine
            .poll(world.viewers[1], Some(bad), Duration::from_secs(9));
        let answer = waiting.await.unwrap();
        assert_eq!(&*answer.events[0], br#"{"type":"reset"}"#);
        let mut client = Client::sync(&world, 1).await;
        world.post(0, 0, "live").await.unwrap();
        read_all(&world, &mut client, &mut feed).await;
    }
    world.close().await;
}

/// A session that ends while its stream is between two attachments, where nobody can tell it:
/// every attachment asks again.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_between_two_attachments() {
    let world = World::new(2, 1, 23).await;
    let client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    feed.next().await.unwrap();
    let viewer = world.viewers[1];
    let slot = world.engine.inner.core.directory.user(viewer.user);
    slot.slot.live().unwrap().0.kill();
    slot.slot.vacant().await;
    let which = WhichSessions::One(viewer.session);
    world
        .engine
        .close_sessions(viewer.user, which)
        .await
        .unwrap();
    world.post(0, 0, "secret").await.unwrap();
    let events = feed.next().await.unwrap();
    assert_eq!(&*events[0].json, br#"{"reason":"signed_out","type":"bye"}"#);
    drop(feed);
    world.close().await;
}
