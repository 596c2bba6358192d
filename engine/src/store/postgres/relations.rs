//! Reading what people are to one another: rights to write, what members are called, maps.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::columns;
use super::connect::{Connection, query, query_opt};
use crate::group::state::ConversationType;
use crate::ids::{ConversationId, UserId};
use crate::kinds::maps;
use crate::store::{MemberName, Result, Rights};

const TYPE: &str = "select type from conversations where id = $1";
/// `$1` is the user, `$2` and `$3` the maps of friends and of blocks, `u` the other. In a user's own
/// conversation, whose id is theirs, entries have the other's id as their key.
macro_rules! rights {
    ($rest:literal) => {
        concat!(
            "select u.id, u.disabled, \
             exists (select from map_entries e where e.conversation = u.id and e.map = $2 \
             and e.key = $1::uuid::text), \
             exists (select from map_entries e where e.conversation = u.id and e.map = $3 \
             and e.key = $1::uuid::text), \
             exists (select from map_entries e where e.conversation = $1 and e.map = $3 \
             and e.key = u.id::text), \
             exists (select from stays a join stays b using (conversation) \
             join conversations g on g.id = a.conversation and g.type = 'group' \
             and g.dissolved_at is null where a.user_id = $1 and a.left_position is null \
             and b.user_id = u.id and b.left_position is null) ",
            $rest
        )
    };
}
const RIGHTS: &str = rights!(
    "from conversations c join stays s on s.conversation = c.id and s.user_id = $1 \
     join stays o on o.conversation = c.id and o.user_id <> $1 \
     join users u on u.id = o.user_id where c.id = $4 and c.type = 'direct'"
);
const RELATION: &str = rights!("from users u where u.id = $4");
const MEMBER_NAMES: &str = "select u.id, u.username, u.name, s.card from stays s \
     join users u on u.id = s.user_id where s.conversation = $1 and s.left_position is null";
/// A map of one conversation.
pub(super) const MAP: &str =
    "select key, value from map_entries where conversation = $1 and map = $2";

pub(super) async fn conversation_type(
    db: &Connection,
    id: ConversationId,
) -> Result<Option<ConversationType>> {
    let row = query_opt(db, TYPE, &[&id.0]).await?;
    let named = |row| columns::named(&row, 0, ConversationType::parse);
    row.map(named).transpose()
}

pub(super) async fn rights(
    db: &Connection,
    id: ConversationId,
    user: UserId,
) -> Result<Option<Rights>> {
    rights_of(db, RIGHTS, user, id.0).await
}

pub(super) async fn relation(
    db: &Connection,
    user: UserId,
    other: UserId,
) -> Result<Option<Rights>> {
    rights_of(db, RELATION, user, other.0).await
}

async fn rights_of(db: &Connection, sql: &str, user: UserId, of: Uuid) -> Result<Option<Rights>> {
    let (friends, blocks) = (maps::FRIENDS, maps::BLOCKS);
    let row = query_opt(db, sql, &[&user.0, &friends, &blocks, &of]).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(Rights {
        peer: UserId(row.try_get(0)?),
        peer_disabled: row.try_get(1)?,
        friends: row.try_get(2)?,
        blocked: row.try_get(3)?,
        blocking: row.try_get(4)?,
        share_a_group: row.try_get(5)?,
    }))
}

pub(super) async fn member_names(db: &Connection, id: ConversationId) -> Result<Vec<MemberName>> {
    let rows = query(db, MEMBER_NAMES, &[&id.0]).await?;
    let name = |row: &Row| {
        Ok(MemberName {
            user: UserId(row.try_get(0)?),
            username: row.try_get(1)?,
            name: row.try_get(2)?,
            card: row.try_get(3)?,
        })
    };
    rows.iter().map(name).collect()
}

pub(super) async fn map(
    db: &Connection,
    id: ConversationId,
    map: &str,
) -> Result<BTreeMap<String, Value>> {
    entries(&query(db, MAP, &[&id.0, &map]).await?)
}

/// The rows of [`MAP`].
pub(super) fn entries(rows: &[Row]) -> Result<BTreeMap<String, Value>> {
    let entry = |row: &Row| Ok((row.try_get(0)?, columns::json(row, 1)?));
    rows.iter().map(entry).collect()
}
