//! Users and groups in bulk, for demonstrations, tests and load: the log is written as it would
//! have been by people, without their waiting for one another.

use std::sync::Arc;

use serde_json::json;

use crate::accounts::token_hash;
use crate::effects::Effect;
use crate::group::state::{ConversationType, GroupField, Role};
use crate::ids::{ClientId, ConversationId, Seq, SessionId, UserId};
use crate::kind::MessageKind;
use crate::kinds::groups::{create::Create, join::Join};
use crate::limits::{GROUP_MEMBERS, JOURNAL_BATCH};
use crate::runtime::Runtime;
use crate::store::{Append, Batch, Bounds, Entry, NewSession, NewUser, Outcome, Store, StoreError};

/// A seeded user, with a token in place of a password.
#[derive(Clone, Debug)]
pub struct SeededUser {
    /// Id.
    pub id: UserId,
    /// `u0`, `u1`, …
    pub username: String,
    /// For `Authorization: Bearer`.
    pub token: String,
}

/// A seeded group.
#[derive(Clone, Debug)]
pub struct SeededGroup {
    /// Id; also its conversation's.
    pub id: ConversationId,
    /// `g0`, `g1`, …
    pub name: String,
}

/// What seeding made.
#[derive(Clone, Debug, Default)]
pub struct Seeded {
    /// In the order of their numbers.
    pub users: Vec<SeededUser>,
    /// In the order of their numbers.
    pub groups: Vec<SeededGroup>,
}

/// Why seeding stopped.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A name is taken, most likely by an earlier seeding.
    #[error("{0}")]
    Refused(String),
}

/// Makes users `u0`… and groups `g0`…, each of the first `members` users and owned by `u0`.
///
/// # Errors
/// See [`SeedError`]. What was made before stays.
pub async fn seed(
    store: &Arc<dyn Store>,
    runtime: &dyn Runtime,
    users: u32,
    groups: u32,
    members: u32,
) -> Result<Seeded, SeedError> {
    let now = runtime.wall_ms();
    let mut seeded = Seeded::default();
    let mut entries = Vec::new();
    for n in 0..users {
        let user = new_user(runtime, n);
        entries.push(Entry::CreateUser(NewUser {
            id: user.id,
            username: user.username.clone(),
            name: user.username.clone(),
            password_hash: None,
            bot_of: None,
            created_at_ms: now,
        }));
        entries.push(Entry::OpenSession(NewSession {
            id: SessionId(runtime.new_id()),
            user: user.id,
            token_hash: token_hash(&user.token),
            device: "seed".into(),
            created_at_ms: now,
        }));
        seeded.users.push(user);
    }
    for n in 0..groups {
        let group = SeededGroup {
            id: ConversationId(runtime.new_id()),
            name: format!("g{n}"),
        };
        let first = seeded.users.iter().take(members as usize);
        for (seq, user) in first.enumerate() {
            let append = member(&group, user, seq, members, runtime, now);
            entries.push(Entry::Append(append));
        }
        seeded.groups.push(group);
    }
    commit(store, entries).await?;
    Ok(seeded)
}

fn new_user(runtime: &dyn Runtime, n: u32) -> SeededUser {
    SeededUser {
        id: UserId(runtime.new_id()),
        username: format!("u{n}"),
        token: runtime.secret(32),
    }
}

/// The message by which the `seq`-th member came in: the first one made the group.
fn member(
    group: &SeededGroup,
    user: &SeededUser,
    seq: usize,
    members: u32,
    runtime: &dyn Runtime,
    now: i64,
) -> Append {
    let (kind, body, role) = if seq == 0 {
        (Create::NAME, json!({"name": group.name}), Role::Owner)
    } else {
        (Join::NAME, json!({"user": user.id}), Role::Member)
    };
    let mut effects = Vec::new();
    if seq == 0 {
        effects.push(Effect::SetField(GroupField::Name(group.name.clone())));
        let limit = i64::from(members).max(GROUP_MEMBERS);
        effects.push(Effect::SetField(GroupField::MemberLimit(limit)));
    }
    effects.push(Effect::AddMember {
        user: user.id,
        role,
    });
    Append {
        conversation: group.id,
        r#type: ConversationType::Group,
        expects: Some(Seq(i64::try_from(seq).unwrap_or(i64::MAX))),
        kind: kind.into(),
        sender: Some(user.id),
        sender_name: user.username.clone(),
        body: body.to_string(),
        client_id: ClientId(runtime.new_id()),
        digest: String::new(),
        sent_at_ms: now,
        counts: false,
        audience: None,
        mentions: Vec::new(),
        effects,
        companions: Vec::new(),
        act: None,
    }
}

async fn commit(store: &Arc<dyn Store>, entries: Vec<Entry>) -> Result<(), SeedError> {
    let mut number = store.head().await?.batch;
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
            if let Outcome::Refused(rejection) = outcome {
                return Err(SeedError::Refused(format!(
                    "{} Seed an empty store, or remove what an earlier seeding made.",
                    rejection.detail
                )));
            }
        }
    }
    Ok(())
}
