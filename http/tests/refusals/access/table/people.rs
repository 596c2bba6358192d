//! What people have to do with one another outside groups.

use serde_json::json;

use super::super::place::Setup::*;
use super::*;

pub(super) fn rows() -> Vec<Row> {
    vec![
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
