//! What is set in a group, and the order of its members.

use webqq_engine::group::state::{Announcement, JoinMode};
use webqq_engine::store::Group;

use super::groups::fresh;
use super::*;

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
