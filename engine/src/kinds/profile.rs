//! `profile`: somebody changes what they are called and how they look, in their own conversation, so
//! that all their devices learn of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Admission;
use crate::effects::{Effect, Effects, ProfileField};
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::SIGNATURE_CHARS;
use crate::message::Rejection;
use crate::names::{clean_display_name, clean_line};
use crate::store::Status;

/// Fields of a profile that may be set. Absent: not changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// Display name, 1 to 32 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// How one looks to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Whether the other of a direct chat sees how far one has read. Who switches it off sees
    /// nobody else's either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_receipts: Option<bool>,
}

/// Body of `profile`: the changed fields.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ChangeProfile(pub Fields);

impl MessageKind for ChangeProfile {
    const NAME: &'static str = "profile";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Own];

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        let mut effects = Vec::new();
        let mut set = |field| effects.push(Effect::SetProfile(field));
        if let Some(name) = &mut self.0.name {
            *name = clean_display_name(name)?;
            set(ProfileField::Name(name.clone()));
        }
        if let Some(text) = &mut self.0.signature {
            *text = clean_line("signature", text, 0, SIGNATURE_CHARS)?;
            set(ProfileField::Signature(text.clone()));
        }
        if let Some(status) = self.0.status {
            set(ProfileField::Status(status));
        }
        if let Some(on) = self.0.read_receipts {
            set(ProfileField::ReadReceipts(on));
        }
        if effects.is_empty() {
            return Err(Rejection::unchanged());
        }
        Ok(Effects::of(effects))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You changed your profile".into(),
            Lang::Zh => "你修改了个人资料".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::group::state::{ConversationState, ConversationType};
    use crate::kinds::check::{admit, code, group};
    use serde_json::json;

    #[test]
    fn is_cleaned_and_bounded() {
        let own = ConversationState::empty(group().id, ConversationType::Own);
        for (body, expected) in [
            (json!({"name": " 李  丽 "}), "ok"),
            (json!({"name": ""}), "invalid"),
            (json!({"name": "x".repeat(33)}), "invalid"),
            (json!({"signature": ""}), "ok"),
            (json!({"signature": "x".repeat(129)}), "invalid"),
            (json!({"status": "busy"}), "ok"),
            (json!({"status": "asleep"}), "invalid"),
            (json!({"read_receipts": false}), "ok"),
            (json!({}), "unchanged"),
        ] {
            let verdict = admit("profile", &own, 1, body.clone());
            assert_eq!(code(&verdict), expected, "{body}");
        }
        let (body, _) = admit("profile", &own, 1, json!({"name": " 李  丽 "})).unwrap();
        assert_eq!(body, json!({"name": "李 丽"}));
    }
}
