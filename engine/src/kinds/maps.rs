//! The maps that the kinds which ship keep, by name. Keys are ids unless said otherwise.

/// In a user's own conversation, by friend: `{since, folder?, remark?}`.
pub const FRIENDS: &str = "friend";
/// In a user's own conversation, by whoever asks to be a friend: `{note, name, at}`.
pub const FRIEND_REQUESTS: &str = "friend.request";
/// In a user's own conversation, by whom they asked to be a friend: `{note, at}`.
pub const FRIENDS_ASKED: &str = "friend.asked";
/// In a user's own conversation, by folder: `{name, order}`.
pub const FOLDERS: &str = "friend.folder";
/// In a user's own conversation, by blocked user: `{at}`.
pub const BLOCKS: &str = "block";
/// In a user's own conversation, by conversation: `{pinned?, muted?, hidden?}`; `hidden` is the seq
/// at which it was hidden.
pub const SETTINGS: &str = "conversation";

/// In a group, by whoever asks to be let in: `{note, name, at}`.
pub const REQUESTS: &str = "group.request";
/// In a group, by banned user: `{by, at}`.
pub const BANS: &str = "group.ban";
/// In a group, by invited user: `{by, at}`.
pub const INVITATIONS: &str = "group.invitation";
/// In a group, by the hash of a link's secret: `{by, at, until, uses}`.
pub const LINKS: &str = "group.link";
/// In a group, by the hash of a hook's secret: `{by, at, bot, name}`.
pub const HOOKS: &str = "group.hook";
/// In a group or direct conversation, by `FROM TO`: when the one last nudged the other.
pub const NUDGES: &str = "nudge";
