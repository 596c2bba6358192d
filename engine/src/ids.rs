//! Names of things: identifiers, positions, sequence numbers, cursors.
//!
//! All identifiers are UUIDs. A group's id is its conversation's id; a direct conversation's id
//! is derived from its two users, so that both sides, and two servers, name it alike.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize,
            JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// A person or a bot.
    UserId
);
uuid_id!(
    /// A conversation; for a group also the group's id, for a `self` conversation the user's.
    ConversationId
);
uuid_id!(
    /// One signed-in device.
    SessionId
);
uuid_id!(
    /// One uploaded file.
    FileId
);
uuid_id!(
    /// The client's own name for a draft: what makes a retry the same message.
    ClientId
);

uuid_id!(
    /// Some content: names its object in the file storage.
    BlobId
);

impl UserId {
    /// Stands for everyone in a list of whom a message calls. No user has it.
    pub const ALL: Self = Self(Uuid::nil());
}

/// The namespace of direct conversations (a UUID drawn once for this project).
const DIRECT: Uuid = Uuid::from_u128(0x7d1c_2a53_6f0e_4b5f_9a39_53c9_28d1_e6b4);

/// The namespace of companions' client ids (a UUID drawn once for this project).
const COMPANIONS: Uuid = Uuid::from_u128(0x52f0_0c6d_7be5_4a0e_b0a4_3d8c_12e7_95b1);

impl ConversationId {
    /// The direct conversation of two users, in either order.
    pub fn direct(one: UserId, other: UserId) -> Self {
        let (low, high) = if one < other {
            (one, other)
        } else {
            (other, one)
        };
        let mut name = [0u8; 32];
        name[..16].copy_from_slice(low.0.as_bytes());
        name[16..].copy_from_slice(high.0.as_bytes());
        Self(Uuid::new_v5(&DIRECT, &name))
    }

    /// The client id of the `nth` companion of a message with this one: so a retry of the message
    /// is a retry of what goes with it.
    pub fn companion(self, client: ClientId, nth: usize) -> ClientId {
        let mut name = [0u8; 40];
        name[..16].copy_from_slice(self.0.as_bytes());
        name[16..32].copy_from_slice(client.0.as_bytes());
        name[32..].copy_from_slice(&(nth as u64).to_be_bytes());
        ClientId(Uuid::new_v5(&COMPANIONS, &name))
    }

    /// The `self` conversation of a user.
    pub fn own(user: UserId) -> Self {
        Self(user.0)
    }
}

/// A place in the whole log. The first message stands at 1; 0 is before everything.
/// Position order is commit order.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub i64);

/// A place in one conversation: 1, 2, 3 … without gaps; 0 is before everything.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl Seq {
    /// The one after this.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Position {
    /// The one after this.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Which log a cursor belongs to: drawn when a store is created and again when its past changes
/// (restore, import), so that a cursor into another past is recognised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Epoch(pub u32);

/// "Everything you may see up to and including `position` was sent to you, and of your own state
/// everything up to `version`." Opaque to clients; printed as `EPOCH-POSITION-VERSION`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// The log it belongs to.
    pub epoch: Epoch,
    /// The last position covered.
    pub position: Position,
    /// The version of the user's signalled state (presence, read positions) that was sent.
    pub version: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:08x}-{}-{:x}",
            self.epoch.0, self.position.0, self.version
        )
    }
}

impl Cursor {
    /// Reads what [`Display`](fmt::Display) printed. `None` for anything else: the caller answers
    /// with `reset`, never with an error.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 48 {
            return None;
        }
        let mut parts = text.split('-');
        let (epoch, position, version) = (parts.next()?, parts.next()?, parts.next()?);
        let cursor = Self {
            epoch: Epoch(u32::from_str_radix(epoch, 16).ok()?),
            position: Position(position.parse().ok().filter(|p| *p >= 0)?),
            version: u64::from_str_radix(version, 16).ok()?,
        };
        // Only the printed form is a cursor: no signs, no leading zeros, nothing behind.
        (parts.next().is_none() && cursor.to_string() == text).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direct_conversation_has_one_name() {
        let (a, b) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        assert_eq!(ConversationId::direct(a, b), ConversationId::direct(b, a));
        assert_ne!(ConversationId::direct(a, b), ConversationId::direct(a, a));
    }

    #[test]
    fn only_a_printed_cursor_is_a_cursor() {
        let cursor = Cursor {
            epoch: Epoch(0x5f3a),
            position: Position(1041),
            version: 77,
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for bad in [
            "",
            "-",
            "00005f3a-1041",
            "00005f3a-1041-4d-",
            "5f3a-1041-4d",
            "00005f3a-+1041-4d",
            "00005f3a--1-4d",
            "00005f3a-01041-4d",
            "00005f3a-99999999999999999999-4d",
            "00005F3A-1041-4d",
            "\u{0}",
            "00005f3a-1041-4d-00005f3a-1041-4d-00005f3a-1041-4d",
        ] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
