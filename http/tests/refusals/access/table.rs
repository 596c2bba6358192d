//! The table: what is done, and what each role gets.

mod dissolved;
mod joining;
mod members;
mod messages;
mod people;

use serde_json::{Value, json};

use super::place::Setup;

/// What is done, in which group, whether each role does it in a group of its own (because it can be
/// done once), and what each gets, in the order of `ROLES`.
pub(super) struct Row {
    pub(super) setup: Setup,
    pub(super) once: bool,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: Value,
    pub(super) verdicts: [&'static str; 10],
}

const OUTSIDE: &str = "403 not_a_member";
pub(super) const MAY_NOT: &str = "403 not_allowed";
pub(super) const NOTHING: &str = "404 not_found";
const OUT: &str = "401 no_session";
const MUTED: &str = "403 muted";
const BANNED: &str = "403 banned";

/// What those in the group get, the others being told that they are not.
pub(super) const fn inside(
    owner: &'static str,
    admin: &'static str,
    member: &'static str,
) -> [&'static str; 10] {
    roles(owner, admin, member, member, [OUTSIDE; 5])
}

/// The same, a muted member getting something else.
pub(super) const fn posting(ok: &'static str) -> [&'static str; 10] {
    roles(ok, ok, ok, MUTED, [OUTSIDE; 5])
}

pub(super) const fn roles(
    owner: &'static str,
    admin: &'static str,
    member: &'static str,
    muted: &'static str,
    [removed, banned, left, stranger, blocked]: [&'static str; 5],
) -> [&'static str; 10] {
    [
        owner, admin, member, muted, removed, banned, left, stranger, blocked, OUT,
    ]
}

/// What those see who are in the group now; it came after the others had left.
pub(super) const fn seen(ok: &'static str) -> [&'static str; 10] {
    roles(ok, ok, ok, ok, [NOTHING; 5])
}

/// Everybody who is signed in.
pub(super) const fn all(ok: &'static str) -> [&'static str; 10] {
    [ok, ok, ok, ok, ok, ok, ok, ok, ok, OUT]
}

pub(super) const MESSAGES: &str = "/api/conversations/GROUP/messages";
const MEMBERS: &str = "/api/groups/GROUP/members";

pub(super) fn say(kind: &str, body: Value) -> Value {
    json!({"kind": kind, "body": body, "client_id": super::place::CLIENT_ID})
}

pub(super) fn row(
    setup: Setup,
    method: &'static str,
    path: &'static str,
    body: Value,
    verdicts: [&'static str; 10],
) -> Row {
    Row {
        setup,
        once: false,
        method,
        path,
        body,
        verdicts,
    }
}

fn once(
    setup: Setup,
    method: &'static str,
    path: &'static str,
    body: Value,
    verdicts: [&'static str; 10],
) -> Row {
    Row {
        once: true,
        ..row(setup, method, path, body, verdicts)
    }
}

fn none() -> Value {
    Value::Null
}

fn text() -> Value {
    say("text", json!({"text": "hello"}))
}

/// What those get who are or once were in the group.
fn was_in(ok: &'static str) -> [&'static str; 10] {
    roles(ok, ok, ok, ok, [ok, ok, ok, NOTHING, NOTHING])
}

/// All rows; the first go before anybody comes into a group and shares it with others.
pub(super) fn table() -> Vec<Row> {
    [
        messages::rows(),
        members::rows(),
        joining::rows(),
        dissolved::rows(),
        people::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
