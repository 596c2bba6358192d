//! Kinds as a researcher might write them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use webqq_engine::ids::UserId;
use webqq_engine::kind::*;
use webqq_engine::message::Rejection;

const GROUP: &[ConversationType] = &[ConversationType::Group];

/// Found by its title and what is in it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    title: String,
    with: Vec<String>,
}

impl MessageKind for Recipe {
    const NAME: &'static str = "lab.recipe";
    const CONVERSATIONS: &'static [ConversationType] = GROUP;

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none())
    }

    fn summary(&self, _lang: Lang) -> String {
        self.title.clone()
    }

    fn search_text(&self) -> Option<Cow<'_, str>> {
        Some(format!("{}: {}", self.title, self.with.join(", ")).into())
    }
}

/// Seen by one other.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whisper {
    to: UserId,
    text: String,
}

impl MessageKind for Whisper {
    const NAME: &'static str = "lab.whisper";
    const CONVERSATIONS: &'static [ConversationType] = GROUP;

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none().seen_by(Audience::Members(vec![self.to])))
    }

    fn summary(&self, _lang: Lang) -> String {
        "whispers".into()
    }

    fn search_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.text))
    }
}

/// Panics when it is asked for its text.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Broken {}

impl MessageKind for Broken {
    const NAME: &'static str = "lab.broken";
    const CONVERSATIONS: &'static [ConversationType] = GROUP;

    fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
        Ok(Effects::none())
    }

    fn summary(&self, _lang: Lang) -> String {
        "broken".into()
    }

    fn search_text(&self) -> Option<Cow<'_, str>> {
        panic!("a kind is broken, as this test wants it")
    }
}
