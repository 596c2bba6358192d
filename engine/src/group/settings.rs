//! A group's settings, and one of them with its new value.

use super::terms::JoinMode;
use crate::ids::{FileId, UserId};
use crate::limits::GROUP_MEMBERS;

/// One field of a group, with its new value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupField {
    /// Name, unique among groups.
    Name(String),
    /// Description.
    Description(String),
    /// Announcement.
    Announcement(Announcement),
    /// How one joins.
    JoinMode(JoinMode),
    /// Members at most.
    MemberLimit(i64),
    /// Whether newcomers may read what was said before they came.
    HistoryShared(bool),
    /// Whether only owner and admins may post.
    MuteAll(bool),
    /// Seconds that an ordinary member waits between two posts; 0: none.
    SlowMode(i64),
    /// Avatar.
    Avatar(Option<FileId>),
    /// The group is over since then, Unix milliseconds.
    Dissolved(i64),
}

/// What everyone in a group should know.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Announcement {
    /// The text; empty: none.
    pub text: String,
    /// Who wrote it.
    pub by: Option<UserId>,
    /// When, Unix milliseconds.
    pub at_ms: Option<i64>,
}

/// A group's settings. For direct and `self` conversations they are there and mean nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Name, unique among groups; empty for other conversations.
    pub name: String,
    /// Description.
    pub description: String,
    /// Announcement.
    pub announcement: Announcement,
    /// How one joins.
    pub join_mode: JoinMode,
    /// Members at most.
    pub member_limit: i64,
    /// Whether newcomers may read what was said before they came.
    pub history_shared: bool,
    /// Whether only owner and admins may post.
    pub mute_all: bool,
    /// Seconds that an ordinary member waits between two posts; 0: none.
    pub slow_mode_s: i64,
    /// Avatar.
    pub avatar: Option<FileId>,
    /// Since when the group is over, Unix milliseconds. Nobody posts or joins; stays remain.
    pub dissolved_at_ms: Option<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            announcement: Announcement::default(),
            join_mode: JoinMode::Open,
            member_limit: GROUP_MEMBERS,
            history_shared: false,
            mute_all: false,
            slow_mode_s: 0,
            avatar: None,
            dissolved_at_ms: None,
        }
    }
}

impl Settings {
    /// Takes over one field.
    pub fn set(&mut self, field: &GroupField) {
        match field {
            GroupField::Name(value) => self.name.clone_from(value),
            GroupField::Description(value) => self.description.clone_from(value),
            GroupField::Announcement(value) => self.announcement.clone_from(value),
            GroupField::JoinMode(value) => self.join_mode = *value,
            GroupField::MemberLimit(value) => self.member_limit = *value,
            GroupField::HistoryShared(value) => self.history_shared = *value,
            GroupField::MuteAll(value) => self.mute_all = *value,
            GroupField::SlowMode(value) => self.slow_mode_s = *value,
            GroupField::Avatar(value) => self.avatar = *value,
            GroupField::Dissolved(at_ms) => self.dissolved_at_ms = Some(*at_ms),
        }
    }
}
