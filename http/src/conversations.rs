//! Conversations: the snapshot, direct chats, read positions, typing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;
use webqq_engine::group::state::{ConversationType, Role};
use webqq_engine::ids::{ConversationId, Seq, UserId};
use webqq_engine::kinds::conversation::ConversationSettings;
use webqq_engine::store::ConversationRow;

use crate::app::App;
use crate::auth::Caller;
use crate::body::{Body, OptionalBody};
use crate::error::Problem;
use crate::params::{Id, Params};
use crate::shapes::{Profile, raw_json};

/// No query parameters, or an empty body.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Answer of the snapshot.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Snapshot {
    /// What to open the stream or the long-poll with.
    cursor: String,
    /// One's own profile.
    me: Profile,
    /// Those with the latest news first.
    conversations: Vec<Conversation>,
}

/// A conversation in the snapshot. One that was left is as it was at that moment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Conversation {
    id: Uuid,
    r#type: ConversationType,
    /// A group's name; the other user's display name in a direct chat.
    name: String,
    /// Which avatar a group shows; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<Uuid>,
    /// The other user of a direct chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<Uuid>,
    /// Unread-worthy messages behind the read position.
    unread: i64,
    /// Unread messages that mention the user.
    mentions: i64,
    read_seq: i64,
    head_seq: i64,
    /// The first seq that history shows.
    from_seq: i64,
    left: bool,
    #[schemars(with = "Option<serde_json::Value>")]
    last_message: Option<Box<RawValue>>,
    role: Option<Role>,
    member_count: i64,
    /// How far the other of a direct chat has read, if both show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_read_seq: Option<i64>,
    pinned: bool,
    muted: bool,
    hidden: bool,
}

impl Conversation {
    fn new(row: &ConversationRow, me: UserId, set: ConversationSettings) -> Self {
        let last = row.last_message.as_ref().map(|one| one.render_for(me));
        let last = last.and_then(|json| String::from_utf8(json.to_vec()).ok());
        Self {
            id: row.id.0,
            r#type: row.r#type,
            name: row.name.clone(),
            avatar: row.avatar.map(|file| file.0),
            peer: row.peer.map(|user| user.0),
            unread: row.counted - row.read_counted,
            mentions: row.mentions,
            read_seq: row.read_seq.0,
            head_seq: row.head_seq.0,
            from_seq: row.from_seq.0,
            left: row.left,
            last_message: last.and_then(|json| RawValue::from_string(json).ok()),
            role: row.role,
            member_count: row.member_count,
            peer_read_seq: row.peer_read_seq.map(|seq| seq.0),
            pinned: set.pinned,
            muted: set.muted,
            hidden: set.is_hidden(row.head_seq),
        }
    }
}

/// `GET /api/sync`
pub async fn sync(
    State(app): State<App>,
    caller: Caller,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Json<Snapshot>, Problem> {
    let me = caller.user().id;
    let (rows, cursor) = app.engine().sync(me).await?;
    let conversation = |row: &ConversationRow| {
        let set = rows.settings.get(&row.id);
        Conversation::new(row, me, ConversationSettings::read(set))
    };
    Ok(Json(Snapshot {
        cursor: cursor.to_string(),
        me: (&rows.me).into(),
        conversations: rows.conversations.iter().map(conversation).collect(),
    }))
}

/// `GET /api/conversations/direct/{user}`
pub async fn open_direct(
    State(app): State<App>,
    caller: Caller,
    Id(other): Id,
) -> Result<Response, Problem> {
    let (me, other) = (caller.user().id, UserId(other));
    let id = app.engine().direct(me, other).await?;
    let peer = app.engine().user(other).await?;
    let answer = json!({"conversation": {
        "id": id, "type": "direct", "name": peer.name, "peer": peer.id,
    }});
    Ok(raw_json(answer.to_string().into_bytes()))
}

/// Body of setting a conversation for oneself; absent fields stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Stands at the top of the list.
    pinned: Option<bool>,
    /// Raises no notification.
    muted: Option<bool>,
    /// Hidden until the next message.
    hidden: Option<bool>,
}

/// `PATCH /api/conversations/{id}`
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(set): Body<Set>,
) -> Result<StatusCode, Problem> {
    let (engine, me, id) = (app.engine(), caller.user(), ConversationId(id));
    engine
        .set_conversation(me, id, set.pinned, set.muted, set.hidden)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Body of moving a read position.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadTo {
    /// Read up to here; beyond the head means the head.
    seq: i64,
}

/// Answer of moving a read position.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadState {
    read_seq: i64,
    unread: i64,
}

/// `PUT /api/conversations/{id}/read`
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<ReadTo>,
) -> Result<Json<ReadState>, Problem> {
    if body.seq < 0 {
        return Err(Problem::invalid_field("seq", "must be 0 or more"));
    }
    let (engine, me) = (app.engine(), caller.user().id);
    let state = engine.read(me, ConversationId(id), Seq(body.seq)).await?;
    Ok(Json(ReadState {
        read_seq: state.read_seq.0,
        unread: state.unread,
    }))
}

/// `POST /api/conversations/{id}/typing`
pub async fn typing(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<StatusCode, Problem> {
    app.engine()
        .typing(caller.user(), ConversationId(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
