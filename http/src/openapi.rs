//! `GET /api/openapi.json`: the routes and shapes as OpenAPI 3.1, made from one table and from the
//! very types that handlers read and write.

use axum::Json;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::{
    account, admin, admission, bots, conversations, files, friends, groups, members, messages,
    operations, reports, search, sessions, shapes, users,
};

type SchemaOf = fn(&mut SchemaGenerator) -> Value;

/// One row of the table.
struct Route {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    query: &'static [&'static str],
    body: Option<SchemaOf>,
    status: u16,
    answer: Option<SchemaOf>,
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// A body that is no JSON.
fn bytes(_: &mut SchemaGenerator) -> Value {
    json!({"type": "string", "format": "binary"})
}

/// What a body or an answer is sent as.
fn content(schema: SchemaOf, generator: &mut SchemaGenerator) -> Value {
    let schema = schema(generator);
    let is_raw = schema["format"] == "binary";
    let kind = if is_raw {
        "application/octet-stream"
    } else {
        "application/json"
    };
    json!({kind: {"schema": schema}})
}

const fn route(
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    query: &'static [&'static str],
    body: Option<SchemaOf>,
    status: u16,
    answer: Option<SchemaOf>,
) -> Route {
    Route {
        method,
        path,
        summary,
        query,
        body,
        status,
        answer,
    }
}

/// All routes. A test holds it against the router.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route("post", "/api/users", "Sign up", &[], Some(of::<users::SignUp>), 201, Some(of::<shapes::SignedIn>)),
    route("get", "/api/users", "Find people by name or number, or by ids", &["query", "ids"], None, 200, Some(of::<users::People>)),
    route("get", "/api/users/{user}", "One person", &[], None, 200, Some(of::<users::OnePerson>)),
    route("post", "/api/sessions", "Sign in", &[], Some(of::<sessions::SignIn>), 201, Some(of::<shapes::SignedIn>)),
    route("get", "/api/sessions", "Own devices", &[], None, 200, Some(of::<sessions::Devices>)),
    route("delete", "/api/sessions", "Sign all other devices out", &[], None, 204, None),
    route("delete", "/api/sessions/current", "Sign out", &[], None, 204, None),
    route("delete", "/api/sessions/{session}", "Sign a device out", &[], None, 204, None),
    route("get", "/api/me", "Own profile", &[], None, 200, Some(of::<shapes::Profile>)),
    route("patch", "/api/me", "Change the own profile", &[], Some(of::<webqq_engine::kinds::profile::Fields>), 200, Some(of::<shapes::Profile>)),
    route("delete", "/api/me", "Delete the own account; messages stay", &[], Some(of::<account::DeleteMe>), 204, None),
    route("get", "/api/me/export", "The own data as a document", &[], None, 200, None),
    route("put", "/api/me/avatar", "Show another avatar", &[], Some(bytes), 200, Some(of::<shapes::Profile>)),
    route("delete", "/api/me/avatar", "Show no avatar", &[], None, 204, None),
    route("get", "/api/users/{user}/avatar", "Somebody's avatar", &["size"], None, 200, Some(bytes)),
    route("get", "/api/groups/{group}/avatar", "A group's avatar", &["size"], None, 200, Some(bytes)),
    route("put", "/api/groups/{group}/avatar", "Show another avatar of a group", &[], Some(bytes), 200, Some(of::<groups::OneGroup>)),
    route("delete", "/api/groups/{group}/avatar", "Show no avatar of a group", &[], None, 204, None),
    route("post", "/api/files", "Upload a file", &["name"], Some(bytes), 201, Some(of::<files::OneFile>)),
    route("get", "/api/files/{file}", "Download a file", &[], None, 200, Some(bytes)),
    route("get", "/api/files/{file}/thumbnail", "A small picture of a picture", &[], None, 200, Some(bytes)),
    route("put", "/api/me/password", "Change the own password; ends all other sessions", &[], Some(of::<users::ChangePassword>), 204, None),
    route("get", "/api/sync", "The snapshot a client starts from", &[], None, 200, Some(of::<conversations::Snapshot>)),
    route("get", "/api/stream", "The feed as Server-Sent Events", &["cursor"], None, 200, None),
    route("get", "/api/poll", "The feed as a long-poll", &["cursor", "wait"], None, 200, None),
    route("get", "/api/conversations/direct/{user}", "The direct conversation with somebody", &[], None, 200, None),
    route("post", "/api/conversations/{conversation}/messages", "Post a message", &[], Some(of::<messages::Draft>), 201, Some(of::<webqq_engine::message::Receipt>)),
    route("get", "/api/conversations/{conversation}/messages", "History, ascending", &["before", "after", "limit"], None, 200, None),
    route("get", "/api/conversations/{conversation}/messages/{seq}", "One message", &[], None, 200, None),
    route("patch", "/api/conversations/{conversation}", "Pin, mute or hide a conversation for oneself", &[], Some(of::<conversations::Set>), 204, None),
    route("put", "/api/conversations/{conversation}/read", "Move the read position", &[], Some(of::<conversations::ReadTo>), 200, Some(of::<conversations::ReadState>)),
    route("post", "/api/conversations/{conversation}/typing", "Say that one is typing", &[], Some(of::<conversations::Nothing>), 204, None),
    route("post", "/api/groups", "Create a group", &[], Some(of::<groups::Create>), 201, Some(of::<groups::OneGroup>)),
    route("get", "/api/groups", "Find groups by name or number", &["query"], None, 200, Some(of::<groups::Groups>)),
    route("get", "/api/groups/{group}", "One group", &[], None, 200, Some(of::<groups::OneGroup>)),
    route("patch", "/api/groups/{group}", "Change a group", &[], Some(of::<webqq_engine::kinds::settings::Fields>), 200, Some(of::<groups::OneGroup>)),
    route("delete", "/api/groups/{group}", "Dissolve a group", &[], None, 204, None),
    route("get", "/api/groups/{group}/members", "The members, with presence", &[], None, 200, Some(of::<members::Members>)),
    route("post", "/api/groups/{group}/members", "Join, ask to be let in, or invite somebody", &[], Some(of::<members::Join>), 200, Some(of::<groups::OneGroup>)),
    route("patch", "/api/groups/{group}/members/{user}", "Give a member a role or a card, or mute them", &[], Some(of::<members::Change>), 200, Some(of::<groups::OneGroup>)),
    route("delete", "/api/groups/{group}/members/{user}", "Leave, or remove a member", &["ban"], None, 204, None),
    route("get", "/api/groups/{group}/requests", "Who asks to be let in", &[], None, 200, Some(of::<admission::Requests>)),
    route("put", "/api/groups/{group}/requests/{user}", "Let somebody in, or not", &[], Some(of::<admission::Answer>), 204, None),
    route("delete", "/api/groups/{group}/requests/{user}", "Take one's own request back", &[], None, 204, None),
    route("get", "/api/groups/{group}/bans", "Who may not come back", &[], None, 200, Some(of::<admission::Bans>)),
    route("delete", "/api/groups/{group}/bans/{user}", "Lift a ban", &[], None, 204, None),
    route("get", "/api/groups/{group}/links", "The invitation links", &[], None, 200, Some(of::<admission::Links>)),
    route("post", "/api/groups/{group}/links", "Make an invitation link", &[], Some(of::<admission::MakeLink>), 201, Some(of::<admission::NewLink>)),
    route("delete", "/api/groups/{group}/links/{link}", "End an invitation link", &[], None, 204, None),
    route("post", "/api/links/{code}", "Come in by an invitation link", &[], None, 200, Some(of::<groups::OneGroup>)),
    route("get", "/api/groups/{group}/hooks", "The incoming webhooks", &[], None, 200, Some(of::<bots::Hooks>)),
    route("post", "/api/groups/{group}/hooks", "Make an incoming webhook", &[], Some(of::<bots::MakeHook>), 201, Some(of::<bots::NewHook>)),
    route("delete", "/api/groups/{group}/hooks/{hook}", "End an incoming webhook", &[], None, 204, None),
    route("post", "/api/hooks/{code}", "Post as a webhook's bot", &[], Some(of::<bots::Hooked>), 201, Some(of::<webqq_engine::message::Receipt>)),
    route("get", "/api/bots", "One's own bots", &[], None, 200, Some(of::<bots::Bots>)),
    route("post", "/api/bots", "Make a bot", &[], Some(of::<bots::MakeBot>), 201, Some(of::<bots::NewBot>)),
    route("delete", "/api/bots/{bot}", "Delete a bot", &[], None, 204, None),
    route("post", "/api/bots/{bot}/token", "Another token for a bot", &[], None, 201, Some(of::<bots::NewToken>)),
    route("get", "/api/friends", "Friends, folders and requests", &[], None, 200, Some(of::<friends::Friends>)),
    route("post", "/api/friends", "Ask somebody to be a friend", &[], Some(of::<friends::Ask>), 202, Some(of::<members::Pending>)),
    route("put", "/api/friends/{user}", "Answer who asks to be a friend", &[], Some(of::<admission::Answer>), 204, None),
    route("patch", "/api/friends/{user}", "Change a friend's folder or remark", &[], Some(of::<friends::Change>), 200, Some(of::<friends::OneFriend>)),
    route("delete", "/api/friends/{user}", "End a friendship, or take a request back", &[], None, 204, None),
    route("get", "/api/friend-folders", "The folders of friends", &[], None, 200, Some(of::<friends::Folders>)),
    route("post", "/api/friend-folders", "Make a folder", &[], Some(of::<friends::MakeFolder>), 201, Some(of::<friends::OneFolder>)),
    route("patch", "/api/friend-folders/{folder}", "Rename or move a folder", &[], Some(of::<friends::ChangeFolder>), 200, Some(of::<friends::OneFolder>)),
    route("delete", "/api/friend-folders/{folder}", "Remove a folder", &[], None, 204, None),
    route("get", "/api/blocks", "Whom one blocks", &[], None, 200, Some(of::<friends::Blocks>)),
    route("put", "/api/blocks/{user}", "Block somebody", &[], None, 204, None),
    route("delete", "/api/blocks/{user}", "Take a block back", &[], None, 204, None),
    route("post", "/api/reports", "Report a message", &[], Some(of::<reports::NewReport>), 201, Some(of::<reports::Reported>)),
    route("get", "/api/admin/users", "Find accounts, disabled ones too", &["query", "after", "limit"], None, 200, Some(of::<admin::users::Accounts>)),
    route("patch", "/api/admin/users/{user}", "Disable an account, or make an administrator", &[], Some(of::<admin::users::ChangeAccount>), 200, Some(of::<admin::users::OneAccount>)),
    route("post", "/api/admin/users/{user}/password", "Set somebody's password; ends their sessions", &[], Some(of::<admin::users::ResetPassword>), 200, Some(of::<admin::users::Reset>)),
    route("post", "/api/admin/invitations", "Make an invitation", &[], Some(of::<admin::invitations::Invite>), 201, Some(of::<admin::invitations::Invited>)),
    route("get", "/api/admin/invitations", "The invitations", &[], None, 200, Some(of::<admin::invitations::Invitations>)),
    route("delete", "/api/admin/invitations/{invitation}", "End an invitation", &[], None, 204, None),
    route("get", "/api/admin/groups", "Find groups, dissolved ones too", &["query", "after", "limit"], None, 200, Some(of::<admin::groups::AllGroups>)),
    route("patch", "/api/admin/groups/{group}", "Allow a group more members", &[], Some(of::<admin::groups::Limit>), 204, None),
    route("delete", "/api/admin/groups/{group}", "Dissolve a group", &[], None, 204, None),
    route("get", "/api/admin/reports", "Reports, the newest first", &["state", "before", "limit"], None, 200, Some(of::<admin::reports::Reports>)),
    route("post", "/api/admin/reports/{report}", "Close a report", &[], Some(of::<admin::reports::Judgement>), 204, None),
    route("get", "/api/admin/audit", "The audit log, the newest first", &["before", "limit"], None, 200, Some(of::<admin::audit::Audit>)),
    route("get", "/api/admin/figures", "The server at this moment", &[], None, 200, Some(of::<admin::figures::Figures>)),
    route("get", "/api/search", "Search what was said", &["query", "conversation", "sender", "from", "to", "before", "limit"], None, 200, Some(of::<search::SearchResults>)),
    route("get", "/api/kinds", "The message kinds", &[], None, 200, Some(of::<operations::Kinds>)),
    route("get", "/api/openapi.json", "This document", &[], None, 200, None),
    route("get", "/healthz", "The process runs", &[], None, 200, None),
    route("get", "/readyz", "The store answers", &[], None, 200, None),
    route("get", "/metrics", "Figures for Prometheus", &[], None, 200, None),
];

/// The methods and paths of all routes.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.iter().map(|route| (route.method, route.path))
}

/// `GET /api/openapi.json`
pub async fn document() -> Json<Value> {
    Json(build())
}

fn build() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method] = operation(route, &mut generator);
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "WebQQ",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Errors are application/problem+json with a stable `code`. \
                The feed's entries are told in docs/PROTOCOL.md.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "webqq_session"},
            },
        },
        "security": [{"bearer": []}, {"cookie": []}],
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let in_path = route.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
    });
    let in_query = route
        .query
        .iter()
        .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}));
    let mut answer = json!({"description": route.summary});
    if let Some(schema) = route.answer {
        answer["content"] = content(schema, generator);
    }
    let problem = json!({"description": "A problem", "content": {"application/problem+json": {}}});
    let mut operation = json!({
        "summary": route.summary,
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": {route.status.to_string(): answer, "default": problem},
    });
    if let Some(schema) = route.body {
        let content = content(schema, generator);
        operation["requestBody"] = json!({"content": content});
    }
    operation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_resolves() {
        let document = build();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        assert!(document.pointer("/components/schemas/Draft").is_some());
    }
}
