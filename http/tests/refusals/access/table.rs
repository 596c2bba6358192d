//! The table: what is done, and what each role gets.

use serde_json::{Value, json};

use super::place::Setup::{self, *};

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

/// Everybody who is signed in.
pub(super) const fn all(ok: &'static str) -> [&'static str; 10] {
    [ok, ok, ok, ok, ok, ok, ok, ok, ok, OUT]
}

pub(super) const MESSAGES: &str = "/api/conversations/GROUP/messages";
const MEMBERS: &str = "/api/groups/GROUP/members";

pub(super) fn say(kind: &str, body: Value) -> Value {
    json!({"kind": kind, "body": body, "client_id": super::place::CLIENT_ID})
}

pub(super) fn table() -> Vec<Row> {
    let row = |setup, method, path, body: Value, verdicts| Row {
        setup,
        once: false,
        method,
        path,
        body,
        verdicts,
    };
    let once = |setup, method, path, body: Value, verdicts| Row {
        once: true,
        ..row(setup, method, path, body, verdicts)
    };
    let none = || Value::Null;
    let text = || say("text", json!({"text": "hello"}));
    let was_in = |ok| roles(ok, ok, ok, ok, [ok, ok, ok, NOTHING, NOTHING]);
    vec![
        // Before anybody comes into a group and shares it with `other`. What somebody blocked gets is
        // what a stranger gets.
        row(
            Plain,
            "GET",
            "/api/conversations/direct/other",
            none(),
            roles("200", "200", "200", "200", [NOTHING; 5]),
        ),
        // Reading.
        row(Plain, "GET", "/api/groups/GROUP", none(), all("200")),
        row(Plain, "GET", MEMBERS, none(), inside("200", "200", "200")),
        row(Plain, "GET", MESSAGES, none(), was_in("200")),
        row(Plain, "GET", "/api/search?query=hello", none(), all("200")),
        row(
            Plain,
            "GET",
            "/api/search?query=hello&conversation=GROUP",
            none(),
            was_in("200"),
        ),
        row(
            Plain,
            "GET",
            "/api/conversations/GROUP/messages/16",
            none(),
            roles("200", "200", "200", "200", [NOTHING; 5]),
        ),
        row(
            Plain,
            "PUT",
            "/api/conversations/GROUP/read",
            json!({"seq": 3}),
            was_in("200"),
        ),
        row(
            Plain,
            "PATCH",
            "/api/conversations/GROUP",
            json!({"pinned": true}),
            was_in("204"),
        ),
        row(
            Plain,
            "GET",
            "/api/groups/GROUP/requests",
            none(),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "GET",
            "/api/groups/GROUP/bans",
            none(),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "GET",
            "/api/groups/GROUP/links",
            none(),
            inside("200", "200", MAY_NOT),
        ),
        // Posting.
        row(Plain, "POST", MESSAGES, text(), posting("201")),
        row(
            Plain,
            "POST",
            MESSAGES,
            say("text", json!({"text": "a", "reply_to": 16})),
            posting("201"),
        ),
        row(
            Plain,
            "POST",
            MESSAGES,
            say("emoji", json!({"emoji": "😀"})),
            posting("201"),
        ),
        row(
            Plain,
            "POST",
            MESSAGES,
            say("nudge", json!({"user": "@other"})),
            posting("201"),
        ),
        row(
            Plain,
            "POST",
            MESSAGES,
            say("reaction", json!({"seq": 16, "emoji": "👍", "on": true})),
            posting("201"),
        ),
        row(
            Plain,
            "POST",
            MESSAGES,
            say(
                "forward",
                json!({"source": {"conversation": "@GROUP", "seq": 16}}),
            ),
            posting("201"),
        ),
        row(
            Plain,
            "POST",
            "/api/conversations/GROUP/typing",
            json!({}),
            posting("204"),
        ),
        row(
            MuteAll,
            "POST",
            MESSAGES,
            text(),
            roles("201", "201", "403 all_muted", MUTED, [OUTSIDE; 5]),
        ),
        row(
            MuteAll,
            "POST",
            "/api/conversations/GROUP/typing",
            json!({}),
            roles("204", "204", "403 all_muted", MUTED, [OUTSIDE; 5]),
        ),
        once(
            Plain,
            "POST",
            MESSAGES,
            say("recall", json!({"seq": 16})),
            inside("201", "201", MAY_NOT),
        ),
        once(
            Plain,
            "POST",
            MESSAGES,
            say("recall", json!({"seq": 17})),
            inside("201", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "POST",
            MESSAGES,
            say("recall", json!({"seq": 15})),
            inside(
                "422 not_recallable",
                "422 not_recallable",
                "422 not_recallable",
            ),
        ),
        row(
            Plain,
            "POST",
            MESSAGES,
            say("group.mute", json!({"user": "@other", "seconds": 60})),
            all("422 kind_not_postable"),
        ),
        row(
            Plain,
            "POST",
            "/api/conversations/SELF/messages",
            text(),
            all("422 kind_not_here"),
        ),
        // Settings.
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"description": "x"}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"announcement": "x"}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"join_mode": "approval"}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"mute_all": false}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"slow_mode": 0}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"member_limit": 100}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP",
            json!({"history_shared": false}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        once(
            Plain,
            "DELETE",
            "/api/groups/GROUP",
            none(),
            inside("204", MAY_NOT, MAY_NOT),
        ),
        // Members.
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/other",
            json!({"role": "member"}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/deputy",
            json!({"role": "admin"}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/nobody",
            json!({"role": "admin"}),
            inside(NOTHING, MAY_NOT, MAY_NOT),
        ),
        once(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/other",
            json!({"role": "owner"}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/SELF",
            json!({"role": "owner"}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/owner",
            json!({"role": "member"}),
            inside("409 owner_must_transfer", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/other",
            json!({"muted_seconds": 60}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/muted",
            json!({"muted_seconds": 3600}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/deputy",
            json!({"muted_seconds": 60}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/owner",
            json!({"muted_seconds": 60}),
            inside(MAY_NOT, MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/SELF",
            json!({"card": "me"}),
            inside("200", "200", "200"),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/other",
            json!({"card": "you"}),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "PATCH",
            "/api/groups/GROUP/members/deputy",
            json!({"card": "you"}),
            inside("200", MAY_NOT, MAY_NOT),
        ),
        once(
            Plain,
            "DELETE",
            "/api/groups/GROUP/members/other",
            none(),
            inside("204", "204", MAY_NOT),
        ),
        once(
            Plain,
            "DELETE",
            "/api/groups/GROUP/members/other?ban=true",
            none(),
            inside("204", "204", MAY_NOT),
        ),
        once(
            Plain,
            "DELETE",
            "/api/groups/GROUP/members/deputy",
            none(),
            inside("204", MAY_NOT, MAY_NOT),
        ),
        row(
            Plain,
            "DELETE",
            "/api/groups/GROUP/members/nobody",
            none(),
            inside(NOTHING, NOTHING, MAY_NOT),
        ),
        once(
            Plain,
            "DELETE",
            "/api/groups/GROUP/members/SELF",
            none(),
            inside("409 owner_must_transfer", "204", "204"),
        ),
        // Coming in.
        once(
            Plain,
            "POST",
            MEMBERS,
            json!({}),
            roles(
                "200",
                "200",
                "200",
                "200",
                ["200", BANNED, "200", "200", "200"],
            ),
        ),
        once(
            Approval,
            "POST",
            MEMBERS,
            json!({}),
            roles(
                "200",
                "200",
                "200",
                "200",
                ["202", BANNED, "202", "202", "202"],
            ),
        ),
        once(
            Invitation,
            "POST",
            MEMBERS,
            json!({}),
            roles(
                "200",
                "200",
                "200",
                "200",
                [
                    "403 not_invited",
                    BANNED,
                    "403 not_invited",
                    "403 not_invited",
                    "403 not_invited",
                ],
            ),
        ),
        once(
            Invited,
            "POST",
            MEMBERS,
            json!({}),
            roles(
                "200",
                "200",
                "200",
                "200",
                ["200", BANNED, "200", "200", "200"],
            ),
        ),
        once(
            Invitation,
            "POST",
            "/api/links/LINK",
            none(),
            roles(
                "200",
                "200",
                "200",
                "200",
                ["200", BANNED, "200", "200", "200"],
            ),
        ),
        once(
            Closed,
            "POST",
            MEMBERS,
            json!({}),
            roles(
                "200",
                "200",
                "200",
                "200",
                [
                    "403 group_closed",
                    BANNED,
                    "403 group_closed",
                    "403 group_closed",
                    "403 group_closed",
                ],
            ),
        ),
        row(
            Plain,
            "POST",
            MEMBERS,
            json!({"user": "@pal"}),
            inside("202", "202", "202"),
        ),
        row(
            Plain,
            "POST",
            MEMBERS,
            json!({"user": "@nobody"}),
            inside(NOTHING, NOTHING, NOTHING),
        ),
        row(
            Closed,
            "POST",
            MEMBERS,
            json!({"user": "@pal"}),
            inside("403 group_closed", "403 group_closed", "403 group_closed"),
        ),
        once(
            Approval,
            "PUT",
            "/api/groups/GROUP/requests/asker",
            json!({"accept": true}),
            roles("204", "204", MAY_NOT, MAY_NOT, [MAY_NOT; 5]),
        ),
        once(
            Approval,
            "PUT",
            "/api/groups/GROUP/requests/asker",
            json!({"accept": false}),
            roles("204", "204", MAY_NOT, MAY_NOT, [MAY_NOT; 5]),
        ),
        once(
            Approval,
            "DELETE",
            "/api/groups/GROUP/requests/asker",
            none(),
            roles("204", "204", MAY_NOT, MAY_NOT, [MAY_NOT; 5]),
        ),
        row(
            Plain,
            "PUT",
            "/api/groups/GROUP/requests/nobody",
            json!({"accept": true}),
            roles(NOTHING, NOTHING, MAY_NOT, MAY_NOT, [MAY_NOT; 5]),
        ),
        once(
            Plain,
            "DELETE",
            "/api/groups/GROUP/bans/banned",
            none(),
            inside("204", "204", MAY_NOT),
        ),
        row(
            Plain,
            "POST",
            "/api/groups/GROUP/links",
            json!({"uses": 1}),
            inside("201", "201", MAY_NOT),
        ),
        row(
            Plain,
            "DELETE",
            "/api/groups/GROUP/links/none",
            none(),
            inside(NOTHING, NOTHING, MAY_NOT),
        ),
        // Bots: what needs one of one's own is in `bots.rs`.
        row(
            Plain,
            "GET",
            "/api/groups/GROUP/hooks",
            none(),
            inside("200", "200", MAY_NOT),
        ),
        row(
            Plain,
            "POST",
            "/api/groups/GROUP/hooks",
            json!({"bot": "@other", "name": "x"}),
            inside("422 invalid", "422 invalid", MAY_NOT),
        ),
        row(
            Plain,
            "DELETE",
            "/api/groups/GROUP/hooks/none",
            none(),
            inside(NOTHING, NOTHING, MAY_NOT),
        ),
        row(
            Plain,
            "POST",
            "/api/hooks/none",
            json!({"text": "x"}),
            [NOTHING; 10],
        ),
        row(Plain, "GET", "/api/bots", none(), all("200")),
        row(Plain, "DELETE", "/api/bots/other", none(), all(NOTHING)),
        row(Plain, "POST", "/api/bots/other/token", none(), all(NOTHING)),
        // A group that is over.
        row(
            Dissolved,
            "GET",
            "/api/groups/GROUP",
            none(),
            roles("200", "200", "200", "200", [NOTHING; 5]),
        ),
        row(Dissolved, "GET", MESSAGES, none(), was_in("200")),
        row(
            Dissolved,
            "POST",
            MESSAGES,
            text(),
            roles(
                "409 dissolved",
                "409 dissolved",
                "409 dissolved",
                "409 dissolved",
                [NOTHING; 5],
            ),
        ),
        row(
            Dissolved,
            "POST",
            MEMBERS,
            json!({}),
            roles(
                "409 dissolved",
                "409 dissolved",
                "409 dissolved",
                "409 dissolved",
                [NOTHING; 5],
            ),
        ),
        row(
            Dissolved,
            "PATCH",
            "/api/groups/GROUP",
            json!({"name": "x"}),
            roles(
                "409 dissolved",
                "409 dissolved",
                "409 dissolved",
                "409 dissolved",
                [NOTHING; 5],
            ),
        ),
        once(
            Dissolved,
            "DELETE",
            "/api/groups/GROUP/members/SELF",
            none(),
            roles("204", "204", "204", "204", [NOTHING; 5]),
        ),
        // People.
        row(
            Plain,
            "GET",
            "/api/conversations/direct/SELF",
            none(),
            all("422 invalid"),
        ),
        row(
            Plain,
            "POST",
            "/api/friends",
            json!({"user": "@other"}),
            all("202"),
        ),
        row(
            Plain,
            "POST",
            "/api/friends",
            json!({"user": "@SELF"}),
            all("422 invalid"),
        ),
        row(
            Plain,
            "PUT",
            "/api/friends/other",
            json!({"accept": true}),
            all(NOTHING),
        ),
        row(
            Plain,
            "PATCH",
            "/api/friends/other",
            json!({"remark": "x"}),
            all(NOTHING),
        ),
        row(Plain, "DELETE", "/api/friends/other", none(), all("204")),
        row(Plain, "DELETE", "/api/friends/other", none(), all(NOTHING)),
        row(Plain, "GET", "/api/friends", none(), all("200")),
        row(Plain, "GET", "/api/friend-folders", none(), all("200")),
        row(Plain, "PUT", "/api/blocks/nobody", none(), all("204")),
        row(Plain, "DELETE", "/api/blocks/nobody", none(), all("204")),
        row(Plain, "DELETE", "/api/blocks/nobody", none(), all(NOTHING)),
        row(Plain, "PUT", "/api/blocks/SELF", none(), all("422 invalid")),
        row(Plain, "GET", "/api/blocks", none(), all("200")),
        row(Plain, "GET", "/api/sync", none(), all("200")),
    ]
}
