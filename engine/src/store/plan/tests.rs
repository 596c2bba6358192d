//! What is easier to see here than over a store: which rows are asked for and written. The rules
//! themselves are tried over every store, in `tests/conformance/`.

use uuid::Uuid;

use super::*;
use crate::group::state::{ConversationType, Role, Settings};
use crate::store::administration::Space;
use crate::store::{Append, StoreError};
use crate::store::{NewSession, Status};

const GROUP: ConversationId = ConversationId(Uuid::from_u128(100));
const OWNER: UserId = user(1);
const MEMBER: UserId = user(2);
const STRANGER: UserId = user(3);

const fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn head() -> HeadRow {
    HeadRow {
        position: Position(7),
        batch: 3,
        next_number: 10_009,
        access_version: 5,
    }
}

fn stay(user: UserId, joined: i64, role: Role) -> StayRecord {
    StayRecord {
        conversation: GROUP,
        user,
        joined_position: Position(joined),
        from_seq: Seq(1),
        role,
        muted_until_ms: None,
        card: String::new(),
        posted_at_ms: None,
        read_seq: Seq(2),
        read_counted: 0,
        shown_seq: Seq(0),
        left: None,
    }
}

fn user_row(id: UserId, disabled: bool) -> UserRecord {
    UserRecord {
        id,
        number: 10_001,
        username: id.to_string(),
        name: "name".into(),
        signature: String::new(),
        status: Status::Online,
        avatar: None,
        read_receipts: true,
        password_hash: None,
        administrator: false,
        disabled,
        deleted: false,
        bot_of: None,
        created_at_ms: 1,
    }
}

/// A group of two with two messages, and three users, the last of them disabled.
fn snapshot() -> Snapshot {
    let mut rows = Snapshot::new(head());
    let group = ConversationRecord {
        id: GROUP,
        r#type: ConversationType::Group,
        number: Some(10_002),
        settings: Settings {
            name: "Group".into(),
            member_limit: 3,
            ..Settings::default()
        },
        seq: Seq(2),
        counted: 0,
        head_position: Position(6),
        member_count: 2,
        owner: Some(OWNER),
        created_at_ms: 1,
    };
    rows.conversations.insert(GROUP, group);
    rows.group_names.insert("group".into(), GROUP);
    let owner = stay(OWNER, 1, Role::Owner);
    rows.stays.insert((GROUP, OWNER), owner);
    let member = stay(MEMBER, 6, Role::Member);
    rows.stays.insert((GROUP, MEMBER), member);
    for (id, disabled) in [(OWNER, false), (MEMBER, false), (STRANGER, true)] {
        rows.users.insert(id, user_row(id, disabled));
        rows.usernames.insert(id.to_string(), id);
    }
    rows
}

fn append(expects: i64, client: u128, effects: Vec<Effect>) -> Entry {
    Entry::Append(Append {
        conversation: GROUP,
        r#type: ConversationType::Group,
        expects: Some(Seq(expects)),
        kind: "kind".into(),
        sender: Some(OWNER),
        sender_name: "name".into(),
        body: "{}".into(),
        client_id: ClientId(Uuid::from_u128(client)),
        digest: "digest".into(),
        sent_at_ms: 1,
        counts: true,
        audience: None,
        mentions: Vec::new(),
        effects,
        companions: Vec::new(),
        act: None,
    })
}

fn batch(entries: Vec<Entry>) -> Batch {
    Batch {
        number: Some(4),
        entries,
        bounds: Bounds::default(),
    }
}

fn add(user: UserId) -> Effect {
    let role = Role::Member;
    Effect::AddMember { user, role }
}

/// Checks what a batch makes of [`snapshot`].
fn check_outcomes(entries: Vec<Entry>, expected: &[&str]) -> Changes {
    let (outcomes, changes) = plan(&batch(entries), snapshot());
    let words: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Appended { .. } => "appended",
            Outcome::Duplicate { .. } => "duplicate",
            Outcome::Conflict => "conflict",
            Outcome::Refused(rejection) => &rejection.code,
            Outcome::Done => "done",
        })
        .collect();
    assert_eq!(words, expected);
    changes
}

#[test]
fn an_append_names_the_rows_it_touches() {
    let rename = Effect::SetField(GroupField::Name(" NEW ".into()));
    let mute = Effect::SetMute {
        user: MEMBER,
        until_ms: None,
    };
    let entry = append(2, 9, vec![add(STRANGER), mute, rename]);
    let expected = Needs {
        conversations: [GROUP].into(),
        group_names: ["new".into()].into(),
        stays: [(GROUP, OWNER), (GROUP, MEMBER), (GROUP, STRANGER)].into(),
        posted: [(GROUP, Some(OWNER), ClientId(Uuid::from_u128(9)))].into(),
        group_counts: [STRANGER].into(),
        administration: AdministrationNeeds {
            looks: [(Space::Group, "new".into())].into(),
            ..AdministrationNeeds::default()
        },
        ..Needs::default()
    };
    assert_eq!(needs(&[entry]), expected);
}

#[test]
fn other_entries_name_the_rows_they_touch() {
    let session = SessionId(Uuid::from_u128(50));
    let close = Entry::CloseSessions {
        user: OWNER,
        which: WhichSessions::All,
    };
    let expected = Needs {
        sessions_of: [OWNER].into(),
        ..Needs::default()
    };
    assert_eq!(needs(&[close]), expected);

    let at_ms = 1;
    let touch = Entry::TouchSession { session, at_ms };
    let direct = Entry::OpenDirect {
        one: OWNER,
        other: MEMBER,
        at_ms,
    };
    let expected = Needs {
        conversations: [ConversationId::direct(MEMBER, OWNER)].into(),
        users: [OWNER, MEMBER].into(),
        sessions: [session].into(),
        ..Needs::default()
    };
    assert_eq!(needs(&[touch, direct]), expected);

    let read = Entry::SetRead {
        user: MEMBER,
        conversation: GROUP,
        seq: Seq(2),
    };
    let expected = Needs {
        conversations: [GROUP].into(),
        stays: [(GROUP, MEMBER)].into(),
        counted: [(GROUP, Seq(2))].into(),
        users: [MEMBER].into(),
        ..Needs::default()
    };
    assert_eq!(needs(&[read]), expected);
}

#[test]
fn a_refused_entry_leaves_no_trace() {
    // Each gets half-way before the rule that refuses it.
    let newcomer = user(4);
    let rename = Effect::SetField(GroupField::Name("another".into()));
    let refused = [
        (vec![add(newcomer), add(MEMBER)], "already_member"),
        (vec![rename, add(newcomer), add(user(5))], "group_full"),
        (
            vec![add(newcomer), Effect::RemoveMember { user: OWNER }],
            "owner_must_transfer",
        ),
    ];
    let plain = || append(2, 1, vec![]);
    let expected = check_outcomes(vec![plain()], &["appended"]);
    for (effects, code) in refused {
        let entries = vec![
            append(2, 2, effects.clone()),
            plain(),
            append(3, 3, effects),
        ];
        let changes = check_outcomes(entries, &[code, "appended", code]);
        assert_eq!(format!("{changes:?}"), format!("{expected:?}"));
    }
}

#[test]
fn what_is_written_is_what_changed() {
    let changes = check_outcomes(vec![append(2, 1, vec![add(STRANGER)])], &["appended"]);
    assert_eq!(changes.messages.len(), 1);
    assert_eq!(changes.messages[0].message.added, [STRANGER]);
    assert!(changes.conversations.keys().eq([&GROUP]));
    let stays: Vec<_> = changes.stays.keys().map(|key| (key.1, key.2.0)).collect();
    assert_eq!(stays, [(OWNER, 1), (STRANGER, 8)]);
    assert!(changes.users.is_empty() && changes.sessions.is_empty());
    let expected = HeadRow {
        position: Position(8),
        batch: 4,
        ..head()
    };
    assert_eq!(changes.head, expected);

    let nothing = check_outcomes(vec![append(9, 1, vec![])], &["conflict"]);
    assert!(nothing.messages.is_empty() && nothing.stays.is_empty());
    let unchanged = HeadRow { batch: 4, ..head() };
    assert_eq!(nothing.head, unchanged);
}

#[test]
fn leaving_and_coming_back_writes_both_stays() {
    let leave = Effect::RemoveMember { user: MEMBER };
    let entries = vec![append(2, 1, vec![leave]), append(3, 2, vec![add(MEMBER)])];
    let changes = check_outcomes(entries, &["appended", "appended"]);
    let mine = changes.stays.values().filter(|stay| stay.user == MEMBER);
    let mine: Vec<_> = mine
        .map(|stay| {
            (
                stay.joined_position.0,
                stay.left.as_ref().map(|left| left.seq.0),
            )
        })
        .collect();
    assert_eq!(mine, [(6, Some(3)), (9, None)]);
}

#[test]
fn disabled_users_get_no_session() {
    let open = |user| {
        Entry::OpenSession(NewSession {
            id: SessionId(Uuid::from_u128(60)),
            user,
            token_hash: "hash".into(),
            device: String::new(),
            created_at_ms: 1,
        })
    };
    let changes = check_outcomes(
        vec![open(STRANGER), open(user(9)), open(OWNER)],
        &["not_found", "not_found", "done"],
    );
    assert_eq!(changes.sessions.len(), 1);
}

#[test]
fn a_batch_follows_the_last_one() {
    let numbered = |number| Batch {
        number,
        ..batch(vec![append(2, 1, vec![])])
    };
    assert!(check(&numbered(Some(4)), &head()).is_ok());
    for wrong in [Some(3), Some(5), Some(i64::MIN), None] {
        let refused = check(&numbered(wrong), &head());
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{wrong:?}");
    }
    let beside = Batch {
        number: None,
        ..batch(vec![])
    };
    assert!(check(&beside, &head()).is_ok());
    let (_, changes) = plan(&beside, snapshot());
    let expected = HeadRow {
        access_version: 6,
        ..head()
    };
    assert_eq!(changes.head, expected);
    assert_eq!((is_in(3, 3).unwrap(), is_in(4, 3).unwrap()), (true, false));
    assert!(is_in(2, 3).is_err() && is_in(5, 3).is_err());
    assert!(is_in(i64::MIN, 3).is_err());
}
