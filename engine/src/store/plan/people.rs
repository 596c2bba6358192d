//! People: users and their sessions.

use std::collections::BTreeSet;

use super::Planner;
use crate::ids::{SessionId, UserId};
use crate::message::Rejection;
use crate::store::administration::Space;
use crate::store::rows::*;
use crate::store::{NewSession, NewUser, Outcome, Status, fold};

impl Planner {
    pub(super) fn next_number(&mut self) -> i64 {
        let number = self.changes.head.next_number;
        self.changes.head.next_number += 1;
        number
    }

    pub(super) fn create_user(&mut self, user: &NewUser) -> Outcome {
        let folded = fold(&user.username);
        match self.rows.usernames.get(&folded) {
            Some(id) if *id == user.id => return Outcome::Done,
            Some(_) => {
                return Outcome::Refused(Rejection {
                    field: Some("username".into()),
                    ..Rejection::conflict("username_taken", "This user name is taken.")
                });
            }
            None if self.rows.users.contains_key(&user.id) => {
                let detail = "There is a user with this id already.";
                return Outcome::Refused(Rejection::conflict("user_exists", detail));
            }
            None => {}
        }
        if !self.looks_like_nobody(Space::User, &user.username, user.id.0) {
            return Outcome::Refused(Rejection {
                field: Some("username".into()),
                ..Rejection::conflict(
                    "username_lookalike",
                    "This user name looks like that of another account.",
                )
            });
        }
        let row = UserRecord {
            id: user.id,
            number: self.next_number(),
            username: user.username.clone(),
            name: user.name.clone(),
            signature: String::new(),
            status: Status::Online,
            avatar: None,
            read_receipts: true,
            password_hash: user.password_hash.clone(),
            administrator: false,
            disabled: false,
            deleted: false,
            bot_of: user.bot_of,
            created_at_ms: user.created_at_ms,
        };
        self.rows.usernames.insert(folded, user.id);
        self.take_looks(Space::User, &user.username, user.id.0);
        self.changes.users.insert(user.id, row.clone());
        self.rows.users.insert(user.id, row);
        Outcome::Done
    }

    pub(super) fn user(&mut self, user: UserId, change: impl FnOnce(&mut UserRecord)) -> Outcome {
        match self.rows.users.get_mut(&user) {
            None => Outcome::Refused(Rejection::not_found()),
            Some(row) => {
                change(row);
                self.changes.users.insert(user, row.clone());
                Outcome::Done
            }
        }
    }

    pub(super) fn open_session(&mut self, session: &NewSession) -> Outcome {
        let living = self.rows.users.get(&session.user);
        if living.is_none_or(|user| user.disabled) {
            return Outcome::Refused(Rejection::not_found());
        }
        let mine = self.rows.sessions.values();
        let mut mine: Vec<_> = mine.filter(|row| row.user == session.user).collect();
        mine.sort_by_key(|row| (row.last_used_at_ms, row.id));
        let too_many = (mine.len() + 1).saturating_sub(self.bounds.sessions_per_user);
        let oldest: BTreeSet<_> = mine.iter().take(too_many).map(|row| row.id).collect();
        self.end_sessions(session.user, |id| oldest.contains(&id));
        let row = SessionRecord {
            id: session.id,
            user: session.user,
            token_hash: session.token_hash.clone(),
            device: session.device.clone(),
            created_at_ms: session.created_at_ms,
            last_used_at_ms: session.created_at_ms,
        };
        self.changes.sessions.insert(session.id, row.clone());
        self.rows.sessions.insert(session.id, row);
        Outcome::Done
    }

    pub(super) fn end_sessions(&mut self, user: UserId, which: impl Fn(SessionId) -> bool) {
        let rows = &mut self.rows.sessions;
        let changes = &mut self.changes;
        rows.retain(|id, row| {
            let ends = row.user == user && which(*id);
            if ends {
                changes.sessions.remove(id);
                changes.ended_sessions.insert(*id);
            }
            !ends
        });
    }
}
