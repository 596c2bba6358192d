//! Invitations to the server, and reports of messages.

use serde_json::json;
use uuid::Uuid;

use super::Planner;
use super::administration::Done;
use crate::limits::{REPORTS_OPEN_PER_USER, SERVER_INVITATIONS};
use crate::message::Rejection;
use crate::store::Outcome;
use crate::store::administration::*;

impl Planner {
    // ---- invitations ---------------------------------------------------------------------------

    pub(super) fn invited(&mut self, invited: &Invited) -> Outcome {
        if self.rows.users.contains_key(&invited.user.id) {
            // A retry of what was done.
            return self.create_user(&invited.user);
        }
        let now = invited.user.created_at_ms;
        let mut all = self.rows.administration.invitations.values();
        let known = all.find(|one| one.code_hash == invited.code_hash).cloned();
        let Some(mut invitation) = known.filter(|one| one.is_good(now)) else {
            let detail = "This invitation is not good, or no longer.";
            return Outcome::Refused(Rejection::forbidden("invitation_invalid", detail));
        };
        let outcome = self.create_user(&invited.user);
        if outcome == Outcome::Done {
            invitation.used += 1;
            self.put_invitation(invitation);
        }
        outcome
    }

    pub(super) fn invite(&mut self, invitation: &InvitationRecord, now_ms: i64) -> Done {
        let all = &mut self.rows.administration.invitations;
        if all.contains_key(&invitation.id) {
            return Ok(None);
        }
        let over: Vec<_> = all.values().filter(|one| !one.is_good(now_ms)).collect();
        let over: Vec<Uuid> = over.into_iter().map(|one| one.id).collect();
        if all.len() - over.len() >= SERVER_INVITATIONS {
            let detail = format!("There are {SERVER_INVITATIONS} invitations; end one first.");
            return Err(Rejection::conflict("too_many_invitations", detail));
        }
        for id in over {
            all.remove(&id);
            self.changes.administration.invitations.remove(&id);
            self.changes.administration.ended_invitations.insert(id);
        }
        self.put_invitation(invitation.clone());
        let detail = json!({
            "uses": invitation.uses,
            "expires_at": crate::message::rfc3339(invitation.expires_at_ms),
            "note": invitation.note,
        });
        Ok(Some((invitation.id, detail)))
    }

    // ---- reports -------------------------------------------------------------------------------

    pub(super) fn report(&mut self, report: &ReportRecord) -> Outcome {
        let rows = &mut self.rows.administration;
        if rows.reports.contains_key(&report.id) {
            return Outcome::Done;
        }
        let open = rows.open_reports.entry(report.reporter).or_default();
        if *open >= REPORTS_OPEN_PER_USER {
            let detail = format!("{REPORTS_OPEN_PER_USER} of your reports wait to be looked at.");
            return Outcome::Refused(Rejection::conflict("too_many_reports", detail));
        }
        *open += 1;
        rows.last_report += 1;
        let row = ReportRecord {
            number: rows.last_report,
            ..report.clone()
        };
        self.put_report(row);
        Outcome::Done
    }

    fn put_report(&mut self, row: ReportRecord) {
        let changed = &mut self.changes.administration.reports;
        changed.insert(row.id, row.clone());
        self.rows.administration.reports.insert(row.id, row);
    }

    fn put_invitation(&mut self, row: InvitationRecord) {
        let changed = &mut self.changes.administration.invitations;
        changed.insert(row.id, row.clone());
        self.rows.administration.invitations.insert(row.id, row);
    }

    pub(super) fn judge(&mut self, act: &Act, id: Uuid, state: ReportState, note: &str) -> Done {
        let report = self.rows.administration.reports.get(&id);
        let report = report.ok_or_else(Rejection::not_found)?;
        if report.state != ReportState::Open {
            let detail = "Somebody has decided about this report already.";
            return Err(Rejection::conflict("report_closed", detail));
        }
        let row = ReportRecord {
            state,
            note: note.into(),
            judged_by: act.by,
            judged_at_ms: Some(act.at_ms),
            // Kept to judge it by, and for no longer.
            body: None,
            ..report.clone()
        };
        if let Some(open) = self.rows.administration.open_reports.get_mut(&row.reporter) {
            *open -= 1;
        }
        self.put_report(row);
        Ok(Some((id, json!({"state": state.name(), "note": note}))))
    }
}
