//! `group.hook`: an address at which programs post as a bot, and `group.unhook`, its end. The bot
//! becomes a member if it is none, because it speaks to everybody here. The log holds a hash of
//! the address's secret, so that who reads the log cannot use it. For owner and admins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::maps;
use crate::context::Admission;
use crate::effects::{Audience, Effect, Effects};
use crate::ids::UserId;
use crate::kind::{ConversationType, Lang, MessageKind, Role};
use crate::limits::{HOOK_NAME_CHARS, HOOKS};
use crate::message::Rejection;
use crate::names::clean_line;

/// Body of `group.hook`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeHook {
    /// The hash of its secret, which names it.
    pub hook: String,
    /// As whom it posts; a bot of the sender, which the engine has made sure of.
    pub bot: UserId,
    /// What it is for; 1 to 32 characters.
    pub name: String,
}

impl MessageKind for MakeHook {
    const NAME: &'static str = "group.hook";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    // Groups per user is for the store to judge.
    const BARRIER: bool = true;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let by = at.at_least(Role::Admin)?;
        self.name = clean_line("name", &self.name, 1, HOOK_NAME_CHARS)?;
        let bot = self.bot;
        let mut effects = vec![Effect::Put {
            map: maps::HOOKS.into(),
            key: self.hook.clone(),
            value: json!({"by": by, "at": at.now_ms, "bot": bot, "name": self.name}),
            most: HOOKS,
            full: "too_many_hooks",
        }];
        if !at.conversation.roster.contains_key(&bot) {
            if at.entry(maps::BANS, &bot.to_string()).is_some() {
                let detail = "This bot is banned from this group.";
                return Err(Rejection::forbidden("banned", detail));
            }
            if at.conversation.is_full() {
                let limit = at.conversation.settings.member_limit;
                let detail = format!("The group is full: it has its {limit} members.");
                return Err(Rejection::conflict("group_full", detail));
            }
            let (user, role) = (bot, Role::Member);
            effects.push(Effect::AddMember { user, role });
        }
        Ok(Effects::of(effects))
    }

    fn summary(&self, lang: Lang) -> String {
        let name = &self.name;
        match lang {
            Lang::En => format!("let a bot post here: {name}"),
            Lang::Zh => format!("添加了机器人推送：{name}"),
        }
    }
}

/// Body of `group.unhook`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndHook {
    /// The hash of its secret.
    pub hook: String,
}

impl MessageKind for EndHook {
    const NAME: &'static str = "group.unhook";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        at.at_least(Role::Admin)?;
        if at.entry(maps::HOOKS, &self.hook).is_none() {
            return Err(Rejection::not_found());
        }
        let effect = Effect::Take {
            map: maps::HOOKS.into(),
            key: self.hook.clone(),
        };
        Ok(Effects::of([effect]).seen_by(Audience::Admins))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "ended a bot's hook".into(),
            Lang::Zh => "停用了机器人推送".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{admit, apply, code, group, user};

    #[test]
    fn brings_the_bot_along() {
        let mut state = group();
        let body = |bot: u128, name: &str| json!({"hook": "h", "bot": user(bot), "name": name});
        for (by, bot, name, expected) in [
            (1, 9, "builds", "ok"),
            (2, 9, "builds", "ok"),
            (2, 9, "", "invalid"),
            (2, 9, &"x".repeat(33), "invalid"),
            (3, 9, "builds", "not_allowed"),
            (9, 9, "builds", "not_allowed"),
        ] {
            let verdict = admit("group.hook", &state, by, body(bot, name));
            assert_eq!(code(&verdict), expected, "{by} {name}");
        }
        let (_, effects) = admit("group.hook", &state, 2, body(9, "builds")).unwrap();
        apply(&mut state, "group.hook", &effects);
        assert_eq!(state.roster[&user(9)].role, Role::Member);
        let (_, effects) = admit("group.hook", &state, 2, body(9, "again")).unwrap();
        assert_eq!(effects.list.len(), 1, "it is a member already");
        let end = |by: u128, hook: &str| {
            let verdict = admit("group.unhook", &state, by, json!({"hook": hook}));
            code(&verdict).to_owned()
        };
        assert_eq!(end(3, "h"), "not_allowed");
        assert_eq!(end(2, "other"), "not_found");
        assert_eq!(end(2, "h"), "ok");
    }

    #[test]
    fn comes_neither_past_a_ban_nor_past_the_limit() {
        let mut state = group();
        let body = json!({"hook": "h", "bot": user(9), "name": "builds"});
        state.settings.member_limit = state.roster.len() as i64;
        assert_eq!(
            code(&admit("group.hook", &state, 1, body.clone())),
            "group_full"
        );
        state.put(maps::BANS, &user(9).to_string(), json!({}));
        assert_eq!(code(&admit("group.hook", &state, 1, body)), "banned");
    }
}
