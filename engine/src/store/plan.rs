//! What becomes of a batch: pure, the same for every database.
//!
//! [`needs`] says which rows a batch touches, the database reads them under the head lock into a
//! [`Snapshot`], and [`plan`] decides entry by entry, each against what the ones before it left.
//! An entry is judged whole before anything of it is taken over, so a refused one leaves no trace.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::*;
use super::{
    Append, Batch, Bounds, Entry, NewSession, NewUser, Outcome, Posted, Status, StoreError,
    WhichSessions, fold,
};
use crate::group::state::{ConversationType, GroupField, Role, Settings, added_and_removed};
use crate::ids::{ClientId, ConversationId, Position, Seq, SessionId, UserId};
use crate::kind::Effect;
use crate::message::{Message, Rejection};

/// Who posted what under which client id; the system is `None`.
pub type PostedKey = (ConversationId, Option<UserId>, ClientId);

/// The rows that a batch touches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// Conversations by id.
    pub conversations: BTreeSet<ConversationId>,
    /// Groups by folded name.
    pub group_names: BTreeSet<String>,
    /// The last stay (open or not) of these users in these conversations.
    pub stays: BTreeSet<(ConversationId, UserId)>,
    /// Messages by client id.
    pub posted: BTreeSet<PostedKey>,
    /// `counted` of these messages.
    pub counted: BTreeSet<(ConversationId, Seq)>,
    /// How many groups these users are in.
    pub group_counts: BTreeSet<UserId>,
    /// Users by id.
    pub users: BTreeSet<UserId>,
    /// Users by folded user name.
    pub usernames: BTreeSet<String>,
    /// All sessions of these users.
    pub sessions_of: BTreeSet<UserId>,
    /// Single sessions.
    pub sessions: BTreeSet<SessionId>,
}

/// The rows that [`needs`] named, as they are under the head lock. What does not exist is absent.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The head row.
    pub head: HeadRow,
    /// Conversations by id.
    pub conversations: BTreeMap<ConversationId, ConversationRecord>,
    /// Which group has this folded name.
    pub group_names: BTreeMap<String, ConversationId>,
    /// The last stay of a user in a conversation.
    pub stays: BTreeMap<(ConversationId, UserId), StayRecord>,
    /// Messages by client id.
    pub posted: BTreeMap<PostedKey, Posted>,
    /// `counted` of messages.
    pub counted: BTreeMap<(ConversationId, Seq), i64>,
    /// Open stays in groups.
    pub group_counts: BTreeMap<UserId, i64>,
    /// Users by id.
    pub users: BTreeMap<UserId, UserRecord>,
    /// Users by folded user name.
    pub usernames: BTreeMap<String, UserId>,
    /// Sessions by id.
    pub sessions: BTreeMap<SessionId, SessionRecord>,
}

impl Snapshot {
    /// A snapshot that holds the head only.
    pub fn new(head: HeadRow) -> Self {
        Self {
            head,
            conversations: BTreeMap::new(),
            group_names: BTreeMap::new(),
            stays: BTreeMap::new(),
            posted: BTreeMap::new(),
            counted: BTreeMap::new(),
            group_counts: BTreeMap::new(),
            users: BTreeMap::new(),
            usernames: BTreeMap::new(),
            sessions: BTreeMap::new(),
        }
    }
}

/// The rows to write. Except for messages, which are inserted, each is inserted or, by its key,
/// replaced whole. The head row is written always.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The head row to be.
    pub head: HeadRow,
    /// New messages, in position order.
    pub messages: Vec<MessageRecord>,
    /// By id.
    pub conversations: BTreeMap<ConversationId, ConversationRecord>,
    /// By conversation, user and joined position. Write those whose role is not owner first: the
    /// database holds a unique index on the owner of a group.
    pub stays: BTreeMap<(ConversationId, UserId, Position), StayRecord>,
    /// By conversation and kind.
    pub kind_states: BTreeMap<(ConversationId, String), KindStateRecord>,
    /// By id.
    pub users: BTreeMap<UserId, UserRecord>,
    /// By id.
    pub sessions: BTreeMap<SessionId, SessionRecord>,
    /// Sessions to delete.
    pub ended_sessions: BTreeSet<SessionId>,
}

/// Whether a batch may be written after what this head says.
///
/// # Errors
/// [`StoreError::Refused`]: it does not follow the last batch, or appends without a number.
pub fn check(batch: &Batch, head: &HeadRow) -> super::Result<()> {
    let appends = |entry: &Entry| matches!(entry, Entry::Append(_));
    match batch.number {
        Some(number) if number != head.batch + 1 => {
            let said = format!("batch {number} does not follow batch {}", head.batch);
            Err(StoreError::Refused(said))
        }
        None if batch.entries.iter().any(appends) => {
            let said = "a batch without a number cannot append messages";
            Err(StoreError::Refused(said.into()))
        }
        _ => Ok(()),
    }
}

/// Whether the batch of this number is in a log that has counted so many.
///
/// # Errors
/// [`StoreError::Unusable`]: it is neither the last one nor the next.
pub fn is_in(number: i64, counted: i64) -> super::Result<bool> {
    match number.saturating_sub(counted) {
        0 => Ok(true),
        1 => Ok(false),
        _ => Err(StoreError::Unusable(format!(
            "the log is at batch {counted}, not at {number} or just before it: somebody else \
             wrote to it, or a backup was put back"
        ))),
    }
}

/// Which rows the batch touches.
pub fn needs(entries: &[Entry]) -> Needs {
    let mut needs = Needs::default();
    for entry in entries {
        match entry {
            Entry::Append(append) => needs_of_append(append, &mut needs),
            Entry::CreateUser(user) => {
                needs.usernames.insert(fold(&user.username));
                needs.users.insert(user.id);
            }
            Entry::SetPassword { user, .. } => {
                needs.users.insert(*user);
                needs.sessions_of.insert(*user);
            }
            Entry::SetAdministrator { user, .. } | Entry::SetProfile { user, .. } => {
                needs.users.insert(*user);
            }
            Entry::OpenSession(session) => {
                needs.users.insert(session.user);
                needs.sessions_of.insert(session.user);
            }
            Entry::CloseSessions { user, .. } => {
                needs.sessions_of.insert(*user);
            }
            Entry::TouchSession { session, .. } => {
                needs.sessions.insert(*session);
            }
            Entry::OpenDirect { one, other, .. } => {
                let conversation = ConversationId::direct(*one, *other);
                needs.conversations.insert(conversation);
                needs.users.extend([*one, *other]);
            }
            Entry::SetRead {
                user,
                conversation,
                seq,
            } => {
                needs.conversations.insert(*conversation);
                needs.stays.insert((*conversation, *user));
                needs.counted.insert((*conversation, *seq));
            }
        }
    }
    needs
}

fn needs_of_append(append: &Append, needs: &mut Needs) {
    let id = append.conversation;
    needs.conversations.insert(id);
    needs.posted.insert((id, append.sender, append.client_id));
    needs.stays.extend(append.sender.map(|sender| (id, sender)));
    for effect in &append.effects {
        match effect {
            Effect::AddMember { user, .. } => {
                needs.stays.insert((id, *user));
                needs.group_counts.insert(*user);
            }
            Effect::RemoveMember { user }
            | Effect::SetRole { user, .. }
            | Effect::SetMute { user, .. } => {
                needs.stays.insert((id, *user));
            }
            Effect::SetField(GroupField::Name(name)) => {
                needs.group_names.insert(fold(name));
            }
            Effect::SetField(_) | Effect::SetState(_) => {}
        }
    }
}

/// Decides the batch: one outcome per entry, in order, and the rows to write.
pub fn plan(batch: &Batch, snapshot: Snapshot) -> (Vec<Outcome>, Changes) {
    let mut head = snapshot.head.clone();
    match batch.number {
        Some(number) => head.batch = number,
        None => head.access_version += 1,
    }
    let mut planner = Planner {
        changes: Changes {
            head,
            messages: Vec::new(),
            conversations: BTreeMap::new(),
            stays: BTreeMap::new(),
            kind_states: BTreeMap::new(),
            users: BTreeMap::new(),
            sessions: BTreeMap::new(),
            ended_sessions: BTreeSet::new(),
        },
        rows: snapshot,
        bounds: batch.bounds,
    };
    let outcomes = batch
        .entries
        .iter()
        .map(|entry| planner.entry(entry))
        .collect();
    (outcomes, planner.changes)
}

struct Planner {
    rows: Snapshot,
    changes: Changes,
    bounds: Bounds,
}

impl Planner {
    fn entry(&mut self, entry: &Entry) -> Outcome {
        match entry {
            Entry::Append(append) => self.append(append),
            Entry::CreateUser(user) => self.create_user(user),
            Entry::SetPassword { user, hash, keep } => {
                let done = self.user(*user, |row| row.password_hash = Some(hash.clone()));
                if done == Outcome::Done {
                    self.end_sessions(*user, |session| Some(session) != *keep);
                }
                done
            }
            Entry::SetAdministrator {
                user,
                administrator,
            } => self.user(*user, |row| row.administrator = *administrator),
            Entry::SetProfile {
                user,
                name,
                signature,
                status,
            } => self.user(*user, |row| {
                if let Some(name) = name {
                    row.name.clone_from(name);
                }
                if let Some(signature) = signature {
                    row.signature.clone_from(signature);
                }
                row.status = status.unwrap_or(row.status);
            }),
            Entry::OpenSession(session) => self.open_session(session),
            Entry::CloseSessions { user, which } => {
                self.end_sessions(*user, |session| match which {
                    WhichSessions::One(one) => session == *one,
                    WhichSessions::Except(one) => session != *one,
                    WhichSessions::All => true,
                });
                Outcome::Done
            }
            Entry::TouchSession { session, at_ms } => {
                if let Some(row) = self.rows.sessions.get_mut(session) {
                    row.last_used_at_ms = row.last_used_at_ms.max(*at_ms);
                    self.changes.sessions.insert(*session, row.clone());
                }
                Outcome::Done
            }
            Entry::OpenDirect { one, other, at_ms } => self.open_direct(*one, *other, *at_ms),
            Entry::SetRead {
                user,
                conversation,
                seq,
            } => self.set_read(*user, *conversation, *seq),
        }
    }

    // ---- messages ------------------------------------------------------------------------------

    fn append(&mut self, append: &Append) -> Outcome {
        let id = append.conversation;
        let key = (id, append.sender, append.client_id);
        if let Some(posted) = self.rows.posted.get(&key) {
            return Outcome::Duplicate {
                seq: posted.seq,
                sent_at_ms: posted.sent_at_ms,
                same: posted.digest.is_empty() || posted.digest == append.digest,
            };
        }
        let seq_now = self.rows.conversations.get(&id).map_or(Seq(0), |c| c.seq);
        if seq_now != append.expects {
            return Outcome::Conflict;
        }
        match self.may_append(append) {
            Ok(owner) => self.take_over(append, owner),
            Err(rejection) => Outcome::Refused(rejection),
        }
    }

    /// The last word on what must hold under any concurrency. Answers the owner that a group will
    /// have.
    fn may_append(&self, append: &Append) -> Result<Option<UserId>, Rejection> {
        let id = append.conversation;
        let now = self.rows.conversations.get(&id);
        if now.is_none() && append.r#type == ConversationType::Direct {
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
        // Nobody comes and goes in one message: its position would be in two stays.
        let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
        for effect in &append.effects {
            match effect {
                Effect::AddMember { user, role } => {
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
                Effect::SetMute { .. } | Effect::SetState(_) => {}
            }
        }
        if is_group && owners.len() != 1 {
            let detail = "A group has exactly one owner.";
            return Err(Rejection::conflict("owner_must_transfer", detail));
        }
        if is_group && fold(&settings.name).is_empty() {
            return Err(Rejection::invalid("name", "A group has a name."));
        }
        Ok(owners.pop_first())
    }

    fn may_set(
        &self,
        id: ConversationId,
        field: &GroupField,
        members: i64,
    ) -> Result<(), Rejection> {
        match field {
            GroupField::Name(name) => match self.rows.group_names.get(&fold(name)) {
                Some(other) if *other != id => Err(Rejection {
                    field: Some("name".into()),
                    ..Rejection::conflict("name_taken", "Another group has this name.")
                }),
                _ => Ok(()),
            },
            GroupField::MemberLimit(limit) if *limit < members => {
                let detail = format!("The group has {members} members already.");
                Err(Rejection::conflict("below_member_count", detail))
            }
            _ => Ok(()),
        }
    }

    fn take_over(&mut self, append: &Append, owner: Option<UserId>) -> Outcome {
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
            self.stay(id, sender, |stay| {
                if stay.left.is_none() {
                    (stay.read_seq, stay.read_counted) = (row.seq, row.counted);
                }
            });
        }
        let (added, removed) = added_and_removed(&append.effects);
        let message = Message {
            position,
            conversation: id,
            seq: row.seq,
            counted: row.counted,
            kind: append.kind.clone(),
            sender: append.sender,
            sender_name: append.sender_name.clone(),
            body: Some(append.body.clone()),
            client_id: append.client_id,
            sent_at_ms: append.sent_at_ms,
            added,
            removed,
            audience: append.audience.clone(),
        };
        let outcome = Outcome::Appended {
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
        self.changes.messages.push(MessageRecord {
            message,
            digest: append.digest.clone(),
        });
        self.changes.conversations.insert(id, row.clone());
        self.rows.conversations.insert(id, row);
        outcome
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

    fn effect(
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
                if row.r#type == ConversationType::Group {
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
                }
                row.settings.set(field);
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

    // ---- stays and read positions --------------------------------------------------------------

    fn open_stay(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        joined_position: Position,
        from_seq: Seq,
        role: Role,
    ) {
        let stay = StayRecord {
            conversation,
            user,
            joined_position,
            from_seq,
            role,
            muted_until_ms: None,
            read_seq: Seq(0),
            read_counted: 0,
            left: None,
        };
        self.rows.stays.insert((conversation, user), stay);
        self.stay(conversation, user, |_| {});
    }

    /// Changes the last stay of a user, if there is one, and marks it to be written.
    fn stay(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        change: impl FnOnce(&mut StayRecord),
    ) {
        if let Some(stay) = self.rows.stays.get_mut(&(conversation, user)) {
            change(stay);
            let key = (conversation, user, stay.joined_position);
            self.changes.stays.insert(key, stay.clone());
        }
    }

    fn set_read(&mut self, user: UserId, conversation: ConversationId, seq: Seq) -> Outcome {
        let Some(row) = self.rows.conversations.get(&conversation) else {
            return Outcome::Refused(Rejection::not_found());
        };
        let Some(stay) = self.rows.stays.get(&(conversation, user)) else {
            return Outcome::Refused(Rejection::not_found());
        };
        let (head, counted) = match &stay.left {
            Some(left) => (left.seq, left.counted),
            None => (row.seq, row.counted),
        };
        if seq > stay.read_seq {
            let at = if seq >= head {
                (head, counted)
            } else {
                let known = self.rows.counted.get(&(conversation, seq));
                (seq, known.copied().unwrap_or(stay.read_counted))
            };
            if at.0 > stay.read_seq {
                self.stay(conversation, user, |stay| {
                    (stay.read_seq, stay.read_counted) = at;
                });
            }
        }
        Outcome::Done
    }

    fn open_direct(&mut self, one: UserId, other: UserId, at_ms: i64) -> Outcome {
        let id = ConversationId::direct(one, other);
        if self.rows.conversations.contains_key(&id) {
            return Outcome::Done;
        }
        if [one, other]
            .iter()
            .any(|u| !self.rows.users.contains_key(u))
            || one == other
        {
            return Outcome::Refused(Rejection::not_found());
        }
        let position = self.changes.head.position;
        let row = ConversationRecord {
            id,
            r#type: ConversationType::Direct,
            number: None,
            settings: Settings::default(),
            seq: Seq(0),
            counted: 0,
            head_position: position,
            member_count: 2,
            owner: None,
            created_at_ms: at_ms,
        };
        self.changes.conversations.insert(id, row.clone());
        self.rows.conversations.insert(id, row);
        self.open_stay(id, one, position, Seq(1), Role::Member);
        self.open_stay(id, other, position, Seq(1), Role::Member);
        Outcome::Done
    }

    // ---- people --------------------------------------------------------------------------------

    fn next_number(&mut self) -> i64 {
        let number = self.changes.head.next_number;
        self.changes.head.next_number += 1;
        number
    }

    fn create_user(&mut self, user: &NewUser) -> Outcome {
        let folded = fold(&user.username);
        match self.rows.usernames.get(&folded) {
            Some(id) if *id == user.id => return Outcome::Done,
            Some(_) => {
                return Outcome::Refused(Rejection {
                    field: Some("username".into()),
                    ..Rejection::conflict("username_taken", "This user name is taken.")
                });
            }
            None if self.rows.users.contains_key(&user.id) => {
                let detail = "There is a user with this id already.";
                return Outcome::Refused(Rejection::conflict("user_exists", detail));
            }
            None => {}
        }
        let row = UserRecord {
            id: user.id,
            number: self.next_number(),
            username: user.username.clone(),
            name: user.name.clone(),
            signature: String::new(),
            status: Status::Online,
            password_hash: user.password_hash.clone(),
            administrator: false,
            disabled: false,
            created_at_ms: user.created_at_ms,
        };
        self.rows.usernames.insert(folded, user.id);
        self.changes.users.insert(user.id, row.clone());
        self.rows.users.insert(user.id, row);
        Outcome::Done
    }

    fn user(&mut self, user: UserId, change: impl FnOnce(&mut UserRecord)) -> Outcome {
        match self.rows.users.get_mut(&user) {
            None => Outcome::Refused(Rejection::not_found()),
            Some(row) => {
                change(row);
                self.changes.users.insert(user, row.clone());
                Outcome::Done
            }
        }
    }

    fn open_session(&mut self, session: &NewSession) -> Outcome {
        let living = self.rows.users.get(&session.user);
        if living.is_none_or(|user| user.disabled) {
            return Outcome::Refused(Rejection::not_found());
        }
        let mine = self.rows.sessions.values();
        let mut mine: Vec<_> = mine.filter(|row| row.user == session.user).collect();
        mine.sort_by_key(|row| (row.last_used_at_ms, row.id));
        let too_many = (mine.len() + 1).saturating_sub(self.bounds.sessions_per_user);
        let oldest: BTreeSet<_> = mine.iter().take(too_many).map(|row| row.id).collect();
        self.end_sessions(session.user, |id| oldest.contains(&id));
        let row = SessionRecord {
            id: session.id,
            user: session.user,
            token_hash: session.token_hash.clone(),
            device: session.device.clone(),
            created_at_ms: session.created_at_ms,
            last_used_at_ms: session.created_at_ms,
        };
        self.changes.sessions.insert(session.id, row.clone());
        self.rows.sessions.insert(session.id, row);
        Outcome::Done
    }

    fn end_sessions(&mut self, user: UserId, which: impl Fn(SessionId) -> bool) {
        let rows = &mut self.rows.sessions;
        let changes = &mut self.changes;
        rows.retain(|id, row| {
            let ends = row.user == user && which(*id);
            if ends {
                changes.sessions.remove(id);
                changes.ended_sessions.insert(*id);
            }
            !ends
        });
    }
}

fn not_a_member() -> Rejection {
    Rejection::conflict("not_a_member", "Not a member.")
}

fn group_full(limit: i64) -> Rejection {
    let detail = format!("The group is full: it has its {limit} members.");
    Rejection::conflict("group_full", detail)
}

#[cfg(test)]
mod tests;
