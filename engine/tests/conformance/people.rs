//! Users, their profiles and passwords, sessions.

use uuid::Uuid;
use webqq_engine::store::{Session, Status, User, WhichSessions};

use super::*;

/// A user name is taken once by Unicode's rules; numbers go up and are shared with groups.
pub(crate) async fn user_names_are_unique(log: &Log) {
    let (ann, zoe) = (new_user("Ärger"), new_user("ΟΔΟΣ"));
    let create = |user: &NewUser| Entry::CreateUser(user.clone());
    let outcomes = log
        .commit(vec![
            create(&ann),
            create(&new_user("äRGER")),
            create(&ann),
            create(&zoe),
            create(&new_user(" οδος ")),
            create(&new_user("arger")),
        ])
        .await;
    let expected = [
        "done",
        "username_taken",
        "done",
        "done",
        "username_taken",
        "done",
    ];
    assert_eq!(words(&outcomes), expected);
    let again = log
        .commit(vec![create(&new_user("ÄRGER")), create(&ann)])
        .await;
    assert_eq!(words(&again), ["username_taken", "done"]);
    let twin = NewUser {
        username: "twin".into(),
        ..ann.clone()
    };
    assert_eq!(
        words(&log.commit(vec![create(&twin)]).await),
        ["user_exists"]
    );

    let (user, hash) = log.store.credentials(" ÄRGER").await.unwrap().unwrap();
    let expected = User {
        id: ann.id,
        number: user.number,
        username: "Ärger".into(),
        name: "Ärger".into(),
        signature: String::new(),
        status: Status::Online,
        avatar: None,
        read_receipts: true,
        administrator: false,
        disabled: false,
        deleted: false,
        bot_of: None,
    };
    assert_eq!((user, hash), (expected.clone(), Some("hash".into())));
    assert_eq!(log.store.credentials("twin").await.unwrap(), None);
    let group = log.group(ann.id, "group").await;
    let group = log.store.group(ann.id, group).await.unwrap().unwrap();
    let users = log.store.users(&[ann.id, zoe.id, ann.id]).await.unwrap();
    assert_eq!(users.len(), 2);
    let number = |id| users.iter().find(|user| user.id == id).unwrap().number;
    // Refused ones take no number.
    let numbers = [number(ann.id), number(zoe.id), group.number];
    assert_eq!(numbers, [10_001, 10_002, 10_004]);
    let none = log.store.users(&[UserId(Uuid::now_v7())]).await.unwrap();
    assert_eq!(none, []);
    assert_eq!(log.store.users(&[]).await.unwrap(), []);
}

/// Bots are known by whose they are, until they are deleted.
pub(crate) async fn bots_are_somebodys(log: &Log) {
    let [ann, bob] = [log.user("ann").await, log.user("bob").await];
    let bot = |name: &str| NewUser {
        password_hash: None,
        bot_of: Some(ann),
        ..new_user(name)
    };
    let (two, one) = (bot("two"), bot("One"));
    let create = |user: &NewUser| Entry::CreateUser(user.clone());
    let outcomes = log.commit(vec![create(&two), create(&one)]).await;
    assert_eq!(words(&outcomes), ["done", "done"]);
    let names = async |owner| -> Vec<String> {
        let bots = log.store.bots(owner).await.unwrap();
        bots.into_iter().map(|bot| bot.username).collect()
    };
    assert_eq!(names(ann).await, ["One", "two"]);
    assert!(names(bob).await.is_empty());
    let found = log.store.users(&[one.id, ann]).await.unwrap();
    let owner = |id: UserId| found.iter().find(|user| user.id == id).unwrap().bot_of;
    assert_eq!((owner(one.id), owner(ann)), (Some(ann), None));
    let gone = log.commit(vec![Entry::DeleteUser { user: one.id }]).await;
    assert_eq!(words(&gone), ["done"]);
    assert_eq!(names(ann).await, ["two"]);
    // Its session is good for as long as its owner may sign in.
    let (session, other) = (log.session(two.id, 1).await, log.session(bob, 1).await);
    assert_eq!(living(log, &[session, other]).await, [true, true]);
    for disabled in [true, false] {
        let deed = Deed::Disable {
            user: ann,
            disabled,
        };
        log.done(Act::by_command(deed, 1)).await;
        assert_eq!(living(log, &[session, other]).await, [!disabled, true]);
    }
}

/// Profiles change field by field; users that do not exist are refused.
pub(crate) async fn profiles(log: &Log) {
    let ann = log.user("ann").await;
    let name = ProfileField::Name("Änn".into());
    assert_eq!(word(&log.profile(ann, &[name]).await), "appended");
    let more = [
        ProfileField::Signature("签名".into()),
        ProfileField::Status(Status::Invisible),
        ProfileField::ReadReceipts(false),
    ];
    assert_eq!(word(&log.profile(ann, &more).await), "appended");
    log.done(promote(ann, true)).await;
    let me = log.store.users(&[ann]).await.unwrap().remove(0);
    assert_eq!((me.name.as_str(), me.signature.as_str()), ("Änn", "签名"));
    assert_eq!((me.status, me.administrator), (Status::Invisible, true));
    assert!(!me.read_receipts);
    assert_eq!(me.username, "ann");
    let nobody = UserId(Uuid::now_v7());
    let name = ProfileField::Name("x".into());
    assert_eq!(word(&log.profile(nobody, &[name]).await), "not_found");
    let outcomes = log
        .commit(vec![
            promote(nobody, true),
            Entry::SetPassword {
                user: nobody,
                hash: "x".into(),
                keep: None,
            },
            Entry::OpenSession(new_session(nobody, 1)),
        ])
        .await;
    assert_eq!(words(&outcomes), ["not_found"; 3]);
}

async fn living(log: &Log, sessions: &[SessionId]) -> Vec<bool> {
    let living = log.store.living_sessions(sessions).await.unwrap();
    for id in sessions {
        let by_token = log.store.session(&id.to_string()).await.unwrap();
        assert_eq!(by_token.is_some(), living.contains(id));
    }
    sessions.iter().map(|id| living.contains(id)).collect()
}

/// A session is found by its token with its user, and listed with those used last first.
pub(crate) async fn sessions_are_found(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let (one, two) = (log.session(ann, 10).await, log.session(ann, 20).await);
    let of_bob = log.session(bob, 15).await;
    let session = log.store.session(&one.to_string()).await.unwrap().unwrap();
    let expected = Session {
        id: one,
        user: log.store.users(&[ann]).await.unwrap().remove(0),
        device: "a device".into(),
        created_at_ms: 10,
        last_used_at_ms: 10,
    };
    assert_eq!(session, expected);
    assert_eq!(log.store.session("no such token").await.unwrap(), None);
    let ids = async |user| {
        let sessions = log.store.sessions(user).await.unwrap();
        sessions.iter().map(|s| s.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(ann).await, [two, one]);
    let touch = |session, at_ms| Entry::TouchSession { session, at_ms };
    let nothing = SessionId(Uuid::now_v7());
    let outcomes = log
        .commit(vec![touch(one, 30), touch(one, 25), touch(nothing, 1)])
        .await;
    assert_eq!(words(&outcomes), ["done"; 3]);
    assert_eq!(ids(ann).await, [one, two]);
    assert_eq!(ids(bob).await, [of_bob]);
    assert_eq!(ids(UserId(Uuid::now_v7())).await, []);
    let session = log.store.session(&one.to_string()).await.unwrap().unwrap();
    assert_eq!((session.created_at_ms, session.last_used_at_ms), (10, 30));
    assert_eq!(
        living(log, &[one, nothing, of_bob]).await,
        [true, false, true]
    );
    assert_eq!(living(log, &[]).await, [true; 0]);
}

/// Sessions end one by one, all but one, or all; nobody ends those of others.
pub(crate) async fn sessions_end(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let mut all = Vec::new();
    for at in 0..4 {
        all.push(log.session(ann, at).await);
    }
    all.push(log.session(bob, 1).await);
    let close = |user, which| Entry::CloseSessions { user, which };
    log.done(close(ann, WhichSessions::One(all[4]))).await;
    log.done(close(ann, WhichSessions::One(all[0]))).await;
    assert_eq!(living(log, &all).await, [false, true, true, true, true]);
    log.done(close(ann, WhichSessions::Except(all[2]))).await;
    assert_eq!(living(log, &all).await, [false, false, true, false, true]);
    log.done(close(ann, WhichSessions::All)).await;
    log.done(close(ann, WhichSessions::All)).await;
    assert_eq!(living(log, &all).await, [false, false, false, false, true]);
    // Opened, used and closed in one batch; closed and opened again in one batch.
    let (brief, back) = (new_session(ann, 1), new_session(bob, 1));
    log.done(Entry::OpenSession(back.clone())).await;
    let outcomes = log
        .commit(vec![
            Entry::OpenSession(brief.clone()),
            Entry::TouchSession {
                session: brief.id,
                at_ms: 9,
            },
            close(ann, WhichSessions::All),
            close(bob, WhichSessions::All),
            Entry::OpenSession(back.clone()),
        ])
        .await;
    assert_eq!(words(&outcomes), ["done"; 5]);
    assert_eq!(
        living(log, &[brief.id, back.id, all[4]]).await,
        [false, true, false]
    );
}

/// A new password ends all sessions but the one that set it.
pub(crate) async fn a_new_password_ends_sessions(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let all = [
        log.session(ann, 1).await,
        log.session(ann, 2).await,
        log.session(bob, 3).await,
    ];
    let password = |hash: &str, keep| Entry::SetPassword {
        user: ann,
        hash: hash.into(),
        keep,
    };
    log.done(password("second", Some(all[0]))).await;
    assert_eq!(living(log, &all).await, [true, false, true]);
    let (_, hash) = log.store.credentials("ann").await.unwrap().unwrap();
    assert_eq!(hash.as_deref(), Some("second"));
    log.done(password("third", Some(all[2]))).await;
    assert_eq!(living(log, &all).await, [false, false, true]);
}

/// Beyond the limit a new session ends the one used longest ago, also within one batch.
pub(crate) async fn the_session_limit_ends_the_oldest(log: &Log) {
    let (ann, bob) = (log.user("ann").await, log.user("bob").await);
    let of_bob = log.session(bob, 0).await;
    let sessions: Vec<_> = (0..5).map(|at| new_session(ann, 100 + at)).collect();
    let open = |at: usize| Entry::OpenSession(sessions[at].clone());
    let touched = Entry::TouchSession {
        session: sessions[0].id,
        at_ms: 200,
    };
    let commit = async |entries| {
        let bounds = Bounds {
            sessions_per_user: 3,
            ..Bounds::default()
        };
        let batch = Batch {
            bounds,
            ..log.batch(entries).await
        };
        words(&log.store.commit(&batch).await.unwrap()).join(" ")
    };
    let outcomes = commit(vec![open(0), open(1), open(2), touched, open(3)]).await;
    assert_eq!(outcomes, "done done done done done");
    let ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
    assert_eq!(living(log, &ids).await, [true, false, true, true, false]);
    assert_eq!(commit(vec![open(4)]).await, "done");
    assert_eq!(living(log, &ids).await, [true, false, false, true, true]);
    assert_eq!(living(log, &[of_bob]).await, [true]);
}
