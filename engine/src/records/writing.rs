//! From a record to the log: users who cannot sign in, a group with them in it, and their messages,
//! written as they would have been by people, at the end of the log and with the times of the
//! record.
//!
//! **A second time adds nothing.** Users, group and messages have ids that follow from what they
//! are: a message's from who said what, when, and how often in the same moment. So a run that was
//! killed goes on, the same file adds nothing, and a longer one of the same conversation adds what
//! is new in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Line, Record};
use crate::group::state::{ConversationType, GroupField, Role};
use crate::ids::{ClientId, ConversationId, Seq, UserId};
use crate::kind::{Effect, MessageKind};
use crate::kinds::{create::Create, join::Join, text::Text};
use crate::limits::{
    DISPLAY_NAME_CHARS, GROUP_MEMBERS, GROUP_NAME_CHARS, JOURNAL_BATCH, TEXT_CHARS,
};
use crate::message::Rejection;
use crate::names::{clean_line, nearest_line, nearest_username};
use crate::runtime::Runtime;
use crate::store::{
    Append, Batch, Bounds, Entry, Group, NewUser, Outcome, Store, StoreError, User, fold,
};
use crate::transfer::Progress;

/// The namespace of what records become (a UUID drawn once for this project).
const RECORDS: Uuid = Uuid::from_u128(0x5b7e_0c3d_92a4_4d61_b8f2_7d10_6c45_e39a);
/// Groups looked at to find one by its name.
const GROUPS_FOUND: usize = 1_000;
/// User names tried for one speaker: the nearest, then with 2, 3, … behind it. Beyond: refused.
const NAMES_TRIED: usize = 1_000;
/// Look-ups in the store at the same time.
const LOOK_UPS: usize = 16;
/// What somebody is called whose name has nothing that can be shown.
const NAMELESS: &str = "?";

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

type Result<T> = std::result::Result<T, RecordError>;

fn refused<T>(text: impl Into<String>) -> Result<T> {
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
struct Target {
    id: ConversationId,
    name: String,
    seq: Seq,
    members: BTreeSet<UserId>,
    exists: bool,
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
    let (people, mut entries) = people(store, runtime, record, place, &target).await?;
    let mut written = Written {
        group: target.name.clone(),
        made_group: !target.exists,
        users: entries.len(),
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
    let newcomers = speakers.difference(&target.members).count();
    if target.exists {
        room(store, &target, newcomers).await?;
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
    commit(store, entries, progress).await?;
    Ok(written)
}

async fn find(store: &Arc<dyn Store>, place: &Place) -> Result<Target> {
    let name = clean_line("group", &place.group, 1, GROUP_NAME_CHARS);
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
        return refused("the group was dissolved a moment ago");
    };
    Ok(Target {
        id: group.id,
        name: group.settings.name.clone(),
        seq: state.seq,
        members: state.roster.keys().copied().collect(),
        exists: true,
    })
}

/// An id that follows from these texts.
fn id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Uuid::new_v5(&RECORDS, &hash.finalize())
}

/// The users that the speakers are, and the entries that make those who do not exist.
async fn people(
    store: &Arc<dyn Store>,
    runtime: &dyn Runtime,
    record: &Record,
    place: &Place,
    target: &Target,
) -> Result<(Vec<UserId>, Vec<Entry>)> {
    let group = target.id.to_string();
    let speakers = record.speakers.iter();
    let ids: Vec<UserId> = speakers
        .map(|speaker| match &speaker.account {
            Some(account) => id(&["account", account]),
            None if place.own_people => id(&["name", &group, &speaker.name]),
            None => id(&["name", &speaker.name]),
        })
        .map(UserId)
        .collect();
    let mut known = BTreeSet::new();
    for some in ids.chunks(JOURNAL_BATCH) {
        known.extend(store.users(some).await?.into_iter().map(|user| user.id));
    }
    let said: BTreeSet<usize> = record.lines.iter().map(|line| line.speaker).collect();
    let (mut entries, mut taken) = (Vec::new(), BTreeSet::new());
    for (at, speaker) in record.speakers.iter().enumerate() {
        if known.contains(&ids[at]) || !said.contains(&at) {
            continue;
        }
        let wish = match &speaker.account {
            Some(account) => format!("qq-{}", account.split('@').next().unwrap_or_default()),
            None => speaker.name.clone(),
        };
        let username = free_username(store, &wish, &mut taken).await?;
        entries.push(Entry::CreateUser(NewUser {
            id: ids[at],
            username,
            name: shown(&speaker.name),
            password_hash: None,
            created_at_ms: runtime.wall_ms(),
        }));
    }
    Ok((ids, entries))
}

/// A user name that nobody has.
async fn free_username(
    store: &Arc<dyn Store>,
    wish: &str,
    taken: &mut BTreeSet<String>,
) -> Result<String> {
    let nearest = nearest_username(wish).unwrap_or_else(|| "speaker".into());
    for number in 1..=NAMES_TRIED {
        let name = match number {
            1 => nearest.clone(),
            number => format!("{nearest}-{number}"),
        };
        if !taken.contains(&fold(&name)) && store.credentials(&name).await?.is_none() {
            taken.insert(fold(&name));
            return Ok(name);
        }
    }
    refused(format!("too many users are called {nearest}"))
}

/// The owner that was asked for, of a group that is made.
async fn owner(store: &Arc<dyn Store>, place: &Place, target: &Target) -> Result<Option<UserId>> {
    let Some(name) = place.owner.as_ref().filter(|_| !target.exists) else {
        return Ok(None);
    };
    match store.credentials(name).await? {
        Some((user, _)) => Ok(Some(user.id)),
        None => refused(format!(
            "there is no user called {name}; `webqq user add` makes one"
        )),
    }
}

async fn display_name(
    record: &Record,
    people: &[UserId],
    user: UserId,
    store: &Arc<dyn Store>,
) -> Result<String> {
    if let Some(user) = store.users(&[user]).await?.pop() {
        let User { name, .. } = user;
        return Ok(name);
    }
    let at = people.iter().position(|id| *id == user);
    Ok(at.map_or_else(|| NAMELESS.into(), |at| shown(&record.speakers[at].name)))
}

fn shown(name: &str) -> String {
    nearest_line(name, DISPLAY_NAME_CHARS).unwrap_or_else(|| NAMELESS.into())
}

/// Whether so many more fit into a group that exists.
async fn room(store: &Arc<dyn Store>, target: &Target, newcomers: usize) -> Result<()> {
    let Some((state, _)) = store.conversation(target.id).await? else {
        return refused("the group was dissolved a moment ago");
    };
    let (members, limit) = (state.roster.len(), state.settings.member_limit);
    if (members + newcomers) as i64 > limit {
        return refused(format!(
            "the group has {members} members and may have {limit}, and {newcomers} speakers would \
             join: let its owner raise the limit, or take another group"
        ));
    }
    Ok(())
}

/// A message to be.
struct Said {
    sender: UserId,
    name: String,
    text: String,
    at_ms: i64,
    client_id: ClientId,
}

impl Said {
    fn append(&self, target: &mut Target) -> Append {
        let body = json!({"text": self.text});
        let client_id = self.client_id;
        next(target, Text::NAME, self, body, client_id, Vec::new())
    }
}

/// The messages of a record. A text that is longer than a message may be becomes several.
fn messages(record: &Record, people: &[UserId], group: ConversationId) -> Vec<Said> {
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

/// The message by which the group is made.
fn founding(
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

/// The message by which somebody comes in, just before they speak.
fn joining(target: &mut Target, first: &Said) -> Append {
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
        expects,
        kind: kind.into(),
        sender: Some(said.sender),
        sender_name: said.name.clone(),
        body: body.to_string(),
        client_id,
        digest: String::new(),
        sent_at_ms: said.at_ms,
        counts: kind == Text::NAME,
        audience: None,
        effects,
    }
}

async fn commit(
    store: &Arc<dyn Store>,
    entries: Vec<Entry>,
    progress: &mut dyn Progress,
) -> Result<()> {
    let mut number = store.head().await?.batch;
    progress.begin("written", entries.len() as u64, 0);
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        number += 1;
        let batch = Batch {
            number: Some(number),
            entries: entries.by_ref().take(JOURNAL_BATCH).collect(),
            bounds: Bounds {
                groups_per_user: 0,
                ..Bounds::default()
            },
        };
        for outcome in store.commit(&batch).await? {
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
        progress.step(batch.entries.len() as u64);
    }
    progress.end();
    Ok(())
}
