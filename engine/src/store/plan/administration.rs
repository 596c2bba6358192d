//! Running the server: who may act, what an act changes, and its row in the audit log.

use serde_json::{Value, json};
use uuid::Uuid;

use super::looks::looks_of;
use super::{Needs, Planner};
use crate::ids::{ConversationId, UserId};
use crate::limits::ADMINISTRATORS;
use crate::message::Rejection;
use crate::store::administration::*;
use crate::store::rows::UserRecord;
use crate::store::{Entry, Outcome, Status, fold};

/// What a deleted account is called. Clients that know their reader's language say it in that.
const DELETED: &str = "deleted account";

/// Which rows an entry touches.
pub(super) fn needs(entry: &Entry, needs: &mut Needs) {
    let mine = &mut needs.administration;
    match entry {
        Entry::CreateUser(user) => {
            needs.usernames.insert(fold(&user.username));
            needs.users.insert(user.id);
            mine.looks.extend(looks_of(Space::User, &user.username));
        }
        Entry::Invited(invited) => {
            mine.invitations = true;
            self::needs(&Entry::CreateUser(invited.user.clone()), needs);
        }
        Entry::DeleteUser { user } => {
            needs.files.users.insert(*user);
            mine.administrators = true;
            needs.users.insert(*user);
            needs.sessions_of.insert(*user);
            needs.group_counts.insert(*user);
        }
        Entry::Report(report) => {
            mine.reports.insert(report.id);
            mine.reporters.insert(report.reporter);
        }
        Entry::Act(act) => {
            needs_of_act(needs);
            needs_of_deed(&act.deed, needs);
        }
        _ => {}
    }
}

fn needs_of_deed(deed: &Deed, needs: &mut Needs) {
    match deed {
        Deed::CreateUser { user, .. } => self::needs(&Entry::CreateUser(user.clone()), needs),
        Deed::Disable { user, .. } | Deed::ResetPassword { user, .. } => {
            needs.users.insert(*user);
            needs.sessions_of.insert(*user);
        }
        Deed::SetAdministrator { user, .. } => {
            needs.users.insert(*user);
        }
        Deed::Invite(_) | Deed::EndInvitation(_) => needs.administration.invitations = true,
        Deed::Judge { report, .. } => {
            needs.administration.reports.insert(*report);
        }
        Deed::LimitGroup(_) | Deed::DissolveGroup => {}
    }
}

/// Which rows an act touches, whatever it does.
pub(super) fn needs_of_act(needs: &mut Needs) {
    needs.administration.administrators = true;
    needs.administration.audit = true;
}

/// What was done, for the audit log: to whom or what, and how.
pub(super) type Done = Result<Option<(Uuid, Value)>, Rejection>;

impl Planner {
    // ---- users ---------------------------------------------------------------------------------

    /// Ends an account: nobody signs in with it, its name stays taken, its messages stay. Again:
    /// done.
    pub(super) fn delete_user(&mut self, user: UserId) -> Outcome {
        let Some(row) = self.rows.users.get(&user) else {
            return Outcome::Refused(Rejection::not_found());
        };
        if row.deleted {
            return Outcome::Done;
        }
        if self.rows.group_counts.get(&user).copied().unwrap_or(0) > 0 {
            let detail = "The user is still in a group.";
            return Outcome::Refused(Rejection::conflict("in_groups", detail));
        }
        if let Err(refused) = self.may_step_down(user) {
            return Outcome::Refused(refused);
        }
        let old = fold(&row.username);
        self.rows.usernames.remove(&old);
        self.rows.administration.administrators.remove(&user);
        self.end_sessions(user, |_| true);
        // Nobody shows it any more: due at once.
        let avatar = self.rows.users.get(&user).and_then(|row| row.avatar);
        self.show(avatar, None, 0);
        self.user(user, |row| {
            // No user name may hold this character, so it is nobody's and never will be. The looks
            // of the old name stay taken: nobody is to be mistaken for who is gone.
            row.username = format!("~{}", row.number);
            row.name = DELETED.into();
            row.signature.clear();
            row.avatar = None;
            row.status = Status::Online;
            row.password_hash = None;
            row.administrator = false;
            row.disabled = true;
            row.deleted = true;
        })
    }

    /// There is always somebody who runs the server.
    fn may_step_down(&self, user: UserId) -> Result<(), Rejection> {
        let all = &self.rows.administration.administrators;
        if all.len() == 1 && all.contains(&user) {
            let detail = "This is the last administrator; make another one first.";
            return Err(Rejection::conflict("last_administrator", detail));
        }
        Ok(())
    }

    fn may_be_one_more(&self) -> Result<(), Rejection> {
        if self.rows.administration.administrators.len() >= ADMINISTRATORS {
            let detail = format!("At most {ADMINISTRATORS} people run a server.");
            return Err(Rejection::conflict("too_many_administrators", detail));
        }
        Ok(())
    }

    fn account(&self, user: UserId) -> Result<&UserRecord, Rejection> {
        let row = self.rows.users.get(&user);
        let row = row.ok_or_else(Rejection::not_found)?;
        if row.deleted {
            let detail = "The account was deleted by its owner.";
            return Err(Rejection::conflict("account_deleted", detail));
        }
        Ok(row)
    }

    // ---- acts ----------------------------------------------------------------------------------

    pub(super) fn act(&mut self, act: &Act) -> Outcome {
        if let Err(refused) = self.may_act(act) {
            return Outcome::Refused(refused);
        }
        match self.deed(act) {
            Err(refused) => Outcome::Refused(refused),
            Ok(None) => Outcome::Done,
            Ok(Some((target, detail))) => {
                self.note(act, Some(target), &detail);
                Outcome::Done
            }
        }
    }

    /// Whether who acts still runs the server.
    pub(super) fn may_act(&self, act: &Act) -> Result<(), Rejection> {
        let all = &self.rows.administration.administrators;
        if act.by.is_some_and(|by| !all.contains(&by)) {
            let detail = "Only administrators of the server may do this.";
            return Err(Rejection::forbidden("not_allowed", detail));
        }
        Ok(())
    }

    /// An act on a group is carried out by a message; this is its row in the audit log.
    pub(super) fn note_act_on_group(&mut self, act: &Act, group: ConversationId) {
        let detail = match act.deed {
            Deed::LimitGroup(members) => json!({"member_limit": members}),
            _ => json!({}),
        };
        self.note(act, Some(group.0), &detail);
    }

    /// Adds to the audit log.
    fn note(&mut self, act: &Act, target: Option<Uuid>, detail: &Value) {
        self.rows.administration.last_audit += 1;
        self.changes.administration.audit.push(AuditRecord {
            id: self.rows.administration.last_audit,
            at_ms: act.at_ms,
            administrator: act.by,
            act: act.deed.name().into(),
            target,
            detail: detail.to_string(),
            address: act.address.clone(),
        });
    }

    fn deed(&mut self, act: &Act) -> Done {
        match &act.deed {
            Deed::CreateUser {
                user,
                administrator,
            } => {
                if self.rows.users.contains_key(&user.id) {
                    return Ok(None);
                }
                if *administrator {
                    self.may_be_one_more()?;
                }
                if let Outcome::Refused(refused) = self.create_user(user) {
                    return Err(refused);
                }
                if *administrator {
                    self.administrator(user.id, true)?;
                }
                let detail = json!({"administrator": administrator});
                Ok(Some((user.id.0, detail)))
            }
            Deed::Disable { user, disabled } => self.disable(*user, *disabled),
            Deed::ResetPassword { user, hash } => {
                self.account(*user)?;
                self.user(*user, |row| row.password_hash = Some(hash.clone()));
                self.end_sessions(*user, |_| true);
                Ok(Some((user.0, json!({}))))
            }
            Deed::SetAdministrator {
                user,
                administrator,
            } => {
                if self.account(*user)?.administrator == *administrator {
                    return Ok(None);
                }
                self.administrator(*user, *administrator)?;
                let detail = json!({"administrator": administrator});
                Ok(Some((user.0, detail)))
            }
            Deed::Invite(invitation) => self.invite(invitation, act.at_ms),
            Deed::EndInvitation(id) => {
                let known = self.rows.administration.invitations.remove(id);
                let known = known.ok_or_else(Rejection::not_found)?;
                self.changes.administration.invitations.remove(id);
                self.changes.administration.ended_invitations.insert(*id);
                Ok(Some((*id, json!({"uses": known.uses, "used": known.used}))))
            }
            Deed::Judge {
                report,
                state,
                note,
            } => self.judge(act, *report, *state, note),
            Deed::LimitGroup(_) | Deed::DissolveGroup => {
                let detail = "An act on a group goes with its message.";
                Err(Rejection::unprocessable("no_message", detail))
            }
        }
    }

    fn disable(&mut self, user: UserId, disabled: bool) -> Done {
        let row = self.account(user)?;
        let administrator = row.administrator;
        if row.disabled == disabled {
            return Ok(None);
        }
        if !disabled && administrator {
            self.may_be_one_more()?;
            self.rows.administration.administrators.insert(user);
        } else if disabled {
            self.may_step_down(user)?;
            self.rows.administration.administrators.remove(&user);
            self.end_sessions(user, |_| true);
        }
        self.user(user, |row| row.disabled = disabled);
        Ok(Some((user.0, json!({}))))
    }

    fn administrator(&mut self, user: UserId, administrator: bool) -> Result<(), Rejection> {
        let disabled = self.account(user)?.disabled;
        if !administrator {
            self.may_step_down(user)?;
            self.rows.administration.administrators.remove(&user);
        } else if !disabled {
            self.may_be_one_more()?;
            self.rows.administration.administrators.insert(user);
        }
        self.user(user, |row| row.administrator = administrator);
        Ok(())
    }
}
