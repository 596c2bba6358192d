//! What travels: drafts in, messages and signals out, receipts and rejections back.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::ids::{ClientId, ConversationId, Position, Seq, UserId};

pub use crate::rejection::{Refusal, Rejection};

/// What a client asks to post.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where.
    pub conversation: ConversationId,
    /// Who; `None` is the system, which only the engine can be.
    pub sender: Option<Sender>,
    /// The kind's name.
    pub kind: String,
    /// The body as sent.
    pub body: Value,
    /// The client's name for it: a retry with the same one is the same message.
    pub client_id: ClientId,
}

/// Who posts, with the name that is stored beside the message.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The user.
    pub id: UserId,
    /// Display name at the time of posting.
    pub name: String,
    /// Looks offline to others: nothing that is not kept is told of them.
    pub invisible: bool,
}

/// A draft that was admitted and committed. Durable, ordered, visible to its audience.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Place in the whole log.
    pub position: Position,
    /// Where.
    pub conversation: ConversationId,
    /// Place in the conversation, without gaps.
    pub seq: Seq,
    /// How many messages up to and including this one count as unread-worthy.
    pub counted: i64,
    /// The kind's name.
    pub kind: String,
    /// Who; `None` is the system.
    pub sender: Option<UserId>,
    /// Display name at the time of posting; empty for the system.
    pub sender_name: String,
    /// JSON text; `None` once recalled.
    pub body: Option<String>,
    /// The client's name for the draft.
    pub client_id: ClientId,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
    /// Users this message made members.
    pub added: Vec<UserId>,
    /// Users this message removed from the members.
    pub removed: Vec<UserId>,
    /// Who may see it, if not everyone in the conversation. Always holds the sender.
    pub audience: Option<Vec<UserId>>,
    /// Whom it calls; [`UserId::ALL`] is everyone.
    pub mentions: Vec<UserId>,
    /// What later messages noted on it: JSON text, an object of the kinds' names, each an object of
    /// keys and values. `None`: nothing.
    pub notes: Option<String>,
}

/// The wire form of a message; the same in stream, long-poll and history.
#[derive(Serialize)]
struct Wire<'a> {
    r#type: &'static str,
    conversation: ConversationId,
    seq: Seq,
    counted: i64,
    kind: &'a str,
    sender: Option<UserId>,
    sender_name: &'a str,
    body: Option<&'a RawValue>,
    client_id: ClientId,
    sent_at: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    added: &'a [UserId],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    removed: &'a [UserId],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<UserId>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mentions_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recalled: bool,
}

#[derive(Serialize)]
struct HiddenWire {
    r#type: &'static str,
    conversation: ConversationId,
    seq: Seq,
    counted: i64,
    kind: &'static str,
}

impl Message {
    /// The message as JSON, made once and shared by everyone who receives it.
    pub fn render(&self) -> Bytes {
        let body = raw(self.body.as_deref());
        let notes = raw(self.notes.as_deref());
        let named = self.mentions.iter().filter(|user| **user != UserId::ALL);
        to_bytes(&Wire {
            r#type: "message",
            conversation: self.conversation,
            seq: self.seq,
            counted: self.counted,
            kind: &self.kind,
            sender: self.sender,
            sender_name: &self.sender_name,
            body,
            client_id: self.client_id,
            sent_at: rfc3339(self.sent_at_ms),
            added: &self.added,
            removed: &self.removed,
            mentions: named.copied().collect(),
            mentions_all: self.mentions.contains(&UserId::ALL),
            notes,
            recalled: self.body.is_none(),
        })
    }

    /// The stub for members outside the audience: keeps `seq` dense and says nothing else.
    pub fn render_hidden(&self) -> Bytes {
        to_bytes(&HiddenWire {
            r#type: "message",
            conversation: self.conversation,
            seq: self.seq,
            counted: self.counted,
            kind: "hidden",
        })
    }

    /// Whether `user`, a member at the time, may see more than the stub.
    pub fn shown_to(&self, user: UserId) -> bool {
        self.audience
            .as_ref()
            .is_none_or(|audience| audience.contains(&user))
    }

    /// What `user`, a member at the time, gets.
    pub fn render_for(&self, user: UserId) -> Bytes {
        if self.shown_to(user) {
            self.render()
        } else {
            self.render_hidden()
        }
    }

    /// The receipt of whoever posted it.
    pub fn receipt(&self, first: bool) -> Receipt {
        Receipt {
            conversation: self.conversation,
            seq: self.seq,
            sent_at: rfc3339(self.sent_at_ms),
            first,
        }
    }
}

/// The answer to a post: the message is durable and has its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Receipt {
    /// Where.
    pub conversation: ConversationId,
    /// Its place there; 0 for a signal, which has none.
    pub seq: Seq,
    /// RFC 3339 UTC.
    pub sent_at: String,
    /// False when it had been posted before: HTTP says 200 instead of 201.
    #[serde(skip)]
    pub first: bool,
}

/// Ephemeral news about a conversation or a user. Never stored, never resumed.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The kind's name (`typing`, `read`, `presence`).
    pub name: Cow<'static, str>,
    /// Where, if anywhere.
    pub conversation: Option<ConversationId>,
    /// Whom it is about.
    pub user: UserId,
    /// Further fields.
    pub fields: Map<String, Value>,
}

impl Signal {
    /// The signal as JSON.
    pub fn render(&self) -> Bytes {
        let mut wire = Map::new();
        wire.insert("type".into(), "signal".into());
        wire.insert("signal".into(), self.name.to_string().into());
        if let Some(conversation) = self.conversation {
            wire.insert("conversation".into(), conversation.to_string().into());
        }
        wire.insert("user".into(), self.user.to_string().into());
        for (name, value) in &self.fields {
            wire.entry(name.clone()).or_insert_with(|| value.clone());
        }
        to_bytes(&wire)
    }
}

/// JSON text as it is, if it is JSON.
fn raw(text: Option<&str>) -> Option<&RawValue> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

/// Unix milliseconds as RFC 3339 UTC with milliseconds.
pub fn rfc3339(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(time) => format!("{time:.3}"),
        Err(_) => "1970-01-01T00:00:00.000Z".into(),
    }
}

/// The opposite of [`rfc3339`], with any offset; finer parts of a millisecond are dropped.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.as_millisecond())
}

/// A value that is known to serialise, as shared bytes.
pub(crate) fn to_bytes(value: &impl Serialize) -> Bytes {
    // Our own types have string keys only, so this cannot fail; `null` would show that it did.
    serde_json::to_vec(value)
        .unwrap_or_else(|_| b"null".to_vec())
        .into()
}

/// Several users as a sorted list without repetition.
pub(crate) fn sorted(users: impl IntoIterator<Item = UserId>) -> Vec<UserId> {
    users
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn message() -> Message {
        let user = UserId(Uuid::from_u128(7));
        Message {
            position: Position(9),
            conversation: ConversationId(Uuid::from_u128(1)),
            seq: Seq(17),
            counted: 12,
            kind: "text".into(),
            sender: Some(user),
            sender_name: "李丽".into(),
            body: Some(r#"{"text":"你好 \"x\""}"#.into()),
            client_id: ClientId(Uuid::from_u128(3)),
            sent_at_ms: 1_795_000_000_123,
            added: vec![],
            removed: vec![],
            audience: Some(vec![user]),
            mentions: vec![UserId::ALL, user],
            notes: Some(r#"{"reaction":{"👍 x":true}}"#.into()),
        }
    }

    #[test]
    fn the_wire_form_is_the_contract() {
        let wire: Value = serde_json::from_slice(&message().render()).unwrap();
        let expected = serde_json::json!({
            "type": "message", "conversation": "00000000-0000-0000-0000-000000000001",
            "seq": 17, "counted": 12, "kind": "text",
            "sender": "00000000-0000-0000-0000-000000000007", "sender_name": "李丽",
            "body": {"text": "你好 \"x\""}, "client_id": "00000000-0000-0000-0000-000000000003",
            "sent_at": "2026-11-18T11:06:40.123Z",
            "mentions": ["00000000-0000-0000-0000-000000000007"], "mentions_all": true,
            "notes": {"reaction": {"👍 x": true}},
        });
        assert_eq!(wire, expected);
    }

    #[test]
    fn outside_the_audience_there_is_only_a_stub() {
        let stranger = UserId(Uuid::from_u128(8));
        let wire: Value = serde_json::from_slice(&message().render_for(stranger)).unwrap();
        let expected = serde_json::json!({
            "type": "message", "conversation": "00000000-0000-0000-0000-000000000001",
            "seq": 17, "counted": 12, "kind": "hidden",
        });
        assert_eq!(wire, expected);
    }

    #[test]
    fn a_recalled_message_has_no_body() {
        let recalled = Message {
            body: None,
            ..message()
        };
        let wire: Value = serde_json::from_slice(&recalled.render()).unwrap();
        assert_eq!(wire["body"], Value::Null);
        assert_eq!(wire["recalled"], true);
    }
}
