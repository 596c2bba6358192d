//! Invitations to the server, and reports of messages.

use uuid::Uuid;
use webqq_engine::limits::{REPORTS_OPEN_PER_USER, SERVER_INVITATIONS};
use webqq_engine::store::{InvitationRecord, Invited, ReportRecord, ReportState};

use super::administration::act;
use super::*;

fn invitation(code: &str, uses: i64, expires_at_ms: i64) -> InvitationRecord {
    InvitationRecord {
        id: Uuid::now_v7(),
        code_hash: code.into(),
        note: "for 朋友".into(),
        created_by: None,
        created_at_ms: 1,
        expires_at_ms,
        uses,
        used: 0,
    }
}

fn invite(invitation: &InvitationRecord, at_ms: i64) -> Entry {
    Act::by_command(Deed::Invite(invitation.clone()), at_ms)
}

fn sign_up(name: &str, code: &str, at_ms: i64) -> Entry {
    let user = NewUser {
        created_at_ms: at_ms,
        ..new_user(name)
    };
    let code_hash = code.into();
    Entry::Invited(Box::new(Invited { user, code_hash }))
}

async fn used(log: &Log) -> Vec<(String, i64)> {
    let all = log.store.invitations().await.unwrap();
    all.into_iter()
        .map(|one| (one.code_hash, one.used))
        .collect()
}

/// As many sign up with a code as may, also within one batch; who is refused for another reason
/// uses nothing up.
pub(crate) async fn an_invitation_is_used_up(log: &Log) {
    const NO: &str = "invitation_invalid";
    let two = invitation("two", 2, 100);
    log.done(invite(&two, 5)).await;
    assert_eq!(
        log.store.invitations().await.unwrap(),
        std::slice::from_ref(&two)
    );
    let ann = sign_up("ann", "two", 10);
    let outcomes = log
        .commit(vec![
            sign_up("eve", "other", 10),
            sign_up("eve", "two", 100),
            ann.clone(),
            sign_up("ANN", "two", 10),
            sign_up("αnn", "two", 10),
            sign_up("bob", "two", 99),
            sign_up("cid", "two", 10),
            ann.clone(),
        ])
        .await;
    let expected = [
        NO,
        NO,
        "done",
        "username_taken",
        "username_lookalike",
        "done",
        NO,
        "done",
    ];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(used(log).await, [("two".into(), 2)]);
    assert_eq!(word(&log.one(sign_up("dan", "two", 10)).await), NO);
    assert!(log.store.credentials("dan").await.unwrap().is_none());

    let end = |id| Act::by_command(Deed::EndInvitation(id), 6);
    let (id, none) = (two.id, Uuid::now_v7());
    let outcomes = log.commit(vec![end(id), end(id), end(none)]).await;
    assert_eq!(words(&outcomes), ["done", "not_found", "not_found"]);
    assert_eq!(used(log).await, []);
    let audit = log.store.audit(i64::MAX, 9).await.unwrap();
    let acts: Vec<_> = audit.iter().map(|row| row.act.as_str()).collect();
    assert_eq!(acts, ["invitation.end", "invitation.create"]);
    assert_eq!(audit[0].detail, r#"{"used":2,"uses":2}"#);
    assert!(!format!("{audit:?}").contains("\"two\""), "the code's hash");
}

/// There are so many that let somebody in; those that do not any more make room.
pub(crate) async fn invitations_are_bounded(log: &Log) {
    let good: Vec<_> = (1..SERVER_INVITATIONS)
        .map(|nth| invitation(&nth.to_string(), 1, 100))
        .collect();
    let made = good.iter().map(|one| invite(one, 5)).collect();
    assert!(
        words(&log.commit(made).await)
            .iter()
            .all(|word| *word == "done")
    );
    let (over, last, more) = (
        invitation("over", 1, 20),
        invitation("last", 1, 100),
        invitation("more", 1, 100),
    );
    let outcomes = log.commit(vec![invite(&over, 5), invite(&last, 5)]).await;
    assert_eq!(words(&outcomes), ["done", "too_many_invitations"]);
    let outcomes = log.commit(vec![invite(&last, 20), invite(&more, 20)]).await;
    assert_eq!(words(&outcomes), ["done", "too_many_invitations"]);
    let all = used(log).await;
    assert_eq!(all.len(), SERVER_INVITATIONS);
    assert!(all.iter().all(|(code, _)| code != "over"));
    log.done(sign_up("ann", "1", 30)).await;
    log.done(invite(&more, 30)).await;
    assert!(used(log).await.iter().all(|(code, _)| code != "1"));
}

fn report_of(reporter: UserId, sender: UserId) -> ReportRecord {
    ReportRecord {
        id: Uuid::now_v7(),
        number: 0,
        reporter,
        reason: "广告".into(),
        created_at_ms: 7,
        conversation: ConversationId(Uuid::now_v7()),
        seq: Seq(3),
        kind: "text".into(),
        sender,
        sender_name: "Bob".into(),
        body: Some(r#"{"text":"buy"}"#.into()),
        sent_at_ms: 6,
        state: ReportState::Open,
        judged_by: None,
        judged_at_ms: None,
        note: String::new(),
    }
}

fn report(report: &ReportRecord) -> Entry {
    Entry::Report(Box::new(report.clone()))
}

fn judge(by: UserId, report: &ReportRecord, state: ReportState) -> Entry {
    let deed = Deed::Judge {
        report: report.id,
        state,
        note: "removed".into(),
    };
    act(by, deed)
}

async fn reports(log: &Log, state: Option<ReportState>) -> Vec<ReportRecord> {
    log.store.reports(state, i64::MAX, 99).await.unwrap()
}

/// A report is made once and closed once; then the copy of the message is gone.
pub(crate) async fn messages_are_reported(log: &Log) {
    let (ann, bob, boss) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("boss").await,
    );
    log.done(promote(boss, true)).await;
    let one = report_of(ann, bob);
    let again = ReportRecord {
        reason: "another reason".into(),
        ..one.clone()
    };
    let outcomes = log.commit(vec![report(&one), report(&again)]).await;
    assert_eq!(words(&outcomes), ["done", "done"]);
    log.done(report(&again)).await;
    let open = ReportRecord { number: 1, ..one };
    assert_eq!(reports(log, None).await, std::slice::from_ref(&open));
    assert_eq!(
        reports(log, Some(ReportState::Open)).await,
        std::slice::from_ref(&open)
    );

    let nothing = report_of(ann, bob);
    let outcomes = log
        .commit(vec![
            judge(ann, &open, ReportState::Resolved),
            judge(boss, &nothing, ReportState::Resolved),
            judge(boss, &open, ReportState::Resolved),
            judge(boss, &open, ReportState::Dismissed),
            report(&open),
        ])
        .await;
    let expected = ["not_allowed", "not_found", "done", "report_closed", "done"];
    assert_eq!(words(&outcomes), expected);
    assert_eq!(reports(log, Some(ReportState::Open)).await, []);
    let closed = ReportRecord {
        state: ReportState::Resolved,
        body: None,
        note: "removed".into(),
        judged_by: Some(boss),
        judged_at_ms: Some(77),
        ..open
    };
    assert_eq!(reports(log, Some(ReportState::Resolved)).await, [closed]);
    let audit = log.store.audit(i64::MAX, 1).await.unwrap().remove(0);
    assert_eq!(audit.act, "report.close");
    assert_eq!(audit.detail, r#"{"note":"removed","state":"resolved"}"#);
}

/// So many of one user wait at most, also within one batch; closed ones make room.
pub(crate) async fn reports_are_bounded(log: &Log) {
    let (ann, bob, boss) = (
        log.user("ann").await,
        log.user("bob").await,
        log.user("boss").await,
    );
    log.done(promote(boss, true)).await;
    let all: Vec<_> = (0..=REPORTS_OPEN_PER_USER)
        .map(|_| report_of(ann, bob))
        .collect();
    let outcomes = log.commit(all.iter().map(report).collect()).await;
    let words = words(&outcomes);
    let (last, others) = words.split_last().unwrap();
    assert_eq!(*last, "too_many_reports");
    assert!(others.iter().all(|word| *word == "done"));
    log.done(report(&report_of(bob, ann))).await;
    let outcome = log.one(report(&report_of(ann, bob))).await;
    assert_eq!(word(&outcome), "too_many_reports");
    let outcomes = log
        .commit(vec![
            judge(boss, &all[0], ReportState::Dismissed),
            report(&report_of(ann, bob)),
        ])
        .await;
    // The place is free for the next batch at the latest.
    assert_eq!(word(&outcomes[0]), "done");
    let open = reports(log, Some(ReportState::Open)).await.len() as i64;
    assert!((REPORTS_OPEN_PER_USER..=REPORTS_OPEN_PER_USER + 1).contains(&open));
}

/// The newest first, page by page.
pub(crate) async fn reports_are_listed(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    for _ in 0..5 {
        log.done(report(&report_of(ann, bob))).await;
    }
    let numbers = async |state, before, limit| {
        let found = log.store.reports(state, before, limit).await.unwrap();
        found.iter().map(|report| report.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(None, i64::MAX, 2).await, [5, 4]);
    assert_eq!(numbers(None, 4, 2).await, [3, 2]);
    assert_eq!(numbers(Some(ReportState::Open), 2, 9).await, [1]);
    assert_eq!(numbers(Some(ReportState::Dismissed), 9, 9).await, NONE);
}
