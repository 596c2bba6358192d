//! What an effect does to rows, once the message that carries it is accepted.

use serde_json::{Map, Value};

use super::Planner;
use crate::effects::{Effect, ProfileField};
use crate::group::state::{ConversationType, GroupField};
use crate::ids::{ConversationId, Position, Seq, UserId};
use crate::message::Message;
use crate::store::administration::Space;
use crate::store::rows::*;
use crate::store::{Append, fold};

impl Planner {
    pub(super) fn effect(
        &mut self,
        row: &mut ConversationRecord,
        effect: &Effect,
        append: &Append,
        position: Position,
    ) {
        let id = row.id;
        match effect {
            Effect::AddMember { user, role } => {
                let from = if row.settings.history_shared {
                    Seq(1)
                } else {
                    row.seq
                };
                self.open_stay(id, *user, position, from, *role);
                self.stay(id, *user, |stay| {
                    (stay.read_seq, stay.read_counted) = (row.seq, row.counted);
                });
                row.member_count += 1;
                if row.r#type == ConversationType::Group {
                    *self.rows.group_counts.entry(*user).or_default() += 1;
                }
            }
            Effect::RemoveMember { user } => {
                row.member_count -= 1;
                let left = Left {
                    position,
                    seq: row.seq,
                    counted: row.counted,
                    name: row.settings.name.clone(),
                    member_count: row.member_count,
                };
                self.stay(id, *user, |stay| stay.left = Some(left));
                let is_over = row.settings.dissolved_at_ms.is_some();
                if row.r#type == ConversationType::Group && !is_over {
                    *self.rows.group_counts.entry(*user).or_default() -= 1;
                }
            }
            Effect::SetRole { user, role } => {
                self.stay(id, *user, |stay| stay.role = *role);
            }
            Effect::SetMute { user, until_ms } => {
                self.stay(id, *user, |stay| stay.muted_until_ms = *until_ms);
            }
            Effect::SetField(field) => {
                if let GroupField::Name(name) = field {
                    // The name given up stays taken until the next batch: rows are written one
                    // by one, and a unique name must be unique after each.
                    self.rows.group_names.insert(fold(name), id);
                    self.free_looks(Space::Group, &row.settings.name, id.0);
                    self.take_looks(Space::Group, name, id.0);
                }
                if let GroupField::Dissolved(_) = field {
                    self.free_looks(Space::Group, &row.settings.name, id.0);
                }
                if let GroupField::Avatar(new) = field {
                    self.show(row.settings.avatar, *new, append.sent_at_ms);
                }
                row.settings.set(field);
            }
            Effect::SetCard { user, card } => {
                self.stay(id, *user, |stay| stay.card.clone_from(card));
            }
            Effect::Put {
                map, key, value, ..
            } => self.set_entry(id, map, key, Some(value.to_string())),
            Effect::Take { map, key } => self.set_entry(id, map, key, None),
            Effect::Recall { seq } => {
                self.detach(id, *seq, append.sent_at_ms);
                self.rewrite(id, *seq, |record| {
                    record.digest = String::new();
                    record.message.body = None;
                    record.message.notes = None;
                    record.message.mentions = Vec::new();
                });
            }
            Effect::Attach { file } => self.attach(id, row.seq, *file),
            Effect::SetNote {
                seq, key, value, ..
            } => {
                let kind = &append.kind;
                self.rewrite(id, *seq, |record| {
                    set_note(record, kind, key, value.as_ref())
                });
            }
            Effect::SetProfile(field) => {
                if let ProfileField::Avatar(new) = field {
                    let old = self.rows.users.get(&UserId(id.0));
                    self.show(old.and_then(|row| row.avatar), *new, append.sent_at_ms);
                }
                self.user(UserId(id.0), |row| set_profile(row, field));
            }
            Effect::SetState(state) => {
                let record = KindStateRecord {
                    conversation: id,
                    kind: append.kind.clone(),
                    state: state.to_string(),
                };
                let key = (id, append.kind.clone());
                self.changes.kind_states.insert(key, record);
            }
        }
    }

    fn set_entry(&mut self, id: ConversationId, map: &str, key: &str, value: Option<String>) {
        let entry = (id, map.to_owned(), key.to_owned());
        let size = self.rows.map_sizes.entry((id, map.to_owned())).or_default();
        match &value {
            Some(_) if self.rows.entries.insert(entry.clone()) => *size += 1,
            None if self.rows.entries.remove(&entry) => *size = size.saturating_sub(1),
            _ => {}
        }
        self.changes.entries.insert(entry, value);
    }

    /// Changes a message that is there, whether it came before this batch or with it.
    fn rewrite(&mut self, id: ConversationId, seq: Seq, change: impl FnOnce(&mut MessageRecord)) {
        let Some(record) = self.rows.messages.get_mut(&(id, seq)) else {
            return;
        };
        change(record);
        let position = record.message.position;
        let mut new = self.changes.messages.iter_mut();
        match new.find(|one| one.message.position == position) {
            Some(new) => new.clone_from(record),
            None => {
                self.changes.rewritten.insert(position, record.clone());
            }
        }
    }
}

/// The notes on a message, by kind and key.
pub(super) fn notes(message: &Message) -> Map<String, Value> {
    let notes = message.notes.as_deref();
    notes
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

fn set_note(record: &mut MessageRecord, kind: &str, key: &str, value: Option<&Value>) {
    let mut notes = notes(&record.message);
    let mut of_kind = match notes.remove(kind) {
        Some(Value::Object(of_kind)) => of_kind,
        _ => Map::new(),
    };
    match value {
        Some(value) => of_kind.insert(key.to_owned(), value.clone()),
        None => of_kind.remove(key),
    };
    if !of_kind.is_empty() {
        notes.insert(kind.to_owned(), Value::Object(of_kind));
    }
    record.message.notes = (!notes.is_empty()).then(|| Value::Object(notes).to_string());
}

fn set_profile(row: &mut UserRecord, field: &ProfileField) {
    match field {
        ProfileField::Name(name) => row.name.clone_from(name),
        ProfileField::Signature(signature) => row.signature.clone_from(signature),
        ProfileField::Status(status) => row.status = *status,
        ProfileField::ReadReceipts(on) => row.read_receipts = *on,
        ProfileField::Avatar(file) => row.avatar = *file,
    }
}
