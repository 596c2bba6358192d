//! Names that look alike, deleted and disabled accounts, administrators, the audit log.

use uuid::Uuid;
use webqq_engine::store::{Account, AuditRecord};

use super::*;

/// A name whose look somebody has is refused, also within one batch, and also when who has it is
/// gone; Chinese names that only mean the same are not.
pub(crate) async fn look_alike_names_are_refused(log: &Log) {
    let create = |name: &str| Entry::CreateUser(new_user(name));
    let paul = new_user("paul");
    let batch = log.batch(vec![
        Entry::CreateUser(paul.clone()),
        create("раul"),
        create("PAUL"),
        create("PauI"),
        create("pau1"),
        Entry::CreateUser(paul.clone()),
        create("张伟"),
        create("張偉"),
        create("张玮"),
        create("士豆"),
        create("土豆"),
    ]);
    let outcomes = log.store.commit(&batch.await).await.unwrap();
    const ALIKE: &str = "username_lookalike";
    assert_eq!(
        words(&outcomes),
        [
            "done",
            ALIKE,
            "username_taken",
            ALIKE,
            ALIKE,
            "done",
            "done",
            "done",
            "done",
            "done",
            ALIKE,
        ]
    );
    let outcomes = log.commit(vec![create("раul"), create("paula")]).await;
    assert_eq!(words(&outcomes), [ALIKE, "done"]);
    log.done(Entry::DeleteUser { user: paul.id }).await;
    let outcomes = log.commit(vec![create("paul"), create("PauI")]).await;
    assert_eq!(words(&outcomes), [ALIKE, ALIKE]);
}

/// Who deletes an account leaves their messages, and nothing else to find them by.
pub(crate) async fn an_account_is_deleted(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(bob, "group").await;
    log.join(group, ann).await;
    log.post(group, ann, "hello").await;
    let session = log.session(ann, 1).await;
    let delete = |user| Entry::DeleteUser { user };
    let outcomes = log
        .commit(vec![delete(ann), delete(UserId(Uuid::now_v7()))])
        .await;
    assert_eq!(words(&outcomes), ["in_groups", "not_found"]);
    assert!(log.store.credentials("ann").await.unwrap().is_some());
    log.leave(group, ann).await;
    let outcomes = log.commit(vec![delete(ann), delete(ann)]).await;
    assert_eq!(words(&outcomes), ["done", "done"]);
    log.done(delete(ann)).await;

    let me = log.store.users(&[ann]).await.unwrap().remove(0);
    assert_eq!(
        (me.name.as_str(), me.signature.as_str()),
        ("deleted account", "")
    );
    assert_eq!(me.username, format!("~{}", me.number));
    assert!(me.deleted && me.disabled && !me.administrator);
    assert_eq!(log.store.credentials("ann").await.unwrap(), None);
    let (_, hash) = log.store.credentials(&me.username).await.unwrap().unwrap();
    assert_eq!(hash, None);
    assert!(log.store.sessions(ann).await.unwrap().is_empty());
    let living = log.store.living_sessions(&[session]).await.unwrap();
    assert!(living.is_empty());
    assert_eq!(log.store.find_users("ann", 9).await.unwrap(), []);
    let outcome = log.one(Entry::OpenSession(new_session(ann, 2))).await;
    assert_eq!(word(&outcome), "not_found");
    let said = log.store.messages(bob, group, &[Seq(3)]).await.unwrap();
    assert_eq!(
        (said[0].sender, said[0].sender_name.as_str()),
        (Some(ann), "somebody")
    );
    assert!(said[0].body.as_deref().unwrap().contains("hello"));
    // Nobody brings it back.
    for deed in [disable(ann, false), promotion(ann), password(ann)] {
        let outcome = log.one(Act::by_command(deed, 1)).await;
        assert_eq!(word(&outcome), "account_deleted");
    }
}

fn disable(user: UserId, disabled: bool) -> Deed {
    Deed::Disable { user, disabled }
}

fn promotion(user: UserId) -> Deed {
    Deed::SetAdministrator {
        user,
        administrator: true,
    }
}

fn password(user: UserId) -> Deed {
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

/// Administrators find everyone, page by page.
pub(crate) async fn accounts_are_found(log: &Log) {
    let mut users = Vec::new();
    for name in ["anna", "Hanne", "bob", "50%", "a_n", "张安"] {
        users.push(log.user(name).await);
    }
    log.done(Act::by_command(disable(users[1], true), 1)).await;
    log.done(Entry::DeleteUser { user: users[2] }).await;
    let find = async |query: &str, after, limit| {
        let found = log.store.accounts(query, after, limit).await.unwrap();
        let name = |account: &Account| account.user.username.clone();
        found.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(
        find("", 0, 9).await,
        ["anna", "Hanne", "~10003", "50%", "a_n", "张安"]
    );
    assert_eq!(find("AN", 0, 9).await, ["anna", "Hanne"]);
    assert_eq!(find("an", 10_001, 9).await, ["Hanne"]);
    assert_eq!(find("an", 0, 1).await, ["anna"]);
    assert_eq!(find("%", 0, 9).await, ["50%"]);
    assert_eq!(find("_", 0, 9).await, ["a_n"]);
    assert_eq!(find("安", 0, 9).await, ["张安"]);
    assert_eq!(find("10004", 0, 9).await, ["50%"]);
    assert_eq!(find("deleted", 0, 9).await, ["~10003"]);
    assert_eq!(find("bob", 0, 9).await, [""; 0]);
    let account = log.store.accounts("hanne", 0, 1).await.unwrap().remove(0);
    assert!(account.user.disabled && !account.user.deleted);
    assert_eq!(account.created_at_ms, 1);
}

/// What somebody posted, in one conversation, page by page.
pub(crate) async fn own_messages(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (one, two) = (log.group(ann, "one").await, log.group(ann, "two").await);
    log.join(one, bob).await;
    for nth in 0..3 {
        log.post(one, ann, &format!("a{nth}")).await;
        log.post(one, bob, &format!("b{nth}")).await;
    }
    log.post(two, ann, "elsewhere").await;
    let seqs = async |user, after, limit| {
        let mine = log.store.own_messages(user, one, Seq(after), limit).await;
        let mine = mine.unwrap();
        assert!(
            mine.iter()
                .all(|m| m.sender == Some(user) && m.conversation == one)
        );
        mine.iter().map(|message| message.seq.0).collect::<Vec<_>>()
    };
    assert_eq!(seqs(ann, 0, 9).await, [1, 3, 5, 7]);
    assert_eq!(seqs(bob, 0, 9).await, [2, 4, 6, 8]);
    assert_eq!(seqs(ann, 1, 2).await, [3, 5]);
    assert_eq!(seqs(ann, 5, 2).await, [7]);
    assert_eq!(seqs(ann, 7, 2).await, NONE);
    assert_eq!(seqs(UserId(Uuid::now_v7()), 0, 2).await, NONE);
}

/// Administrators find all groups; one that was dissolved by its number, and among all.
pub(crate) async fn all_groups_are_found(log: &Log) {
    let ann = log.user("ann").await;
    let mut groups = Vec::new();
    for name in ["Rust", "rusty 50%", "天气", "over"] {
        groups.push(log.group(ann, name).await);
    }
    let bob = log.user("bob").await;
    log.direct(ann, bob).await;
    let over = Effect::SetField(GroupField::Dissolved(9));
    assert_eq!(word(&log.change(groups[3], ann, &[over]).await), "appended");
    let find = async |query: &str, after, limit| {
        let found = log.store.all_groups(query, after, limit).await.unwrap();
        assert!(found.iter().all(|group| group.role.is_none()));
        let number = |group: &webqq_engine::store::Group| group.number - 10_000;
        found.iter().map(number).collect::<Vec<_>>()
    };
    assert_eq!(find("", 0, 9).await, [2, 3, 4, 5]);
    assert_eq!(find("RUST", 0, 9).await, [2, 3]);
    assert_eq!(find("rust", 10_002, 9).await, [3]);
    assert_eq!(find("rust", 0, 1).await, [2]);
    assert_eq!(find("%", 0, 9).await, [3]);
    assert_eq!(find("气", 0, 9).await, [4]);
    assert_eq!(find("over", 0, 9).await, NONE);
    assert_eq!(find("10005", 0, 9).await, [5]);
    assert_eq!(find("10001", 0, 9).await, NONE, "a user");
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
