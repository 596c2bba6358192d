//! Read positions, unread figures, and the snapshot a client starts from.

use uuid::Uuid;
use webqq_engine::store::{ConversationRow, ReadPosition};

use super::*;

async fn set_read(log: &Log, user: UserId, conversation: ConversationId, seq: i64) -> Outcome {
    let seq = Seq(seq);
    log.one(Entry::SetRead {
        user,
        conversation,
        seq,
    })
    .await
}

/// (read_seq, read_counted, head_seq, counted)
async fn at(log: &Log, user: UserId, conversation: ConversationId) -> [i64; 4] {
    let at = log.store.read_position(user, conversation).await.unwrap();
    let ReadPosition {
        conversation: id,
        read_seq,
        read_counted,
        head_seq,
        counted,
        ..
    } = at.unwrap();
    assert_eq!(id, conversation);
    [read_seq.0, read_counted, head_seq.0, counted]
}

/// A read position moves forward to min(max(old, seq), head); joining and posting move it.
pub(crate) async fn read_positions_move_forward(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let group = log.group(ann, "group").await;
    log.post(group, ann, "2").await;
    assert_eq!(at(log, ann, group).await, [2, 1, 2, 1], "posting moves it");
    log.join(group, bob).await;
    assert_eq!(at(log, bob, group).await, [3, 1, 3, 1], "joining moves it");
    log.post(group, ann, "4").await;
    log.change(group, ann, &[]).await;
    log.post(group, ann, "6").await;
    assert_eq!(at(log, bob, group).await, [3, 1, 6, 3]);
    for (seq, expected) in [
        (2, [3, 1, 6, 3]),
        (5, [5, 2, 6, 3]),
        (4, [5, 2, 6, 3]),
        (0, [5, 2, 6, 3]),
        (-7, [5, 2, 6, 3]),
        (99, [6, 3, 6, 3]),
    ] {
        assert_eq!(set_read(log, bob, group, seq).await, Outcome::Done);
        assert_eq!(at(log, bob, group).await, expected, "after {seq}");
    }
    log.post(group, bob, "7").await;
    assert_eq!(at(log, bob, group).await, [7, 4, 7, 4]);
    let outcome = set_read(log, eve, group, 1).await;
    assert_eq!(word(&outcome), "not_found");
    let none = log.store.read_position(eve, group).await.unwrap();
    assert_eq!(none, None);
    log.change(group, ann, &[add(eve, Role::Member)]).await;
    assert_eq!(
        at(log, eve, group).await,
        [8, 4, 8, 4],
        "so does being added"
    );
    let nowhere = ConversationId(Uuid::now_v7());
    assert_eq!(word(&set_read(log, ann, nowhere, 1).await), "not_found");
}

/// In one batch, too, a read position knows what was counted where.
pub(crate) async fn read_positions_within_a_batch(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let read = |seq| Entry::SetRead {
        user: bob,
        conversation: group,
        seq: Seq(seq),
    };
    log.commit(vec![
        Entry::Append(say(group, 2, ann, "3")),
        Entry::Append(say(group, 3, ann, "4")),
        read(3),
        Entry::Append(say(group, 4, ann, "5")),
        read(2),
    ])
    .await;
    assert_eq!(at(log, bob, group).await, [3, 1, 5, 3]);
}

/// After leaving, everything stands as it was: head, figure, and how far one can read.
pub(crate) async fn read_positions_freeze_on_leaving(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    log.post(group, ann, "3").await;
    log.post(group, ann, "4").await;
    log.leave(group, bob).await;
    log.post(group, ann, "6").await;
    assert_eq!(at(log, bob, group).await, [2, 0, 5, 2]);
    assert_eq!(set_read(log, bob, group, 3).await, Outcome::Done);
    assert_eq!(at(log, bob, group).await, [3, 1, 5, 2]);
    assert_eq!(set_read(log, bob, group, 6).await, Outcome::Done);
    assert_eq!(at(log, bob, group).await, [5, 2, 5, 2]);
    log.join(group, bob).await;
    assert_eq!(at(log, bob, group).await, [7, 3, 7, 3], "a new stay");
    assert_eq!(set_read(log, bob, group, 3).await, Outcome::Done);
    assert_eq!(at(log, bob, group).await, [7, 3, 7, 3]);
}

/// All read positions of a user, one for each conversation.
pub(crate) async fn all_read_positions(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (one, two) = (log.group(ann, "one").await, log.group(bob, "two").await);
    let direct = log.direct(ann, bob).await;
    log.join(two, ann).await;
    log.leave(two, ann).await;
    log.join(two, ann).await;
    let mut all = log.store.read_positions(ann).await.unwrap();
    all.sort_by_key(|at| at.conversation);
    let mut expected = [one, two, direct];
    expected.sort();
    let ids: Vec<_> = all.iter().map(|at| at.conversation).collect();
    assert_eq!(ids, expected);
    for at in all {
        let single = log.store.read_position(ann, at.conversation).await.unwrap();
        assert_eq!(single, Some(at));
    }
    let none = log.store.read_positions(UserId(Uuid::now_v7())).await;
    assert_eq!(none.unwrap(), []);
}

fn find(rows: &[ConversationRow], id: ConversationId) -> &ConversationRow {
    rows.iter().find(|row| row.id == id).unwrap()
}

/// The snapshot: everything of the user's and of nobody else's, the latest news first.
pub(crate) async fn the_snapshot(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("Bob").await);
    let other = log.group(bob, "other").await;
    let group = log.group(ann, "group").await;
    let direct = log.direct(ann, bob).await;
    let own = ConversationId::own(ann);
    let setting = Append {
        r#type: ConversationType::Own,
        ..say(own, 0, ann, "a setting")
    };
    log.appended(setting).await;
    log.join(group, bob).await;
    log.post(group, bob, "hello").await;
    log.post(other, bob, "elsewhere").await;
    let sync = log.store.sync(ann).await.unwrap().unwrap();
    assert_eq!(sync.head, log.store.head().await.unwrap());
    assert_eq!(sync.me, log.store.users(&[ann]).await.unwrap()[0]);
    let order: Vec<_> = sync.conversations.iter().map(|row| row.id).collect();
    assert_eq!(order, [group, own, direct]);
    let row = &sync.conversations[0];
    let last = log.feed(ann, Position(0)).await.pop();
    let expected = ConversationRow {
        id: group,
        r#type: ConversationType::Group,
        name: "group".into(),
        avatar: None,
        peer: None,
        head_seq: Seq(3),
        counted: 1,
        read_seq: Seq(1),
        read_counted: 0,
        mentions: 0,
        peer_read_seq: None,
        from_seq: Seq(1),
        left: false,
        role: Some(Role::Owner),
        member_count: 2,
        last_message: last,
    };
    assert_eq!(*row, expected);
    let row = find(&sync.conversations, own);
    assert_eq!((row.r#type, row.name.as_str()), (ConversationType::Own, ""));
    assert_eq!((row.head_seq, row.member_count), (Seq(1), 1));
    let row = find(&sync.conversations, direct);
    assert_eq!((row.peer, row.name.as_str()), (Some(bob), "Bob"));
    assert_eq!((row.head_seq, row.last_message.as_ref()), (Seq(0), None));
    assert_eq!((row.role, row.member_count), (Some(Role::Member), 2));
    // The other's name is the present one.
    let name = ProfileField::Name("Bobby".into());
    assert_eq!(word(&log.profile(bob, &[name]).await), "appended");
    log.post(direct, ann, "hello").await;
    let sync = log.store.sync(ann).await.unwrap().unwrap();
    let row = &sync.conversations[0];
    assert_eq!((row.id, row.name.as_str()), (direct, "Bobby"));
    let none = log.store.sync(UserId(Uuid::now_v7())).await.unwrap();
    assert!(none.is_none());
}

/// A conversation that was left stands in the snapshot as it was at that moment.
pub(crate) async fn the_snapshot_of_what_was_left(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let group = log.group(ann, "as it was").await;
    log.join(group, bob).await;
    log.join(group, eve).await;
    log.post(group, ann, "4").await;
    let left = log.leave(group, bob).await;
    log.change(group, ann, &[named("as it is")]).await;
    log.post(group, ann, "secret").await;
    log.leave(group, eve).await;
    let later = log.group(bob, "later").await;
    let sync = log.store.sync(bob).await.unwrap().unwrap();
    let order: Vec<_> = sync.conversations.iter().map(|row| row.id).collect();
    assert_eq!(order, [later, group]);
    let row = &sync.conversations[1];
    let last = row.last_message.as_ref().unwrap();
    assert_eq!((last.seq, last.position), (Seq(5), left));
    let expected = ConversationRow {
        id: group,
        r#type: ConversationType::Group,
        name: "as it was".into(),
        avatar: None,
        peer: None,
        head_seq: Seq(5),
        counted: 1,
        read_seq: Seq(2),
        read_counted: 0,
        mentions: 0,
        peer_read_seq: None,
        from_seq: Seq(2),
        left: true,
        role: None,
        member_count: 2,
        last_message: Some(last.clone()),
    };
    assert_eq!(*row, expected);
}
