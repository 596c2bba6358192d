//! Messages: their places, compare and append, retries.

use uuid::Uuid;
use webqq_engine::group::state::ConversationType;
use webqq_engine::ids::{ConversationId, Position, Seq, UserId};
use webqq_engine::store::{Append, Entry, Outcome, Posted, Range};

use super::*;

/// P3: seqs are dense in each conversation, positions over all, also within one batch.
pub(crate) async fn seqs_are_dense_and_positions_rise(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (one, two) = (log.group(ann, "one").await, log.group(bob, "two").await);
    let before = log.store.head().await.unwrap();
    let outcomes = log
        .append(vec![
            say(one, 1, ann, "a"),
            say(two, 1, bob, "b"),
            say(one, 2, ann, "c"),
            changing(one, 3, ann, &[]),
            say(two, 2, bob, "d"),
        ])
        .await;
    let place = |at: i64, seq: i64, counted: i64| Outcome::Appended {
        at: Placed {
            position: Position(before.position.0 + at),
            seq: Seq(seq),
            counted,
        },
        companions: Vec::new(),
    };
    let expected = [
        place(1, 2, 1),
        place(2, 2, 1),
        place(3, 3, 2),
        place(4, 4, 2),
        place(5, 3, 2),
    ];
    assert_eq!(outcomes, expected);
    let after = log.store.head().await.unwrap();
    assert_eq!(after.position.0, before.position.0 + 5);
    let (state, position) = log.store.conversation(one).await.unwrap().unwrap();
    assert_eq!(
        (state.seq, state.counted, position),
        (Seq(4), 2, after.position)
    );
    assert_eq!(log.seqs_in_feed(ann, one).await, [1, 2, 3, 4]);
    assert_eq!(log.seqs_in_feed(bob, two).await, [1, 2, 3]);
}

/// An entry that is refused leaves its neighbours alone, and takes no place.
pub(crate) async fn a_conflict_leaves_its_neighbours_alone(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let outcomes = log
        .append(vec![
            say(group, 1, ann, "in"),
            say(group, 1, ann, "late"),
            say(group, 7, ann, "early"),
            say(ConversationId(Uuid::now_v7()), 1, ann, "nowhere"),
            say(group, 2, ann, "in"),
        ])
        .await;
    let expected = ["appended", "conflict", "conflict", "conflict", "appended"];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(log.seqs_in_feed(ann, group).await, [1, 2, 3]);
    let bodies: Vec<_> = log.feed(ann, Position(0)).await;
    assert!(
        !bodies
            .iter()
            .any(|m| m.body.as_deref().unwrap().contains("late"))
    );
}

/// P2: the same client id again is the same message, whatever `expects` says; with another body
/// it is a reuse. The key holds sender and conversation.
pub(crate) async fn a_retry_is_a_duplicate(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (group, other) = (log.group(ann, "group").await, log.group(ann, "other").await);
    log.join(group, bob).await;
    let first = say(group, 2, ann, "hello");
    let altered = Append {
        body: "{}".into(),
        digest: "another".into(),
        sent_at_ms: 9,
        ..first.clone()
    };
    let of_bob = Append {
        expects: Some(Seq(3)),
        sender: Some(bob),
        ..first.clone()
    };
    let elsewhere = Append {
        conversation: other,
        expects: Some(Seq(1)),
        ..first.clone()
    };
    let outcomes = log
        .append(vec![
            first.clone(),
            first.clone(),
            altered.clone(),
            of_bob,
            elsewhere,
        ])
        .await;
    let expected = ["appended", "duplicate", "reused", "appended", "appended"];
    assert_eq!(words(&outcomes), expected);
    let again = log.append(vec![altered, first.clone()]).await;
    assert_eq!(words(&again), ["reused", "duplicate"]);
    let duplicate = Outcome::Duplicate {
        seq: Seq(3),
        sent_at_ms: first.sent_at_ms,
        same: true,
    };
    assert_eq!((&again[1], &outcomes[1]), (&duplicate, &duplicate));

    let posted = log.store.posted(group, Some(ann), first.client_id).await;
    let expected = Posted {
        seq: Seq(3),
        sent_at_ms: first.sent_at_ms,
        digest: first.digest.clone(),
    };
    assert_eq!(posted.unwrap(), Some(expected));
    let posted = log.store.posted(group, None, first.client_id).await;
    assert_eq!(posted.unwrap(), None);
}

/// The system is a sender like others, and comes back as none.
pub(crate) async fn the_system_posts_too(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let notice = Append {
        sender: None,
        sender_name: String::new(),
        ..say(group, 1, ann, "notice")
    };
    let outcomes = log.append(vec![notice.clone(), notice.clone()]).await;
    assert_eq!(words(&outcomes), ["appended", "duplicate"]);
    let feed = log.feed(ann, Position(0)).await;
    assert_eq!(feed.last().unwrap().sender, None);
    let posted = log.store.posted(group, None, notice.client_id).await;
    assert_eq!(posted.unwrap().unwrap().seq, Seq(2));
}

/// What was written comes back to the letter, by every way of reading.
pub(crate) async fn a_message_comes_back_as_it_was(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let text = "抖动 \u{1F600} ' \" \\ % _ \n \u{7f} \u{fffd}";
    let full = Append {
        sender_name: "Änn 李".into(),
        audience: Some(vec![ann, bob]),
        effects: vec![add(bob, Role::Admin)],
        sent_at_ms: -5,
        ..say(group, 1, ann, text)
    };
    let position = log.appended(full.clone()).await;
    let nobody = Append {
        audience: Some(Vec::new()),
        effects: vec![remove(bob)],
        ..say(group, 2, ann, "")
    };
    log.appended(nobody).await;

    let feed = log.feed(bob, Position(0)).await;
    let message = &feed[0];
    let expected = Message {
        position,
        conversation: group,
        seq: Seq(2),
        counted: 0,
        kind: full.kind,
        sender: Some(ann),
        sender_name: full.sender_name,
        body: Some(full.body),
        client_id: full.client_id,
        sent_at_ms: -5,
        added: vec![bob],
        removed: vec![],
        audience: Some(vec![ann, bob]),
        mentions: vec![],
        notes: None,
    };
    assert_eq!(*message, expected);
    assert_eq!(feed[1].removed, [bob]);
    assert_eq!(feed[1].audience, Some(Vec::new()));
    let range = Range {
        limit: 9,
        ..Range::default()
    };
    let history = log.store.history(bob, group, range).await.unwrap().unwrap();
    assert_eq!(history, feed);
    let single = log.store.messages(bob, group, &[Seq(2)]).await.unwrap();
    assert_eq!(single, [expected]);
    let sync = log.store.sync(bob).await.unwrap().unwrap();
    assert_eq!(sync.conversations[0].last_message, feed.last().cloned());
}

/// A message to some only never counts as unread; one that says nothing new does not either.
pub(crate) async fn only_what_all_see_counts(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    let whispered = Append {
        audience: Some(vec![ann]),
        ..say(group, 1, ann, "psst")
    };
    let outcomes = log
        .append(vec![whispered, say(group, 2, ann, "loud")])
        .await;
    let counted = |outcome: &Outcome| match outcome {
        Outcome::Appended { at, .. } => at.counted,
        other => panic!("{other:?}"),
    };
    assert_eq!(outcomes.iter().map(counted).collect::<Vec<_>>(), [0, 1]);
}

/// Direct and own conversations: one is opened by an entry, the other by its first message.
pub(crate) async fn direct_and_own_conversations(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let stranger = UserId(Uuid::now_v7());
    let id = ConversationId::direct(ann, bob);
    let direct = |expects: i64, text: &str| Append {
        r#type: ConversationType::Direct,
        ..say(id, expects, ann, text)
    };
    let own = Append {
        r#type: ConversationType::Own,
        ..say(ConversationId::own(ann), 0, ann, "a setting")
    };
    let open = |one, other| Entry::OpenDirect {
        one,
        other,
        at_ms: 1,
    };
    let outcomes = log
        .commit(vec![
            Entry::Append(direct(0, "too early")),
            open(ann, stranger),
            open(ann, ann),
            open(ann, bob),
            open(bob, ann),
            Entry::Append(direct(0, "hello")),
            Entry::Append(own),
        ])
        .await;
    let expected = [
        "not_found",
        "not_found",
        "not_found",
        "done",
        "done",
        "appended",
        "appended",
    ];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(log.seqs_in_feed(bob, id).await, [1]);
    assert_eq!(log.seqs_in_feed(ann, ConversationId::own(ann)).await, [1]);
    assert_eq!(log.seqs_in_feed(bob, ConversationId::own(ann)).await, NONE);
    let (state, _) = log.store.conversation(id).await.unwrap().unwrap();
    assert_eq!(state.r#type, ConversationType::Direct);
    assert_eq!(
        state.roster.keys().copied().collect::<BTreeSet<_>>(),
        set(&[ann, bob])
    );
    let own = log.store.conversation(ConversationId::own(bob)).await;
    assert!(own.unwrap().is_none());
    let sort = async |id| log.store.conversation_type(id).await.unwrap();
    assert_eq!(sort(id).await, Some(ConversationType::Direct));
    assert_eq!(
        sort(ConversationId::own(ann)).await,
        Some(ConversationType::Own)
    );
    assert_eq!(sort(ConversationId::own(bob)).await, None);
    let none = log.store.group(ann, id).await.unwrap();
    assert_eq!(none, None, "a direct conversation is no group");
}
