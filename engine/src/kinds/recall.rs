//! `recall`: a message is taken back. Its sender may for two minutes, owner and admins at any time.
//! The body is gone from the store; clients that were away learn of it from this message, and see
//! `recalled` where the other one stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::Seq;
use crate::kind::{ConversationType, Lang, MessageKind, Role};
use crate::limits::RECALL_WINDOW_MS;
use crate::message::{Message, Rejection};

/// Body of `recall`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recall {
    /// Which message of this conversation.
    pub seq: Seq,
}

impl MessageKind for Recall {
    const NAME: &'static str = "recall";
    const COUNTS_AS_UNREAD: bool = false;
    // To take something back must stay possible to the muted and the blocked.
    const ALWAYS: bool = true;
    const CONVERSATIONS: &'static [ConversationType] =
        &[ConversationType::Group, ConversationType::Direct];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let message = at.message(self.seq).ok_or_else(Rejection::not_found)?;
        if !at.is_recallable(&message.kind) {
            let detail = "Messages of this kind cannot be taken back.";
            return Err(Rejection::unprocessable("not_recallable", detail));
        }
        if message.body.is_none() {
            let detail = "This message was taken back.";
            return Err(Rejection::conflict("recalled", detail));
        }
        may_recall(message, at)?;
        Ok(Effects::of([Effect::Recall { seq: self.seq }]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "took a message back".into(),
            Lang::Zh => "撤回了一条消息".into(),
        }
    }

    fn refers_to(&self) -> Vec<Seq> {
        vec![self.seq]
    }
}

fn may_recall(message: &Message, at: &Admission<'_>) -> Result<(), Rejection> {
    let governs = at.role() >= Some(Role::Admin);
    if message.sender == at.sender {
        if governs || at.now_ms - message.sent_at_ms <= RECALL_WINDOW_MS {
            return Ok(());
        }
        let detail = "A message can be taken back within two minutes.";
        return Err(Rejection::forbidden("too_late", detail));
    }
    // Who has left is below everybody who governs.
    let sender = message
        .sender
        .and_then(|user| at.conversation.roster.get(&user));
    if governs && sender.map(|member| member.role) < at.role() {
        return Ok(());
    }
    let detail = "Only the sender, the owner, and admins for ordinary members take a message back.";
    Err(Rejection::forbidden("not_allowed", detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::LookedUp;
    use crate::kinds::check::{admit_at, code, group, message, user};
    use serde_json::json;

    #[test]
    fn senders_for_two_minutes_and_those_who_govern_at_any_time() {
        let state = group();
        let late = 1_000 + RECALL_WINDOW_MS;
        for (by, of, kind, now, expected) in [
            (3, 3, "text", late, "ok"),
            (3, 3, "text", late + 1, "too_late"),
            (3, 4, "text", 1_000, "not_allowed"),
            (2, 3, "text", late + 1, "ok"),
            (2, 2, "text", late + 1, "ok"),
            (2, 1, "text", 1_000, "not_allowed"),
            (1, 2, "text", late + 1, "ok"),
            (2, 9, "text", late + 1, "ok"),
            (3, 3, "group.join", 1_000, "not_recallable"),
            (1, 3, "group.settings", 1_000, "not_recallable"),
            (3, 3, "recall", 1_000, "not_recallable"),
            (3, 3, "unknown.kind", 1_000, "not_recallable"),
        ] {
            let looked_up = LookedUp {
                references: vec![message(7, of, kind, &json!({"text": "x"}))],
                ..LookedUp::default()
            };
            let body = json!({"seq": 7});
            let verdict = admit_at("recall", &state, by, body, &looked_up, now);
            assert_eq!(code(&verdict), expected, "{by} {of} {kind} {now}");
        }
    }

    #[test]
    fn what_is_not_there_or_gone_cannot_be_taken_back() {
        let nothing = LookedUp::default();
        let verdict = admit_at("recall", &group(), 3, json!({"seq": 7}), &nothing, 1_000);
        assert_eq!(code(&verdict), "not_found");
        let gone = Message {
            body: None,
            ..message(7, 3, "text", &json!({}))
        };
        let looked_up = LookedUp {
            references: vec![gone],
            ..LookedUp::default()
        };
        let verdict = admit_at("recall", &group(), 3, json!({"seq": 7}), &looked_up, 1_000);
        assert_eq!(code(&verdict), "recalled");
        assert_eq!(looked_up.references[0].sender, Some(user(3)));
    }
}
