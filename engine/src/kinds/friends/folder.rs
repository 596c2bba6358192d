//! `friend.folder`: a named, ordered group of friends in one's own list (好友分组), made, renamed or
//! moved; and `friend.unfolder`, which removes one and leaves its friends in none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::super::maps;
use super::OWN;
use crate::context::Admission;
use crate::effects::{Effect, Effects};
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::limits::{FRIEND_FOLDERS, FRIENDS, REMARK_CHARS};
use crate::message::Rejection;
use crate::names::clean_line;

/// Body of `friend.folder`. Absent: not changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFolder {
    /// Which folder; a new id makes a new one.
    pub folder: Uuid,
    /// 1 to 32 characters; a new one needs it. Unique among one's folders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands among the others, the lowest first; a new one comes last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<i32>,
}

impl MessageKind for SetFolder {
    const NAME: &'static str = "friend.folder";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        if self.folder.is_nil() {
            let detail = "The nil UUID names no folder.";
            return Err(Rejection::invalid("folder", detail));
        }
        let key = self.folder.to_string();
        if let Some(name) = &mut self.name {
            *name = clean_line("name", name, 1, REMARK_CHARS)?;
            let mut others = at.conversation.entries(maps::FOLDERS);
            if others.any(|(other, value)| *other != key && value["name"] == name.as_str()) {
                let detail = "You have a folder of this name.";
                return Err(Rejection {
                    field: Some("name".into()),
                    ..Rejection::conflict("name_taken", detail)
                });
            }
        }
        let known = at.entry(maps::FOLDERS, &key);
        if known.is_none() && self.name.is_none() {
            return Err(Rejection::not_found());
        }
        let last = at.conversation.entries(maps::FOLDERS);
        let last = last.filter_map(|(_, value)| value["order"].as_i64()).max();
        let mut next = known.cloned().unwrap_or_else(|| {
            let order = last.map_or(0, |last| last.saturating_add(1));
            json!({"order": order})
        });
        if let Some(name) = &self.name {
            next["name"] = json!(name);
        }
        if let Some(order) = self.order {
            next["order"] = json!(order);
        }
        if known == Some(&next) {
            return Err(Rejection::unchanged());
        }
        Ok(Effects::of([Effect::Put {
            map: maps::FOLDERS.into(),
            key,
            value: next,
            most: FRIEND_FOLDERS,
            full: "too_many_folders",
        }]))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You changed a folder of friends".into(),
            Lang::Zh => "你修改了好友分组".into(),
        }
    }
}

/// Body of `friend.unfolder`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveFolder {
    /// Which folder.
    pub folder: Uuid,
}

impl MessageKind for RemoveFolder {
    const NAME: &'static str = "friend.unfolder";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = OWN;

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let key = self.folder.to_string();
        if at.entry(maps::FOLDERS, &key).is_none() {
            return Err(Rejection::not_found());
        }
        let friends = at.conversation.entries(maps::FRIENDS);
        let inside = friends.filter(|(_, value)| value["folder"] == key.as_str());
        let mut effects: Vec<Effect> = inside
            .map(|(friend, value)| {
                let mut value = value.clone();
                value["folder"] = json!(null);
                Effect::Put {
                    map: maps::FRIENDS.into(),
                    key: friend.clone(),
                    value,
                    most: FRIENDS,
                    full: "too_many_friends",
                }
            })
            .collect();
        let map = maps::FOLDERS.into();
        effects.push(Effect::Take { map, key });
        Ok(Effects::of(effects))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "You removed a folder of friends".into(),
            Lang::Zh => "你删除了一个好友分组".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::ConversationState;
    use crate::ids::ConversationId;
    use crate::kinds::check::{admit, apply, code, user};
    use serde_json::Value;

    #[test]
    fn folders_are_named_ordered_and_emptied() {
        let mut own = ConversationState::empty(ConversationId::own(user(1)), ConversationType::Own);
        let id = |n: u128| Uuid::from_u128(n);
        let set = |own: &mut ConversationState, kind: &str, body: Value| {
            let verdict = admit(kind, own, 1, body);
            if let Ok((_, effects)) = &verdict {
                apply(own, kind, effects);
            }
            code(&verdict).to_owned()
        };
        let made = json!({"folder": id(1), "name": "家人"});
        assert_eq!(set(&mut own, "friend.folder", made.clone()), "ok");
        assert_eq!(set(&mut own, "friend.folder", made), "unchanged");
        let twin = json!({"folder": id(2), "name": "家人"});
        assert_eq!(set(&mut own, "friend.folder", twin), "name_taken");
        let unnamed = json!({"folder": id(2), "order": 4});
        assert_eq!(set(&mut own, "friend.folder", unnamed), "not_found");
        let second = json!({"folder": id(2), "name": "同学"});
        assert_eq!(set(&mut own, "friend.folder", second), "ok");
        let order = |own: &ConversationState, n: u128| {
            own.entry(maps::FOLDERS, &id(n).to_string()).unwrap()["order"].clone()
        };
        assert_eq!((order(&own, 1), order(&own, 2)), (json!(0), json!(1)));
        let moved = json!({"folder": id(1), "order": 7});
        assert_eq!(set(&mut own, "friend.folder", moved), "ok");
        let friend = user(2).to_string();
        own.put(maps::FRIENDS, &friend, json!({"folder": id(1)}));
        let gone = json!({"folder": id(1)});
        assert_eq!(set(&mut own, "friend.unfolder", gone.clone()), "ok");
        assert_eq!(set(&mut own, "friend.unfolder", gone), "not_found");
        assert_eq!(
            own.entry(maps::FRIENDS, &friend),
            Some(&json!({"folder": null}))
        );
    }
}
