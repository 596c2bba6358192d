//! A group's settings and its members.

use serde_json::json;

use super::super::place::Setup::*;
use super::*;

pub(super) fn rows() -> Vec<Row> {
    vec![
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
    ]
}
