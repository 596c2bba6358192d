//! Running the server: the acts of administrators with their audit, invitations, reports, the looks
//! of names that are taken, and what is read of all that.
//!
//! An [`Act`] and its row in the audit log are one entry, so neither is ever there without the other.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use uuid::Uuid;

use super::{Entry, Group, NewUser, Result, User};
use crate::ids::{ConversationId, Seq, UserId};
use crate::message::Message;

// ---- what is written ---------------------------------------------------------------------------

/// What somebody who runs the server does. Refused `not_allowed` if they no longer do.
#[derive(Clone, Debug)]
pub struct Act {
    /// The administrator; `None`: the command line.
    pub by: Option<UserId>,
    /// From which address, where there is one.
    pub address: Option<String>,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// What is done.
    pub deed: Deed,
}

impl Act {
    /// An act on the command line, as an entry.
    pub fn by_command(deed: Deed, at_ms: i64) -> Entry {
        Entry::Act(Box::new(Self {
            by: None,
            address: None,
            at_ms,
            deed,
        }))
    }
}

/// What is done. What is so already is done without a trace.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Makes a user. Refused: `username_taken`, `username_lookalike`.
    CreateUser {
        /// Whom.
        user: NewUser,
        /// As an administrator.
        administrator: bool,
    },
    /// Lets a user no longer sign in and ends their sessions, or lets them in again. Refused:
    /// `last_administrator`, `account_deleted`.
    Disable {
        /// Whom.
        user: UserId,
        /// Whether.
        disabled: bool,
    },
    /// Another password hash; ends all sessions. Refused: `account_deleted`.
    ResetPassword {
        /// Whose.
        user: UserId,
        /// PHC string.
        hash: String,
    },
    /// Makes an administrator, or no longer. Refused: `last_administrator`, `account_deleted`.
    SetAdministrator {
        /// Whom.
        user: UserId,
        /// Whether.
        administrator: bool,
    },
    /// Makes an invitation; those that let nobody in any more go. Refused: `too_many_invitations`.
    Invite(InvitationRecord),
    /// Ends an invitation.
    EndInvitation(Uuid),
    /// Closes a report and erases the copy of the message. Refused: `report_closed`.
    Judge {
        /// Which.
        report: Uuid,
        /// As what.
        state: ReportState,
        /// What was done about it.
        note: String,
    },
    /// Allows a group so many members. Only with the message that does it.
    LimitGroup(i64),
    /// Dissolves a group. Only with the message that does it.
    DissolveGroup,
}

impl Deed {
    /// The name in the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateUser { .. } => "user.create",
            Self::Disable { disabled: true, .. } => "user.disable",
            Self::Disable { .. } => "user.enable",
            Self::ResetPassword { .. } => "user.password",
            Self::SetAdministrator { .. } => "user.administrator",
            Self::Invite(_) => "invitation.create",
            Self::EndInvitation(_) => "invitation.end",
            Self::Judge { .. } => "report.close",
            Self::LimitGroup(_) => "group.limit",
            Self::DissolveGroup => "group.dissolve",
        }
    }
}

/// A sign-up with an invitation, which is used up by one in the same transaction. Refused like a
/// new user, and `invitation_invalid`.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Whom.
    pub user: NewUser,
    /// SHA-256 of the code, in hexadecimal.
    pub code_hash: String,
}

// ---- rows --------------------------------------------------------------------------------------

/// Among which names a look is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Space {
    /// User names.
    User,
    /// Names of groups.
    Group,
}

impl Space {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::User, Self::Group]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// A look: one skeleton of a name. See [`crate::looks`].
pub type Look = (Space, String);

/// `invitations`.
#[derive(Clone, Debug, PartialEq)]
pub struct InvitationRecord {
    /// Names it in lists.
    pub id: Uuid,
    /// SHA-256 of the code, in hexadecimal.
    pub code_hash: String,
    /// Whom it is for.
    pub note: String,
    /// Who made it; `None`: the command line.
    pub created_by: Option<UserId>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Unix milliseconds.
    pub expires_at_ms: i64,
    /// How many may sign up with it.
    pub uses: i64,
    /// How many have.
    pub used: i64,
}

impl InvitationRecord {
    /// Whether it lets somebody in.
    pub fn is_good(&self, now_ms: i64) -> bool {
        self.used < self.uses && now_ms < self.expires_at_ms
    }
}

/// `audit`.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// 1, 2, 3 …
    pub id: i64,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Who; `None`: the command line.
    pub administrator: Option<UserId>,
    /// [`Deed::name`].
    pub act: String,
    /// The user, invitation, report or group that it was done to.
    pub target: Option<Uuid>,
    /// JSON text; holds no secret.
    pub detail: String,
    /// From which address.
    pub address: Option<String>,
}

/// What became of a report.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// Nobody has decided yet.
    Open,
    /// Something was done about it.
    Resolved,
    /// There was nothing to do.
    Dismissed,
}

impl ReportState {
    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Dismissed => "dismissed",
        }
    }

    /// The opposite of [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Resolved, Self::Dismissed]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// `reports`. As an entry: a new one, or one that is there already (by its id), which is left alone.
/// Refused: `too_many_reports`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRecord {
    /// Follows from reporter, conversation and seq.
    pub id: Uuid,
    /// 1, 2, 3 …; given by the store.
    pub number: i64,
    /// Who reports.
    pub reporter: UserId,
    /// Why.
    pub reason: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Where the message stands.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Its kind.
    pub kind: String,
    /// Who posted it.
    pub sender: UserId,
    /// Their display name then.
    pub sender_name: String,
    /// A copy of its body as JSON text; `None` once the report is closed.
    pub body: Option<String>,
    /// When it was posted, Unix milliseconds.
    pub sent_at_ms: i64,
    /// What became of it.
    pub state: ReportState,
    /// Who decided.
    pub judged_by: Option<UserId>,
    /// When, Unix milliseconds.
    pub judged_at_ms: Option<i64>,
    /// What was done.
    pub note: String,
}

/// A user as administrators see them.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Who.
    pub user: User,
    /// When they signed up, Unix milliseconds.
    pub created_at_ms: i64,
}

// ---- what a batch touches ----------------------------------------------------------------------

/// The part of [`Needs`](super::plan::Needs) that is about this.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdministrationNeeds {
    /// Whose these looks are.
    pub looks: BTreeSet<Look>,
    /// All administrators who are not disabled.
    pub administrators: bool,
    /// All invitations.
    pub invitations: bool,
    /// The last id of the audit log.
    pub audit: bool,
    /// Reports by id, and the last number.
    pub reports: BTreeSet<Uuid>,
    /// How many reports of these users are open.
    pub reporters: BTreeSet<UserId>,
}

/// The part of [`Snapshot`](super::plan::Snapshot) that is about this.
#[derive(Clone, Debug, Default)]
pub struct AdministrationRows {
    /// Whose a look is.
    pub looks: BTreeMap<Look, Uuid>,
    /// Administrators who are not disabled.
    pub administrators: BTreeSet<UserId>,
    /// By id.
    pub invitations: BTreeMap<Uuid, InvitationRecord>,
    /// The last id of the audit log; 0: it is empty.
    pub last_audit: i64,
    /// By id.
    pub reports: BTreeMap<Uuid, ReportRecord>,
    /// The last number of a report; 0: there is none.
    pub last_report: i64,
    /// Open reports of users.
    pub open_reports: BTreeMap<UserId, i64>,
}

/// The part of [`Changes`](super::plan::Changes) that is about this. What is freed and ended is
/// deleted first.
#[derive(Clone, Debug, Default)]
pub struct AdministrationChanges {
    /// Looks that nobody has any more.
    pub freed_looks: BTreeSet<Look>,
    /// Whose a look is.
    pub looks: BTreeMap<Look, Uuid>,
    /// Invitations to delete.
    pub ended_invitations: BTreeSet<Uuid>,
    /// By id.
    pub invitations: BTreeMap<Uuid, InvitationRecord>,
    /// New rows of the audit log.
    pub audit: Vec<AuditRecord>,
    /// By id.
    pub reports: BTreeMap<Uuid, ReportRecord>,
}

// ---- what is read ------------------------------------------------------------------------------

/// What administrators read, and what a user takes along. Part of the contract of
/// [`Store`](super::Store).
#[async_trait]
pub trait AdministrationStore {
    /// Users, disabled and deleted ones included, whose folded user or display name contains the
    /// folded `query`, or whose number it is; by number, only beyond the number `after`.
    async fn accounts(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Account>>;

    /// The administrators who are not disabled.
    async fn administrators(&self) -> Result<BTreeSet<UserId>>;

    /// Groups whose folded name contains the folded `query`, or whose number it is; by number, only
    /// beyond the number `after`. A dissolved group has given its name up: it is found by number,
    /// and among all of them.
    async fn all_groups(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Group>>;

    /// All invitations, the newest first.
    async fn invitations(&self) -> Result<Vec<InvitationRecord>>;

    /// The audit log before the id `before`, the newest first.
    async fn audit(&self, before: i64, limit: usize) -> Result<Vec<AuditRecord>>;

    /// Reports in this state (`None`: in any) before the number `before`, the newest first.
    async fn reports(
        &self,
        state: Option<ReportState>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ReportRecord>>;

    /// What `user` posted in a conversation after a seq, ascending.
    async fn own_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Message>>;
}
