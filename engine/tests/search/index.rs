//! The index: how it is kept, and that it may be lost.

use webqq_engine::ids::Position;
use webqq_engine::search::terms::{VERSION, terms};
use webqq_engine::store::{Find, IndexState, IndexStep, Indexed};

use super::{Home, builder, search};

/// After a stop, however it came, the indexer goes on where the store says, and not before.
pub(crate) async fn it_goes_on_where_it_was(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    for nth in 0..600 {
        lab.say(group, &ann, &format!("tea {nth}")).await;
    }
    // Stopped at once: the index may be anywhere.
    lab.engine.close().await;

    // As if a first part had been indexed when the power went; it is not, so that one can see
    // that the indexer does not begin from the beginning.
    let store = home.open().await;
    store.clear_index(VERSION).await.unwrap();
    let to = Position(301);
    let skip = IndexStep {
        to,
        ..IndexStep::default()
    };
    assert!(store.index(&skip).await.unwrap());
    store.close().await;

    let lab = home.start().await;
    lab.indexed().await;
    let all = lab.all(ann.id, search("tea")).await;
    let head = lab.store.head().await.unwrap().position;
    assert_eq!(all.len() as i64, head.0 - to.0);
    // News is found, without asking.
    lab.say(group, &ann, "tea and more").await;
    lab.indexed().await;
    assert_eq!(lab.texts(&ann, "more").await, ["tea and [more]"]);
    lab.engine.close().await;
}

/// `reindex` makes all of it anew.
pub(crate) async fn it_is_made_anew(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    for nth in 0..300 {
        lab.say(group, &ann, &format!("tea {nth}")).await;
    }
    let head = lab.store.head().await.unwrap().position;
    lab.indexed().await;
    lab.engine.close().await;

    for _ in 0..2 {
        let store = home.open().await;
        assert_eq!(builder(store.clone()).reindex().await.unwrap(), head);
        let state = IndexState {
            version: VERSION,
            position: head,
        };
        assert_eq!(store.index_state().await.unwrap(), state);
        store.close().await;
    }
    let lab = home.start().await;
    lab.indexed().await;
    assert_eq!(
        lab.all(ann.id, search("tea")).await.len(),
        300,
        "and nothing twice"
    );
    lab.engine.close().await;
}

/// An index that another version of the cutter made is made anew at the start.
pub(crate) async fn another_cutter_makes_it_anew(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    lab.say(group, &ann, "tea").await;
    lab.indexed().await;
    lab.engine.close().await;

    let store = home.open().await;
    let head = store.head().await.unwrap().position;
    store.clear_index(VERSION + 1).await.unwrap();
    let other = IndexStep {
        to: head,
        ..IndexStep::default()
    };
    assert!(store.index(&other).await.unwrap());
    store.close().await;

    let lab = home.start().await;
    let made = async {
        while lab.store.index_state().await.unwrap().version != VERSION {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), made)
        .await
        .unwrap();
    lab.indexed().await;
    assert_eq!(lab.texts(&ann, "tea").await, ["[tea]"]);
    lab.engine.close().await;
}

/// A step that does not begin where the index is does nothing at all.
pub(crate) async fn a_step_is_taken_once(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    lab.say(group, &ann, "coffee").await;
    lab.indexed().await;
    lab.engine.close().await;

    let store = home.open().await;
    let head = store.head().await.unwrap().position;
    let lie = IndexStep {
        from: Position(head.0 - 1),
        to: head,
        add: vec![Indexed {
            position: head,
            terms: "wtea".into(),
        }],
        recalled: Vec::new(),
    };
    assert!(!store.index(&lie).await.unwrap());
    assert_eq!(store.index_state().await.unwrap().position, head);
    let find = Find {
        all: vec!["wtea".into()],
        ..everything(&ann, head)
    };
    assert!(store.search(&find).await.unwrap().is_empty());
    // What is in the index too much is found by it, but not by the engine.
    store.clear_index(VERSION).await.unwrap();
    let from = Position(0);
    assert!(
        store
            .index(&IndexStep {
                from,
                ..lie.clone()
            })
            .await
            .unwrap()
    );
    assert_eq!(store.search(&find).await.unwrap().len(), 1);
    store.close().await;
    let lab = home.start().await;
    lab.indexed().await;
    assert!(lab.texts(&ann, "tea").await.is_empty());
    lab.engine.close().await;
}

/// A search keeps to its stretch of the log, to its limit, and to its order.
pub(crate) async fn a_stretch_is_kept_to(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    for nth in 0..9 {
        lab.say(group, &ann, &format!("tea {}", nth % 2)).await;
    }
    lab.indexed().await;
    let head = lab.store.head().await.unwrap().position;
    let find = async |find: Find| {
        let found = lab.store.search(&find).await.unwrap();
        found
            .iter()
            .map(|message| message.position.0)
            .collect::<Vec<_>>()
    };
    let all = || Find {
        all: terms("tea").into_iter().collect(),
        ..everything(&ann, head)
    };
    // The group's own first message is at 1.
    assert_eq!(find(all()).await, [10, 9, 8, 7, 6, 5, 4, 3, 2]);
    assert_eq!(
        find(Find {
            after: Position(3),
            before: Position(7),
            ..all()
        })
        .await,
        [6, 5, 4]
    );
    assert_eq!(find(Find { limit: 2, ..all() }).await, [10, 9]);
    for (after, before) in [(5, 5), (5, 6), (9, 2), (0, 0), (0, 1), (99, 200)] {
        let none = Find {
            after: Position(after),
            before: Position(before),
            ..all()
        };
        assert!(find(none).await.is_empty(), "{after} {before}");
    }
    let both = Find {
        all: terms("tea 1").into_iter().collect(),
        ..all()
    };
    assert_eq!(find(both.clone()).await, [9, 7, 5, 3]);
    let any = |any: &[&str]| any.iter().map(|term| (*term).to_owned()).collect();
    assert_eq!(
        find(Find {
            any: any(&["w0", "w1", "w2"]),
            ..all()
        })
        .await
        .len(),
        9
    );
    assert_eq!(
        find(Find {
            any: any(&["w1", "w2"]),
            ..all()
        })
        .await,
        [9, 7, 5, 3]
    );
    assert!(
        find(Find {
            any: any(&["w2"]),
            ..all()
        })
        .await
        .is_empty()
    );
    lab.engine.close().await;
}

fn everything(user: &webqq_engine::store::User, head: Position) -> Find {
    Find {
        user: user.id,
        all: Vec::new(),
        any: Vec::new(),
        conversation: None,
        sender: None,
        from_ms: None,
        to_ms: None,
        after: Position(0),
        before: head.next(),
        limit: 100,
    }
}
