//! Clients that post, and keep what the server acknowledged.

use std::io;

use serde_json::{Value, json};
use uuid::Uuid;
use webqq_testkit::http::{Client, Response};

use crate::world::{messages_of, number, text};

/// A message as the client means it: the same for every try.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) client_id: String,
    body: Value,
}

impl Draft {
    /// A text under a fresh client id.
    pub(crate) fn text(words: impl Into<String>) -> Self {
        Self {
            client_id: Uuid::new_v4().to_string(),
            body: json!({"text": words.into()}),
        }
    }

    /// Posts it, once.
    ///
    /// # Errors
    /// When there is no answer: then it may or may not be posted.
    pub(crate) fn post(&self, client: &mut Client, conversation: &str) -> io::Result<Response> {
        let draft = json!({"kind": "text", "body": self.body, "client_id": self.client_id});
        client.json("POST", &messages_of(conversation), &draft)
    }

    /// Posts it, and again as before: the retry must be told the first receipt. Returns the seq.
    pub(crate) fn post_twice(&self, client: &mut Client, conversation: &str) -> i64 {
        let first = self.post(client, conversation).expect("an answer");
        let first = first.expect(201).json();
        let again = self.post(client, conversation).expect("an answer");
        assert_eq!(again.expect(200).json(), first, "a retry is told otherwise");
        assert_eq!(text(&first["conversation"]), conversation);
        number(&first["seq"])
    }

    /// Posts it for the first time. Returns the seq.
    pub(crate) fn post_once(&self, client: &mut Client, conversation: &str) -> i64 {
        let answer = self.post(client, conversation).expect("an answer");
        number(&answer.expect(201).json()["seq"])
    }
}
