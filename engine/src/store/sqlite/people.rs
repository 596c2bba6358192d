//! Reads about people: users and their sessions, each within the read transaction it is given.

use std::collections::BTreeSet;

use rusqlite::{Result, Transaction};

use super::columns::{self, blob};
use super::write::{all, one, select};
use crate::ids::{SessionId, UserId};
use crate::store::memory::views;
use crate::store::rows::UserRecord;
use crate::store::{Session, User, fold};

type Tx<'a> = Transaction<'a>;

pub(super) fn user_record(tx: &Tx<'_>, id: UserId) -> Result<Option<UserRecord>> {
    let sql = select(columns::USER, "users where id = ?1");
    one(tx, &sql, [blob(id.0)], columns::user)
}

pub(super) fn users(tx: &Tx<'_>, ids: &[UserId]) -> Result<Vec<User>> {
    let ids: BTreeSet<UserId> = ids.iter().copied().collect();
    let mut users = Vec::with_capacity(ids.len());
    for id in ids {
        users.extend(user_record(tx, id)?.map(views::user));
    }
    Ok(users)
}

pub(super) fn find_users(tx: &Tx<'_>, query: &str, limit: usize) -> Result<Vec<User>> {
    let folded = fold(query);
    // Names that begin with the query are those between it and it with the last character there
    // is; indexes serve that, and every character stands for itself.
    let beyond = format!("{folded}{}", char::MAX);
    let rest = "users where not disabled and ((username_folded >= ?1 and username_folded < ?2) \
         or (name_folded >= ?1 and name_folded < ?2) or number = ?3) \
         order by username_folded limit ?4";
    let params = (&folded, beyond, views::number(&folded), limit as i64);
    let found = all(tx, &select(columns::USER, rest), params, columns::user)?;
    Ok(found.into_iter().map(views::user).collect())
}

pub(super) fn bots(tx: &Tx<'_>, owner: UserId) -> Result<Vec<User>> {
    let rest = "users where bot_of = ?1 and not deleted order by username_folded";
    let found = all(
        tx,
        &select(columns::USER, rest),
        [blob(owner.0)],
        columns::user,
    )?;
    Ok(found.into_iter().map(views::user).collect())
}

pub(super) fn credentials(tx: &Tx<'_>, username: &str) -> Result<Option<(User, Option<String>)>> {
    let sql = select(columns::USER, "users where username_folded = ?1");
    let found = one(tx, &sql, [fold(username)], columns::user)?;
    Ok(found.map(|row| {
        let hash = row.password_hash.clone();
        (views::user(row), hash)
    }))
}

pub(super) fn session(tx: &Tx<'_>, token_hash: &str) -> Result<Option<Session>> {
    let sql = select(columns::SESSION, "sessions where token_hash = ?1");
    let Some(row) = one(tx, &sql, [token_hash], columns::session)? else {
        return Ok(None);
    };
    let Some(user) = user_record(tx, row.user)? else {
        return Ok(None);
    };
    let owner = match user.bot_of {
        Some(owner) => user_record(tx, owner)?,
        None => None,
    };
    let user = Some(user).filter(|user| views::may_act(user, owner.as_ref()));
    Ok(user.map(|user| views::session(row, views::user(user))))
}

pub(super) fn sessions(tx: &Tx<'_>, user: UserId) -> Result<Vec<Session>> {
    let Some(user) = user_record(tx, user)? else {
        return Ok(Vec::new());
    };
    let rest = "sessions where user_id = ?1 order by last_used desc, id desc";
    let sql = select(columns::SESSION, rest);
    let found = all(tx, &sql, [blob(user.id.0)], columns::session)?;
    let user = views::user(user);
    let session = |row| views::session(row, user.clone());
    Ok(found.into_iter().map(session).collect())
}

pub(super) fn living_sessions(tx: &Tx<'_>, sessions: &[SessionId]) -> Result<BTreeSet<SessionId>> {
    let sql = "select 1 from sessions s join users u on u.id = s.user_id \
         where s.id = ?1 and not u.disabled and (u.bot_of is null or exists \
         (select 1 from users o where o.id = u.bot_of and not o.disabled))";
    let mut living = BTreeSet::new();
    for id in sessions {
        if one(tx, sql, [blob(id.0)], |_| Ok(()))?.is_some() {
            living.insert(*id);
        }
    }
    Ok(living)
}
