//! Names of groups: each is there once, with its looks.

use super::groups::fresh;
use super::*;

/// Two groups never have the same name by Unicode's rules, also when both come at once.
pub(crate) async fn a_name_is_taken_once(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (one, two) = (fresh(), fresh());
    let outcomes = log
        .append(vec![
            founding(one, ann, "Straße ΟΔΟΣ"),
            founding(two, bob, " strasse οδος "),
            founding(fresh(), bob, " straße οδος "),
        ])
        .await;
    // "ß" is not "ss" when folded by lower-casing, as everyone does it here.
    assert_eq!(words(&outcomes), ["appended", "appended", "name_taken"]);
    let three = fresh();
    let outcomes = log
        .append(vec![
            founding(three, bob, " STRAẞE οδος "),
            founding(three, bob, "straße ΟΔΟΣ"),
            founding(three, bob, "three"),
            changing(three, 1, bob, &[named("STRASSE ΟΔΟΣ")]),
            changing(two, 1, bob, &[named("Strasse ΟΔΟΣ")]),
        ])
        .await;
    let expected = [
        "name_taken",
        "name_taken",
        "appended",
        "name_taken",
        "appended",
    ];
    assert_eq!(words(&outcomes), expected);
    let again = log.change(three, bob, &[named("Straße Οδος")]).await;
    assert_eq!(word(&again), "name_taken");
    let found = log.store.find_groups(ann, "STRASSE", 9).await.unwrap();
    assert_eq!(found.iter().map(|g| g.id).collect::<Vec<_>>(), [two]);
    let nameless = log.append(vec![founding(fresh(), ann, "  ")]).await;
    assert_eq!(word(&nameless[0]), "invalid");
}

/// A name that was given up can be had by the next batch; names that change hands in one batch
/// never fail the batch.
pub(crate) async fn names_change_hands(log: &Log) {
    let ann = log.user("ann").await;
    let (one, two) = (log.group(ann, "one").await, log.group(ann, "two").await);
    let outcomes = log
        .append(vec![
            changing(two, 1, ann, &[named("three")]),
            changing(one, 1, ann, &[named("two")]),
            changing(one, 1, ann, &[named("ONE")]),
            changing(two, 2, ann, &[named("two")]),
        ])
        .await;
    let expected = ["appended", "name_taken", "appended", "appended"];
    assert_eq!(words(&outcomes), expected);
    let given_up = log.change(two, ann, &[named("three")]).await;
    let taken = log.change(one, ann, &[named("two")]).await;
    assert_eq!((word(&given_up), word(&taken)), ("appended", "appended"));
    let named_two = log.store.find_groups(ann, "two", 9).await.unwrap();
    assert_eq!(named_two.iter().map(|g| g.id).collect::<Vec<_>>(), [one]);
}

/// Groups are not called alike, either; a name that is given up is free with its looks.
pub(crate) async fn group_names_that_look_alike(log: &Log) {
    const ALIKE: &str = "name_lookalike";
    let ann = log.user("rust").await;
    let group = log.group(ann, "Rust 爱好者").await;
    let other = ConversationId(Uuid::now_v7());
    let found = |name: &str| Entry::Append(founding(other, ann, name));
    assert_eq!(word(&log.one(found("Ruѕt 爱好者")).await), ALIKE);
    let rename = async |name: &str| {
        let outcome = log.change(group, ann, &[named(name)]).await;
        word(&outcome).to_owned()
    };
    // Its own look is no obstacle, nor is a user's.
    assert_eq!(rename("RUST 爱好者").await, "appended");
    assert_eq!(rename("rust").await, "appended");
    assert_eq!(word(&log.one(found("ruѕt")).await), ALIKE);
    assert_eq!(word(&log.one(found("Ruѕt 爱好者")).await), "appended");
    assert_eq!(rename("Rust 爱好者").await, ALIKE);
    let over = Effect::SetField(GroupField::Dissolved(9));
    assert_eq!(word(&log.change(other, ann, &[over]).await), "appended");
    assert_eq!(rename("Rust 爱好者").await, "appended");
}
