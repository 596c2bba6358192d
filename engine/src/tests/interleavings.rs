//! One test per schedule that loses, doubles or misplaces a message when a rule is left out.

use std::sync::Arc;
use std::time::Duration;

use super::client::{Client, read_all};
use super::world::World;
use crate::directory;
use crate::group::fan_out::Members;
use crate::group::state::ConversationType;
use crate::ids::{ClientId, ConversationId, Position, Seq};
use crate::limits::{GROUP_IDLE, USER_IDLE};
use crate::mailbox::{Committed, GroupMail, UserMail};
use crate::store::memory::FailCommit;
use crate::store::{Append, Batch, Bounds, Entry, Outcome, Store};

fn text(group: ConversationId, expects: Seq, sender: crate::ids::UserId, n: u128) -> Append {
    Append {
        conversation: group,
        r#type: ConversationType::Group,
        expects: Some(expects),
        kind: "text".into(),
        sender: Some(sender),
        sender_name: "x".into(),
        body: r#"{"text":"x"}"#.into(),
        client_id: ClientId(uuid::Uuid::from_u128(n)),
        digest: String::new(),
        sent_at_ms: 0,
        counts: true,
        audience: None,
        mentions: Vec::new(),
        effects: Vec::new(),
        companions: Vec::new(),
        act: None,
    }
}

/// Two groups in one batch; the second fans out first. A cut right then must not lose the first's
/// message: the frame may not carry its own position as id.
#[tokio::test(start_paused = true)]
async fn the_id_of_a_racing_groups_frame() {
    let world = World::new(2, 2, 1).await;
    let core = &world.engine.inner.core;
    let mut client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    let head = world.store.head().await.unwrap();
    let (slow, fast) = (world.groups[0], world.groups[1]);
    let seq = Seq(2);
    let entries = vec![
        Entry::Append(text(slow, seq, world.users[0].id, 1)),
        Entry::Append(text(fast, seq, world.users[0].id, 2)),
    ];
    let batch = Batch {
        number: Some(head.batch + 1),
        entries,
        bounds: Bounds::default(),
    };
    let outcomes = world.store.commit(&batch).await.unwrap();
    assert!(matches!(outcomes[1], Outcome::Appended { .. }));
    let end = Position(head.position.0 + 2);
    let waiting = [
        (slow, vec![Position(end.0 - 1)]),
        (fast, vec![Position(end.0)]),
    ];
    core.watermark
        .open(head.batch + 1, end, waiting.into(), Duration::ZERO);
    // Only the second group's actor gets to its fan-out.
    let (state, _) = world.store.conversation(fast).await.unwrap().unwrap();
    let (owner, seqs) = (world.users[0].id, [seq.next()]);
    let found = world.store.messages(owner, fast, &seqs).await;
    let message = found.unwrap().remove(0);
    let committed = Committed {
        generation: 0,
        message,
        append: text(fast, seq, world.users[0].id, 2),
    };
    Members::of(core, &state).message(core, &committed).await;
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    assert_eq!(client.applied.len(), 1, "the fast group's message came");
    drop(feed); // The cut.
    let mut feed = client.feed(&world);
    read_all(&world, &mut client, &mut feed).await;
    assert_eq!(client.applied.len(), 2);
    drop(feed);
    world.close().await;
}

/// A heartbeat while the stream is still paging may vouch only for what was paged.
#[tokio::test(start_paused = true)]
async fn a_heartbeat_during_paging() {
    let world = World::new(2, 1, 2).await;
    let mut client = Client::sync(&world, 1).await;
    for n in 0..400 {
        world.post(0, 0, &format!("{n}")).await.unwrap();
    }
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    assert!((1..400).contains(&client.applied.len()), "one page came");
    world.store.memory.close().await;
    let beat = feed.next().await.unwrap();
    assert!(beat[0].json.starts_with(br#"{"type":"heartbeat"#));
    client.take(&beat[0]);
    world.store.memory.reopen();
    drop(feed); // A cut right behind the heartbeat loses nothing.
    let mut feed = client.feed(&world);
    read_all(&world, &mut client, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// `hello` vouches for what the client had, never for the head: a cut before the first page.
#[tokio::test(start_paused = true)]
async fn a_cut_before_the_first_page() {
    let world = World::new(2, 1, 3).await;
    let mut client = Client::sync(&world, 1).await;
    for n in 0..5 {
        world.post(0, 0, &format!("{n}")).await.unwrap();
    }
    let mut feed = client.feed(&world);
    let events = feed.next().await.unwrap();
    client.take(&events[0]); // Only `hello` came through.
    drop(feed);
    assert!(client.applied.is_empty());
    let mut feed = client.feed(&world);
    read_all(&world, &mut client, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// A feed "from now" starts at the watermark: what is committed and not yet fanned out follows.
#[tokio::test(start_paused = true)]
async fn from_now_is_the_watermark_not_the_head() {
    let world = World::new(2, 1, 4).await;
    let mut client = Client::sync(&world, 1).await;
    let hold = world.engine.inner.core.watermark.read();
    let one = [(world.groups[0], vec![hold.next()])];
    let core = &world.engine.inner.core;
    // Somebody's fan-out hangs: the watermark stands while the log goes on.
    core.watermark
        .open(-1, hold.next(), one.into(), Duration::ZERO);
    world.post(0, 0, "a").await.unwrap();
    world.settle().await;
    client.cursor = None;
    let mut feed = client.feed(&world);
    read_all(&world, &mut client, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// Committed after the attachment stood and before the page was read: both have it, one is sent.
#[tokio::test(start_paused = true)]
async fn a_commit_between_attach_and_page() {
    let world = Arc::new(World::new(2, 1, 5).await);
    let mut client = Client::sync(&world, 1).await;
    let other = world.clone();
    world.store.before_next_page(async move {
        other.post(0, 0, "between").await.unwrap();
        other.settle().await;
    });
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    read_all(&world, &mut client, &mut feed).await;
    world.post(0, 0, "after").await.unwrap();
    read_all(&world, &mut client, &mut feed).await;
    assert_eq!(client.doubled, 0, "each came once on the wire");
    drop(feed);
    Arc::into_inner(world).unwrap().close().await;
}

/// Committed right after the page was read: only a queue that stood before the read has it.
#[tokio::test(start_paused = true)]
async fn a_commit_between_page_and_live() {
    let world = Arc::new(World::new(2, 1, 22).await);
    let mut client = Client::sync(&world, 1).await;
    let other = world.clone();
    world.store.after_next_page(async move {
        other.post(0, 0, "between").await.unwrap();
        other.settle().await;
    });
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    read_all(&world, &mut client, &mut feed).await;
    assert_eq!((client.applied.len(), client.doubled), (1, 0));
    drop(feed);
    Arc::into_inner(world).unwrap().close().await;
}

/// Committed after the last page was read and before the feed knows: the queue has it.
#[tokio::test(start_paused = true)]
async fn a_commit_behind_the_last_page() {
    let world = World::new(2, 1, 6).await;
    let mut client = Client::sync(&world, 1).await;
    world.post(0, 0, "paged").await.unwrap();
    let mut feed = client.feed(&world);
    let first = feed.next().await.unwrap();
    world.post(0, 0, "live").await.unwrap();
    world.settle().await;
    for event in first {
        client.take(&event);
    }
    read_all(&world, &mut client, &mut feed).await;
    assert_eq!(client.applied.len(), 2);
    drop(feed);
    world.close().await;
}

/// A draft that lies in the mailbox of a conversation that passivates is handed back, and admitted
/// by the next life.
#[tokio::test(start_paused = true)]
async fn a_draft_in_the_mailbox_at_drain() {
    let world = World::new(2, 1, 7).await;
    world.post(0, 0, "wakes it up").await.unwrap();
    tokio::time::advance(GROUP_IDLE + Duration::from_secs(1)).await;
    let slot = world.engine.inner.core.directory.group(world.groups[0]);
    let (actor, _) = slot.slot.live().unwrap();
    actor.cast(GroupMail::CheckIdle).unwrap();
    let receipt = world.post(1, 0, "behind the check").await.unwrap();
    assert!(receipt.first);
    let (next, _) = slot.slot.live().expect("a next life");
    assert_ne!(next.get_id(), actor.get_id());
    world.close().await;
}

/// A stream whose attach lies in the mailbox of a user that passivates is not left deaf.
#[tokio::test(start_paused = true)]
async fn an_attach_in_the_mailbox_at_drain() {
    let world = World::new(2, 1, 8).await;
    let mut client = Client::sync(&world, 1).await;
    let core = &world.engine.inner.core;
    let slot = core.directory.user(world.users[1].id);
    directory::activate_user(core, &slot).await.unwrap();
    tokio::time::advance(USER_IDLE + Duration::from_secs(1)).await;
    let (actor, _) = slot.slot.live().unwrap();
    actor.cast(UserMail::CheckIdle).unwrap();
    let mut feed = client.feed(&world);
    for event in feed.next().await.unwrap() {
        client.take(&event);
    }
    world.post(0, 0, "heard").await.unwrap();
    read_all(&world, &mut client, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// The actor dies in the middle of a fan-out to many: whoever was not reached catches up, and the
/// watermark moves on.
#[tokio::test(start_paused = true)]
async fn a_group_killed_in_mid_fan_out() {
    // More members than one chunk, so that the fan-out has a middle.
    let world = World::new(600, 1, 9).await;
    for patience in 0..12 {
        let mut clients = Vec::new();
        for nth in [0, 1, 298, 299, 598, 599] {
            let client = Client::sync(&world, nth).await;
            let mut feed = client.feed(&world);
            let first = feed.next().await.unwrap();
            clients.push((client, feed, first));
        }
        let slot = world.engine.inner.core.directory.group(world.groups[0]);
        let receipt = world.post(0, 0, "x").await.unwrap();
        assert!(receipt.first);
        for _ in 0..patience {
            tokio::task::yield_now().await;
        }
        if let Some((actor, _)) = slot.slot.live() {
            actor.kill();
        }
        world.post(1, 0, "y").await.unwrap();
        for (client, feed, first) in &mut clients {
            for event in first {
                client.take(event);
            }
            read_all(&world, client, feed).await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(world.engine.watermark(), world.head().await);
    }
    world.close().await;
}

/// The user's actor dies: its streams attach to the next life and miss nothing.
#[tokio::test(start_paused = true)]
async fn a_user_killed_under_a_stream() {
    let world = World::new(2, 1, 10).await;
    let mut client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    for n in 0..6 {
        world.post(0, 0, &format!("{n}")).await.unwrap();
        let slot = world.engine.inner.core.directory.user(world.users[1].id);
        if let (Some((actor, _)), 1 | 3) = (slot.slot.live(), n) {
            actor.kill();
        }
        if n % 2 == 0 {
            read_all(&world, &mut client, &mut feed).await;
        }
    }
    read_all(&world, &mut client, &mut feed).await;
    drop(feed);
    world.close().await;
}

/// The connection is lost during COMMIT, on either side of it: one message, one receipt.
#[tokio::test(start_paused = true)]
async fn a_connection_lost_during_commit() {
    let world = World::new(2, 1, 11).await;
    let mut client = Client::sync(&world, 1).await;
    let mut feed = client.feed(&world);
    for fail in [FailCommit::Before, FailCommit::After] {
        world.store.memory.fail_next_commit(fail);
        let receipt = world.post(0, 0, "x").await.unwrap();
        assert!(receipt.first, "{fail:?}");
        read_all(&world, &mut client, &mut feed).await;
    }
    assert_eq!(client.applied.len(), 2);
    drop(feed);
    world.close().await;
}

/// Leaves and comes back while away: what was said in between is not for them, and the client's
/// rule finds its place again by `added`.
#[tokio::test(start_paused = true)]
async fn a_user_who_leaves_and_comes_back_while_away() {
    let world = World::new(2, 1, 12).await;
    let mut client = Client::sync(&world, 1).await;
    let (user, group) = (&world.users[1], world.groups[0]);
    world.post(0, 0, "seen").await.unwrap();
    world
        .engine
        .remove_member(user, group, user.id, false)
        .await
        .unwrap();
    world.post(0, 0, "not for them").await.unwrap();
    world.engine.join_group(user, group, "").await.unwrap();
    world.post(0, 0, "seen again").await.unwrap();
    let mut feed = client.feed(&world);
    read_all(&world, &mut client, &mut feed).await;
    let seqs: Vec<_> = client.applied.iter().map(|(_, seq)| seq.0).collect();
    assert_eq!(seqs, [3, 4, 6, 7], "text, own leave, own join, text");
    drop(feed);
    world.close().await;
}

/// Two engines live in one process and know nothing of each other.
#[tokio::test(start_paused = true)]
async fn two_engines_in_one_process() {
    let (one, two) = (World::new(2, 1, 16).await, World::new(2, 1, 17).await);
    let mut client = Client::sync(&one, 1).await;
    let mut feed = client.feed(&one);
    two.post(0, 0, "elsewhere").await.unwrap();
    one.post(0, 0, "here").await.unwrap();
    read_all(&one, &mut client, &mut feed).await;
    assert_eq!(client.applied.len(), 1);
    drop(feed);
    two.close().await;
    one.close().await;
}
