//! Coming in: people by themselves, by invitation, request and link; and bots.

use serde_json::json;

use super::super::place::Setup::*;
use super::*;

/// Whoever is in stays so, who is banned stays out, and the others get this.
const fn let_in(others: &'static str) -> [&'static str; 10] {
    roles(
        "200",
        "200",
        "200",
        "200",
        [others, BANNED, others, others, others],
    )
}

fn coming(setup: Setup, others: &'static str) -> Row {
    once(setup, "POST", MEMBERS, json!({}), let_in(others))
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        coming(Plain, "200"),
        coming(Approval, "202"),
        coming(Invitation, "403 not_invited"),
        coming(Invited, "200"),
        once(Invitation, "POST", "/api/links/LINK", none(), let_in("200")),
        coming(Closed, "403 group_closed"),
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
    ]
}
