//! Who finds what: exactly what history shows them.

use serde_json::json;
use webqq_engine::kinds::settings::Fields;
use webqq_engine::limits::{SEARCH_SCOPES, SEARCH_SCOPES_AT_ONCE};

use super::{Home, search};

/// Left, came back, came late, came late to a shared history, never came.
pub(crate) async fn what_history_shows(home: Home) {
    let lab = home.start().await;
    let (ann, bob) = (lab.user("ann").await, lab.user("bob").await);
    let (cat, dan) = (lab.user("cat").await, lab.user("dan").await);
    let eve = lab.user("eve").await;
    let group = lab.group("group", &[&ann, &bob]).await;
    lab.say(group, &ann, "tea 1").await;
    lab.leave(group, &bob).await;
    lab.say(group, &ann, "tea 2").await;
    lab.join(group, &bob).await;
    lab.join(group, &cat).await;
    lab.say(group, &ann, "tea 3").await;
    lab.leave(group, &bob).await;
    lab.say(group, &ann, "tea 4").await;
    let shared = Fields {
        history_shared: Some(true),
        ..Fields::default()
    };
    lab.engine.change_group(&ann, group, shared).await.unwrap();
    lab.join(group, &dan).await;
    let other = lab.group("other", &[&eve]).await;
    lab.say(other, &eve, "tea 5").await;
    lab.indexed().await;
    for (who, expected) in [
        (&ann, &["tea 4", "tea 3", "tea 2", "tea 1"][..]),
        (&bob, &["tea 3", "tea 1"]),
        (&cat, &["tea 4", "tea 3"]),
        (&dan, &["tea 4", "tea 3", "tea 2", "tea 1"]),
        (&eve, &["tea 5"]),
    ] {
        let found = lab.found(who, search("tea")).await.results;
        let found: Vec<_> = found
            .iter()
            .map(|hit| hit.excerpt.snippet.as_str())
            .collect();
        assert_eq!(found, expected, "{}", who.username);
        // Naming the conversation shows no more, and to a stranger it is not there.
        let here = super::Search {
            conversation: Some(group),
            ..search("tea")
        };
        let here = lab.engine.search(who.id, &here).await;
        match who.id == eve.id {
            true => assert_eq!(here.unwrap_err().code, "not_found"),
            false => assert_eq!(here.unwrap().results.len(), expected.len()),
        }
        // The sender neither.
        let hers = super::Search {
            sender: Some(eve.id),
            ..search("tea")
        };
        let hers = lab.found(who, hers).await.results.len();
        assert_eq!(hers, usize::from(who.id == eve.id));
    }
    // A user of no conversation finds nothing.
    let fay = lab.user("fay").await;
    assert!(lab.found(&fay, search("tea")).await.results.is_empty());
    lab.engine.close().await;
}

/// Those outside the audience do not find it, and find what lies behind it.
pub(crate) async fn what_is_meant_for_some(home: Home) {
    let lab = home.start().await;
    let (ann, bob, cat) = (
        lab.user("ann").await,
        lab.user("bob").await,
        lab.user("cat").await,
    );
    let group = lab.group("group", &[&ann, &bob, &cat]).await;
    lab.say(group, &ann, "secret sauce").await;
    for _ in 0..5 {
        let body = json!({"to": bob.id, "text": "a secret"});
        lab.post(group, &ann, "lab.whisper", body).await;
    }
    lab.indexed().await;
    for (who, expected) in [(&ann, 6), (&bob, 6), (&cat, 1)] {
        for limit in [1, 2, 50] {
            let search = super::Search {
                limit,
                ..search("secret")
            };
            let found = lab.all(who.id, search).await;
            assert_eq!(found.len(), expected, "{} by {limit}", who.username);
        }
    }
    lab.engine.close().await;
}

/// A user of many conversations, and of more than a search is narrowed down to, finds the same.
pub(crate) async fn more_conversations_than_fit(home: Home) {
    let lab = home.start().await;
    let (ann, bob) = (lab.user("ann").await, lab.user("bob").await);
    let group = lab.group("group", &[&bob]).await;
    lab.say(group, &bob, "tea for bob").await;
    let first = lab.group("first", &[&ann]).await;
    lab.say(first, &ann, "tea for ann").await;
    let mut told = vec!["[tea] for ann"];
    for many in [SEARCH_SCOPES_AT_ONCE, SEARCH_SCOPES] {
        let names: Vec<String> = (0..many).map(|nth| format!("{many} {nth}")).collect();
        let mut last = first;
        for names in names.chunks(16) {
            let ann = [&ann];
            let groups = names.iter().map(|name| lab.group(name, &ann));
            let groups = futures_util::future::join_all(groups).await;
            last = groups.into_iter().max().unwrap_or(last);
        }
        lab.say(last, &ann, "tea again").await;
        lab.indexed().await;
        told.insert(0, "[tea] again");
        assert_eq!(lab.texts(&ann, "tea").await, told);
        let here = super::Search {
            conversation: Some(first),
            ..search("tea")
        };
        assert_eq!(lab.found(&ann, here).await.results.len(), 1);
    }
    lab.engine.close().await;
}

/// What was taken back is not found, neither before the indexer comes to the recall nor after it,
/// and not when it was never indexed.
pub(crate) async fn nothing_that_was_recalled(home: Home) {
    let lab = home.start().await;
    let (ann, bob) = (lab.user("ann").await, lab.user("bob").await);
    let group = lab.group("group", &[&ann, &bob]).await;
    let kept = lab.say(group, &bob, "tea, kept").await;
    let first = lab.say(group, &bob, "tea, recalled").await;
    lab.indexed().await;
    lab.post(group, &bob, "recall", json!({"seq": first})).await;
    // At once: the index still has it.
    assert_eq!(lab.all(ann.id, search("tea")).await, [(group, kept)]);
    lab.indexed().await;
    assert_eq!(lab.all(ann.id, search("tea")).await, [(group, kept)]);
    // Posted and taken back before the indexer looked.
    let quick = lab.say(group, &bob, "tea, quickly").await;
    lab.post(group, &bob, "recall", json!({"seq": quick})).await;
    lab.indexed().await;
    for who in [&ann, &bob] {
        assert_eq!(lab.all(who.id, search("tea")).await, [(group, kept)]);
    }
    // An answer is about a message, too, and takes nothing out.
    let body = json!({"text": "with milk", "reply_to": kept});
    lab.post(group, &ann, "text", body).await;
    lab.indexed().await;
    assert_eq!(lab.all(ann.id, search("tea")).await, [(group, kept)]);
    lab.engine.close().await;
    assert_eq!(
        home.indexed_rows().await,
        2,
        "the index holds what can be found, and no more"
    );
}
