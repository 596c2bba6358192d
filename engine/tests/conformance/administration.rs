//! Administrators: whom they disable, who stays one, and what the audit log tells of it.

use webqq_engine::store::AuditRecord;

use super::*;

pub(super) fn disable(user: UserId, disabled: bool) -> Deed {
    Deed::Disable { user, disabled }
}

pub(super) fn promotion(user: UserId) -> Deed {
    Deed::SetAdministrator {
        user,
        administrator: true,
    }
}

pub(super) fn password(user: UserId) -> Deed {
    Deed::ResetPassword {
        user,
        hash: "a secret hash".into(),
    }
}

/// An act of an administrator.
pub(crate) fn act(by: UserId, deed: Deed) -> Entry {
    Entry::Act(Box::new(Act {
        by: Some(by),
        address: Some("192.0.2.1".into()),
        at_ms: 77,
        deed,
    }))
}

async fn audit(log: &Log) -> Vec<AuditRecord> {
    log.store.audit(i64::MAX, 99).await.unwrap()
}

/// Who is disabled has no session and opens none, until let in again.
pub(crate) async fn a_user_is_disabled(log: &Log) {
    let (boss, ann) = (log.user("boss").await, log.user("ann").await);
    log.done(promote(boss, true)).await;
    let session = log.session(ann, 1).await;
    log.done(act(boss, disable(ann, true))).await;
    assert!(
        log.store
            .living_sessions(&[session])
            .await
            .unwrap()
            .is_empty()
    );
    let token = session.to_string();
    assert_eq!(log.store.session(&token).await.unwrap(), None);
    let open = || Entry::OpenSession(new_session(ann, 2));
    assert_eq!(word(&log.one(open()).await), "not_found");
    // Again, in one batch with the way back: what is so already leaves no trace.
    let outcomes = log
        .commit(vec![
            act(boss, disable(ann, true)),
            act(boss, disable(ann, false)),
            act(boss, disable(ann, false)),
            open(),
        ])
        .await;
    assert_eq!(words(&outcomes), ["done"; 4]);
    assert_eq!(
        log.store.session(&token).await.unwrap(),
        None,
        "it stays over"
    );
    let (_, hash) = log.store.credentials("ann").await.unwrap().unwrap();
    assert_eq!(hash.as_deref(), Some("hash"));
    log.done(act(boss, password(ann))).await;
    assert!(log.store.sessions(ann).await.unwrap().is_empty());
    let (_, hash) = log.store.credentials("ann").await.unwrap().unwrap();
    assert_eq!(hash.as_deref(), Some("a secret hash"));

    let rows = audit(log).await;
    let acts: Vec<_> = rows.iter().map(|row| (row.id, row.act.as_str())).collect();
    assert_eq!(
        acts,
        [
            (4, "user.password"),
            (3, "user.enable"),
            (2, "user.disable"),
            (1, "user.administrator"),
        ]
    );
    let expected = AuditRecord {
        id: 2,
        at_ms: 77,
        administrator: Some(boss),
        act: "user.disable".into(),
        target: Some(ann.0),
        detail: "{}".into(),
        address: Some("192.0.2.1".into()),
    };
    assert_eq!(rows[2], expected);
    assert_eq!((rows[3].administrator, &rows[3].address), (None, &None));
    assert_eq!(rows[3].detail, r#"{"administrator":true}"#);
    let page = log.store.audit(3, 1).await.unwrap();
    assert_eq!(page, [expected]);
    assert_eq!(log.store.audit(1, 9).await.unwrap(), []);
    assert!(!format!("{rows:?}").contains("secret"));
}

/// There is always an administrator, and only administrators act; also within one batch.
pub(crate) async fn the_last_administrator_stays(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    log.done(promote(ann, true)).await;
    let demote = |user| Deed::SetAdministrator {
        user,
        administrator: false,
    };
    let outcomes = log
        .commit(vec![
            act(eve, promotion(eve)),
            act(ann, demote(ann)),
            act(ann, disable(ann, true)),
            Entry::DeleteUser { user: ann },
            promote(ann, false),
            act(ann, promotion(bob)),
            act(ann, promotion(bob)),
            act(bob, demote(ann)),
            act(ann, promotion(ann)),
            act(bob, demote(bob)),
        ])
        .await;
    const LAST: &str = "last_administrator";
    assert_eq!(
        words(&outcomes),
        [
            "not_allowed",
            LAST,
            LAST,
            LAST,
            LAST,
            "done",
            "done",
            "done",
            "not_allowed",
            LAST,
        ]
    );
    // One who is disabled does not count, and does not act.
    log.done(act(bob, promotion(ann))).await;
    log.done(act(bob, disable(ann, true))).await;
    let outcomes = log
        .commit(vec![
            act(bob, demote(bob)),
            act(ann, disable(bob, true)),
            act(bob, disable(ann, false)),
            act(ann, disable(bob, true)),
        ])
        .await;
    assert_eq!(words(&outcomes), [LAST, "not_allowed", "done", "done"]);
    assert_eq!(audit(log).await.len(), 7);
    let bob = log.store.users(&[bob]).await.unwrap().remove(0);
    assert!(bob.disabled && bob.administrator);
}

/// A user made with its mark and its row in the audit log, or not at all.
pub(crate) async fn a_user_is_made_by_command(log: &Log) {
    let create = |name: &str, administrator| {
        let user = new_user(name);
        let deed = Deed::CreateUser {
            user,
            administrator,
        };
        Act::by_command(deed, 3)
    };
    let (boss, ann) = (create("boss", true), create("ann", false));
    let outcomes = log
        .commit(vec![
            boss.clone(),
            create("BOSS", true),
            create("b0ss", true),
            ann,
            boss,
        ])
        .await;
    let expected = [
        "done",
        "username_taken",
        "username_lookalike",
        "done",
        "done",
    ];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(audit(log).await.len(), 2);
    let (boss, _) = log.store.credentials("boss").await.unwrap().unwrap();
    assert!(boss.administrator);
    log.done(act(boss.id, promotion(boss.id))).await;
}

/// The message and its row in the audit log, or neither.
pub(crate) async fn an_act_on_a_group_goes_with_its_message(log: &Log) {
    let (boss, eve, ann) = (
        log.user("boss").await,
        log.user("eve").await,
        log.user("ann").await,
    );
    log.done(promote(boss, true)).await;
    let group = log.group(ann, "group").await;
    let by = |by: UserId, expects: i64, limit: i64| {
        let effect = limited(limit);
        let act = Act {
            by: Some(by),
            address: None,
            at_ms: 77,
            deed: Deed::LimitGroup(limit),
        };
        Entry::Append(Append {
            sender: None,
            act: Some(Box::new(act)),
            ..changing(group, expects, ann, &[effect])
        })
    };
    let outcomes = log
        .commit(vec![
            by(eve, 1, 300),
            by(boss, 9, 300),
            by(boss, 1, 0),
            by(boss, 1, 300),
            by(boss, 2, 400),
        ])
        .await;
    let expected = [
        "not_allowed",
        "conflict",
        "below_member_count",
        "appended",
        "appended",
    ];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(log.seq(group).await, 3);
    let rows = audit(log).await;
    let acts: Vec<_> = rows
        .iter()
        .map(|row| (row.act.as_str(), row.target))
        .collect();
    assert_eq!(acts[..2], [("group.limit", Some(group.0)); 2]);
    assert_eq!(
        (acts.len(), rows[0].detail.as_str()),
        (3, r#"{"member_limit":400}"#)
    );
    let alone = log.one(act(boss, Deed::DissolveGroup)).await;
    assert_eq!(word(&alone), "no_message");
    assert_eq!(audit(log).await.len(), 3);
}
