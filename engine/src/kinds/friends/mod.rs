//! Friends, folders, remarks, blocks. Each user's side stands in maps of their own conversation; what
//! concerns two is changed on both sides in one transaction, by a message here and a companion
//! there, so the two never disagree.

pub mod answer;
pub mod ask;
pub mod block;
pub mod folder;
pub mod remove;
pub mod set;

use serde_json::{Value, json};

use super::maps;
use super::registry::Registry;
use crate::effects::{Companion, Effect, MapName, Place};
use crate::ids::UserId;
use crate::kind::ConversationType;
use crate::limits::FRIENDS;

/// Where all of these stand.
const OWN: &[ConversationType] = &[ConversationType::Own];

/// Adds these kinds.
pub(super) fn add(registry: &mut Registry) {
    registry.add::<answer::Accept>();
    registry.add::<answer::Decline>();
    registry.add::<ask::Ask>();
    registry.add::<block::Block>();
    registry.add::<block::Unblock>();
    registry.add::<folder::SetFolder>();
    registry.add::<folder::RemoveFolder>();
    registry.add::<remove::Remove>();
    registry.add::<set::SetFriend>();
}

/// Takes what is said about a user out of a map.
fn take(map: &'static str, user: UserId) -> Effect {
    Effect::Take {
        map: map.into(),
        key: user.to_string(),
    }
}

/// Makes a user a friend, or changes what is said about one.
fn friend(user: UserId, value: Value) -> Effect {
    Effect::Put {
        map: maps::FRIENDS.into(),
        key: user.to_string(),
        value,
        most: FRIENDS,
        full: "too_many_friends",
    }
}

/// What the sender's own conversation changes when a request is settled, on either side.
fn settled(other: UserId) -> [Effect; 2] {
    [
        take(maps::FRIEND_REQUESTS, other),
        take(maps::FRIENDS_ASKED, other),
    ]
}

/// Tells `to`, in their own conversation, something about `me`.
fn tell(to: UserId, me: UserId, kind: &'static str, effects: Vec<Effect>) -> Companion {
    Companion {
        to: Place::Own(to),
        kind,
        body: json!({"user": me}),
        effects,
        counts: false,
        // Who blocks the sender hears nothing of them; their side was forgotten with the block.
        unless: Some(blocks(me)),
    }
}

/// The entry that a conversation has if its user blocks `user`.
fn blocks(user: UserId) -> (MapName, String) {
    (maps::BLOCKS.into(), user.to_string())
}
