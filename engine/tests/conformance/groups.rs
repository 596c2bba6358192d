//! Groups: limits, owners, comings and goings, and the end.

use serde_json::json;
use uuid::Uuid;

use super::mechanisms::put;
use super::*;

pub(super) fn fresh() -> ConversationId {
    ConversationId(Uuid::now_v7())
}

/// P6: fifty ask for the last place at once, one gets it; in one batch and one by one.
pub(crate) async fn the_last_place_is_given_once(log: &Log) {
    let owner = log.user("owner").await;
    let mut many = Vec::new();
    for at in 0..50 {
        many.push(log.user(&format!("user{at}")).await);
    }
    let group = log.group(owner, "group").await;
    let limit = log.change(group, owner, &[limited(3)]).await;
    assert_eq!(word(&limit), "appended");
    log.join(group, many[49]).await;
    // As the group's actor would have it: each expects the one before it.
    let joins: Vec<_> = many[..49]
        .iter()
        .enumerate()
        .map(|(at, user)| {
            changing(
                group,
                3 + at.min(1) as i64,
                *user,
                &[add(*user, Role::Member)],
            )
        })
        .collect();
    let outcomes = log.append(joins).await;
    let appended = outcomes.iter().filter(|o| word(o) == "appended").count();
    let full = outcomes.iter().filter(|o| word(o) == "group_full").count();
    assert_eq!((appended, full), (1, 48));
    let late = [add(many[40], Role::Member)];
    let late = log.change(group, many[40], &late).await;
    assert_eq!(word(&late), "group_full");
    let below = log.change(group, owner, &[limited(2)]).await;
    assert_eq!(word(&below), "below_member_count");
    assert_eq!(log.store.members(group).await.unwrap().len(), 3);
    // Who leaves makes room; a wider limit and its use may stand in one message.
    log.leave(group, many[49]).await;
    log.join(group, many[40]).await;
    let wider = [limited(4), add(many[49], Role::Member)];
    assert_eq!(word(&log.change(group, owner, &wider).await), "appended");
    let (state, _) = log.store.conversation(group).await.unwrap().unwrap();
    assert_eq!(state.roster.len(), 4);
    let seen = log.store.group(owner, group).await.unwrap().unwrap();
    assert_eq!(seen.member_count, 4);
}

/// Nobody is in more groups than they may, also when the groups come in one batch.
pub(crate) async fn groups_per_user(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (one, two, three) = (fresh(), fresh(), fresh());
    let bounds = Bounds {
        groups_per_user: 2,
        ..Bounds::default()
    };
    let commit = async |appends: Vec<Append>| {
        let entries = appends.into_iter().map(Entry::Append).collect();
        let batch = Batch {
            bounds,
            ..log.batch(entries).await
        };
        log.store.commit(&batch).await.unwrap()
    };
    let outcomes = commit(vec![
        founding(one, ann, "one"),
        founding(two, bob, "two"),
        founding(three, bob, "three"),
        changing(one, 1, bob, &[add(bob, Role::Member)]),
        changing(two, 1, ann, &[add(ann, Role::Member)]),
        changing(three, 1, ann, &[add(ann, Role::Member)]),
    ])
    .await;
    let expected = [
        "appended",
        "appended",
        "appended",
        "too_many_groups",
        "appended",
        "too_many_groups",
    ];
    assert_eq!(words(&outcomes), expected);
    // Leaving makes room within the batch; direct conversations are no groups.
    log.direct(ann, bob).await;
    let outcomes = commit(vec![
        changing(three, 1, ann, &[add(ann, Role::Member)]),
        changing(two, 2, ann, &[remove(ann)]),
        changing(three, 1, ann, &[add(ann, Role::Member)]),
    ])
    .await;
    assert_eq!(
        words(&outcomes),
        ["too_many_groups", "appended", "appended"]
    );
    assert!(log.store.share_a_group(ann, bob).await.unwrap());
}

/// P6: exactly one owner at any moment, through transfers, also in one batch.
pub(crate) async fn exactly_one_owner(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    for wrong in [
        vec![remove(ann)],
        vec![role(ann, Role::Admin)],
        vec![role(bob, Role::Owner)],
        vec![add(log.user("eve").await, Role::Owner)],
        vec![role(bob, Role::Owner), remove(ann), remove(bob)],
    ] {
        let outcome = log.change(group, ann, &wrong).await;
        assert_eq!(word(&outcome), "owner_must_transfer", "{wrong:?}");
    }
    let ownerless = founding(fresh(), ann, "ownerless");
    let ownerless = Append {
        effects: vec![named("ownerless"), add(ann, Role::Admin)],
        ..ownerless
    };
    assert_eq!(
        words(&log.append(vec![ownerless]).await),
        ["owner_must_transfer"]
    );

    // A transfer taken back in the same message is none.
    let nothing = [role(bob, Role::Owner), role(bob, Role::Admin)];
    assert_eq!(word(&log.change(group, ann, &nothing).await), "appended");
    assert_eq!(owners(log, group).await, [ann]);
    let outcome = log.change(group, ann, &[remove(ann)]).await;
    assert_eq!(word(&outcome), "owner_must_transfer");

    let to_bob = [role(bob, Role::Owner), role(ann, Role::Member)];
    let to_ann = [role(bob, Role::Admin), role(ann, Role::Owner)];
    let outcomes = log
        .append(vec![
            changing(group, 3, ann, &to_bob),
            changing(group, 4, bob, &to_ann),
            changing(group, 5, ann, &to_bob),
            changing(group, 6, ann, &[remove(ann)]),
            changing(group, 7, ann, &[add(ann, Role::Member)]),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended"; 5]);
    assert_eq!(owners(log, group).await, [bob]);
    // Leaving as the owner and coming back as one, all in one batch.
    let outcomes = log
        .append(vec![
            changing(group, 8, bob, &[role(ann, Role::Owner), remove(bob)]),
            changing(group, 9, bob, &[add(bob, Role::Member)]),
            changing(group, 10, ann, &to_bob),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended"; 3]);
    assert_eq!(owners(log, group).await, [bob]);
    // Whichever of the two is written first.
    assert_eq!(word(&log.change(group, bob, &to_ann).await), "appended");
    assert_eq!(owners(log, group).await, [ann]);
    assert_eq!(word(&log.change(group, ann, &to_bob).await), "appended");
    let (state, _) = log.store.conversation(group).await.unwrap().unwrap();
    assert_eq!(state.owner(), Some(bob));
    assert_eq!(state.roster.len(), 2);
}

async fn owners(log: &Log, group: ConversationId) -> Vec<UserId> {
    let members = log.store.members(group).await.unwrap();
    let owners = members.iter().filter(|member| member.role == Role::Owner);
    owners.map(|member| member.user.id).collect()
}

/// Members are added once and removed once, also within one message.
pub(crate) async fn nobody_comes_or_goes_twice(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let add_bob = add(bob, Role::Member);
    for (effects, code) in [
        (vec![remove(bob)], "not_a_member"),
        (vec![role(bob, Role::Admin)], "not_a_member"),
        (vec![add(ann, Role::Member)], "already_member"),
        (vec![add_bob.clone(), add_bob.clone()], "already_member"),
        (vec![add_bob.clone(), remove(bob)], "not_a_member"),
        (vec![add_bob, role(bob, Role::Admin)], "appended"),
        (vec![remove(bob), remove(bob)], "not_a_member"),
        (vec![remove(bob), add(bob, Role::Member)], "already_member"),
        (vec![remove(bob)], "appended"),
        (vec![remove(bob)], "not_a_member"),
        (vec![role(bob, Role::Admin)], "not_a_member"),
    ] {
        let outcome = log.change(group, ann, &effects).await;
        assert_eq!(word(&outcome), code, "{effects:?}");
    }
    let seen = log.store.group(ann, group).await.unwrap().unwrap();
    assert_eq!(seen.member_count, 1);
}

/// Leaving and coming back in one batch makes two stays; nothing is lost or doubled.
pub(crate) async fn leaving_and_coming_back_at_once(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let outcomes = log
        .append(vec![
            say(group, 2, ann, "one"),
            changing(group, 3, bob, &[remove(bob)]),
            say(group, 4, ann, "while away"),
            changing(group, 5, bob, &[add(bob, Role::Member)]),
            say(group, 6, ann, "two"),
        ])
        .await;
    assert_eq!(words(&outcomes), ["appended"; 5]);
    assert_eq!(log.seqs_in_feed(bob, group).await, [2, 3, 4, 6, 7]);
    let history = log.seqs_in_history(bob, group).await.unwrap();
    assert_eq!(history, [2, 3, 4, 6, 7]);
    let sync = log.store.sync(bob).await.unwrap().unwrap();
    assert_eq!(sync.conversations.len(), 1);
    let row = &sync.conversations[0];
    assert_eq!(
        (row.left, row.from_seq, row.head_seq),
        (false, Seq(6), Seq(7))
    );
}

/// Two who have an open stay in the same group share one; a direct conversation is none.
pub(crate) async fn sharing_a_group(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.direct(ann, bob).await;
    let share = async || {
        let one_way = log.store.share_a_group(bob, ann).await.unwrap();
        let other_way = log.store.share_a_group(ann, bob).await.unwrap();
        assert_eq!(one_way, other_way);
        one_way
    };
    assert!(!share().await);
    log.join(group, bob).await;
    assert!(share().await);
    log.leave(group, bob).await;
    assert!(!share().await);
    log.join(group, bob).await;
    assert!(share().await);
}

/// A dissolved group takes nobody in, gives its name up, and may lose even its owner.
pub(crate) async fn a_group_comes_to_its_end(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let leaving = log.change(group, ann, &[remove(ann)]).await;
    assert_eq!(word(&leaving), "owner_must_transfer");
    let over = Effect::SetField(GroupField::Dissolved(77));
    assert_eq!(word(&log.change(group, ann, &[over]).await), "appended");
    let eve = log.user("eve").await;
    let joining = log.change(group, eve, &[add(eve, Role::Member)]).await;
    assert_eq!(word(&joining), "dissolved");
    let seen = log.store.group(bob, group).await.unwrap().unwrap();
    assert_eq!(seen.settings.dissolved_at_ms, Some(77));
    assert_eq!(
        seen.settings.name, "group",
        "its members still know it by it"
    );
    assert_eq!(log.store.find_groups(bob, "group", 9).await.unwrap(), []);
    let bounds = Bounds {
        groups_per_user: 1,
        ..Bounds::default()
    };
    let heir = ConversationId(Uuid::now_v7());
    let batch = Batch {
        bounds,
        ..log
            .batch(vec![Entry::Append(founding(heir, ann, "Group"))])
            .await
    };
    let outcomes = log.store.commit(&batch).await.unwrap();
    assert_eq!(words(&outcomes), ["appended"], "it counts no more");
    for user in [ann, bob] {
        assert_eq!(
            word(&log.change(group, user, &[remove(user)]).await),
            "appended"
        );
    }
    let seen = log.store.group(bob, group).await.unwrap().unwrap();
    assert_eq!((seen.member_count, seen.role), (0, None));
    assert_eq!(
        log.seqs_in_history(bob, group).await,
        Some(vec![2, 3, 4, 5])
    );
}

/// Who waits to be let in is told so by the group.
pub(crate) async fn pending_requests_are_seen(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    let request = put("group.request", &bob.to_string(), json!({}), 9);
    assert_eq!(word(&log.change(group, ann, &[request]).await), "appended");
    let pending = async |user| log.store.group(user, group).await.unwrap().unwrap().pending;
    assert_eq!((pending(ann).await, pending(bob).await), (false, true));
    let found = log.store.find_groups(bob, "group", 9).await.unwrap();
    assert!(found[0].pending);
    let settings = put(
        "conversation",
        &group.to_string(),
        json!({"pinned": true}),
        9,
    );
    let own = ConversationId::own(ann);
    let pins = Append {
        r#type: ConversationType::Own,
        ..changing(own, 0, ann, &[settings])
    };
    log.appended(pins).await;
    let sync = log.store.sync(ann).await.unwrap().unwrap();
    assert_eq!(sync.settings[&group], json!({"pinned": true}));
    assert_eq!(sync.settings.len(), 1);
}
