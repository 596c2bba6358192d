//! `group.settings`: what a group is called and how it works. The body holds the changed fields.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::group::state::Announcement;
use crate::kind::{
    Admission, ConversationType, Effect, Effects, GroupField, JoinMode, Lang, MessageKind, Role,
};
use crate::limits::{
    GROUP_ANNOUNCEMENT_CHARS, GROUP_DESCRIPTION_CHARS, GROUP_MEMBERS_BY_ADMINISTRATORS,
    GROUP_MEMBERS_LEAST, SLOW_MODE_SECONDS_MOST,
};
use crate::message::Rejection;
use crate::names::{clean_group_name, clean_text};

/// Fields of a group that may be set. Absent: not changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// 1 to 64 characters, unique among groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// At most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announcement: Option<String>,
    /// How one joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_mode: Option<JoinMode>,
    /// Members at most; by the owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_limit: Option<i64>,
    /// Whether newcomers may read what was said before they came; by the owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_shared: Option<bool>,
    /// Whether only the owner and the admins may post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mute_all: Option<bool>,
    /// Seconds that an ordinary member waits between two posts, 0 to 3,600; 0: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_mode: Option<i64>,
}

impl Fields {
    /// Cleans and checks the fields; one effect for each.
    pub(crate) fn check(&mut self, at: &Admission<'_>) -> Result<Vec<Effect>, Rejection> {
        let mut effects = Vec::new();
        let mut set = |field| effects.push(Effect::SetField(field));
        if let Some(name) = &mut self.name {
            *name = clean_group_name(name)?;
            set(GroupField::Name(name.clone()));
        }
        if let Some(text) = &mut self.description {
            *text = clean_text("description", text, GROUP_DESCRIPTION_CHARS)?;
            set(GroupField::Description(text.clone()));
        }
        if let Some(text) = &mut self.announcement {
            *text = clean_text("announcement", text, GROUP_ANNOUNCEMENT_CHARS)?;
            let (by, at_ms) = (at.sender, Some(at.now_ms));
            let text = text.clone();
            set(GroupField::Announcement(Announcement { text, by, at_ms }));
        }
        if let Some(mode) = self.join_mode {
            set(GroupField::JoinMode(mode));
        }
        if let Some(limit) = self.member_limit {
            // The system acts for those who run the server.
            let most = match at.sender {
                Some(_) => at.group_members_most,
                None => GROUP_MEMBERS_BY_ADMINISTRATORS,
            };
            if !(GROUP_MEMBERS_LEAST..=most).contains(&limit) {
                let detail = format!("A member limit is {GROUP_MEMBERS_LEAST} to {most}.");
                return Err(Rejection::invalid("member_limit", detail));
            }
            let members = at.conversation.roster.len() as i64;
            if limit < members {
                let detail = format!("The group has {members} members already.");
                return Err(Rejection::conflict("below_member_count", detail));
            }
            set(GroupField::MemberLimit(limit));
        }
        if let Some(shared) = self.history_shared {
            set(GroupField::HistoryShared(shared));
        }
        if let Some(on) = self.mute_all {
            set(GroupField::MuteAll(on));
        }
        if let Some(seconds) = self.slow_mode {
            if !(0..=SLOW_MODE_SECONDS_MOST).contains(&seconds) {
                let detail = format!("Slow mode is 0 to {SLOW_MODE_SECONDS_MOST} seconds.");
                return Err(Rejection::invalid("slow_mode", detail));
            }
            set(GroupField::SlowMode(seconds));
        }
        Ok(effects)
    }

    /// Forgets the fields that have their value already.
    fn keep_changes(&mut self, at: &Admission<'_>) {
        let now = &at.conversation.settings;
        self.name.take_if(|name| *name == now.name);
        self.description.take_if(|text| *text == now.description);
        self.announcement
            .take_if(|text| *text == now.announcement.text);
        self.join_mode.take_if(|mode| *mode == now.join_mode);
        self.member_limit
            .take_if(|limit| *limit == now.member_limit);
        self.history_shared
            .take_if(|shared| *shared == now.history_shared);
        self.mute_all.take_if(|on| *on == now.mute_all);
        self.slow_mode
            .take_if(|seconds| *seconds == now.slow_mode_s);
    }
}

/// Body of `group.settings`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ChangeSettings(pub Fields);

impl MessageKind for ChangeSettings {
    const NAME: &'static str = "group.settings";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        if at.sender.is_some() && at.role() < Some(Role::Admin) {
            let detail = "Only the owner and admins change a group.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        let owners = self.0.member_limit.is_some() || self.0.history_shared.is_some();
        if owners && at.sender.is_some() && at.role() < Some(Role::Owner) {
            let detail = "Only the owner changes the member limit and who reads history.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        // Checked first, so that a field is clean before it is compared.
        self.0.check(at)?;
        self.0.keep_changes(at);
        let effects = self.0.check(at)?;
        if effects.is_empty() {
            return Err(Rejection::unchanged());
        }
        Ok(Effects::of(effects))
    }

    /// An announcement is news; other changes are not.
    fn counts(&self) -> bool {
        let text = self.0.announcement.as_deref();
        text.is_some_and(|text| !text.is_empty())
    }

    fn summary(&self, lang: Lang) -> String {
        match (lang, &self.0.announcement) {
            (Lang::En, Some(text)) => format!("Announcement: {text}"),
            (Lang::Zh, Some(text)) => format!("群公告：{text}"),
            (Lang::En, None) => "The group's settings changed".into(),
            (Lang::Zh, None) => "修改了群资料".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::check::{admit, code, group};
    use serde_json::json;

    #[test]
    fn roles_and_bounds() {
        let state = group();
        for (sender, body, expected) in [
            (1, json!({"member_limit": 5}), "ok"),
            (1, json!({"member_limit": 3}), "below_member_count"),
            (1, json!({"member_limit": 2}), "invalid"),
            (1, json!({"member_limit": 2_001}), "invalid"),
            (1, json!({"history_shared": true}), "ok"),
            (2, json!({"member_limit": 5}), "not_allowed"),
            (2, json!({"history_shared": true}), "not_allowed"),
            (2, json!({"name": "Go"}), "ok"),
            (2, json!({"name": "  "}), "invalid"),
            (2, json!({"name": "x".repeat(65)}), "invalid"),
            (2, json!({"announcement": "明天八点"}), "ok"),
            (3, json!({"name": "Go"}), "not_allowed"),
            (9, json!({"name": "Go"}), "not_allowed"),
            (1, json!({"name": "Rust"}), "unchanged"),
            (1, json!({}), "unchanged"),
            (1, json!({"join_mode": "sideways"}), "invalid"),
        ] {
            let verdict = admit("group.settings", &state, sender, body.clone());
            assert_eq!(code(&verdict), expected, "{sender} {body}");
        }
    }

    #[test]
    fn only_what_changes_is_said() {
        let body = json!({"name": "Rust", "description": "all of it"});
        let (body, effects) = admit("group.settings", &group(), 1, body).unwrap();
        assert_eq!(body, json!({"description": "all of it"}));
        assert_eq!(effects.list.len(), 1);
    }
}
