//! What kinds change through: maps, notes, recall, mentions, companions.

use serde_json::{Value, json};
use webqq_engine::store::CompanionAppend;

use super::*;

pub(super) fn put(map: &'static str, key: &str, value: Value, most: usize) -> Effect {
    Effect::Put {
        map: map.into(),
        key: key.into(),
        value,
        most,
        full: "map_full",
    }
}

fn take(map: &'static str, key: &str) -> Effect {
    let key = key.into();
    Effect::Take {
        map: map.into(),
        key,
    }
}

fn note(seq: i64, key: &str, value: Option<Value>) -> Effect {
    Effect::SetNote {
        seq: Seq(seq),
        key: key.into(),
        value,
        most: 2,
    }
}

/// Entries are put, replaced and taken; a map has its bound, also within one message.
pub(crate) async fn maps_keep_entries(log: &Log) {
    let ann = log.user("ann").await;
    let (group, other) = (log.group(ann, "one").await, log.group(ann, "two").await);
    let change = async |effects: &[Effect]| word(&log.change(group, ann, effects).await).to_owned();
    let two = [
        put("m", "a", json!(1), 2),
        put("m", "b", json!({"x": "二"}), 2),
    ];
    assert_eq!(change(&two).await, "appended");
    assert_eq!(change(&[put("m", "a", json!(3), 2)]).await, "appended");
    assert_eq!(change(&[put("m", "c", json!(1), 2)]).await, "map_full");
    assert_eq!(change(&[put("n", "c", json!(1), 0)]).await, "map_full");
    let three = ["a", "b", "c"].map(|key| put("p", key, json!(0), 2));
    assert_eq!(change(&three).await, "map_full", "none of it is taken over");
    let swap = [take("m", "b"), take("m", "nothing")];
    assert_eq!(change(&swap).await, "appended");
    assert_eq!(change(&[put("m", "c", json!(4), 2)]).await, "appended");

    let map = async |id, name| log.store.map(id, name).await.unwrap();
    let expected = BTreeMap::from([("a".to_owned(), json!(3)), ("c".to_owned(), json!(4))]);
    assert_eq!(map(group, "m").await, expected);
    for (id, name) in [(group, "n"), (group, "p"), (other, "m")] {
        assert!(map(id, name).await.is_empty(), "{name}");
    }
    let (state, _) = log.store.conversation(group).await.unwrap().unwrap();
    assert_eq!(state.entry("m", "c"), Some(&json!(4)));
    assert_eq!(state.maps.len(), 1);
    // Two appends of one batch see one another.
    let seq = log.seq(group).await;
    let outcomes = log
        .append(vec![
            changing(group, seq, ann, &[take("m", "a")]),
            changing(group, seq + 1, ann, &[put("m", "d", json!(5), 2)]),
            changing(group, seq + 2, ann, &[put("m", "e", json!(5), 2)]),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended", "appended", "map_full"]);
}

/// Notes stand on the message they are about, each under its kind and key.
pub(crate) async fn notes_stand_on_messages(log: &Log) {
    let ann = log.user("ann").await;
    let group = log.group(ann, "group").await;
    log.post(group, ann, "two").await;
    let change = async |effects: &[Effect]| word(&log.change(group, ann, effects).await).to_owned();
    assert_eq!(change(&[note(2, "a", Some(json!(1)))]).await, "appended");
    assert_eq!(change(&[note(2, "b", Some(json!("二")))]).await, "appended");
    assert_eq!(change(&[note(2, "a", Some(json!(2)))]).await, "appended");
    let third = change(&[note(2, "c", Some(json!(1)))]).await;
    assert_eq!(third, "too_many_notes");
    assert_eq!(change(&[note(9, "a", Some(json!(1)))]).await, "not_found");
    let notes = async || {
        let found = log.store.messages(ann, group, &[Seq(2)]).await.unwrap();
        let notes = found[0].notes.as_deref();
        notes.map(|text| serde_json::from_str::<Value>(text).unwrap())
    };
    let expected = json!({"group.change": {"a": 2, "b": "二"}});
    assert_eq!(notes().await, Some(expected));
    assert_eq!(change(&[note(2, "a", None)]).await, "appended");
    assert_eq!(change(&[note(2, "b", None)]).await, "appended");
    assert_eq!(notes().await, None);
    // On a message of the same batch.
    let seq = log.seq(group).await;
    let outcomes = log
        .append(vec![
            say(group, seq, ann, "new"),
            changing(group, seq + 1, ann, &[note(seq + 1, "a", Some(json!(1)))]),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended"; 2]);
    let feed = log.feed(ann, Position(0)).await;
    let noted = feed.iter().find(|message| message.seq.0 == seq + 1);
    assert!(noted.unwrap().notes.is_some());
}

/// A recalled message has no body, no notes, no mentions and no digest; its place stays.
pub(crate) async fn a_recall_takes_the_body(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let secret = Append {
        mentions: vec![UserId::ALL, bob],
        ..say(group, 2, ann, "secret")
    };
    log.appended(secret.clone()).await;
    let change = async |effects: &[Effect]| word(&log.change(group, ann, effects).await).to_owned();
    assert_eq!(change(&[note(3, "a", Some(json!(1)))]).await, "appended");
    let mentions = async || {
        let sync = log.store.sync(bob).await.unwrap().unwrap();
        (
            sync.conversations[0].mentions,
            sync.conversations[0].counted,
        )
    };
    assert_eq!(
        mentions().await,
        (1, 1),
        "by name and with all: one message"
    );
    let recall = Effect::Recall { seq: Seq(3) };
    assert_eq!(change(std::slice::from_ref(&recall)).await, "appended");
    assert_eq!(change(std::slice::from_ref(&recall)).await, "recalled");
    assert_eq!(change(&[note(3, "a", Some(json!(1)))]).await, "recalled");
    assert_eq!(
        change(&[Effect::Recall { seq: Seq(99) }]).await,
        "not_found"
    );
    assert_eq!(mentions().await, (0, 1), "it still counts as unread");
    let found = log.store.messages(bob, group, &[Seq(3)]).await.unwrap();
    let gone = &found[0];
    assert_eq!((&gone.body, &gone.notes), (&None, &None));
    assert_eq!((gone.mentions.len(), gone.kind.as_str()), (0, "text"));
    assert_eq!(log.seqs_in_feed(bob, group).await, [2, 3, 4, 5]);
    // A retry, whatever it says now, gets the first receipt.
    let posted = log.store.posted(group, Some(ann), secret.client_id).await;
    assert_eq!(posted.unwrap().unwrap().digest, "");
    let again = Append {
        digest: "another".into(),
        ..secret
    };
    assert_eq!(words(&log.append(vec![again]).await), ["duplicate"]);
    // One that was posted and recalled in one batch was never there to be read.
    let seq = log.seq(group).await;
    let recall = Effect::Recall { seq: Seq(seq + 1) };
    let outcomes = log
        .append(vec![
            Append {
                mentions: vec![bob],
                ..say(group, seq, ann, "at once")
            },
            changing(group, seq + 1, ann, &[recall]),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended"; 2]);
    let feed = log.feed(bob, Position(0)).await;
    let gone = feed.iter().find(|message| message.seq.0 == seq + 1);
    assert_eq!(gone.unwrap().body, None);
    assert_eq!(mentions().await, (0, 2));
}

/// Mentions count behind the read position and within the stay.
pub(crate) async fn mentions_are_counted_apart(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    log.join(group, eve).await;
    for (seq, mentions) in [vec![bob], vec![UserId::ALL], vec![], vec![bob, eve]]
        .into_iter()
        .enumerate()
    {
        let call = Append {
            mentions,
            ..say(group, 3 + seq as i64, ann, "x")
        };
        log.appended(call).await;
    }
    let mentions = async |user| {
        let sync = log.store.sync(user).await.unwrap().unwrap();
        let row = &sync.conversations[0];
        (row.mentions, row.counted - row.read_counted)
    };
    assert_eq!(mentions(bob).await, (3, 4));
    assert_eq!(mentions(eve).await, (2, 4));
    assert_eq!(mentions(ann).await, (0, 0), "posting reads");
    let seq = Seq(5);
    let (user, conversation) = (bob, group);
    log.done(Entry::SetRead {
        user,
        conversation,
        seq,
    })
    .await;
    assert_eq!(mentions(bob).await, (1, 2));
    log.leave(group, eve).await;
    let late = Append {
        mentions: vec![UserId::ALL],
        ..say(group, 8, ann, "x")
    };
    log.appended(late).await;
    assert_eq!(mentions(eve).await, (2, 4), "as it was when they left");
    assert_eq!(mentions(bob).await.0, 2);
}

/// A companion is appended with its message or not at all, after whatever is there.
pub(crate) async fn companions_go_with_their_message(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let (own, direct) = (ConversationId::own(bob), ConversationId::direct(ann, bob));
    let to = |id: ConversationId, effects: Vec<Effect>| {
        let is_direct = id == direct;
        CompanionAppend {
            append: Append {
                r#type: match is_direct {
                    true => ConversationType::Direct,
                    false => ConversationType::Own,
                },
                expects: None,
                effects,
                ..say(id, 0, ann, "with it")
            },
            direct: is_direct.then_some((ann, bob)),
            unless: None,
        }
    };
    let with = |seq: i64, companions: Vec<CompanionAppend>| Append {
        companions,
        ..changing(group, seq, ann, &[])
    };
    let entry = || vec![put("friend.request", "ann", json!(1), 1)];
    let first = with(1, vec![to(own, entry()), to(direct, vec![])]);
    let outcomes = log.append(vec![first.clone(), first]).await;
    let head = log.store.head().await.unwrap().position;
    match &outcomes[0] {
        Outcome::Appended { at, companions } => {
            let places: Vec<_> = companions
                .iter()
                .flatten()
                .map(|at| at.position.0)
                .collect();
            assert_eq!(places, [at.position.0 + 1, at.position.0 + 2]);
            assert_eq!(head.0, at.position.0 + 2);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(word(&outcomes[1]), "duplicate");
    assert_eq!(log.seqs_in_feed(bob, own).await, [1]);
    assert_eq!(log.seqs_in_feed(bob, direct).await, [1]);
    assert_eq!(log.seqs_in_feed(ann, direct).await, [1]);
    assert_eq!(log.seqs_in_feed(ann, own).await, NONE);

    // What the target cannot take, the message does not get in either.
    let full = with(
        2,
        vec![to(own, vec![put("friend.request", "x", json!(1), 1)])],
    );
    let nobody = ConversationId(Uuid::now_v7());
    let lost = with(2, vec![to(nobody, vec![])]);
    let outcomes = log.append(vec![full, lost]).await;
    assert_eq!(words(&outcomes), ["map_full", "not_found"]);
    assert_eq!(log.store.head().await.unwrap().position, head);

    // A draft of the target's own that was admitted before fails its expectation.
    let seq = log.seq(own).await;
    let outcomes = log
        .append(vec![
            with(2, vec![to(own, vec![])]),
            Append {
                r#type: ConversationType::Own,
                ..say(own, seq, bob, "stale")
            },
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended", "conflict"]);

    // Left out where it is not wanted, and nobody is told: but for its bounds.
    let block = [put("block", &ann.to_string(), json!(1), 9)];
    let seq = log.seq(own).await;
    let blocks = Append {
        r#type: ConversationType::Own,
        ..changing(own, seq, bob, &block)
    };
    log.appended(blocks).await;
    let unless = |companion: CompanionAppend| CompanionAppend {
        unless: Some(("block".into(), ann.to_string())),
        ..companion
    };
    let before = log.seq(own).await;
    let outcomes = log
        .append(vec![
            with(3, vec![unless(to(own, entry()))]),
            with(
                4,
                vec![unless(to(own, vec![put("full", "x", json!(1), 0)]))],
            ),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended", "map_full"]);
    match &outcomes[0] {
        Outcome::Appended { companions, .. } => assert_eq!(companions, &[None]),
        other => panic!("{other:?}"),
    }
    assert_eq!(log.seq(own).await, before);
}
