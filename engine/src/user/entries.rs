//! The entries of a feed that are neither messages nor signals.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::port::Bye;
use crate::core::Core;
use crate::ids::{ConversationId, Cursor, UserId};
use crate::kinds::maps;
use crate::kinds::presence::Seen;
use crate::message::to_bytes;
use crate::store::StoreError;

/// The first entry of a stream.
pub(crate) fn hello(cursor: Cursor, resumed: bool) -> Bytes {
    to_bytes(&json!({"type": "hello", "cursor": cursor.to_string(), "resumed": resumed}))
}

/// The server cannot resume: forget everything and read the snapshot.
pub(crate) fn reset() -> Bytes {
    Bytes::from_static(br#"{"type":"reset"}"#)
}

/// The stream is alive.
pub(crate) fn heartbeat() -> Bytes {
    Bytes::from_static(br#"{"type":"heartbeat"}"#)
}

/// The stream ends.
pub(crate) fn bye(reason: Bye) -> Bytes {
    to_bytes(&json!({"type": "bye", "reason": reason.name()}))
}

/// All the state that signals announce: own read positions, and the presence of those whose
/// presence this user is told.
pub(crate) async fn state(core: &Core, user: UserId) -> Result<Bytes, StoreError> {
    let mut read = Map::new();
    for position in core.store.read_positions(user).await? {
        let conversation = position.conversation.to_string();
        read.insert(conversation, position.read_seq.0.into());
    }
    let mut presence: Map<String, Value> = Map::new();
    for friend in friends(core, user).await? {
        let seen = core
            .directory
            .known_user(friend)
            .map_or(Seen::Offline, |slot| slot.seen());
        presence.insert(friend.to_string(), seen.name().into());
    }
    Ok(to_bytes(
        &json!({"type": "state", "presence": presence, "read": read}),
    ))
}

/// The friends of a user, who are told how they look.
pub(crate) async fn friends(core: &Core, user: UserId) -> Result<Vec<UserId>, StoreError> {
    let friends = core.store.map(ConversationId::own(user), maps::FRIENDS);
    let friends = friends.await?.into_keys();
    Ok(friends.filter_map(|id| id.parse().ok()).collect())
}
