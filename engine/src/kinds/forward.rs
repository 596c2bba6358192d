//! `forward`: shows a message of one conversation in another. The sender names where it stands; the
//! server puts its content in. Where it came from is not told: the readers may not know of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::{ConversationId, Seq};
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::message::{Message, Rejection, rfc3339};

/// Body of `forward`. A client sends `source`, and gets `content` in its place.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// Which message; of any conversation, if the sender may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
}

/// Where a message stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// In which conversation.
    pub conversation: ConversationId,
    /// At which seq.
    pub seq: Seq,
}

/// A message without its place.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The kind's name.
    pub kind: String,
    /// The body; references to other messages are taken out.
    pub body: Value,
    /// What the sender was called.
    pub sender_name: String,
    /// RFC 3339 UTC.
    pub sent_at: String,
}

impl MessageKind for Forward {
    const NAME: &'static str = "forward";
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        if self.content.is_some() {
            let detail = "Name the message with `source`; the server puts the content in.";
            return Err(Rejection::invalid("body.content", detail));
        }
        if self.source.take().is_none() {
            return Err(Rejection::invalid("body.source", "Say which message."));
        }
        let message = at.quoted().ok_or_else(Rejection::not_found)?;
        if !at.is_recallable(&message.kind) {
            let detail = "Messages of this kind cannot be forwarded.";
            return Err(Rejection::unprocessable("not_forwardable", detail));
        }
        self.content = Some(content(message)?);
        let files = at
            .quoted_files()
            .map(|file| Effect::Attach { file: file.id });
        Ok(Effects::of(files.collect::<Vec<_>>()))
    }

    fn summary(&self, lang: Lang) -> String {
        let text = self
            .content
            .as_ref()
            .and_then(|content| content.body["text"].as_str());
        let text: String = text.unwrap_or_default().chars().take(100).collect();
        match lang {
            Lang::En => format!("[forwarded] {text}"),
            Lang::Zh => format!("[转发] {text}"),
        }
    }

    fn quotes(&self) -> Option<(ConversationId, Seq)> {
        let source = self.source.as_ref()?;
        Some((source.conversation, source.seq))
    }
}

fn content(message: &Message) -> Result<Content, Rejection> {
    let body = message.body.as_deref().ok_or_else(|| {
        let detail = "This message was taken back.";
        Rejection::conflict("recalled", detail)
    })?;
    let mut body: Value = serde_json::from_str(body).unwrap_or_default();
    // What was forwarded before stays what it was.
    if message.kind == Forward::NAME
        && let Some(content) = body.get_mut("content").map(Value::take)
        && let Ok(content) = serde_json::from_value(content)
    {
        return Ok(content);
    }
    if let Some(fields) = body.as_object_mut() {
        fields.remove("reply_to");
    }
    Ok(Content {
        kind: message.kind.clone(),
        body,
        sender_name: message.sender_name.clone(),
        sent_at: rfc3339(message.sent_at_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::kinds::check::{admit_with, code, group, message};
    use serde_json::json;

    fn forward(quoted: Option<Message>) -> Result<(Value, Effects), Rejection> {
        let looked_up = LookedUp {
            quoted,
            ..LookedUp::default()
        };
        let source = json!({"conversation": group().id, "seq": 7});
        let body = json!({"source": source});
        admit_with("forward", &group(), 3, body, &looked_up)
    }

    #[test]
    fn carries_the_content_and_not_the_place() {
        let text = message(7, 4, "text", &json!({"text": "你好", "reply_to": 3}));
        let (body, _) = forward(Some(text)).unwrap();
        let expected = json!({"content": {"kind": "text", "body": {"text": "你好"},
            "sender_name": "Somebody", "sent_at": "1970-01-01T00:00:01.000Z"}});
        assert_eq!(body, expected);
        let again = message(7, 4, "forward", &body);
        assert_eq!(
            forward(Some(again)).unwrap().0,
            expected,
            "not wrapped twice"
        );
    }

    #[test]
    fn takes_files_along() {
        let file = crate::kinds::file::tests::upload(8, Some(3));
        let looked_up = LookedUp {
            quoted: Some(message(7, 4, "image", &json!({"file": file.id}))),
            quoted_files: vec![file.clone()],
            ..LookedUp::default()
        };
        let source = json!({"conversation": group().id, "seq": 7});
        let body = json!({"source": source});
        let (body, effects) = admit_with("forward", &group(), 3, body, &looked_up).unwrap();
        assert_eq!(body["content"]["body"]["file"], json!(file.id));
        assert_eq!(effects.list, [Effect::Attach { file: file.id }]);
    }

    #[test]
    fn only_what_is_there_and_has_content() {
        assert_eq!(code(&forward(None)), "not_found");
        let joined = message(7, 4, "group.join", &json!({}));
        assert_eq!(code(&forward(Some(joined))), "not_forwardable");
        let gone = Message {
            body: None,
            ..message(7, 4, "text", &json!({}))
        };
        assert_eq!(code(&forward(Some(gone))), "recalled");
        let none = LookedUp::default();
        let forged =
            json!({"content": {"kind": "text", "body": {}, "sender_name": "x", "sent_at": ""}});
        for body in [json!({}), forged] {
            let verdict = admit_with("forward", &group(), 3, body, &none);
            assert_eq!(code(&verdict), "invalid");
        }
    }
}
