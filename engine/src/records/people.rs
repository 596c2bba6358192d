//! Who the speakers of a record are: users that exist, or are made and cannot sign in.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Record;
use super::messages::id;
use super::writing::{Place, Result, Target, commit, refused};
use crate::ids::UserId;
use crate::limits::{DISPLAY_NAME_CHARS, JOURNAL_BATCH};
use crate::message::Rejection;
use crate::names::{nearest_line, nearest_username};
use crate::runtime::Runtime;
use crate::store::{Entry, NewUser, Outcome, Store, User, fold};

/// User names tried for one speaker: the nearest, then with 2, 3, … behind it. Beyond: refused.
const NAMES_TRIED: usize = 1_000;
/// What somebody is called whose name has nothing that can be shown.
const NAMELESS: &str = "?";

/// A user to be.
pub(super) struct Newcomer {
    user: NewUser,
    /// The user name that would be nearest.
    nearest: String,
    /// How many were tried.
    tried: usize,
}

/// The users that the speakers are, and those of them who do not exist yet.
pub(super) async fn people(
    store: &Arc<dyn Store>,
    runtime: &dyn Runtime,
    record: &Record,
    place: &Place,
    target: &Target,
) -> Result<(Vec<UserId>, Vec<Newcomer>)> {
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
    let mut newcomers = Vec::new();
    for (at, speaker) in record.speakers.iter().enumerate() {
        if known.contains(&ids[at]) || !said.contains(&at) {
            continue;
        }
        let wish = match &speaker.account {
            Some(account) => format!("qq-{}", account.split('@').next().unwrap_or_default()),
            None => speaker.name.clone(),
        };
        newcomers.push(Newcomer {
            user: NewUser {
                id: ids[at],
                username: String::new(),
                name: shown(&speaker.name),
                password_hash: None,
                bot_of: None,
                created_at_ms: runtime.wall_ms(),
            },
            nearest: nearest_username(&wish).unwrap_or_else(|| "speaker".into()),
            tried: 0,
        });
    }
    Ok((ids, newcomers))
}

/// Makes users, each with the nearest user name that the store lets them have: one that nobody has,
/// and that looks like nobody's.
pub(super) async fn make(store: &Arc<dyn Store>, mut newcomers: Vec<Newcomer>) -> Result<()> {
    let mut taken = BTreeSet::new();
    while !newcomers.is_empty() {
        let rest = newcomers.split_off(newcomers.len().min(JOURNAL_BATCH));
        for newcomer in &mut newcomers {
            newcomer.user.username = free_username(store, newcomer, &mut taken).await?;
        }
        let entries = newcomers
            .iter()
            .map(|one| Entry::CreateUser(one.user.clone()));
        let outcomes = commit(store, entries.collect()).await?;
        let mut again = Vec::new();
        for (newcomer, outcome) in newcomers.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Done => {}
                Outcome::Refused(Rejection { field, .. }) if field.is_some() => {
                    again.push(newcomer);
                }
                Outcome::Refused(Rejection { detail, .. }) => {
                    return refused(detail.trim_end_matches('.'));
                }
                _ => return refused("the store answered something else than was asked"),
            }
        }
        again.extend(rest);
        newcomers = again;
    }
    Ok(())
}

/// The next user name for somebody that nobody has.
async fn free_username(
    store: &Arc<dyn Store>,
    newcomer: &mut Newcomer,
    taken: &mut BTreeSet<String>,
) -> Result<String> {
    while newcomer.tried < NAMES_TRIED {
        newcomer.tried += 1;
        let name = match newcomer.tried {
            1 => newcomer.nearest.clone(),
            number => format!("{}-{number}", newcomer.nearest),
        };
        if !taken.contains(&fold(&name)) && store.credentials(&name).await?.is_none() {
            taken.insert(fold(&name));
            return Ok(name);
        }
    }
    refused(format!("too many users are called {}", newcomer.nearest))
}

/// The owner that was asked for, of a group that is made.
pub(super) async fn owner(
    store: &Arc<dyn Store>,
    place: &Place,
    target: &Target,
) -> Result<Option<UserId>> {
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

/// What a user is called, or will be.
pub(super) async fn display_name(
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

/// A name as it can be shown.
pub(super) fn shown(name: &str) -> String {
    nearest_line(name, DISPLAY_NAME_CHARS).unwrap_or_else(|| NAMELESS.into())
}
