//! The client's rule, which makes "at least once" on the wire "exactly once" on the screen.

use std::collections::BTreeMap;

use serde_json::Value;
use webqq_testkit::http::Client;

use crate::world::{number, text};

/// What one device has applied.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    me: String,
    conversations: BTreeMap<String, Shown>,
    /// Messages that came again. Allowed, and counted because it should be few.
    pub(crate) duplicates: u64,
    /// Signals and states, in the order they came.
    pub(crate) signals: Vec<Value>,
}

/// A conversation as the device shows it.
#[derive(Debug, Clone, Default)]
struct Shown {
    last: i64,
    applied: Vec<Value>,
}

impl Reader {
    /// Starts from the snapshot; also returns the cursor to listen from.
    pub(crate) fn from_snapshot(client: &mut Client) -> (Self, String) {
        let snapshot = client.get("/api/sync").expect("the server answers");
        let snapshot = snapshot.expect(200).json();
        let all = snapshot["conversations"].as_array().expect("a list");
        let shown = |one: &Value| {
            let shown = Shown {
                last: number(&one["head_seq"]),
                applied: Vec::new(),
            };
            (text(&one["id"]).to_owned(), shown)
        };
        let reader = Self {
            me: text(&snapshot["me"]["id"]).to_owned(),
            conversations: all.iter().map(shown).collect(),
            duplicates: 0,
            signals: Vec::new(),
        };
        (reader, text(&snapshot["cursor"]).to_owned())
    }

    /// Applies one event of the stream or of a poll's answer.
    ///
    /// # Errors
    /// When messages are missing: a gap, or a `reset` (no test here gives a reason for one).
    pub(crate) fn take(&mut self, event: &Value) -> Result<(), String> {
        match text(&event["type"]) {
            "message" => self.message(event),
            "signal" | "state" => {
                self.signals.push(event.clone());
                Ok(())
            }
            "hello" if event["resumed"] == true => Ok(()),
            "heartbeat" | "bye" => Ok(()),
            _ => Err(format!("{} was told: {event}", self.me)),
        }
    }

    fn message(&mut self, message: &Value) -> Result<(), String> {
        let conversation = text(&message["conversation"]);
        let seq = number(&message["seq"]);
        let shown = self
            .conversations
            .entry(conversation.to_owned())
            .or_default();
        if seq <= shown.last {
            self.duplicates += 1;
            return Ok(());
        }
        let added = message["added"].as_array();
        let names_me = added.is_some_and(|added| added.iter().any(|user| *user == self.me));
        if seq != shown.last + 1 && !names_me {
            let last = shown.last;
            return Err(format!("a GAP: seq {seq} after {last}: {message}"));
        }
        shown.last = seq;
        shown.applied.push(message.clone());
        Ok(())
    }

    /// The messages of a conversation that were applied, in that order.
    pub(crate) fn applied(&self, conversation: &str) -> &[Value] {
        let shown = self.conversations.get(conversation);
        shown.map_or(&[], |shown| &shown.applied)
    }

    /// Checks that exactly these messages were applied, in this order: seq and client id of each.
    pub(crate) fn check(&self, conversation: &str, expected: &[(i64, String)]) {
        let applied = self.applied(conversation).iter();
        let applied: Vec<(i64, &str)> = applied
            .map(|message| (number(&message["seq"]), text(&message["client_id"])))
            .collect();
        let expected: Vec<(i64, &str)> = expected
            .iter()
            .map(|(seq, client_id)| (*seq, client_id.as_str()))
            .collect();
        let differs = applied.iter().zip(&expected).find(|(a, b)| a != b);
        assert_eq!(differs, None, "applied, and expected in its place");
        assert_eq!(applied.len(), expected.len(), "messages applied");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(seq: i64, added: &[&str]) -> Value {
        json!({"type": "message", "conversation": "c", "seq": seq, "added": added})
    }

    #[test]
    fn a_gap_is_seen_and_a_duplicate_is_not_applied() {
        let mut reader = Reader {
            me: "me".into(),
            conversations: BTreeMap::new(),
            duplicates: 0,
            signals: Vec::new(),
        };
        for event in [message(1, &[]), message(2, &[]), message(1, &["me"])] {
            reader.take(&event).unwrap();
        }
        assert_eq!((reader.applied("c").len(), reader.duplicates), (2, 1));
        assert!(reader.take(&message(4, &["you"])).is_err());
        reader.take(&message(9, &["me"])).unwrap();
        assert!(reader.take(&message(11, &[])).is_err());
        assert!(reader.take(&json!({"type": "reset"})).is_err());
        let afresh = json!({"type": "hello", "resumed": false});
        assert!(reader.take(&afresh).is_err());
    }
}
