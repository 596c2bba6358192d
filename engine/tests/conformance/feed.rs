//! Catching up: what a user's feed carries, and how it is cut into pages.

use uuid::Uuid;

use super::*;

/// P5: the feed carries what lies within the stays, ends included, and nothing else.
pub(crate) async fn the_feed_is_what_lies_within_the_stays(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let (group, other) = (log.group(ann, "group").await, log.group(ann, "other").await);
    log.post(group, ann, "before").await;
    let joined = log.join(group, bob).await;
    log.post(other, ann, "elsewhere").await;
    log.post(group, ann, "with bob").await;
    let left = log.leave(group, bob).await;
    log.post(group, ann, "without bob").await;
    assert_eq!(log.seqs_in_feed(bob, group).await, [3, 4, 5]);
    assert_eq!(log.seqs_in_feed(bob, other).await, NONE);
    assert_eq!(log.seqs_in_feed(ann, group).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(log.feed(eve, Position(0)).await, []);
    assert_eq!(log.feed(UserId(Uuid::now_v7()), Position(0)).await, []);
    // From the middle: what was had is not sent again.
    let rest = log.feed(bob, joined).await;
    assert_eq!(rest.iter().map(|m| m.seq.0).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(log.feed(bob, left).await, []);
    // Coming back opens a second stay; the time between stays dark.
    log.join(group, bob).await;
    log.post(group, ann, "again").await;
    assert_eq!(log.seqs_in_feed(bob, group).await, [3, 4, 5, 7, 8]);
    let rest = log.feed(bob, left).await;
    assert_eq!(rest.iter().map(|m| m.seq.0).collect::<Vec<_>>(), [7, 8]);
}

/// History that a group shares does not come through the feed.
pub(crate) async fn shared_history_is_not_in_the_feed(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.change(group, ann, &[shared(true)]).await;
    log.post(group, ann, "before").await;
    log.join(group, bob).await;
    assert_eq!(log.seqs_in_feed(bob, group).await, [4]);
    let history = log.seqs_in_history(bob, group).await.unwrap();
    assert_eq!(history, [1, 2, 3, 4]);
}

/// A direct conversation is in the feed from its opening on, whatever the head was then.
pub(crate) async fn direct_messages_are_in_both_feeds(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let direct = log.direct(bob, ann).await;
    let position = log.post(direct, bob, "hello").await;
    for user in [ann, bob] {
        let feed = log.feed(user, Position(0)).await;
        let last = feed.last().unwrap();
        assert_eq!((last.position, last.conversation), (position, direct));
    }
    assert_eq!(log.seqs_in_feed(ann, group).await, [1]);
    assert_eq!(log.seqs_in_feed(bob, group).await, NONE);
}

/// Messages with an audience are in everyone's feed: the caller makes a stub of them.
pub(crate) async fn messages_to_some_are_there_for_all(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let whispered = Append {
        audience: Some(vec![ann]),
        ..say(group, 2, ann, "psst")
    };
    log.appended(whispered).await;
    let feed = log.feed(bob, Position(0)).await;
    assert_eq!(feed.last().unwrap().audience, Some(vec![ann]));
    assert!(!feed.last().unwrap().shown_to(bob));
}

/// Several conversations come interleaved, in the order of the log.
pub(crate) async fn conversations_interleave(log: &Log) {
    let ann = log.user("ann").await;
    let mut groups = Vec::new();
    for name in ["one", "two", "three"] {
        groups.push(log.group(ann, name).await);
    }
    let start = log.store.head().await.unwrap().position;
    for at in 0..12 {
        log.post(groups[at * 7 % 3], ann, "hello").await;
    }
    let feed = log.feed(ann, start).await;
    let positions: Vec<_> = feed.iter().map(|m| m.position.0 - start.0).collect();
    assert_eq!(positions, (1..=12).collect::<Vec<_>>());
}

/// A page holds so many messages and about so many bytes, at least one message, and says how far
/// it looked and whether that was all.
pub(crate) async fn pages_are_cut(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let start = log.store.head().await.unwrap().position;
    let mut positions = Vec::new();
    for _ in 0..5 {
        positions.push(log.post(group, ann, &"x".repeat(1_000)).await);
    }
    let head = positions[4];
    let count = async |messages, bytes| {
        let page = log.page(ann, start, messages, bytes).await;
        let last = page.messages.last().unwrap().position;
        let expected = if page.complete { head } else { last };
        assert_eq!(page.scanned_to, expected);
        (page.messages.len(), page.complete)
    };
    assert_eq!(count(2, 1_000_000).await, (2, false));
    assert_eq!(count(4, 1_000_000).await, (4, false));
    assert_eq!(count(5, 1_000_000).await, (5, true));
    assert_eq!(count(6, 1_000_000).await, (5, true));
    assert_eq!(count(6, 1).await, (1, false));
    assert_eq!(count(1, 0).await, (1, false));
    let (some, complete) = count(6, 3_300).await;
    assert!((3..=4).contains(&some) && !complete, "about 3,300: {some}");
    // The last message alone is never "more to come", however large.
    let page = log.page(ann, positions[3], 1, 1).await;
    assert_eq!((page.messages.len(), page.complete), (1, true));
    // What one may not see was looked at, too.
    let page = log.page(bob, start, 1, 1).await;
    assert_eq!((page.messages.len(), page.complete), (0, true));
    assert_eq!(page.scanned_to, head);
    let page = log.page(ann, head, 5, 5).await;
    assert_eq!((page.messages.len(), page.complete), (0, true));
    assert_eq!(page.scanned_to, head);
}

/// Too far behind counts only what the user may see; ahead of the head is another past.
pub(crate) async fn too_far_and_ahead(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (group, other) = (log.group(ann, "group").await, log.group(ann, "other").await);
    log.join(other, bob).await;
    let start = log.store.head().await.unwrap().position;
    for _ in 0..6 {
        log.post(group, ann, "hello").await;
    }
    log.post(other, ann, "hello").await;
    let behind = async |user, after, furthest| {
        let behind = log.store.page(user, Position(after), 2, 9_999, furthest);
        match behind.await.unwrap() {
            Behind::Page(page) => format!("{} of more: {}", page.messages.len(), !page.complete),
            Behind::TooFar => "too far".into(),
            Behind::Ahead => "ahead".into(),
        }
    };
    assert_eq!(behind(ann, start.0, 6).await, "too far");
    assert_eq!(behind(ann, start.0, 7).await, "2 of more: true");
    assert_eq!(behind(ann, start.0, 0).await, "2 of more: true");
    assert_eq!(behind(ann, start.0, i64::MAX).await, "2 of more: true");
    assert_eq!(behind(bob, start.0, 1).await, "1 of more: false");
    assert_eq!(behind(bob, 0, 1).await, "too far");
    let head = start.0 + 7;
    assert_eq!(behind(ann, head, 1).await, "0 of more: false");
    assert_eq!(behind(ann, head + 1, 1).await, "ahead");
    assert_eq!(behind(bob, head + 1, 0).await, "ahead");
}

/// Whom a position concerns: the members just before it or just after.
pub(crate) async fn the_audience_of_positions(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let group = log.group(ann, "group").await;
    let other = log.group(eve, "other").await;
    let before = log.post(group, ann, "before").await;
    let joined = log.join(group, bob).await;
    let between = log.post(group, ann, "between").await;
    let left = log.leave(group, bob).await;
    let after = log.post(group, ann, "after").await;
    let elsewhere = log.post(other, eve, "elsewhere").await;
    let audience = async |positions: &[Position]| log.store.audience(positions).await.unwrap();
    for (position, expected) in [
        (before, set(&[ann])),
        (joined, set(&[ann, bob])),
        (between, set(&[ann, bob])),
        (left, set(&[ann, bob])),
        (after, set(&[ann])),
        (elsewhere, set(&[eve])),
        (Position(elsewhere.0 + 1), set(&[])),
    ] {
        assert_eq!(audience(&[position]).await, expected, "{position:?}");
    }
    assert_eq!(audience(&[before, elsewhere]).await, set(&[ann, eve]));
    assert_eq!(audience(&[]).await, set(&[]));
    let direct = log.direct(bob, eve).await;
    let position = log.post(direct, eve, "hello").await;
    assert_eq!(audience(&[position]).await, set(&[bob, eve]));
}
