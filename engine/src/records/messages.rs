//! What a record becomes: messages, with ids that follow from what they are.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::people::shown;
use super::writing::Target;
use super::{Line, Record};
use crate::effects::Effect;
use crate::group::state::{ConversationType, GroupField, Role};
use crate::ids::{ClientId, ConversationId, UserId};
use crate::kind::MessageKind;
use crate::kinds::groups::{create::Create, join::Join, settings::ChangeSettings};
use crate::kinds::text::Text;
use crate::limits::{GROUP_MEMBERS, TEXT_CHARS};
use crate::store::Append;

/// The namespace of what records become (a UUID drawn once for this project).
const RECORDS: Uuid = Uuid::from_u128(0x5b7e_0c3d_92a4_4d61_b8f2_7d10_6c45_e39a);

/// An id that follows from these texts.
pub(super) fn id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Uuid::new_v5(&RECORDS, &hash.finalize())
}

/// A message to be.
pub(super) struct Said {
    pub(super) sender: UserId,
    name: String,
    text: String,
    at_ms: i64,
    pub(super) client_id: ClientId,
}

impl Said {
    pub(super) fn append(&self, target: &mut Target) -> Append {
        let body = json!({"text": self.text});
        let client_id = self.client_id;
        next(target, Text::NAME, self, body, client_id, Vec::new())
    }
}

/// The messages of a record. A text that is longer than a message may be becomes several.
pub(super) fn messages(record: &Record, people: &[UserId], group: ConversationId) -> Vec<Said> {
    let mut seen: BTreeMap<Uuid, u32> = BTreeMap::new();
    let mut all = Vec::with_capacity(record.lines.len());
    let group = group.to_string();
    for line in &record.lines {
        let sender = people[line.speaker];
        let at = line.at_ms.to_string();
        let same = id(&["said", &group, &sender.to_string(), &at, &line.text]);
        let times = seen.entry(same).or_default();
        *times += 1;
        for (piece, text) in pieces(line).into_iter().enumerate() {
            let client_id = id(&[
                "message",
                &same.to_string(),
                &times.to_string(),
                &piece.to_string(),
            ]);
            all.push(Said {
                sender,
                name: shown(&line.name),
                text,
                at_ms: line.at_ms,
                client_id: ClientId(client_id),
            });
        }
    }
    all
}

fn pieces(line: &Line) -> Vec<String> {
    let chars: Vec<char> = line.text.replace('\0', "\u{fffd}").chars().collect();
    let pieces = chars.chunks(TEXT_CHARS).map(|piece| piece.iter().collect());
    pieces
        .filter(|piece: &String| !piece.trim().is_empty())
        .collect()
}

/// The message by which the group is made.
pub(super) fn founding(
    target: &mut Target,
    owner: UserId,
    name: String,
    members: usize,
    at_ms: i64,
) -> Append {
    let limit = (members as i64).max(GROUP_MEMBERS);
    let mut body = Map::from_iter([("name".to_owned(), Value::from(target.name.clone()))]);
    let mut effects = vec![Effect::SetField(GroupField::Name(target.name.clone()))];
    if limit > GROUP_MEMBERS {
        body.insert("member_limit".into(), limit.into());
        effects.push(Effect::SetField(GroupField::MemberLimit(limit)));
    }
    effects.push(Effect::AddMember {
        user: owner,
        role: Role::Owner,
    });
    target.members.insert(owner);
    let client_id = ClientId(id(&["created", &target.id.to_string()]));
    let first = Said {
        sender: owner,
        name,
        text: String::new(),
        at_ms,
        client_id,
    };
    next(
        target,
        Create::NAME,
        &first,
        body.into(),
        client_id,
        effects,
    )
}

/// The message by which the owner of a group that exists lets more in.
pub(super) fn raising(
    target: &mut Target,
    owner: UserId,
    name: String,
    limit: i64,
    at_ms: i64,
) -> Append {
    let client_id = id(&["raised", &target.id.to_string(), &limit.to_string()]);
    let said = Said {
        sender: owner,
        name,
        text: String::new(),
        at_ms,
        client_id: ClientId(client_id),
    };
    let effects = vec![Effect::SetField(GroupField::MemberLimit(limit))];
    let (body, client_id) = (json!({"member_limit": limit}), said.client_id);
    next(
        target,
        ChangeSettings::NAME,
        &said,
        body,
        client_id,
        effects,
    )
}

/// The message by which somebody comes in, just before they speak.
pub(super) fn joining(target: &mut Target, first: &Said) -> Append {
    let client_id = ClientId(id(&["joined", &first.client_id.to_string()]));
    let effects = vec![Effect::AddMember {
        user: first.sender,
        role: Role::Member,
    }];
    let body = json!({"user": first.sender});
    next(target, Join::NAME, first, body, client_id, effects)
}

/// The next message of the group.
fn next(
    target: &mut Target,
    kind: &str,
    said: &Said,
    body: Value,
    client_id: ClientId,
    effects: Vec<Effect>,
) -> Append {
    let expects = target.seq;
    target.seq = target.seq.next();
    Append {
        conversation: target.id,
        r#type: ConversationType::Group,
        expects: Some(expects),
        kind: kind.into(),
        sender: Some(said.sender),
        sender_name: said.name.clone(),
        body: body.to_string(),
        client_id,
        digest: String::new(),
        sent_at_ms: said.at_ms,
        counts: kind == Text::NAME,
        audience: None,
        mentions: Vec::new(),
        effects,
        companions: Vec::new(),
        act: None,
    }
}
