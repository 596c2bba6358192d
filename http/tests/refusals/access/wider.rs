//! The rows about accounts, files, reports and administration.

use serde_json::{Value, json};

use super::place::Setup::{Filed, Plain};
use super::table::{MAY_NOT, MESSAGES, NOTHING, Row, all, inside, posting, row, say, seen};

pub(super) fn wider() -> Vec<Row> {
    let get = |setup, path, verdicts| row(setup, "GET", path, Value::Null, verdicts);
    let delete = |path, verdicts| row(Plain, "DELETE", path, Value::Null, verdicts);
    let text = |text: &str| json!({"password": text});
    let picture = "/api/groups/GROUP/avatar";
    let report = json!({"conversation": "@GROUP", "seq": 16, "reason": "rude"});
    let mut rows = vec![
        // Accounts.
        get(Plain, "/api/users?query=other", all("200")),
        get(Plain, "/api/users/other", all("200")),
        get(Plain, "/api/users/other/avatar", all(NOTHING)),
        get(Plain, "/api/me", all("200")),
        get(Plain, "/api/me/export", all("200")),
        get(Plain, "/api/sessions", all("200")),
        get(Plain, "/api/poll?wait=0", all("200")),
        get(Plain, "/api/groups?query=group", all("200")),
        delete("/api/sessions", all("204")),
        delete("/api/sessions/other", all(NOTHING)),
        delete("/api/me/avatar", all("204")),
        row(
            Plain,
            "PATCH",
            "/api/me",
            json!({"signature": "x"}),
            all("200"),
        ),
        row(
            Plain,
            "DELETE",
            "/api/me",
            text("not mine"),
            all("403 wrong_password"),
        ),
        row(
            Plain,
            "POST",
            "/api/friend-folders",
            json!({"name": "x"}),
            all("201"),
        ),
        // The group's face.
        get(Plain, picture, all(NOTHING)),
        row(
            Plain,
            "PUT",
            picture,
            json!({}),
            inside("422 not_a_picture", "422 not_a_picture", MAY_NOT),
        ),
        delete(picture, inside("204", "204", MAY_NOT)),
        // Reports.
        row(Plain, "POST", "/api/reports", report, seen("201")),
        // A file that `other` has posted.
        get(Filed, "/api/files/FILE", seen("200")),
        get(Filed, "/api/files/FILE/thumbnail", seen(NOTHING)),
        row(
            Filed,
            "POST",
            MESSAGES,
            say("file", json!({"file": "@FILE"})),
            posting("201"),
        ),
        // One that `other` has uploaded and keeps to themselves.
        get(Filed, "/api/files/KEPT", all(NOTHING)),
        row(
            Filed,
            "POST",
            MESSAGES,
            say("file", json!({"file": "@KEPT"})),
            posting("422 invalid"),
        ),
    ];
    // Nobody here runs the server.
    for (method, path, body) in [
        ("GET", "/api/ADMIN/users", Value::Null),
        ("PATCH", "/api/ADMIN/users/other", json!({"disabled": true})),
        ("POST", "/api/ADMIN/users/other/password", json!({})),
        ("GET", "/api/ADMIN/invitations", Value::Null),
        ("POST", "/api/ADMIN/invitations", json!({})),
        ("DELETE", "/api/ADMIN/invitations/other", Value::Null),
        ("GET", "/api/ADMIN/groups", Value::Null),
        (
            "PATCH",
            "/api/ADMIN/groups/GROUP",
            json!({"member_limit": 5}),
        ),
        ("DELETE", "/api/ADMIN/groups/GROUP", Value::Null),
        ("GET", "/api/ADMIN/reports", Value::Null),
        (
            "POST",
            "/api/ADMIN/reports/other",
            json!({"state": "dismissed"}),
        ),
        ("GET", "/api/ADMIN/audit", Value::Null),
        ("GET", "/api/ADMIN/figures", Value::Null),
    ] {
        rows.push(row(Plain, method, path, body, all(MAY_NOT)));
    }
    rows
}
