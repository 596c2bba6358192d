//! A group that is over.

use serde_json::json;

use super::super::place::Setup::*;
use super::*;

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(Dissolved, "GET", "/api/groups/GROUP", none(), seen("200")),
        row(Dissolved, "GET", MESSAGES, none(), was_in("200")),
        row(Dissolved, "POST", MESSAGES, text(), seen("409 dissolved")),
        row(Dissolved, "POST", MEMBERS, json!({}), seen("409 dissolved")),
        row(
            Dissolved,
            "PATCH",
            "/api/groups/GROUP",
            json!({"name": "x"}),
            seen("409 dissolved"),
        ),
        once(
            Dissolved,
            "DELETE",
            "/api/groups/GROUP/members/SELF",
            none(),
            seen("204"),
        ),
    ]
}
