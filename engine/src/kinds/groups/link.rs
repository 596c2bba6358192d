//! `group.link`: a link by which people come in until it expires or was used up, and `group.unlink`,
//! its end. Who has the link comes in past the request, unless the group is closed. The log holds
//! a hash of the link's secret, so that who reads the log cannot use it. For owner and admins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::maps;
use crate::context::Admission;
use crate::effects::{Audience, Effect, Effects};
use crate::kind::{ConversationType, Lang, MessageKind, Role};
use crate::limits::{LINK_DAYS_MOST, LINK_USES_MOST, LINKS};
use crate::message::Rejection;

/// Body of `group.link`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeLink {
    /// The hash of its secret, which names it.
    pub link: String,
    /// Hours until it expires.
    pub hours: i64,
    /// How often it may be used.
    pub uses: i64,
}

impl MessageKind for MakeLink {
    const NAME: &'static str = "group.link";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        let by = at.at_least(Role::Admin)?;
        if !(1..=LINK_DAYS_MOST * 24).contains(&self.hours) {
            let detail = format!("A link lives an hour to {LINK_DAYS_MOST} days.");
            return Err(Rejection::invalid("hours", detail));
        }
        if !(1..=LINK_USES_MOST).contains(&self.uses) {
            let detail = format!("A link is used 1 to {LINK_USES_MOST} times.");
            return Err(Rejection::invalid("uses", detail));
        }
        let until = at.now_ms + self.hours * 3_600_000;
        // Those that are over make room.
        let over = at.conversation.entries(maps::LINKS).filter(|(_, link)| {
            let until = link["until"].as_i64().unwrap_or(0);
            until <= at.now_ms || link["uses"].as_i64().unwrap_or(0) < 1
        });
        let mut effects: Vec<Effect> = over.map(|(key, _)| take(key)).collect();
        effects.push(Effect::Put {
            map: maps::LINKS.into(),
            key: self.link.clone(),
            value: json!({"by": by, "at": at.now_ms, "until": until, "uses": self.uses}),
            most: LINKS,
            full: "too_many_links",
        });
        Ok(Effects::of(effects).seen_by(Audience::Admins))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "made an invitation link".into(),
            Lang::Zh => "创建了邀请链接".into(),
        }
    }
}

/// Body of `group.unlink`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndLink {
    /// The hash of its secret.
    pub link: String,
}

impl MessageKind for EndLink {
    const NAME: &'static str = "group.unlink";
    const COUNTS_AS_UNREAD: bool = false;
    const POSTABLE: bool = false;
    const CONVERSATIONS: &'static [ConversationType] = &[ConversationType::Group];

    fn admit(&mut self, at: &Admission<'_>) -> Result<Effects, Rejection> {
        at.at_least(Role::Admin)?;
        if at.entry(maps::LINKS, &self.link).is_none() {
            return Err(Rejection::not_found());
        }
        Ok(Effects::of([take(&self.link)]).seen_by(Audience::Admins))
    }

    fn summary(&self, lang: Lang) -> String {
        match lang {
            Lang::En => "ended an invitation link".into(),
            Lang::Zh => "停用了邀请链接".into(),
        }
    }
}

fn take(link: &str) -> Effect {
    let map = maps::LINKS.into();
    let key = link.to_owned();
    Effect::Take { map, key }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::check::{admit, apply, code, group};

    #[test]
    fn has_bounds_and_makes_room() {
        let mut state = group();
        for (by, hours, uses, expected) in [
            (1, 1, 1, "ok"),
            (2, 8_760, 10_000, "ok"),
            (2, 0, 1, "invalid"),
            (2, 8_761, 1, "invalid"),
            (2, 1, 0, "invalid"),
            (2, 1, 10_001, "invalid"),
            (3, 1, 1, "not_allowed"),
        ] {
            let body = json!({"link": "h", "hours": hours, "uses": uses});
            assert_eq!(code(&admit("group.link", &state, by, body)), expected);
        }
        state.put(maps::LINKS, "old", json!({"until": 1_000, "uses": 1}));
        state.put(maps::LINKS, "used", json!({"until": 9_000, "uses": 0}));
        let body = json!({"link": "h", "hours": 1, "uses": 1});
        let (_, effects) = admit("group.link", &state, 2, body).unwrap();
        apply(&mut state, "group.link", &effects);
        assert_eq!(state.entries(maps::LINKS).count(), 1);
        let end = |by: u128, link: &str| {
            let verdict = admit("group.unlink", &state, by, json!({"link": link}));
            code(&verdict).to_owned()
        };
        assert_eq!(end(3, "h"), "not_allowed");
        assert_eq!(end(2, "old"), "not_found");
        assert_eq!(end(2, "h"), "ok");
    }
}
