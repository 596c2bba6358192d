//! History: what may be read of a conversation by seq.

use uuid::Uuid;

use super::*;

/// P5: each stay shows from its first seq to its end; shared history from the beginning.
pub(crate) async fn history_is_what_the_stays_show(log: &Log) {
    let (ann, bob, eve) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("eve").await,
    );
    let group = log.group(ann, "group").await;
    log.post(group, ann, "2").await;
    log.join(group, bob).await;
    log.post(group, ann, "4").await;
    log.leave(group, bob).await;
    log.post(group, ann, "6").await;
    assert_eq!(log.seqs_in_history(bob, group).await.unwrap(), [3, 4, 5]);
    assert_eq!(log.seqs_in_history(eve, group).await, None);
    let nowhere = ConversationId(Uuid::now_v7());
    assert_eq!(log.seqs_in_history(ann, nowhere).await, None);
    log.join(group, bob).await;
    log.post(group, ann, "8").await;
    let expected = [3, 4, 5, 7, 8];
    assert_eq!(log.seqs_in_history(bob, group).await.unwrap(), expected);
    // Shared from now on: whoever comes now sees all of it, whoever was there does not.
    log.change(group, ann, &[shared(true)]).await;
    log.join(group, eve).await;
    let all: Vec<_> = (1..=10).collect();
    assert_eq!(log.seqs_in_history(eve, group).await.unwrap(), all);
    let expected = [3, 4, 5, 7, 8, 9, 10];
    assert_eq!(log.seqs_in_history(bob, group).await.unwrap(), expected);
    log.leave(group, bob).await;
    log.join(group, bob).await;
    let all: Vec<_> = (1..=12).collect();
    assert_eq!(log.seqs_in_history(bob, group).await.unwrap(), all);
    // What was readable stays so, and no more.
    log.leave(group, bob).await;
    log.post(group, ann, "14").await;
    let all: Vec<_> = (1..=13).collect();
    assert_eq!(log.seqs_in_history(bob, group).await.unwrap(), all);
}

/// `before` and `after` are exclusive; the answer is ascending; the latest unless `after` says
/// where to begin.
pub(crate) async fn parts_of_history(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    for text in ["3", "4", "5"] {
        log.post(group, ann, text).await;
    }
    log.leave(group, bob).await;
    log.post(group, ann, "7").await;
    log.join(group, bob).await;
    log.post(group, ann, "9").await;
    let part = async |before: i64, after: i64, limit| {
        let range = Range {
            before: (before != 0).then_some(Seq(before)),
            after: (after != 0).then_some(Seq(after)),
            limit,
        };
        let messages = log.store.history(bob, group, range).await.unwrap().unwrap();
        messages.iter().map(|m| m.seq.0).collect::<Vec<_>>()
    };
    // Bob sees 2 to 6, 8 and 9.
    assert_eq!(part(0, 0, 3).await, [6, 8, 9]);
    assert_eq!(part(0, 0, 99).await, [2, 3, 4, 5, 6, 8, 9]);
    assert_eq!(part(9, 0, 3).await, [5, 6, 8]);
    assert_eq!(part(8, 0, 2).await, [5, 6]);
    assert_eq!(part(7, 0, 2).await, [5, 6]);
    assert_eq!(part(2, 0, 2).await, NONE);
    assert_eq!(part(0, 1, 2).await, [2, 3]);
    assert_eq!(part(0, 5, 2).await, [6, 8]);
    assert_eq!(part(0, 6, 9).await, [8, 9]);
    assert_eq!(part(0, 9, 9).await, NONE);
    assert_eq!(part(9, 3, 2).await, [4, 5]);
    assert_eq!(part(9, 3, 9).await, [4, 5, 6, 8]);
    assert_eq!(part(4, 3, 9).await, NONE);
    assert_eq!(part(3, 8, 9).await, NONE);
    assert_eq!(part(0, 0, 0).await, NONE);
    assert_eq!(part(i64::MAX, 0, 1).await, [9]);
    assert_eq!(part(0, i64::MAX, 1).await, NONE);
    assert_eq!(part(0, i64::MIN, 1).await, [2]);
}

/// Single messages obey the same rule; what may not be seen is left out, as what does not exist.
pub(crate) async fn single_messages(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let group = log.group(ann, "group").await;
    log.join(group, bob).await;
    let whispered = Append {
        audience: Some(vec![ann]),
        ..say(group, 2, ann, "psst")
    };
    log.appended(whispered).await;
    log.leave(group, bob).await;
    log.post(group, ann, "5").await;
    let seqs = async |user, seqs: &[i64]| {
        let seqs: Vec<_> = seqs.iter().copied().map(Seq).collect();
        let found = log.store.messages(user, group, &seqs).await.unwrap();
        found.iter().map(|m| m.seq.0).collect::<BTreeSet<_>>()
    };
    let all = [1, 2, 3, 4, 5, 6, 0, -1, i64::MAX, 3];
    assert_eq!(seqs(bob, &all).await, [2, 3, 4].into());
    assert_eq!(seqs(ann, &all).await, [1, 2, 3, 4, 5].into());
    assert_eq!(seqs(bob, &[5]).await, [].into());
    assert_eq!(seqs(bob, &[]).await, [].into());
    assert_eq!(seqs(UserId(Uuid::now_v7()), &all).await, [].into());
}
