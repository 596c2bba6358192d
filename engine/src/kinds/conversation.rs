//! `conversation`: what somebody sets for one conversation, for themselves: pinned, muted, hidden
//! until the next message. In their own conversation, so that all their devices learn of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::maps;
use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::ids::{ConversationId, Seq};
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::CONVERSATION_SETTINGS;
use crate::message::Rejection;

/// Body of `conversation`. Absent: not changed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetConversation {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Stands at the top of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// Raises no notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Hidden while the last message is at or before this seq; 0: shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Seq>,
}

/// What a user has set for a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationSettings {
    /// Stands at the top of the list.
    pub pinned: bool,
    /// Raises no notification.
    pub muted: bool,
    /// Hidden while the last message is at or before this seq; 0: shown.
    pub hidden: Seq,
}

impl ConversationSettings {
    /// From an entry of the map [`maps::SETTINGS`]; without one, nothing is set.
    pub fn read(entry: Option<&Value>) -> Self {
        let settings = entry.and_then(|value| Self::deserialize(value).ok());
        settings.unwrap_or_default()
    }

    /// Whether a conversation with this last message is hidden.
    pub fn is_hidden(&self, head: Seq) -> bool {
        self.hidden > Seq(0) && head <= self.hidden
    }
}

impl MessageKind for SetConversation {
    const NAME: &'static str = "conversation";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Own];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let key = self.conversation.to_string();
        let now = ConversationSettings::read(at.entry(maps::SETTINGS, &key));
        let next = ConversationSettings {
            pinned: self.pinned.unwrap_or(now.pinned),
            muted: self.muted.unwrap_or(now.muted),
            hidden: self.hidden.unwrap_or(now.hidden),
        };
        if next == now {
            return Err(Rejection::unchanged());
        }
        let map = maps::SETTINGS.into();
        let effect = match next == ConversationSettings::default() {
            true => Effect::Take { map, key },
            false => Effect::Put {
                map,
                key,
                value: json!(next),
                most: CONVERSATION_SETTINGS,
                full: "too_many_settings",
            },
        };
        Ok(Effects::of([effect]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You changed the settings of a conversation".into(),
            Lang::Zh => "你修改了会话设置".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::ConversationState;
    use crate::kinds::check::{admit, apply, code, group};

    #[test]
    fn what_is_back_to_nothing_is_forgotten() {
        let mut own = ConversationState::empty(group().id, ConversationType::Own);
        let id = group().id;
        let mut set = |body: Value| {
            let verdict = admit("conversation", &own, 1, body);
            if let Ok((_, effects)) = &verdict {
                apply(&mut own, "conversation", effects);
            }
            let entry = own.entry(maps::SETTINGS, &id.to_string());
            (code(&verdict).to_owned(), entry.cloned())
        };
        let (said, entry) = set(json!({"conversation": id, "pinned": true, "hidden": 7}));
        assert_eq!(said, "ok");
        let settings = ConversationSettings::read(entry.as_ref());
        assert!(settings.pinned && !settings.muted);
        assert!(settings.is_hidden(Seq(7)) && !settings.is_hidden(Seq(8)));
        let same = set(json!({"conversation": id, "pinned": true}));
        assert_eq!(same.0, "unchanged");
        let back = set(json!({"conversation": id, "pinned": false, "hidden": 0}));
        assert_eq!(back, ("ok".to_owned(), None));
        assert!(!ConversationSettings::default().is_hidden(Seq(0)));
    }
}
