//! `group.card`: what a member is called in this group (群名片). Their own, or set by those above.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::CARD_CHARS;
use crate::message::Rejection;
use crate::names::clean_line;

/// Body of `group.card`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCard {
    /// Whose.
    pub user: UserId,
    /// At most 32 characters; empty: called as everywhere else.
    pub card: String,
}

impl MessageKind for SetCard {
    const NAME: &'static str = "group.card";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let user = self.user;
        let member = match at.member() {
            Some(own) if at.sender == Some(user) => own,
            _ => at.below(user)?,
        };
        self.card = clean_line("card", &self.card, 0, CARD_CHARS)?;
        if member.card == self.card {
            return Err(Rejection::unchanged());
        }
        let card = self.card.clone();
        Ok(Effects::of([Effect::SetCard { user, card }]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => format!("is now called “{}”", self.card),
            Lang::Zh => format!("群名片改为“{}”", self.card),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::{admit, code, group, user};
    use serde_json::json;

    #[test]
    fn ones_own_and_that_of_those_below() {
        let state = group();
        for (by, who, card, expected) in [
            (3, 3, "石头", "ok"),
            (2, 3, "石头", "ok"),
            (3, 4, "石头", "not_allowed"),
            (2, 1, "石头", "not_allowed"),
            (2, 2, "石头", "ok"),
            (1, 9, "石头", "not_found"),
            (3, 3, "", "unchanged"),
            (3, 3, "a\u{202e}b", "invalid"),
            (3, 3, &"x".repeat(33), "invalid"),
        ] {
            let body = json!({"user": user(who), "card": card});
            let verdict = admit("group.card", &state, by, body);
            assert_eq!(code(&verdict), expected, "{by} {who} {card}");
        }
    }
}
