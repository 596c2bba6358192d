//! Reads of what people are to groups and to one another: roles, rights to write, names, maps.

use std::collections::BTreeMap;

use rusqlite::{Result, Transaction};
use serde_json::Value;

use super::columns::{self, blob};
use super::people::user_record;
use super::read::{json, record, stays};
use super::write::{all, one, select};
use crate::group::state::{ConversationType, Role};
use crate::ids::{ConversationId, UserId};
use crate::kinds::maps;
use crate::store::memory::views;
use crate::store::rows::ConversationRecord;
use crate::store::{Group, MemberName, Rights, fold};

type Tx<'a> = Transaction<'a>;

fn role(tx: &Tx<'_>, id: ConversationId, user: UserId) -> Result<Option<Role>> {
    let stays = stays(tx, id, user)?;
    let last = stays.last().filter(|stay| stay.left.is_none());
    Ok(last.map(|stay| stay.role))
}

fn group_row(tx: &Tx<'_>, viewer: UserId, row: ConversationRecord) -> Result<Option<Group>> {
    let role = role(tx, row.id, viewer)?;
    let pending = has_entry(tx, row.id, maps::REQUESTS, &viewer.to_string())?;
    Ok(views::group(row, role, pending))
}

pub(super) fn group(tx: &Tx<'_>, viewer: UserId, id: ConversationId) -> Result<Option<Group>> {
    match record(tx, id)? {
        Some(row) => group_row(tx, viewer, row),
        None => Ok(None),
    }
}

pub(super) fn find_groups(
    tx: &Tx<'_>,
    viewer: UserId,
    query: &str,
    limit: usize,
) -> Result<Vec<Group>> {
    let folded = fold(query);
    // `instr` takes every character as itself, where `like` knows % and _.
    let rest = "conversations where type = 'group' and dissolved_at is null and (instr(name_folded, ?1) > 0 or number = ?2) \
         order by name_folded limit ?3";
    let params = (&folded, views::number(&folded), limit as i64);
    let rows = all(
        tx,
        &select(columns::CONVERSATION, rest),
        params,
        columns::conversation,
    )?;
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        groups.extend(group_row(tx, viewer, row)?);
    }
    Ok(groups)
}

pub(super) fn conversation_type(
    tx: &Tx<'_>,
    id: ConversationId,
) -> Result<Option<ConversationType>> {
    Ok(record(tx, id)?.map(|row| row.r#type))
}

pub(super) fn share_a_group(tx: &Tx<'_>, one_user: UserId, other: UserId) -> Result<bool> {
    let sql = "select 1 from stays a \
         join stays b on b.conversation = a.conversation and b.left_position is null \
         join conversations c on c.id = a.conversation and c.type = 'group' \
         and c.dissolved_at is null where a.user_id = ?1 and b.user_id = ?2 and a.left_position is null limit 1";
    let found = one(tx, sql, [blob(one_user.0), blob(other.0)], |_| Ok(()))?;
    Ok(found.is_some())
}

pub(super) fn rights(tx: &Tx<'_>, id: ConversationId, user: UserId) -> Result<Option<Rights>> {
    let sql = "select o.user_id from conversations c \
         join stays s on s.conversation = c.id and s.user_id = ?2 \
         join stays o on o.conversation = c.id and o.user_id <> ?2 \
         where c.id = ?1 and c.type = 'direct'";
    let peer = one(tx, sql, [blob(id.0), blob(user.0)], |row| {
        columns::uuid(row, 0)
    })?;
    match peer {
        Some(peer) => relation(tx, user, UserId(peer)),
        None => Ok(None),
    }
}

pub(super) fn relation(tx: &Tx<'_>, user: UserId, peer: UserId) -> Result<Option<Rights>> {
    let Some(row) = user_record(tx, peer)? else {
        return Ok(None);
    };
    let (mine, theirs) = (ConversationId::own(user), ConversationId::own(peer));
    Ok(Some(Rights {
        peer,
        friends: has_entry(tx, theirs, maps::FRIENDS, &user.to_string())?,
        blocked: has_entry(tx, theirs, maps::BLOCKS, &user.to_string())?,
        blocking: has_entry(tx, mine, maps::BLOCKS, &peer.to_string())?,
        share_a_group: share_a_group(tx, user, peer)?,
        peer_disabled: row.disabled,
    }))
}

pub(super) fn member_names(tx: &Tx<'_>, id: ConversationId) -> Result<Vec<MemberName>> {
    let sql = "select u.id, u.username, u.name, s.card from stays s \
         join users u on u.id = s.user_id where s.conversation = ?1 and s.left_position is null";
    all(tx, sql, [blob(id.0)], |row| {
        Ok(MemberName {
            user: UserId(columns::uuid(row, 0)?),
            username: row.get(1)?,
            name: row.get(2)?,
            card: row.get(3)?,
        })
    })
}

fn has_entry(tx: &Tx<'_>, id: ConversationId, map: &str, key: &str) -> Result<bool> {
    let sql = "select 1 from map_entries where conversation = ?1 and map = ?2 and key = ?3";
    Ok(one(tx, sql, (blob(id.0), map, key), |_| Ok(()))?.is_some())
}

pub(super) fn map(tx: &Tx<'_>, id: ConversationId, map: &str) -> Result<BTreeMap<String, Value>> {
    let sql = "select key, value from map_entries where conversation = ?1 and map = ?2";
    let found: Vec<(String, String)> = all(tx, sql, (blob(id.0), map), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let entries = found.into_iter();
    entries
        .map(|(key, value)| Ok((key, json(&value)?)))
        .collect()
}
