//! Who the speakers of a record are: users that exist, or are made and cannot sign in.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Record;
use super::messages::id;
use super::writing::{Place, Result, Target, refused};
use crate::ids::UserId;
use crate::limits::{DISPLAY_NAME_CHARS, JOURNAL_BATCH};
use crate::names::{nearest_line, nearest_username};
use crate::runtime::Runtime;
use crate::store::{Entry, NewUser, Store, User, fold};

/// User names tried for one speaker: the nearest, then with 2, 3, … behind it. Beyond: refused.
const NAMES_TRIED: usize = 1_000;
/// What somebody is called whose name has nothing that can be shown.
const NAMELESS: &str = "?";

/// The users that the speakers are, and the entries that make those who do not exist.
pub(super) async fn people(
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
