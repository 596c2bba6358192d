//! Accounts: names that look alike, deletion, and finding them and what they wrote.

use webqq_engine::store::Account;

use super::administration::{disable, password, promotion};
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
