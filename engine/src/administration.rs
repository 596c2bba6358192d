//! What the people who run the server do and see, and how others turn to them. Every act is written
//! together with its row in the audit log.

use uuid::Uuid;

use crate::accounts::token_hash;
use crate::engine::Engine;
use crate::ids::{ConversationId, Seq, UserId};
use crate::limits::{ADMINISTRATION_NOTE_CHARS, SERVER_INVITATION_DAYS, SERVER_INVITATION_USES};
use crate::message::Rejection;
use crate::names::{clean_line, clean_text};
use crate::posting::not_now;
use crate::runtime::Runtime;
use crate::store::{
    Account, Act, AuditRecord, Deed, Entry, InvitationRecord, ReportRecord, ReportState, User,
    WhichSessions,
};

/// The namespace of reports (a UUID drawn once for this project).
const REPORTED: Uuid = Uuid::from_u128(0x8d1e_5b0a_42c7_4e0f_9f6b_3a1c_77d2_e854);
/// Characters of an invitation's code: none that is taken for another, so that it can be read out.
const CODE_CHARACTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How many of them: 100 bits.
const CODE_LENGTH: usize = 20;

/// Who acts, and from where.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// The administrator.
    pub user: UserId,
    /// The client's address.
    pub address: Option<String>,
}

/// A new invitation with its code, which is told once and stored nowhere.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// What is stored.
    pub record: InvitationRecord,
    /// What somebody signs up with.
    pub code: String,
}

impl NewInvitation {
    /// Draws a code that `uses` people may sign up with during the next `days` days.
    ///
    /// # Errors
    /// `invalid`.
    pub fn draw(
        runtime: &dyn Runtime,
        created_by: Option<UserId>,
        uses: i64,
        days: i64,
        note: &str,
    ) -> Result<Self, Rejection> {
        let check = |field, value: i64, most: i64| {
            let detail = format!("1 to {most}.");
            let fits = (1..=most).contains(&value);
            fits.then_some(()).ok_or(Rejection::invalid(field, detail))
        };
        check("uses", uses, SERVER_INVITATION_USES)?;
        check("days", days, SERVER_INVITATION_DAYS)?;
        let mut secret = [0; CODE_LENGTH];
        runtime.fill(&mut secret);
        let character = |byte: u8| char::from(CODE_CHARACTERS[usize::from(byte) % 32]);
        let code: String = secret.into_iter().map(character).collect();
        let now = runtime.wall_ms();
        let record = InvitationRecord {
            id: runtime.new_id(),
            code_hash: token_hash(&code),
            note: clean_line("note", note, 0, ADMINISTRATION_NOTE_CHARS)?,
            created_by,
            created_at_ms: now,
            expires_at_ms: now.saturating_add(days * 86_400_000),
            uses,
            used: 0,
        };
        Ok(Self { record, code })
    }
}

impl Engine {
    /// Lets a user no longer sign in, and ends their sessions and streams, and the streams of their
    /// bots; or lets them in again, and the bots with them.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `last_administrator`, `account_deleted`, `unavailable`.
    pub async fn disable_user(
        &self,
        by: &Administrator,
        user: UserId,
        disabled: bool,
    ) -> Result<(), Rejection> {
        self.act(by, Deed::Disable { user, disabled }).await?;
        match disabled {
            true => self.end_all_streams(user).await,
            false => Ok(()),
        }
    }

    /// Sets another password for a user and ends all their sessions.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `account_deleted`, `unavailable`.
    pub async fn reset_password(
        &self,
        by: &Administrator,
        user: UserId,
        hash: String,
    ) -> Result<(), Rejection> {
        self.act(by, Deed::ResetPassword { user, hash }).await?;
        self.end_streams(user, WhichSessions::All);
        Ok(())
    }

    /// Makes an administrator, or no longer.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `last_administrator`, `too_many_administrators`,
    /// `account_deleted`, `unavailable`.
    pub async fn set_administrator(
        &self,
        by: &Administrator,
        user: UserId,
        administrator: bool,
    ) -> Result<(), Rejection> {
        let deed = Deed::SetAdministrator {
            user,
            administrator,
        };
        self.act(by, deed).await
    }

    /// Makes an invitation.
    ///
    /// # Errors
    /// `invalid`, `not_allowed`, `too_many_invitations`, `unavailable`.
    pub async fn invite_to_server(
        &self,
        by: &Administrator,
        uses: i64,
        days: i64,
        note: &str,
    ) -> Result<NewInvitation, Rejection> {
        let runtime = &self.inner.core.runtime;
        let new = NewInvitation::draw(&**runtime, Some(by.user), uses, days, note)?;
        self.act(by, Deed::Invite(new.record.clone())).await?;
        Ok(new)
    }

    /// Ends an invitation.
    ///
    /// # Errors
    /// `not_found`, `not_allowed`, `unavailable`.
    pub async fn end_invitation(&self, by: &Administrator, id: Uuid) -> Result<(), Rejection> {
        self.act(by, Deed::EndInvitation(id)).await
    }

    /// Closes a report; the copy of the message goes.
    ///
    /// # Errors
    /// `not_found`, `invalid`, `not_allowed`, `report_closed`, `unavailable`.
    pub async fn judge(
        &self,
        by: &Administrator,
        report: Uuid,
        state: ReportState,
        note: &str,
    ) -> Result<(), Rejection> {
        if state == ReportState::Open {
            let detail = "A report is closed as resolved or dismissed.";
            return Err(Rejection::invalid("state", detail));
        }
        let note = clean_text("note", note, ADMINISTRATION_NOTE_CHARS)?;
        let deed = Deed::Judge {
            report,
            state,
            note,
        };
        self.act(by, deed).await
    }

    async fn act(&self, by: &Administrator, deed: Deed) -> Result<(), Rejection> {
        let act = Act {
            by: Some(by.user),
            address: by.address.clone(),
            at_ms: self.inner.core.runtime.wall_ms(),
            deed,
        };
        self.write(Entry::Act(Box::new(act))).await
    }

    /// Users by a part of any of their names, or by number; by number, beyond `after`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn accounts(
        &self,
        query: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Account>, Rejection> {
        let query = crate::names::normalised(query);
        let found = self.inner.core.store.accounts(&query, after, limit).await;
        found.map_err(|_| not_now())
    }

    /// The invitations, the newest first.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn invitations(&self) -> Result<Vec<InvitationRecord>, Rejection> {
        let found = self.inner.core.store.invitations().await;
        found.map_err(|_| not_now())
    }

    /// Whether somebody may sign up with this code now. The last word is the store's.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn is_invited(&self, code: &str) -> Result<bool, Rejection> {
        let now = self.inner.core.runtime.wall_ms();
        let hash = token_hash(code);
        let all = self.invitations().await?;
        Ok(all
            .iter()
            .any(|one| one.code_hash == hash && one.is_good(now)))
    }

    /// The audit log before the id `before`, the newest first.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit(&self, before: i64, limit: usize) -> Result<Vec<AuditRecord>, Rejection> {
        let found = self.inner.core.store.audit(before, limit).await;
        found.map_err(|_| not_now())
    }

    /// Reports in this state (`None`: in any) before the number `before`, the newest first.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn reports(
        &self,
        state: Option<ReportState>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ReportRecord>, Rejection> {
        let found = self.inner.core.store.reports(state, before, limit).await;
        found.map_err(|_| not_now())
    }

    /// Reports a message that `reporter` may see, and answers the report's id. Again: the same
    /// report. A copy of the message is kept until somebody has decided.
    ///
    /// # Errors
    /// `not_found`, `invalid`, `recalled`, `too_many_reports`, `unavailable`.
    pub async fn report(
        &self,
        reporter: &User,
        conversation: ConversationId,
        seq: Seq,
        reason: &str,
    ) -> Result<Uuid, Rejection> {
        let core = &self.inner.core;
        let reason = clean_text("reason", reason, ADMINISTRATION_NOTE_CHARS)?;
        if reason.is_empty() {
            return Err(Rejection::invalid("reason", "Say what is wrong with it."));
        }
        let found = core.store.messages(reporter.id, conversation, &[seq]).await;
        let message = found.map_err(|_| not_now())?.pop();
        let message = message.filter(|message| message.shown_to(reporter.id));
        let message = message.ok_or_else(Rejection::not_found)?;
        let Some(sender) = message.sender.filter(|sender| *sender != reporter.id) else {
            let detail = "Only messages of other people can be reported.";
            return Err(Rejection::invalid("seq", detail));
        };
        if message.body.is_none() {
            let detail = "The message was recalled; nobody sees it any more.";
            return Err(Rejection::conflict("recalled", detail));
        }
        let mut name = Vec::with_capacity(40);
        name.extend(reporter.id.0.as_bytes());
        name.extend(conversation.0.as_bytes());
        name.extend(seq.0.to_be_bytes());
        let id = Uuid::new_v5(&REPORTED, &name);
        let report = ReportRecord {
            id,
            number: 0,
            reporter: reporter.id,
            reason,
            created_at_ms: core.runtime.wall_ms(),
            conversation,
            seq,
            kind: message.kind,
            sender,
            sender_name: message.sender_name,
            body: message.body,
            sent_at_ms: message.sent_at_ms,
            state: ReportState::Open,
            judged_by: None,
            judged_at_ms: None,
            note: String::new(),
        };
        self.write(Entry::Report(Box::new(report))).await?;
        Ok(id)
    }
}
