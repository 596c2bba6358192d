//! Messages that come only as companions of others: what somebody is told in their own conversation
//! or a direct chat because something was done elsewhere. No rule lets anybody post one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::registry::Registry;
use crate::context::Admission;
use crate::effects::Effects;
use crate::ids::{ConversationId, UserId};
use crate::kind::{ConversationType, Lang, MessageKind};
use crate::message::Rejection;

const OWN: &[ConversationType] = &[ConversationType::Own];
const DIRECT: &[ConversationType] = &[ConversationType::Direct];

macro_rules! told {
    ($(#[$doc:meta])* $kind:ident $name:literal in $places:ident, counts $counts:literal,
     $en:literal, $zh:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $kind {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl MessageKind for $kind {
            const NAME: &'static str = $name;
            const COUNTS_AS_UNREAD: bool = $counts;
            const POSTABLE: bool = false;
            const CONVERSATIONS: &'static [ConversationType] = $places;

            fn admit(&mut self, _at: &Admission<'_>) -> Result<Effects, Rejection> {
                Err(Rejection::not_found())
            }

            fn summary(&self, lang: Lang) -> String {
                match lang {
                    Lang::En => $en.into(),
                    Lang::Zh => $zh.into(),
                }
            }
        }
    };
}

told!(
    /// Body of `group.invitation`, the card in a direct chat that invites into a group.
    GroupInvitation "group.invitation" in DIRECT, counts true,
    "[invitation to a group]", "[群邀请]" {
        /// Into which group.
        group: ConversationId,
        /// What it was called then.
        name: String,
    }
);
told!(
    /// Body of `group.declined`: a request to join was declined.
    GroupDeclined "group.declined" in OWN, counts false,
    "Your request to join a group was declined", "入群申请被拒绝" {
        /// By which group.
        group: ConversationId,
        /// What it was called then.
        name: String,
    }
);
told!(
    /// Body of `friend.request`: somebody asks to be a friend.
    FriendRequest "friend.request" in OWN, counts true,
    "Somebody asks to be your friend", "有人请求加你为好友" {
        /// Who.
        user: UserId,
        /// What they are called.
        name: String,
        /// What they say to it.
        note: String,
    }
);
told!(
    /// Body of `friend.accepted`: somebody who was asked is a friend now.
    FriendAccepted "friend.accepted" in OWN, counts false,
    "Your friend request was accepted", "好友申请已通过" {
        /// Who.
        user: UserId,
    }
);
told!(
    /// Body of `friend.declined`: somebody who was asked does not want to be a friend.
    FriendDeclined "friend.declined" in OWN, counts false,
    "Your friend request was declined", "好友申请被拒绝" {
        /// Who.
        user: UserId,
    }
);
told!(
    /// Body of `friend.removed`: somebody is no longer a friend, or no longer asks to be one.
    FriendRemoved "friend.removed" in OWN, counts false,
    "Somebody is no longer your friend", "有人已不再是你的好友" {
        /// Who.
        user: UserId,
    }
);
told!(
    /// Body of `friend.made`, with which the direct chat of two new friends begins: nothing.
    FriendMade "friend.made" in DIRECT, counts false,
    "You are friends now", "你们已经是好友了" {}
);

/// Adds these kinds.
pub(super) fn add(registry: &mut Registry) {
    registry.add::<GroupInvitation>();
    registry.add::<GroupDeclined>();
    registry.add::<FriendRequest>();
    registry.add::<FriendAccepted>();
    registry.add::<FriendDeclined>();
    registry.add::<FriendRemoved>();
    registry.add::<FriendMade>();
}
