//! `friend.set`: in which folder a friend is, and what one calls them oneself (备注).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::super::maps;
use super::{OWN, friend};
use crate::context::Admission;
use crate::effects::Effects;
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::REMARK_CHARS;
use crate::message::Rejection;
use crate::names::clean_line;

/// Body of `friend.set`. Absent: not changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFriend {
    /// Which friend.
    pub user: UserId,
    /// At most 32 characters; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Into which folder; the nil UUID: out of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<Uuid>,
}

impl MessageKind for SetFriend {
    const NAME: &'static str = "friend.set";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let known = at.entry(maps::FRIENDS, &self.user.to_string());
        let known = known.ok_or_else(Rejection::not_found)?;
        let mut next = known.clone();
        if let Some(remark) = &mut self.remark {
            *remark = clean_line("remark", remark, 0, REMARK_CHARS)?;
            next["remark"] = json!(remark);
        }
        if let Some(folder) = self.folder {
            let key = folder.to_string();
            if !folder.is_nil() && at.entry(maps::FOLDERS, &key).is_none() {
                let detail = "There is no such folder.";
                return Err(Rejection::invalid("folder", detail));
            }
            next["folder"] = match folder.is_nil() {
                true => json!(null),
                false => json!(folder),
            };
        }
        if next == *known {
            return Err(Rejection::unchanged());
        }
        Ok(Effects::of([friend(self.user, next)]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You sorted a friend".into(),
            Lang::Zh => "你修改了好友备注或分组".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::ConversationState;
    use crate::ids::ConversationId;
    use crate::kinds::check::{admit, apply, code, user};

    #[test]
    fn a_friend_has_a_remark_and_a_folder_that_exists() {
        let mut own = ConversationState::empty(ConversationId::own(user(1)), ConversationType::Own);
        let key = user(2).to_string();
        let set = |own: &ConversationState, body: serde_json::Value| {
            let mut whole = json!({"user": user(2)});
            whole
                .as_object_mut()
                .unwrap()
                .extend(body.as_object().unwrap().clone());
            admit("friend.set", own, 1, whole)
        };
        assert_eq!(code(&set(&own, json!({"remark": "x"}))), "not_found");
        own.put(maps::FRIENDS, &key, json!({"since": 1}));
        let folder = Uuid::from_u128(9);
        assert_eq!(code(&set(&own, json!({"folder": folder}))), "invalid");
        own.put(maps::FOLDERS, &folder.to_string(), json!({}));
        let both = json!({"folder": folder, "remark": " 同事 "});
        let (_, effects) = set(&own, both.clone()).unwrap();
        apply(&mut own, "friend.set", &effects);
        let expected = json!({"since": 1, "folder": folder, "remark": "同事"});
        assert_eq!(own.entry(maps::FRIENDS, &key), Some(&expected));
        assert_eq!(code(&set(&own, both)), "unchanged");
        assert_eq!(code(&set(&own, json!({"folder": Uuid::nil()}))), "ok");
        assert_eq!(
            code(&set(&own, json!({"remark": "x".repeat(33)}))),
            "invalid"
        );
    }
}
