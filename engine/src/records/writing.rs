//! From a record to the log: users who cannot sign in, a group with them in it, and their messages,
//! written as they would have been by people, at the end of the log and with the times of the
//! record.
//!
//! **A second time adds nothing.** Users, group and messages have ids that follow from what they
//! are: a message's from who said what, when, and how often in the same moment. So a run that was
//! killed goes on, the same file adds nothing, and a longer one of the same conversation adds what
//! is new in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use uuid::Uuid;

use super::Record;
use super::messages::{Said, founding, id, joining, messages, raising};
use super::people::{display_name, make, owner, people};
use crate::group::state::Role;
use crate::ids::{ConversationId, Seq, UserId};
use crate::limits::JOURNAL_BATCH;
use crate::message::Rejection;
use crate::names::clean_group_name;
use crate::runtime::Runtime;
use crate::store::{Append, Batch, Bounds, Entry, Group, Outcome, Store, StoreError, fold};
use crate::transfer::Progress;

/// Groups looked at to find one by its name.
const GROUPS_FOUND: usize = 1_000;
/// Look-ups in the store at the same time.
const LOOK_UPS: usize = 16;

/// Why a record was not written, or not to its end. The text is a sentence without its end.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that the caller can change.
    #[error("{0}")]
    Refused(String),
}

pub(super) type Result<T> = std::result::Result<T, RecordError>;

pub(super) fn refused<T>(text: impl Into<String>) -> Result<T> {
    Err(RecordError::Refused(text.into()))
}

/// Where a record goes.
#[derive(Clone, Debug)]
pub struct Place {
    /// A group's number or name; made if there is none of this name.
    pub group: String,
    /// User name of the owner of a group that is made; `None`: the first speaker.
    pub owner: Option<String>,
    /// Whether a speaker without an account is another person in every group.
    pub own_people: bool,
    /// Whether the member limit of a group that exists is raised if its speakers do not fit.
    pub raise_limit: bool,
    /// Only find out what would be done.
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The group's name.
    pub group: String,
    /// Whether it was made.
    pub made_group: bool,
    /// Users that were made.
    pub users: usize,
    /// Who came into the group.
    pub joined: usize,
    /// Messages that were added.
    pub messages: usize,
    /// Messages that were there already.
    pub known: usize,
}

/// The group as it is or will be.
pub(super) struct Target {
    pub(super) id: ConversationId,
    pub(super) name: String,
    pub(super) seq: Seq,
    pub(super) members: BTreeSet<UserId>,
    pub(super) exists: bool,
}

/// Writes a record. The store must be open as its writer.
///
/// # Errors
/// A name that cannot be a group's, a group that is too small, an owner who does not exist.
pub async fn write(
    store: &Arc<dyn Store>,
    runtime: &dyn Runtime,
    record: &Record,
    place: &Place,
    progress: &mut dyn Progress,
) -> Result<Written> {
    if record.lines.is_empty() {
        return refused("there are no messages in it");
    }
    let mut target = find(store, place).await?;
    let (people, newcomers) = people(store, runtime, record, place, &target).await?;
    let mut entries = Vec::new();
    let mut written = Written {
        group: target.name.clone(),
        made_group: !target.exists,
        users: newcomers.len(),
        joined: 0,
        messages: 0,
        known: 0,
    };
    let owner = owner(store, place, &target)
        .await?
        .unwrap_or(people[record.lines[0].speaker]);
    let mut news = messages(record, &people, target.id);
    if target.exists {
        let all = news.len();
        news = unknown(store, target.id, news).await?;
        written.known = all - news.len();
    }
    let speakers: BTreeSet<UserId> = news.iter().map(|message| message.sender).collect();
    let joining_now = speakers.difference(&target.members).count();
    if target.exists {
        let raised = room(store, place, &mut target, &people, record, joining_now).await?;
        entries.extend(raised.map(Entry::Append));
    } else {
        let members = speakers.len() + usize::from(!speakers.contains(&owner));
        let name = display_name(record, &people, owner, store).await?;
        let at_ms = record.lines[0].at_ms;
        entries.push(Entry::Append(founding(
            &mut target,
            owner,
            name,
            members,
            at_ms,
        )));
        written.joined += 1;
    }
    for message in &news {
        if target.members.insert(message.sender) {
            entries.push(Entry::Append(joining(&mut target, message)));
            written.joined += 1;
        }
        entries.push(Entry::Append(message.append(&mut target)));
        written.messages += 1;
    }
    if place.dry_run {
        return Ok(written);
    }
    make(store, newcomers).await?;
    append(store, entries, progress).await?;
    Ok(written)
}

async fn find(store: &Arc<dyn Store>, place: &Place) -> Result<Target> {
    let name = clean_group_name(&place.group);
    let name = name.map_err(|rejection| {
        let detail = rejection.detail.trim_end_matches('.').to_lowercase();
        RecordError::Refused(format!(
            "this cannot be a group's name: {detail}; give another"
        ))
    })?;
    let nobody = UserId(Uuid::nil());
    let found = store.find_groups(nobody, &name, GROUPS_FOUND).await?;
    let named = |group: &&Group| fold(&group.settings.name) == fold(&name);
    let numbered = |group: &&Group| group.number.to_string() == name;
    let group = found.iter().find(named).or(found.iter().find(numbered));
    let Some(group) = group else {
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return refused(format!("there is no group with the number {name}"));
        }
        let id = id(&["group", &fold(&name)]);
        if store.conversation(ConversationId(id)).await?.is_some() {
            return refused(format!(
                "the group that was made for “{name}” has another name now: name it by its number"
            ));
        }
        return Ok(Target {
            id: ConversationId(id),
            name,
            seq: Seq(0),
            members: BTreeSet::new(),
            exists: false,
        });
    };
    let state = store.conversation(group.id).await?;
    let Some((state, _)) = state else {
        return refused("the group is not there any more");
    };
    if state.settings.dissolved_at_ms.is_some() {
        return refused("the group is dissolved: take another");
    }
    Ok(Target {
        id: group.id,
        name: group.settings.name.clone(),
        seq: state.seq,
        members: state.roster.keys().copied().collect(),
        exists: true,
    })
}

/// Makes room for so many more in a group that exists, if it may: the message that raises the
/// limit, by its owner.
async fn room(
    store: &Arc<dyn Store>,
    place: &Place,
    target: &mut Target,
    people: &[UserId],
    record: &Record,
    newcomers: usize,
) -> Result<Option<Append>> {
    let Some((state, _)) = store.conversation(target.id).await? else {
        return refused("the group is not there any more");
    };
    let (members, limit) = (state.roster.len(), state.settings.member_limit);
    let wanted = (members + newcomers) as i64;
    if wanted <= limit {
        return Ok(None);
    }
    let owner = state
        .roster
        .iter()
        .find(|(_, member)| member.role == Role::Owner);
    let Some((owner, _)) = owner.filter(|_| place.raise_limit) else {
        return refused(format!(
            "the group has {members} members and may have {limit}, and {newcomers} speakers would \
             join: add --raise-limit, or take another group"
        ));
    };
    let name = display_name(record, people, *owner, store).await?;
    let at_ms = record.lines[0].at_ms;
    let raised = raising(target, *owner, name, wanted, at_ms);
    Ok(Some(raised))
}

/// Those that the store does not have.
async fn unknown(
    store: &Arc<dyn Store>,
    group: ConversationId,
    all: Vec<Said>,
) -> Result<Vec<Said>> {
    let posted = futures_util::stream::iter(all).map(async |message| {
        let posted = store.posted(group, Some(message.sender), message.client_id);
        posted
            .await
            .map(|posted| posted.is_none().then_some(message))
    });
    let posted: Vec<Option<Said>> = posted.buffered(LOOK_UPS).try_collect().await?;
    Ok(posted.into_iter().flatten().collect())
}

/// Writes messages, as many at once as a batch holds.
async fn append(
    store: &Arc<dyn Store>,
    entries: Vec<Entry>,
    progress: &mut dyn Progress,
) -> Result<()> {
    progress.begin("written", entries.len() as u64, 0);
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let some: Vec<Entry> = entries.by_ref().take(JOURNAL_BATCH).collect();
        let count = some.len() as u64;
        for outcome in commit(store, some).await? {
            match outcome {
                Outcome::Appended { .. } | Outcome::Done => {}
                Outcome::Refused(Rejection { detail, .. }) => {
                    return refused(detail.trim_end_matches('.'));
                }
                Outcome::Duplicate { .. } | Outcome::Conflict => {
                    return refused("somebody else wrote into the group: call this again");
                }
            }
        }
        progress.step(count);
    }
    progress.end();
    Ok(())
}

/// Writes the next batch.
pub(super) async fn commit(store: &Arc<dyn Store>, entries: Vec<Entry>) -> Result<Vec<Outcome>> {
    let batch = Batch {
        number: Some(store.head().await?.batch + 1),
        entries,
        bounds: Bounds {
            groups_per_user: 0,
            ..Bounds::default()
        },
    };
    Ok(store.commit(&batch).await?)
}
