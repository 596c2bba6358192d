//! Who may do what: every action × every role, over the socket.

use crate::common::roles::{Place, verdict};
use serde_json::{Value, json};

const NOBODY: &str = "5f0c6a1e-7d53-4c1b-9a63-0d6f6b3a2e10";

/// In this order in the rows of the table.
const ROLES: [&str; 7] = [
    "owner",
    "admin",
    "member",
    "removed",
    "left",
    "stranger",
    "signed out",
];

/// One row: what is done, and what each role gets. `SELF` is the caller.
type Row = (&'static str, &'static str, Value, [&'static str; 7]);

fn table() -> Vec<Row> {
    let none = Value::Null;
    let text = json!({"kind": "text", "body": {"text": "x"}, "client_id": NOBODY});
    let role = |role: &str| json!({"role": role});
    const MEMBER: &str = "403 not_a_member";
    const MAY_NOT: &str = "403 not_allowed";
    const NOTHING: &str = "404 not_found";
    const OUT: &str = "401 no_session";
    // Everyone sees what a group is; who is in it and what is said only its members.
    vec![
        (
            "GET",
            "/api/groups/GROUP",
            none.clone(),
            ["200", "200", "200", "200", "200", "200", OUT],
        ),
        (
            "GET",
            "/api/groups/GROUP/members",
            none.clone(),
            ["200", "200", "200", MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "POST",
            "/api/conversations/GROUP/messages",
            text,
            ["201", "201", "201", MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "GET",
            "/api/conversations/GROUP/messages",
            none.clone(),
            ["200", "200", "200", "200", "200", NOTHING, OUT],
        ),
        (
            "GET",
            "/api/conversations/GROUP/messages/2",
            none.clone(),
            ["200", "200", NOTHING, NOTHING, NOTHING, NOTHING, OUT],
        ),
        (
            "PUT",
            "/api/conversations/GROUP/read",
            json!({"seq": 3}),
            ["200", "200", "200", "200", "200", NOTHING, OUT],
        ),
        (
            "POST",
            "/api/conversations/GROUP/typing",
            json!({}),
            ["204", "204", "204", MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP",
            json!({"name": "the group"}),
            ["200", "200", MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP",
            json!({"announcement": "hello"}),
            ["200", "200", MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP",
            json!({"member_limit": 100}),
            ["200", MAY_NOT, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP",
            json!({"history_shared": false}),
            ["200", MAY_NOT, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP/members/SELF",
            role("owner"),
            ["200", MAY_NOT, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP/members/other",
            role("member"),
            ["200", MAY_NOT, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP/members/owner",
            role("member"),
            [
                "409 owner_must_transfer",
                MAY_NOT,
                MAY_NOT,
                MEMBER,
                MEMBER,
                MEMBER,
                OUT,
            ],
        ),
        (
            "PATCH",
            "/api/groups/GROUP/members/deputy",
            role("admin"),
            ["200", MAY_NOT, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "PATCH",
            "/api/groups/GROUP/members/stranger",
            role("admin"),
            [NOTHING, MAY_NOT, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "DELETE",
            "/api/groups/GROUP/members/owner",
            none.clone(),
            [
                "409 owner_must_transfer",
                MAY_NOT,
                MAY_NOT,
                MEMBER,
                MEMBER,
                MEMBER,
                OUT,
            ],
        ),
        (
            "DELETE",
            "/api/groups/GROUP/members/stranger",
            none.clone(),
            [NOTHING, NOTHING, MAY_NOT, MEMBER, MEMBER, MEMBER, OUT],
        ),
        (
            "GET",
            "/api/conversations/direct/other",
            none.clone(),
            ["200", "200", "200", NOTHING, NOTHING, NOTHING, OUT],
        ),
        (
            "GET",
            "/api/conversations/direct/SELF",
            none.clone(),
            [
                "422 invalid",
                "422 invalid",
                "422 invalid",
                "422 invalid",
                "422 invalid",
                "422 invalid",
                OUT,
            ],
        ),
    ]
}

#[test]
fn every_role_may_do_its_own() {
    let mut place = Place::new();
    for (method, path, body, verdicts) in table() {
        for (who, expected) in ROLES.iter().zip(verdicts) {
            let what = format!("{who}: {method} {path} {body}");
            let answer = place.act(who, method, path, &body);
            assert_eq!(verdict(&answer, &what), expected, "{what}");
        }
    }
    place.world.check_alive();
}

/// What cannot be done twice in one group: each row on a fresh server.
#[test]
fn who_removes_whom() {
    let rows = [
        ("owner", "admin", "204"),
        ("owner", "other", "204"),
        ("admin", "other", "204"),
        ("admin", "deputy", "403 not_allowed"),
        ("admin", "admin", "204"),
        ("member", "other", "403 not_allowed"),
        ("member", "member", "204"),
        ("owner", "owner", "409 owner_must_transfer"),
        ("left", "left", "403 not_a_member"),
        ("removed", "removed", "403 not_a_member"),
        ("stranger", "stranger", "403 not_a_member"),
    ];
    for (who, whom, expected) in rows {
        let place = Place::new();
        let answer = place.act(
            who,
            "DELETE",
            &format!("/api/groups/GROUP/members/{whom}"),
            &Value::Null,
        );
        assert_eq!(verdict(&answer, who), expected, "{who} removes {whom}");
        let group = place.act("stranger", "GET", "/api/groups/GROUP", &Value::Null);
        let gone = i64::from(expected == "204");
        assert_eq!(group.expect(200).json()["group"]["member_count"], 5 - gone);
    }
}

#[test]
fn a_transfer_leaves_one_owner() {
    let mut place = Place::new();
    let give = json!({"role": "owner"});
    let _ = place
        .act("owner", "PATCH", "/api/groups/GROUP/members/member", &give)
        .expect(200);
    // The old owner is an admin now: may do an admin's things and no more.
    let again = place.act("owner", "PATCH", "/api/groups/GROUP/members/admin", &give);
    assert_eq!(verdict(&again, "again"), "403 not_allowed");
    let members = place.act("member", "GET", "/api/groups/GROUP/members", &Value::Null);
    let members = members.expect(200).json();
    let members = members["members"].as_array().expect("a list").clone();
    let owners = members.iter().filter(|one| one["role"] == "owner");
    let owners: Vec<_> = owners.map(|one| one["user"]["username"].clone()).collect();
    assert_eq!(owners, ["member"]);
    let leaves = place.act(
        "owner",
        "DELETE",
        "/api/groups/GROUP/members/owner",
        &Value::Null,
    );
    assert_eq!(verdict(&leaves, "leaves"), "204");
    place.world.check_alive();
}

#[test]
fn joining_is_for_whoever_may() {
    let mut place = Place::new();
    let join = |who: &str| {
        let path = "/api/groups/GROUP/members";
        verdict(&place.act(who, "POST", path, &json!({})), who)
    };
    assert_eq!(join("owner"), "200", "a member stays one");
    assert_eq!(join("signed out"), "401 no_session");
    let change = |body: Value| {
        let _ = place
            .act("owner", "PATCH", "/api/groups/GROUP", &body)
            .expect(200);
    };
    change(json!({"join_mode": "closed"}));
    assert_eq!(join("stranger"), "403 group_closed");
    assert_eq!(join("removed"), "403 group_closed");
    change(json!({"join_mode": "open", "member_limit": 6}));
    assert_eq!(join("stranger"), "200");
    assert_eq!(join("left"), "409 group_full");
    assert_eq!(join("member"), "200", "a member stays one in a full group");
    let below = place.act(
        "owner",
        "PATCH",
        "/api/groups/GROUP",
        &json!({"member_limit": 5}),
    );
    assert_eq!(verdict(&below, "below"), "409 below_member_count");
    place.world.check_alive();
}
