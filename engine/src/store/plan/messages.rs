//! Messages: compare and append, the last word on every rule, and the companions that go with one.

use std::collections::{BTreeMap, BTreeSet};

use super::{EntryKey, Planner};
use crate::effects::Effect;
use crate::group::state::{ConversationType, GroupField, Role, Settings};
use crate::ids::{ConversationId, Position, Seq, UserId};
use crate::message::Rejection;
use crate::store::administration::Space;
use crate::store::rows::*;
use crate::store::{Append, CompanionAppend, Outcome, Placed, Posted, Status, fold};

impl Planner {
    pub(super) fn append(&mut self, append: &Append) -> Outcome {
        let id = append.conversation;
        let key = (id, append.sender, append.client_id);
        if let Some(posted) = self.rows.posted.get(&key) {
            return Outcome::Duplicate {
                seq: posted.seq,
                sent_at_ms: posted.sent_at_ms,
                same: posted.is_same(&append.digest),
            };
        }
        let seq_now = self.rows.conversations.get(&id).map_or(Seq(0), |c| c.seq);
        if append.expects.is_some_and(|seq| seq != seq_now) {
            return Outcome::Conflict;
        }
        // All of it is judged before any of it is taken over.
        let may = self.may_append(append, false).and_then(|owner| {
            for companion in &append.companions {
                self.may_accompany(companion)?;
            }
            Ok(owner)
        });
        let may = may.and_then(|owner| match &append.act {
            Some(act) => self.may_act(act).map(|()| owner),
            None => Ok(owner),
        });
        if let (Some(act), Ok(_)) = (&append.act, &may) {
            self.note_act_on_group(act, id);
        }
        match may {
            Err(rejection) => Outcome::Refused(rejection),
            Ok(owner) => Outcome::Appended {
                at: self.take_over(append, owner),
                companions: append
                    .companions
                    .iter()
                    .map(|c| self.accompany(c))
                    .collect(),
            },
        }
    }

    fn may_accompany(&self, companion: &CompanionAppend) -> Result<(), Rejection> {
        let append = &companion.append;
        let people: Vec<UserId> = match companion.direct {
            Some((one, other)) => vec![one, other],
            None => vec![UserId(append.conversation.0)],
        };
        if people
            .iter()
            .any(|user| !self.rows.users.contains_key(user))
        {
            return Err(Rejection::not_found());
        }
        self.may_append(append, companion.direct.is_some())
            .map(|_| ())
    }

    /// Takes a companion over. `None`: its conversation does not want it, or has it.
    fn accompany(&mut self, companion: &CompanionAppend) -> Option<Placed> {
        let append = &companion.append;
        let id = append.conversation;
        let key = (id, append.sender, append.client_id);
        if self.rows.posted.contains_key(&key) {
            return None;
        }
        if let Some((map, key)) = &companion.unless {
            let entry = (id, map.to_string(), key.clone());
            if self.rows.entries.contains(&entry) {
                return None;
            }
        }
        if let Some((one, other)) = companion.direct {
            self.open_direct(one, other, append.sent_at_ms);
        }
        Some(self.take_over(append, None))
    }

    /// The last word on what must hold under any concurrency. Answers the owner that a group will
    /// have.
    fn may_append(&self, append: &Append, opens: bool) -> Result<Option<UserId>, Rejection> {
        let id = append.conversation;
        let now = self.rows.conversations.get(&id);
        if now.is_none() && append.r#type == ConversationType::Direct && !opens {
            return Err(Rejection::not_found());
        }
        let place = now.map_or(append.r#type, |c| c.r#type);
        let is_group = place == ConversationType::Group;
        let mut settings = now.map_or_else(Settings::default, |c| c.settings.clone());
        let mut members = now.map_or(0, |c| c.member_count);
        let mut owners: BTreeSet<UserId> = now.and_then(|c| c.owner).into_iter().collect();
        let was_open = |user: UserId| {
            let stay = self.rows.stays.get(&(id, user));
            stay.is_some_and(|stay| stay.left.is_none())
        };
        let mut fresh: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        // Nobody comes and goes in one message: its position would be in two stays.
        let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
        for effect in &append.effects {
            self.may_hold(effect)?;
            match effect {
                Effect::AddMember { user, role } => {
                    if settings.dissolved_at_ms.is_some() {
                        return Err(dissolved());
                    }
                    if was_open(*user) || !added.insert(*user) {
                        return Err(Rejection::conflict("already_member", "Already a member."));
                    }
                    members += 1;
                    if members > settings.member_limit {
                        return Err(group_full(settings.member_limit));
                    }
                    let groups = self.rows.group_counts.get(user).copied().unwrap_or(0);
                    let most = self.bounds.groups_per_user;
                    if is_group && most > 0 && groups >= most {
                        let detail = format!("Nobody may be in more than {most} groups.");
                        return Err(Rejection::conflict("too_many_groups", detail));
                    }
                    if *role == Role::Owner {
                        owners.insert(*user);
                    }
                }
                Effect::RemoveMember { user } => {
                    if !was_open(*user) || !removed.insert(*user) {
                        return Err(not_a_member());
                    }
                    members -= 1;
                    owners.remove(user);
                }
                Effect::SetRole { user, role } => {
                    let open = was_open(*user) && !removed.contains(user);
                    if !open && !added.contains(user) {
                        return Err(not_a_member());
                    }
                    if *role == Role::Owner {
                        owners.insert(*user);
                    } else {
                        owners.remove(user);
                    }
                }
                Effect::SetField(field) => {
                    settings.set(field);
                    self.may_set(id, field, members)?;
                }
                Effect::SetCard { user, .. } if !was_open(*user) => return Err(not_a_member()),
                Effect::Put {
                    map,
                    key,
                    most,
                    full,
                    ..
                } => {
                    let entry: EntryKey = (id, map.to_string(), key.clone());
                    if !self.rows.entries.contains(&entry) {
                        let new = fresh.entry(("", map)).or_default();
                        *new += 1;
                        let size = self.rows.map_sizes.get(&(id, map.to_string()));
                        if size.copied().unwrap_or(0) + *new > *most {
                            let detail = format!("There are {most} already: as many as may be.");
                            return Err(Rejection::conflict(full, detail));
                        }
                    }
                }
                Effect::Recall { seq } => {
                    self.whole(id, *seq)?;
                }
                Effect::SetNote {
                    seq,
                    key,
                    value: Some(_),
                    most,
                } => {
                    let (known, size) = notes_of(self.whole(id, *seq)?, &append.kind, key);
                    if !known {
                        let new = fresh.entry(("note", key)).or_default();
                        *new += 1;
                        if size + *new > *most {
                            let detail = format!("This message has {most} of them already.");
                            return Err(Rejection::conflict("too_many_notes", detail));
                        }
                    }
                }
                Effect::SetNote { seq, .. } => {
                    self.whole(id, *seq)?;
                }
                Effect::SetProfile(_) => {
                    let is_own = place == ConversationType::Own;
                    if !is_own || !self.rows.users.contains_key(&UserId(id.0)) {
                        return Err(Rejection::not_found());
                    }
                }
                Effect::SetMute { .. }
                | Effect::SetCard { .. }
                | Effect::SetState(_)
                | Effect::Attach { .. }
                | Effect::Take { .. } => {}
            }
        }
        // A dissolved group may lose its owner: everyone clears it away for themselves.
        let is_over = settings.dissolved_at_ms.is_some() && owners.is_empty();
        if is_group && owners.len() != 1 && !is_over {
            let detail = "A group has exactly one owner.";
            return Err(Rejection::conflict("owner_must_transfer", detail));
        }
        if is_group && fold(&settings.name).is_empty() {
            return Err(Rejection::invalid("name", "A group has a name."));
        }
        Ok(owners.pop_first())
    }

    /// A message that is there and was not recalled.
    fn whole(&self, id: ConversationId, seq: Seq) -> Result<&MessageRecord, Rejection> {
        let found = self.rows.messages.get(&(id, seq));
        let found = found.ok_or_else(Rejection::not_found)?;
        if found.message.body.is_none() {
            let detail = "This message was taken back.";
            return Err(Rejection::conflict("recalled", detail));
        }
        Ok(found)
    }

    fn may_set(
        &self,
        id: ConversationId,
        field: &GroupField,
        members: i64,
    ) -> Result<(), Rejection> {
        match field {
            GroupField::Name(name) => {
                let refused = |code, detail| {
                    let field = Some("name".into());
                    let refused = Rejection::conflict(code, detail);
                    Err(Rejection { field, ..refused })
                };
                let named = self.rows.group_names.get(&fold(name));
                if named.is_some_and(|other| *other != id) {
                    return refused("name_taken", "Another group has this name.");
                }
                if !self.looks_like_nobody(Space::Group, name, id.0) {
                    return refused("name_lookalike", "This looks like another group's name.");
                }
                Ok(())
            }
            GroupField::MemberLimit(limit) if *limit < members => {
                let detail = format!("The group has {members} members already.");
                Err(Rejection::conflict("below_member_count", detail))
            }
            _ => Ok(()),
        }
    }

    fn take_over(&mut self, append: &Append, owner: Option<UserId>) -> Placed {
        let id = append.conversation;
        let position = self.changes.head.position.next();
        self.changes.head.position = position;
        let mut row = match self.rows.conversations.remove(&id) {
            Some(row) => row,
            None => self.new_conversation(append, position),
        };
        row.seq = row.seq.next();
        row.head_position = position;
        row.owner = owner;
        row.counted += i64::from(append.counts && append.audience.is_none());
        for effect in &append.effects {
            self.effect(&mut row, effect, append, position);
        }
        if let Some(sender) = append.sender {
            let shown = row.r#type == ConversationType::Direct && self.shows_reading(sender);
            self.stay(id, sender, |stay| {
                if stay.left.is_none() {
                    (stay.read_seq, stay.read_counted) = (row.seq, row.counted);
                    if shown {
                        stay.shown_seq = row.seq;
                    }
                    if append.counts {
                        stay.posted_at_ms = Some(append.sent_at_ms);
                    }
                }
            });
        }
        let placed = Placed {
            position,
            seq: row.seq,
            counted: row.counted,
        };
        let posted = Posted {
            seq: row.seq,
            sent_at_ms: append.sent_at_ms,
            digest: append.digest.clone(),
        };
        let key = (id, append.sender, append.client_id);
        self.rows.posted.insert(key, posted);
        self.rows.counted.insert((id, row.seq), row.counted);
        let record = MessageRecord {
            message: append.at(placed),
            digest: append.digest.clone(),
        };
        self.rows.messages.insert((id, row.seq), record.clone());
        self.changes.messages.push(record);
        self.changes.conversations.insert(id, row.clone());
        self.rows.conversations.insert(id, row);
        placed
    }

    /// Whether the other of a direct conversation may know how far this user has read.
    pub(super) fn shows_reading(&self, user: UserId) -> bool {
        let user = self.rows.users.get(&user);
        user.is_some_and(|user| user.read_receipts && user.status != Status::Invisible)
    }

    fn new_conversation(&mut self, append: &Append, position: Position) -> ConversationRecord {
        let id = append.conversation;
        let number = (append.r#type == ConversationType::Group).then(|| self.next_number());
        let mut row = ConversationRecord {
            id,
            r#type: append.r#type,
            number,
            settings: Settings::default(),
            seq: Seq(0),
            counted: 0,
            head_position: position,
            member_count: 0,
            owner: None,
            created_at_ms: append.sent_at_ms,
        };
        if append.r#type == ConversationType::Own {
            row.member_count = 1;
            self.open_stay(id, UserId(id.0), position, Seq(1), Role::Member);
        }
        row
    }
}

fn not_a_member() -> Rejection {
    Rejection::conflict("not_a_member", "Not a member.")
}

fn group_full(limit: i64) -> Rejection {
    let detail = format!("The group is full: it has its {limit} members.");
    Rejection::conflict("group_full", detail)
}

fn dissolved() -> Rejection {
    Rejection::conflict("dissolved", "This group is dissolved.")
}

/// Whether a message has this note of this kind, and how many it has of the kind.
fn notes_of(record: &MessageRecord, kind: &str, key: &str) -> (bool, usize) {
    let notes = super::effects::notes(&record.message);
    let of_kind = notes.get(kind).and_then(serde_json::Value::as_object);
    of_kind.map_or((false, 0), |notes| (notes.contains_key(key), notes.len()))
}
