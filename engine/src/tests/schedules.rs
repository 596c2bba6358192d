//! Random schedules: the shipped actors under posts, joins, leaves, crashes, drains, cuts, slow
//! readers, lost answers and unknown commits, in an order that follows from a seed.
//!
//! After the random part the faults stop, and everyone must end with everything, once, in order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::client::Client;
use super::world::{World, next};
use crate::ids::{ClientId, ConversationId};
use crate::store::memory::FailCommit;

/// Schedules of one run of the tests; `WEBQQ_SCHEDULES` asks for more.
const SCHEDULES: u64 = 60;
const STEPS: usize = 150;
const USERS: usize = 3;
const GROUPS: usize = 2;

/// A client and its connection, if it has one.
struct Device {
    client: Arc<Mutex<Client>>,
    /// Batches it may still read: a slow reader is one without permits.
    permits: Arc<Semaphore>,
    connection: Option<JoinHandle<()>>,
}

impl Device {
    fn cut(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.abort();
        }
    }

    fn is_connected(&self) -> bool {
        self.connection.as_ref().is_some_and(|c| !c.is_finished())
    }

    fn stream(&mut self, world: &World) {
        let mut feed = self.client.lock().unwrap().feed(world);
        let (client, permits) = (self.client.clone(), self.permits.clone());
        self.connection = Some(tokio::spawn(async move {
            loop {
                permits.acquire().await.unwrap().forget();
                let Some(events) = feed.next().await else {
                    return;
                };
                let mut client = client.lock().unwrap();
                events.iter().for_each(|event| client.take(event));
            }
        }));
    }

    /// Polls on; each answer is lost with a chance of one in `lost`.
    fn poll(&mut self, world: &World, lost: u64, mut random: u64) {
        let engine = world.engine.clone();
        let client = self.client.clone();
        let viewer = world.viewers[client.lock().unwrap().nth];
        self.connection = Some(tokio::spawn(async move {
            loop {
                let cursor = client.lock().unwrap().cursor.clone();
                let wait = Duration::from_secs(3);
                let Ok(answer) = engine.poll(viewer, cursor, wait).await else {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                if lost > 0 && next(&mut random).is_multiple_of(lost) {
                    continue;
                }
                let mut client = client.lock().unwrap();
                client.take_answer(answer.cursor, &answer.events);
            }
        }));
    }
}

/// Runs one schedule. `Err`: what went wrong.
async fn run(seed: u64) -> Result<(), String> {
    let world = Arc::new(World::new(USERS, GROUPS, seed).await);
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut devices = Vec::new();
    for nth in [0, 1, 2, 1] {
        let client = Client::sync(&world, nth).await;
        devices.push(Device {
            client: Arc::new(Mutex::new(client)),
            permits: Arc::new(Semaphore::new(0)),
            connection: None,
        });
    }
    let mut posts = Vec::new();
    for _ in 0..STEPS {
        let dice = next(&mut random);
        step(&world, &mut devices, &mut posts, dice, next(&mut random)).await;
        for _ in 0..next(&mut random) % 12 {
            tokio::task::yield_now().await;
        }
    }
    // The faults stop. What was under way comes to its end.
    for post in posts {
        let _answered = tokio::time::timeout(Duration::from_secs(30), post).await;
    }
    for (nth, device) in devices.iter_mut().enumerate() {
        device.permits.add_permits(100_000);
        if !device.is_connected() {
            if nth % 2 == 0 {
                device.stream(&world);
            } else {
                device.poll(&world, 0, 1);
            }
        }
    }
    let verdict = settled(&world, &devices).await;
    let verdict = match sides_agree(&world).await {
        Ok(()) => verdict,
        disagree => verdict.and(disagree),
    };
    for device in &mut devices {
        device.cut();
    }
    world.settle().await;
    let watermark = (world.engine.watermark(), world.head().await);
    let world = Arc::into_inner(world).ok_or("a task still holds the world")?;
    world.close().await;
    verdict?;
    match watermark {
        (w, head) if w == head => Ok(()),
        stuck => Err(format!("STUCK watermark and head: {stuck:?}")),
    }
}

/// Waits until everyone has everything.
async fn settled(world: &World, devices: &[Device]) -> Result<(), String> {
    for _ in 0..120 {
        let mut done = true;
        for device in devices {
            let client = device.client.lock().unwrap().clone();
            done &= client.wrong.is_some() || client.has_everything(world).await;
        }
        if done {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    for device in devices {
        let client = device.client.lock().unwrap().clone();
        client.check(world).await?;
    }
    Ok(())
}

async fn step(
    world: &Arc<World>,
    devices: &mut [Device],
    posts: &mut Vec<JoinHandle<()>>,
    dice: u64,
    more: u64,
) {
    let user = (more % USERS as u64) as usize;
    let group = ((more >> 8) % GROUPS as u64) as usize;
    let device = &mut devices[((more >> 16) % 4) as usize];
    match dice % 22 {
        0..=6 => posts.push(post(world, user, group, more)),
        7 => posts.push(membership(world, user, group)),
        8..=9 => device.permits.add_permits((more >> 24) as usize % 4 + 1),
        10 => device.cut(),
        11 | 12 => {
            device.cut();
            device.stream(world);
        }
        13 => {
            device.cut();
            device.poll(world, 3, more | 1);
        }
        14 => {
            if let Some((actor, _)) = group_of(world, group).slot.live() {
                actor.kill();
            }
        }
        15 => {
            let slot = group_of(world, group);
            if let Some((actor, _)) = slot.slot.live() {
                slot.slot.leave(actor.get_id());
                let _going = actor.drain();
            }
        }
        16 => {
            let slot = world.engine.inner.core.directory.user(world.users[user].id);
            if let Some((actor, _)) = slot.slot.live() {
                if more >> 32 & 1 == 0 {
                    actor.kill();
                } else {
                    slot.slot.leave(actor.get_id());
                    let _going = actor.drain();
                }
            }
        }
        17 => {
            let fail = if more >> 32 & 1 == 0 {
                FailCommit::Before
            } else {
                FailCommit::After
            };
            world.store.memory.fail_next_commit(fail);
        }
        18 | 19 => posts.push(friendship(world, user, more)),
        20 => tokio::time::advance(Duration::from_millis(more >> 40 & 0x7ff)).await,
        _ => tokio::time::sleep(Duration::from_millis(more >> 40 & 0xf)).await,
    }
}

fn group_of(world: &World, group: usize) -> Arc<crate::mailbox::GroupSlot> {
    world.engine.inner.core.directory.group(world.groups[group])
}

/// Posts until it is acknowledged or refused for good, always with the same client id.
fn post(world: &Arc<World>, user: usize, group: usize, more: u64) -> JoinHandle<()> {
    let world = world.clone();
    // Long ones fill a stream's queue soon.
    let length = if more >> 32 & 3 == 0 { 4_000 } else { 3 };
    tokio::spawn(async move {
        let runtime = &world.engine.inner.core.runtime;
        let client_id = ClientId(runtime.new_id());
        let body = serde_json::json!({"text": "x".repeat(length)});
        let (sender, to): (_, ConversationId) = (&world.users[user], world.groups[group]);
        for _ in 0..5 {
            let posted = world
                .engine
                .post(sender, to, "text", body.clone(), client_id);
            match posted.await {
                Err(sorry) if sorry.code == "unavailable" => {}
                _ => return,
            }
        }
    })
}

/// Asks somebody to be a friend, answers, or ends it: messages in two conversations at once, where
/// the other's has no actor, or one with drafts of its own on their way.
fn friendship(world: &Arc<World>, user: usize, more: u64) -> JoinHandle<()> {
    let world = world.clone();
    tokio::spawn(async move {
        let me = &world.users[user];
        let whom = world.users[(user + 1 + (more >> 33) as usize % (USERS - 1)) % USERS].id;
        let engine = &world.engine;
        let asked = engine.ask_friend(me, whom, &more.to_string()).await;
        let other_asked = asked.is_err_and(|sorry| sorry.code == "they_asked_you");
        if other_asked {
            let _answered = engine.answer_friend(me, whom, more >> 40 & 3 > 0).await;
        } else if more >> 40 & 3 == 0 {
            let _removed = engine.remove_friend(me, whom).await;
        }
    })
}

/// Both sides say the same about every two: friends, asked and being asked, or nothing.
async fn sides_agree(world: &World) -> Result<(), String> {
    use crate::kinds::maps::{FRIEND_REQUESTS, FRIENDS, FRIENDS_ASKED};
    let store: Arc<_> = world.store.memory.clone();
    let mut sides = Vec::new();
    for user in &world.users {
        let own = ConversationId::own(user.id);
        let mut maps = Vec::new();
        for map in [FRIENDS, FRIEND_REQUESTS, FRIENDS_ASKED] {
            maps.push(
                crate::store::Store::map(&*store, own, map)
                    .await
                    .map_err(|error| error.to_string())?,
            );
        }
        sides.push((user.id.to_string(), maps));
    }
    for (one, mine) in &sides {
        for (other, theirs) in &sides {
            for (here, there) in [(0, 0), (1, 2), (2, 1)] {
                let agree = mine[here].contains_key(other) == theirs[there].contains_key(one);
                if !agree {
                    return Err(format!("SIDES {one} and {other} disagree about {here}"));
                }
            }
        }
    }
    Ok(())
}

/// Leaves, or comes back. The owner stays.
fn membership(world: &Arc<World>, user: usize, group: usize) -> JoinHandle<()> {
    let world = world.clone();
    tokio::spawn(async move {
        let (me, group) = (&world.users[user], world.groups[group]);
        if world
            .engine
            .remove_member(me, group, me.id, false)
            .await
            .is_err()
        {
            let _joined = world.engine.join_group(me, group, "").await;
        }
    })
}

#[test]
fn everyone_ends_with_everything() {
    let asked = std::env::var("WEBQQ_SCHEDULES").ok();
    let schedules = asked.and_then(|n| n.parse().ok()).unwrap_or(SCHEDULES);
    for seed in 1..=schedules {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        if let Err(wrong) = runtime.block_on(run(seed)) {
            panic!("schedule {seed}: {wrong}");
        }
    }
}
