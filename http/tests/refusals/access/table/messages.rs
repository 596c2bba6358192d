//! Reading and posting.

use serde_json::json;

use super::super::place::Setup::*;
use super::*;

pub(super) fn rows() -> Vec<Row> {
    vec![
        // Before anybody comes into a group and shares it with `other`. What somebody blocked gets is
        // what a stranger gets.
        row(
            Plain,
            "GET",
            "/api/conversations/direct/other",
            none(),
            seen("200"),
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
            seen("200"),
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
    ]
}
