//! Direct conversations: who may write to whom, and what each is shown of the other's reading.

use serde_json::json;
use webqq_engine::store::Rights;

use super::mechanisms::put;
use super::*;

/// Who may write to whom: friends, blocks, groups in common, disabled accounts.
pub(crate) async fn rights_in_direct_conversations(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let direct = log.direct(ann, bob).await;
    let rights = async |user| log.store.rights(direct, user).await.unwrap();
    let none = Rights {
        peer: bob,
        friends: false,
        blocked: false,
        blocking: false,
        share_a_group: false,
        peer_disabled: false,
    };
    assert_eq!(rights(ann).await, Some(none));
    let set = async |user: UserId, effect: Effect| {
        let own = ConversationId::own(user);
        let append = Append {
            r#type: ConversationType::Own,
            ..changing(own, log.seq(own).await, user, &[effect])
        };
        log.appended(append).await;
    };
    set(bob, put("friend", &ann.to_string(), json!({}), 9)).await;
    set(bob, put("block", &ann.to_string(), json!({}), 9)).await;
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let expected = Rights {
        friends: true,
        blocked: true,
        share_a_group: true,
        ..none
    };
    assert_eq!(rights(ann).await, Some(expected));
    let of_bob = rights(bob).await.unwrap();
    assert_eq!((of_bob.peer, of_bob.friends), (ann, false));
    assert_eq!((of_bob.blocked, of_bob.blocking), (false, true));
    let relation = log.store.relation(ann, bob).await.unwrap();
    assert_eq!(relation, rights(ann).await);
    let nobody = UserId(Uuid::now_v7());
    assert_eq!(log.store.relation(ann, nobody).await.unwrap(), None);
    assert_eq!(rights(UserId(Uuid::now_v7())).await, None);
    assert_eq!(log.store.rights(group, ann).await.unwrap(), None);
    let over = Effect::SetField(GroupField::Dissolved(1));
    assert_eq!(word(&log.change(group, ann, &[over]).await), "appended");
    assert!(!rights(ann).await.unwrap().share_a_group);
    let names = log.store.member_names(direct).await.unwrap();
    let mut names: Vec<_> = names.into_iter().map(|one| one.username).collect();
    names.sort();
    assert_eq!(names, ["ann", "bob"]);
}

/// How far somebody has read is shown to the other if both show it, and not while invisible.
pub(crate) async fn read_receipts(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let direct = log.direct(ann, bob).await;
    let say = async |user: UserId| {
        let append = Append {
            r#type: ConversationType::Direct,
            ..say(direct, log.seq(direct).await, user, "x")
        };
        log.appended(append).await;
    };
    let read = async |user, seq| {
        let (conversation, seq) = (direct, Seq(seq));
        log.done(Entry::SetRead {
            user,
            conversation,
            seq,
        })
        .await;
    };
    let seen_by = async |user| {
        let sync = log.store.sync(user).await.unwrap().unwrap();
        let mut rows = sync.conversations.into_iter();
        let row = rows.find(|row| row.id == direct).unwrap();
        row.peer_read_seq.map(|seq| seq.0)
    };
    for _ in 0..4 {
        say(ann).await;
    }
    assert_eq!((seen_by(ann).await, seen_by(bob).await), (Some(0), Some(4)));
    read(bob, 2).await;
    assert_eq!(seen_by(ann).await, Some(2));
    log.profile(bob, &[ProfileField::Status(Status::Invisible)])
        .await;
    read(bob, 3).await;
    assert_eq!(seen_by(ann).await, Some(2), "not while invisible");
    log.profile(bob, &[ProfileField::Status(Status::Online)])
        .await;
    assert_eq!(
        seen_by(ann).await,
        Some(2),
        "nor afterwards what was read then"
    );
    read(bob, 4).await;
    assert_eq!(seen_by(ann).await, Some(4));
    log.profile(bob, &[ProfileField::ReadReceipts(false)]).await;
    assert_eq!((seen_by(ann).await, seen_by(bob).await), (None, None));
    say(ann).await;
    read(bob, 5).await;
    log.profile(bob, &[ProfileField::ReadReceipts(true)]).await;
    assert_eq!(seen_by(ann).await, Some(4), "read while it was off");
    say(bob).await;
    assert_eq!(seen_by(ann).await, Some(6), "who answers has read");
}
