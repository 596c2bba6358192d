//! A group that is over.

use serde_json::json;

use super::super::place::Setup::*;
use super::*;

pub(super) fn rows() -> Vec<Row> {
    vec![
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
    ]
}
