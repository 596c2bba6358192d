//! The kinds an engine knows, by name.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::Value;

use crate::group::state::ConversationType;
use crate::ids::{ConversationId, FileId, Seq, UserId};
use crate::kind::{Admission, Effects, KindInfo, Lang, MessageKind};
use crate::limits::{FILES_PER_DRAFT, REFERENCES_PER_DRAFT};
use crate::message::Rejection;
use crate::typed;

/// A [`MessageKind`] without its type: bodies are JSON.
pub(crate) trait Kind: Send + Sync {
    fn name(&self) -> &'static str;
    fn durable(&self) -> bool;
    fn counts(&self) -> bool;
    fn postable(&self) -> bool;
    fn is_from_outside(&self) -> bool;
    fn barrier(&self) -> bool;
    fn recallable(&self) -> bool;
    fn always(&self) -> bool;
    fn conversations(&self) -> &'static [ConversationType];
    fn schema(&self) -> Value;
    /// Reads the body, runs the rule.
    fn admit(&self, body: &Value, at: &Admission<'_>) -> Result<Verdict, Rejection>;
    /// What the rule wants to look at.
    fn wants(&self, body: &Value) -> Result<Wants, Rejection>;
    /// `None` when the body is not one of this kind (an older version of it, say).
    fn summary(&self, body: &Value, lang: Lang) -> Option<String>;
}

/// A draft that its kind accepts.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The body as the rule left it.
    pub(crate) body: Value,
    pub(crate) effects: Effects,
    /// Whether it raises the unread figure.
    pub(crate) counts: bool,
}

/// What a rule wants to look at, to be looked up before.
#[derive(Debug, Default)]
pub(crate) struct Wants {
    pub(crate) refers_to: Vec<Seq>,
    pub(crate) quotes: Option<(ConversationId, Seq)>,
    pub(crate) about: Option<UserId>,
    /// Whether the text may mention somebody.
    pub(crate) names: bool,
    pub(crate) files: Vec<FileId>,
}

struct Typed<K>(PhantomData<fn() -> K>);

fn read<K: MessageKind>(body: &Value) -> Result<K, Rejection> {
    typed::read(body, "body").map_err(|(field, message)| {
        let detail = format!("`{field}` {message}.");
        Rejection::invalid(field, detail)
    })
}

impl<K: MessageKind> Kind for Typed<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }
    fn durable(&self) -> bool {
        K::DURABLE
    }
    fn counts(&self) -> bool {
        K::COUNTS_AS_UNREAD
    }
    fn postable(&self) -> bool {
        K::POSTABLE
    }
    fn is_from_outside(&self) -> bool {
        K::FROM_OUTSIDE
    }
    fn barrier(&self) -> bool {
        K::BARRIER
    }
    fn recallable(&self) -> bool {
        K::RECALLABLE
    }
    fn always(&self) -> bool {
        K::ALWAYS
    }
    fn conversations(&self) -> &'static [ConversationType] {
        K::CONVERSATIONS
    }
    fn schema(&self) -> Value {
        schemars::schema_for!(K).to_value()
    }

    fn admit(&self, body: &Value, at: &Admission<'_>) -> Result<Verdict, Rejection> {
        let mut kind: K = read(body)?;
        let effects = kind.admit(at)?;
        let body = serde_json::to_value(&kind)
            .map_err(|_| Rejection::invalid("body", "The body cannot be written as JSON."))?;
        let counts = kind.counts();
        Ok(Verdict {
            body,
            effects,
            counts,
        })
    }

    fn wants(&self, body: &Value) -> Result<Wants, Rejection> {
        let kind = read::<K>(body)?;
        let refers_to = kind.refers_to();
        if refers_to.len() > REFERENCES_PER_DRAFT {
            let detail = format!("At most {REFERENCES_PER_DRAFT} earlier messages.");
            return Err(Rejection::invalid("body", detail));
        }
        let files = kind.files();
        if files.len() > FILES_PER_DRAFT {
            let detail = format!("At most {FILES_PER_DRAFT} files.");
            return Err(Rejection::invalid("body", detail));
        }
        let text = kind.mentions_in().unwrap_or_default();
        Ok(Wants {
            refers_to,
            quotes: kind.quotes(),
            about: kind.about(),
            names: text.contains(['@', '＠']),
            files,
        })
    }

    fn summary(&self, body: &Value, lang: Lang) -> Option<String> {
        read::<K>(body).ok().map(|kind| kind.summary(lang))
    }
}

/// All kinds of an engine, in the order of their names.
#[derive(Default)]
pub(crate) struct Registry {
    kinds: BTreeMap<&'static str, Box<dyn Kind>>,
    twice: Vec<&'static str>,
}

impl Registry {
    /// Adds a kind; a name that is taken is remembered and refused at the start.
    pub(crate) fn add<K: MessageKind>(&mut self) {
        if self.kinds.contains_key(K::NAME) {
            self.twice.push(K::NAME);
        } else {
            self.kinds
                .insert(K::NAME, Box::new(Typed::<K>(PhantomData)));
        }
    }

    /// Names that were added twice.
    pub(crate) fn twice(&self) -> &[&'static str] {
        &self.twice
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn Kind> {
        self.kinds.get(name).map(|kind| &**kind)
    }

    pub(crate) fn infos(&self) -> Vec<KindInfo> {
        let info = |kind: &dyn Kind| KindInfo {
            name: kind.name().into(),
            durable: kind.durable(),
            counts_as_unread: kind.counts(),
            postable: kind.postable(),
            recallable: kind.recallable(),
            conversations: kind.conversations().to_vec(),
            schema: kind.schema(),
        };
        self.kinds.values().map(|kind| info(&**kind)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::text::Text;

    #[test]
    fn a_name_taken_twice_is_remembered() {
        let mut registry = Registry::default();
        registry.add::<Text>();
        assert!(registry.twice().is_empty());
        registry.add::<Text>();
        assert_eq!(registry.twice(), ["text"]);
    }
}
