//! Groups: names, limits, owners, comings and goings.

use uuid::Uuid;
use webqq_engine::group::state::{Announcement, JoinMode};
use webqq_engine::store::Group;

use super::*;

fn fresh() -> ConversationId {
    ConversationId(Uuid::now_v7())
}

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

/// What is set in a group is there for its actor and for those who look at it.
pub(crate) async fn settings_roles_mutes_and_states(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let group = log.group(ann, "Gruppe Ä").await;
    let state = serde_json::json!({ "n": [1, "二", null] });
    let announcement = Announcement {
        text: "公告".into(),
        by: Some(bob),
        at_ms: Some(17),
    };
    let face = log.face(ann, "face").await;
    let effects = [
        Effect::SetField(GroupField::Description("about 'us'".into())),
        Effect::SetField(GroupField::Announcement(announcement.clone())),
        Effect::SetField(GroupField::MuteAll(true)),
        Effect::SetField(GroupField::SlowMode(30)),
        Effect::SetField(GroupField::Avatar(Some(face))),
        Effect::SetCard {
            user: ann,
            card: "群主".into(),
        },
        Effect::SetField(GroupField::JoinMode(JoinMode::Closed)),
        add(eve, Role::Member),
        add(bob, Role::Admin),
        Effect::SetMute {
            user: eve,
            until_ms: Some(99),
        },
        Effect::SetState(state.clone()),
        shared(true),
        limited(5),
    ];
    assert_eq!(word(&log.change(group, ann, &effects).await), "appended");
    let other = Append {
        kind: "poll".into(),
        effects: vec![Effect::SetState(serde_json::json!(7))],
        ..changing(group, 2, ann, &[])
    };
    log.appended(other.clone()).await;
    let replaced = Append {
        expects: Some(Seq(3)),
        client_id: ClientId(Uuid::new_v4()),
        effects: vec![Effect::SetState(serde_json::json!(8))],
        ..other
    };
    log.appended(replaced).await;

    let (now, _) = log.store.conversation(group).await.unwrap().unwrap();
    assert!(now.exists);
    assert_eq!(now.settings.name, "Gruppe Ä");
    assert_eq!(now.settings.description, "about 'us'");
    assert_eq!(now.settings.announcement, announcement);
    assert_eq!(
        (now.settings.mute_all, now.settings.slow_mode_s),
        (true, 30)
    );
    assert_eq!(now.settings.avatar, Some(face));
    assert_eq!(now.roster[&ann].card, "群主");
    assert_eq!(now.settings.join_mode, JoinMode::Closed);
    assert_eq!(
        (now.settings.member_limit, now.settings.history_shared),
        (5, true)
    );
    assert_eq!(now.roster[&eve].muted_until_ms, Some(99));
    assert_eq!(now.roster[&bob].role, Role::Admin);
    assert_eq!(now.kind_states["group.change"], state);
    assert_eq!(now.kind_states["poll"], serde_json::json!(8));
    assert_eq!(now.kind_states.len(), 2);

    let members = log.store.members(group).await.unwrap();
    let order: Vec<_> = members.iter().map(|m| (m.user.id, m.role)).collect();
    let expected = [(ann, Role::Owner), (bob, Role::Admin), (eve, Role::Member)];
    assert_eq!(order, expected);
    assert_eq!(members[2].muted_until_ms, Some(99));
    let cards: Vec<_> = members.iter().map(|m| m.card.as_str()).collect();
    assert_eq!(cards, ["群主", "", ""]);

    let seen = |viewer| {
        let store = log.store.clone();
        async move { store.group(viewer, group).await.unwrap().unwrap() }
    };
    let stranger = UserId(Uuid::now_v7());
    let for_stranger = seen(stranger).await;
    let expected = Group {
        id: group,
        number: for_stranger.number,
        settings: now.settings,
        member_count: 3,
        role: None,
        pending: false,
    };
    assert_eq!(for_stranger, expected);
    assert_eq!(seen(bob).await.role, Some(Role::Admin));
    log.leave(group, bob).await;
    assert_eq!(seen(bob).await.role, None, "a former member is a stranger");
    log.join(group, bob).await;
    assert_eq!(
        seen(bob).await.role,
        Some(Role::Member),
        "roles do not last"
    );
    let none = log.store.group(ann, fresh()).await.unwrap();
    assert_eq!(none, None);
}

/// Members come with the owner first, then admins, then the rest, each by folded user name.
pub(crate) async fn members_are_sorted(log: &Log) {
    let owner = log.user("zoe").await;
    let group = log.group(owner, "group").await;
    for name in ["Ähre", "bert", "Anna", "Ωmega", "_x", "李"] {
        let user = log.user(name).await;
        log.join(group, user).await;
        if name == "Ωmega" || name == "bert" {
            let outcome = log.change(group, owner, &[role(user, Role::Admin)]).await;
            assert_eq!(word(&outcome), "appended");
        }
    }
    let members = log.store.members(group).await.unwrap();
    let names: Vec<_> = members.iter().map(|m| m.user.username.as_str()).collect();
    assert_eq!(names, ["zoe", "bert", "Ωmega", "_x", "Anna", "Ähre", "李"]);
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
