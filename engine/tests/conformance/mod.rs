//! What every store must do, as functions over [`Log`]: a store with a few short ways to write.
//! `../store_conformance.rs` runs each of them over each store.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use uuid::Uuid;
use webqq_engine::effects::{Effect, ProfileField};
use webqq_engine::group::state::{ConversationType, GroupField, Role};
use webqq_engine::ids::{ClientId, ConversationId, Position, Seq, SessionId, UserId};
use webqq_engine::message::Message;
use webqq_engine::store::memory::{FailCommit, MemoryStore};
use webqq_engine::store::{
    Act, Append, Batch, Behind, Bounds, Deed, Entry, NewSession, NewUser, Outcome, Page, Placed,
    Range, Result, Status, Store, StoreError,
};

pub(crate) mod accounts;
pub(crate) mod administration;
pub(crate) mod appending;
pub(crate) mod batches;
pub(crate) mod collecting;
pub(crate) mod damaged;
pub(crate) mod direct;
pub(crate) mod feed;
pub(crate) mod files;
pub(crate) mod finding;
pub(crate) mod group_names;
pub(crate) mod group_settings;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod interrupted;
mod log;
pub(crate) mod mechanisms;
pub(crate) mod moderation;
pub(crate) mod people;
pub(crate) mod random;
pub(crate) mod random_files;
pub(crate) mod reading;
pub(crate) mod sqlite_only;
pub(crate) mod transfer;

pub(crate) use self::log::Log;

// ---- entries -----------------------------------------------------------------------------------

/// A text message.
pub(crate) fn say(
    conversation: ConversationId,
    expects: i64,
    sender: UserId,
    text: &str,
) -> Append {
    let body = serde_json::json!({ "text": text }).to_string();
    Append {
        conversation,
        r#type: ConversationType::Group,
        expects: Some(Seq(expects)),
        kind: "text".into(),
        sender: Some(sender),
        sender_name: "somebody".into(),
        digest: format!("digest of {body}"),
        body,
        client_id: ClientId(Uuid::new_v4()),
        sent_at_ms: 1_700_000_000_000 + expects,
        counts: true,
        audience: None,
        mentions: Vec::new(),
        effects: Vec::new(),
        companions: Vec::new(),
        act: None,
    }
}

/// A message that changes a group and does not count as unread.
pub(crate) fn changing(
    group: ConversationId,
    expects: i64,
    by: UserId,
    effects: &[Effect],
) -> Append {
    Append {
        kind: "group.change".into(),
        counts: false,
        effects: effects.to_vec(),
        ..say(group, expects, by, "a change")
    }
}

/// The first message of a group.
pub(crate) fn founding(group: ConversationId, owner: UserId, name: &str) -> Append {
    let effects = [named(name), add(owner, Role::Owner)];
    changing(group, 0, owner, &effects)
}

/// A user whose name is their user name.
pub(crate) fn new_user(username: &str) -> NewUser {
    NewUser {
        id: UserId(Uuid::now_v7()),
        username: username.into(),
        name: username.into(),
        password_hash: Some("hash".into()),
        bot_of: None,
        created_at_ms: 1,
    }
}

/// A session whose token's hash is its id.
pub(crate) fn new_session(user: UserId, created_at_ms: i64) -> NewSession {
    let id = SessionId(Uuid::now_v7());
    NewSession {
        id,
        user,
        token_hash: id.to_string(),
        device: "a device".into(),
        created_at_ms,
    }
}

/// Makes an administrator from the command line, or no longer.
pub(crate) fn promote(user: UserId, administrator: bool) -> Entry {
    let deed = Deed::SetAdministrator {
        user,
        administrator,
    };
    Act::by_command(deed, 5)
}

/// Makes a member.
pub(crate) fn add(user: UserId, role: Role) -> Effect {
    Effect::AddMember { user, role }
}

/// Ends a membership.
pub(crate) fn remove(user: UserId) -> Effect {
    Effect::RemoveMember { user }
}

/// Changes a role.
pub(crate) fn role(user: UserId, role: Role) -> Effect {
    Effect::SetRole { user, role }
}

/// Names a group.
pub(crate) fn named(name: &str) -> Effect {
    Effect::SetField(GroupField::Name(name.into()))
}

/// Limits a group.
pub(crate) fn limited(members: i64) -> Effect {
    Effect::SetField(GroupField::MemberLimit(members))
}

/// Shares a group's history with those who come, or no longer.
pub(crate) fn shared(shared: bool) -> Effect {
    Effect::SetField(GroupField::HistoryShared(shared))
}

// ---- outcomes ----------------------------------------------------------------------------------

/// An outcome in a word: the code of a refusal, else the variant.
pub(crate) fn word(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Appended { .. } => "appended",
        Outcome::Duplicate { same: true, .. } => "duplicate",
        Outcome::Duplicate { same: false, .. } => "reused",
        Outcome::Conflict => "conflict",
        Outcome::Refused(rejection) => &rejection.code,
        Outcome::Done => "done",
    }
}

/// Outcomes in words.
pub(crate) fn words(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes.iter().map(word).collect()
}

/// No seqs at all.
pub(crate) const NONE: [i64; 0] = [];

/// A set of some users.
pub(crate) fn set(users: &[UserId]) -> BTreeSet<UserId> {
    users.iter().copied().collect()
}
