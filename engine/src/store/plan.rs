//! What becomes of a batch: pure, the same for every database.
//!
//! [`needs`] says which rows a batch touches, the database reads them under the head lock into a
//! [`Snapshot`], and [`plan`] decides entry by entry, each against what the ones before it left.
//! An entry is judged whole before anything of it is taken over, so a refused one leaves no trace.

use std::collections::{BTreeMap, BTreeSet};

mod administration;
mod effects;
pub mod files;
mod looks;
mod messages;
mod moderation;
mod people;
mod stays;

use self::files::{FileChanges, FileNeeds, FileRows};
use super::administration::{AdministrationChanges, AdministrationNeeds, AdministrationRows};
use super::rows::*;
use super::{Append, Batch, Bounds, Entry, Outcome, Posted, StoreError, WhichSessions, fold};
use crate::effects::Effect;
use crate::group::state::{ConversationType, GroupField};
use crate::ids::{ClientId, ConversationId, Position, Seq, SessionId, UserId};

/// Who posted what under which client id; the system is `None`.
pub type PostedKey = (ConversationId, Option<UserId>, ClientId);

/// An entry of a map: its conversation, the map's name, the key.
pub type EntryKey = (ConversationId, String, String);

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
    /// Whole messages.
    pub messages: BTreeSet<(ConversationId, Seq)>,
    /// Whether there are these entries of maps.
    pub entries: BTreeSet<EntryKey>,
    /// How many entries these maps have.
    pub map_sizes: BTreeSet<(ConversationId, String)>,
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
    /// What running the server touches.
    pub administration: AdministrationNeeds,
    /// About files.
    pub files: FileNeeds,
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
    /// Whole messages.
    pub messages: BTreeMap<(ConversationId, Seq), MessageRecord>,
    /// The entries of maps that there are.
    pub entries: BTreeSet<EntryKey>,
    /// How many entries maps have; none: absent.
    pub map_sizes: BTreeMap<(ConversationId, String), usize>,
    /// Open stays in groups that are not dissolved.
    pub group_counts: BTreeMap<UserId, i64>,
    /// Users by id.
    pub users: BTreeMap<UserId, UserRecord>,
    /// Users by folded user name.
    pub usernames: BTreeMap<String, UserId>,
    /// Sessions by id.
    pub sessions: BTreeMap<SessionId, SessionRecord>,
    /// What running the server touches.
    pub administration: AdministrationRows,
    /// About files.
    pub files: FileRows,
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
            messages: BTreeMap::new(),
            entries: BTreeSet::new(),
            map_sizes: BTreeMap::new(),
            group_counts: BTreeMap::new(),
            users: BTreeMap::new(),
            usernames: BTreeMap::new(),
            sessions: BTreeMap::new(),
            administration: AdministrationRows::default(),
            files: FileRows::default(),
        }
    }
}

/// The rows to write. Except for messages, which are inserted, each is inserted or, by its key,
/// replaced whole. The head row is written always.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The head row to be.
    pub head: HeadRow,
    /// New messages, in position order, each with rows for whom it mentions.
    pub messages: Vec<MessageRecord>,
    /// Earlier messages whose body, digest, notes and mentions changed. One without a body was
    /// recalled: its rows of mentions go.
    pub rewritten: BTreeMap<Position, MessageRecord>,
    /// By id.
    pub conversations: BTreeMap<ConversationId, ConversationRecord>,
    /// By conversation, user and joined position. Write those whose role is not owner first: the
    /// database holds a unique index on the owner of a group.
    pub stays: BTreeMap<(ConversationId, UserId, Position), StayRecord>,
    /// Entries of maps: JSON text, or `None` for one that goes.
    pub entries: BTreeMap<EntryKey, Option<String>>,
    /// By conversation and kind.
    pub kind_states: BTreeMap<(ConversationId, String), KindStateRecord>,
    /// By id.
    pub users: BTreeMap<UserId, UserRecord>,
    /// By id.
    pub sessions: BTreeMap<SessionId, SessionRecord>,
    /// Sessions to delete.
    pub ended_sessions: BTreeSet<SessionId>,
    /// What running the server changes.
    pub administration: AdministrationChanges,
    /// About files.
    pub files: FileChanges,
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
            Entry::CreateUser(_)
            | Entry::Invited(_)
            | Entry::DeleteUser { .. }
            | Entry::Report(_)
            | Entry::Act(_) => administration::needs(entry, &mut needs),
            Entry::SetPassword { user, .. } => {
                needs.users.insert(*user);
                needs.sessions_of.insert(*user);
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
                // Whether the other of a direct conversation may know.
                needs.users.insert(*user);
                needs.counted.insert((*conversation, *seq));
            }
            Entry::AddFile(file) => needs.files.add_file(file),
            Entry::ForgetFiles { files, .. } => needs.files.files.extend(files),
            Entry::ForgetBlobs { blobs } => needs.files.blobs.extend(blobs),
        }
    }
    needs
}

fn needs_of_append(append: &Append, needs: &mut Needs) {
    let id = append.conversation;
    needs.conversations.insert(id);
    needs.posted.insert((id, append.sender, append.client_id));
    if append.act.is_some() {
        administration::needs_of_act(needs);
    }
    needs.stays.extend(append.sender.map(|sender| (id, sender)));
    match append.r#type {
        // Whether the other may know that the sender has read so far.
        ConversationType::Direct => needs.users.extend(append.sender),
        ConversationType::Own => {
            needs.users.insert(UserId(id.0));
        }
        ConversationType::Group => {}
    }
    for effect in &append.effects {
        needs_of_effect(id, effect, needs);
    }
    for companion in &append.companions {
        needs_of_append(&companion.append, needs);
        if let Some((one, other)) = companion.direct {
            needs.users.extend([one, other]);
        }
        if let Some((map, key)) = &companion.unless {
            let conversation = companion.append.conversation;
            let entry = (conversation, map.to_string(), key.clone());
            needs.entries.insert(entry);
        }
    }
}

fn needs_of_effect(id: ConversationId, effect: &Effect, needs: &mut Needs) {
    needs.files.effect(id, effect);
    match effect {
        Effect::AddMember { user, .. } => {
            needs.stays.insert((id, *user));
            needs.group_counts.insert(*user);
        }
        Effect::RemoveMember { user }
        | Effect::SetRole { user, .. }
        | Effect::SetMute { user, .. }
        | Effect::SetCard { user, .. } => {
            needs.stays.insert((id, *user));
        }
        Effect::SetField(GroupField::Name(name)) => {
            needs.group_names.insert(fold(name));
            looks::needs_of_group_name(name, needs);
        }
        Effect::Put { map, key, .. } => {
            needs.entries.insert((id, map.to_string(), key.clone()));
            needs.map_sizes.insert((id, map.to_string()));
        }
        Effect::Take { map, key } => {
            needs.entries.insert((id, map.to_string(), key.clone()));
        }
        Effect::Recall { seq } | Effect::SetNote { seq, .. } => {
            needs.messages.insert((id, *seq));
        }
        Effect::SetField(_)
        | Effect::SetState(_)
        | Effect::SetProfile(_)
        | Effect::Attach { .. } => {}
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
            rewritten: BTreeMap::new(),
            conversations: BTreeMap::new(),
            stays: BTreeMap::new(),
            entries: BTreeMap::new(),
            kind_states: BTreeMap::new(),
            users: BTreeMap::new(),
            sessions: BTreeMap::new(),
            ended_sessions: BTreeSet::new(),
            administration: AdministrationChanges::default(),
            files: FileChanges::default(),
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
            Entry::Invited(invited) => self.invited(invited),
            Entry::DeleteUser { user } => self.delete_user(*user),
            Entry::Report(report) => self.report(report),
            Entry::Act(act) => self.act(act),
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
            Entry::AddFile(file) => self.add_file(file),
            Entry::ForgetFiles { files, now_ms } => self.forget_files(files, *now_ms),
            Entry::ForgetBlobs { blobs } => self.forget_blobs(blobs),
        }
    }
}

#[cfg(test)]
mod tests;
