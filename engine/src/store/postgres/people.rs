//! Reading what is not the log: snapshots of users, groups, members, sessions.

use std::collections::BTreeSet;

use tokio_postgres::Row;
use uuid::Uuid;

use super::columns::{
    self, conversation_columns, message_columns, session_columns, stay_columns, user_columns,
};
use super::connect::{Connection, query, query_opt, query_together, read};
use super::log::{HEAD, bounded, head_of, no_head};
use crate::group::state::Role;
use crate::ids::{ConversationId, SessionId, UserId};
use crate::store::memory::views;
use crate::store::{
    ConversationRow, Group, MemberRow, ReadPosition, Result, Session, SyncRows, User, fold,
};

/// The last stay of the user `$1` in each conversation, and the conversation: 13 and 15 columns.
macro_rules! last_stays {
    ($more:expr, $rest:expr) => {
        concat!(
            "select ",
            stay_columns!(),
            ", ",
            conversation_columns!(),
            $more,
            " from (select distinct on (o.conversation) o.* from stays o where o.user_id = $1 \
             order by o.conversation, o.joined_position desc) s \
             join conversations c on c.id = s.conversation ",
            $rest
        )
    };
}
const READ_POSITIONS: &str = last_stays!("", "order by c.id");
const READ_POSITION: &str = last_stays!("", "where c.id = $2");
/// Then the other user of a direct conversation, and the last message up to where the stay ended.
const CONVERSATIONS: &str = last_stays!(
    concat!(", p.id, p.name, ", message_columns!()),
    "left join lateral (select u.id, u.name from stays o join users u on u.id = o.user_id \
     where c.type = 'direct' and o.conversation = c.id and o.user_id <> $1 limit 1) p on true \
     left join messages m on m.conversation = c.id and m.seq = coalesce(s.left_seq, c.seq) \
     and m.seq >= s.from_seq \
     order by coalesce(s.left_position, c.head_position) desc, c.id"
);

const USER: &str = concat!("select ", user_columns!(), " from users u where u.id = $1");
const USERS: &str = concat!(
    "select ",
    user_columns!(),
    " from users u where u.id = any($1) order by u.id"
);
/// `$1` begins a folded name, with what `like` takes as special escaped.
const FIND_USERS: &str = concat!(
    "select ",
    user_columns!(),
    " from users u where not u.disabled and (u.username_folded like $1 or u.name_folded like $1 \
     or u.number = $2) order by u.username_folded collate \"C\" limit $3"
);
const CREDENTIALS: &str = concat!(
    "select ",
    user_columns!(),
    ", u.password_hash from users u where u.username_folded = $1"
);
const SHARE_A_GROUP: &str = "select 1 from stays a join stays b using (conversation) \
     join conversations c on c.id = a.conversation and c.type = 'group' \
     where a.user_id = $1 and a.left_position is null \
     and b.user_id = $2 and b.left_position is null limit 1";
const DIRECT_PEERS: &str = "select o.user_id from stays s \
     join conversations c on c.id = s.conversation and c.type = 'direct' \
     join stays o on o.conversation = c.id and o.user_id <> s.user_id \
     where s.user_id = $1 order by c.head_position desc, c.id limit $2";

/// Groups with the role of the viewer `$1` as column 15.
macro_rules! groups {
    ($rest:literal) => {
        concat!(
            "select ",
            conversation_columns!(),
            ", s.role from conversations c left join stays s on s.conversation = c.id \
             and s.user_id = $1 and s.left_position is null where c.type = 'group' and ",
            $rest
        )
    };
}
const GROUP: &str = groups!("c.id = $2");
const FIND_GROUPS: &str = groups!(
    "(c.name_folded like $2 or c.number = $3) order by c.name_folded collate \"C\" limit $4"
);
const MEMBERS: &str = concat!(
    "select ",
    user_columns!(),
    ", s.role, s.muted_until from stays s join users u on u.id = s.user_id \
     where s.conversation = $1 and s.left_position is null \
     order by case s.role when 'owner' then 0 when 'admin' then 1 else 2 end, \
     u.username_folded collate \"C\""
);

/// Sessions with their users: 6 and 8 columns.
macro_rules! sessions {
    ($rest:literal) => {
        concat!(
            "select ",
            session_columns!(),
            ", ",
            user_columns!(),
            " from sessions s join users u on u.id = s.user_id where ",
            $rest
        )
    };
}
const SESSION: &str = sessions!("s.token_hash = $1 and not u.disabled");
const SESSIONS: &str = sessions!("s.user_id = $1 order by s.last_used desc, s.id desc");
const LIVING: &str = "select s.id from sessions s join users u on u.id = s.user_id \
     where s.id = any($1) and not u.disabled";

pub(super) async fn sync(db: &Connection, user: UserId) -> Result<Option<SyncRows>> {
    let [head, me, conversations] = query_together(
        db,
        [
            read(HEAD, &[]),
            read(USER, &[&user.0]),
            read(CONVERSATIONS, &[&user.0]),
        ],
    )
    .await?;
    let Some(me) = me.first() else {
        return Ok(None);
    };
    Ok(Some(SyncRows {
        head: head_of(head.first().ok_or_else(no_head)?)?,
        me: columns::user(me, 0)?,
        conversations: conversations
            .iter()
            .map(conversation)
            .collect::<Result<_>>()?,
    }))
}

/// One conversation of a snapshot; of one that was left, as it was then.
fn conversation(row: &Row) -> Result<ConversationRow> {
    let (stay, now) = (columns::stay(row, 0)?, columns::conversation(row, 13)?);
    let read = views::read_position(&stay, &now);
    let peer: Option<Uuid> = row.try_get(28)?;
    let peer_name: Option<String> = row.try_get(29)?;
    let position: Option<i64> = row.try_get(30)?;
    let is_open = stay.left.is_none();
    let (name, member_count) = match stay.left {
        Some(left) => (left.name, left.member_count),
        None => (now.settings.name, now.member_count),
    };
    Ok(ConversationRow {
        id: now.id,
        r#type: now.r#type,
        name: peer_name.unwrap_or(name),
        peer: peer.map(UserId),
        head_seq: read.head_seq,
        counted: read.counted,
        read_seq: read.read_seq,
        read_counted: read.read_counted,
        from_seq: stay.from_seq,
        left: !is_open,
        role: is_open.then_some(stay.role),
        member_count,
        last_message: position.map(|_| columns::message(row, 30)).transpose()?,
    })
}

fn read_position_row(row: &Row) -> Result<ReadPosition> {
    let (stay, now) = (columns::stay(row, 0)?, columns::conversation(row, 13)?);
    Ok(views::read_position(&stay, &now))
}

pub(super) async fn read_position(
    db: &Connection,
    user: UserId,
    id: ConversationId,
) -> Result<Option<ReadPosition>> {
    let row = query_opt(db, READ_POSITION, &[&user.0, &id.0]).await?;
    row.as_ref().map(read_position_row).transpose()
}

pub(super) async fn read_positions(db: &Connection, user: UserId) -> Result<Vec<ReadPosition>> {
    let rows = query(db, READ_POSITIONS, &[&user.0]).await?;
    rows.iter().map(read_position_row).collect()
}

fn group_row(row: &Row) -> Result<Option<Group>> {
    let role: Option<&str> = row.try_get(15)?;
    let role = role.map(|_| columns::named(row, 15, Role::parse));
    Ok(views::group(
        columns::conversation(row, 0)?,
        role.transpose()?,
    ))
}

pub(super) async fn group(
    db: &Connection,
    viewer: UserId,
    id: ConversationId,
) -> Result<Option<Group>> {
    let row = query_opt(db, GROUP, &[&viewer.0, &id.0]).await?;
    row.as_ref().map_or(Ok(None), group_row)
}

pub(super) async fn find_groups(
    db: &Connection,
    viewer: UserId,
    text: &str,
    limit: usize,
) -> Result<Vec<Group>> {
    let text = fold(text);
    let pattern = format!("%{}%", escaped(&text));
    let (number, limit) = (views::number(&text), bounded(limit));
    let rows = query(db, FIND_GROUPS, &[&viewer.0, &pattern, &number, &limit]).await?;
    let groups: Result<Vec<_>> = rows.iter().map(group_row).collect();
    Ok(groups?.into_iter().flatten().collect())
}

pub(super) async fn members(db: &Connection, id: ConversationId) -> Result<Vec<MemberRow>> {
    let rows = query(db, MEMBERS, &[&id.0]).await?;
    let member = |row: &Row| {
        Ok(MemberRow {
            user: columns::user(row, 0)?,
            role: columns::named(row, 8, Role::parse)?,
            muted_until_ms: row.try_get(9)?,
        })
    };
    rows.iter().map(member).collect()
}

fn users_of(rows: &[Row]) -> Result<Vec<User>> {
    rows.iter().map(|row| columns::user(row, 0)).collect()
}

pub(super) async fn users(db: &Connection, ids: &[UserId]) -> Result<Vec<User>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    users_of(&query(db, USERS, &[&ids]).await?)
}

pub(super) async fn find_users(db: &Connection, text: &str, limit: usize) -> Result<Vec<User>> {
    let text = fold(text);
    let pattern = format!("{}%", escaped(&text));
    let (number, limit) = (views::number(&text), bounded(limit));
    users_of(&query(db, FIND_USERS, &[&pattern, &number, &limit]).await?)
}

pub(super) async fn credentials(
    db: &Connection,
    username: &str,
) -> Result<Option<(User, Option<String>)>> {
    let row = query_opt(db, CREDENTIALS, &[&fold(username)]).await?;
    row.map(|row| Ok((columns::user(&row, 0)?, row.try_get(8)?)))
        .transpose()
}

pub(super) async fn share_a_group(db: &Connection, one: UserId, other: UserId) -> Result<bool> {
    let row = query_opt(db, SHARE_A_GROUP, &[&one.0, &other.0]).await?;
    Ok(row.is_some())
}

pub(super) async fn direct_peers(
    db: &Connection,
    user: UserId,
    limit: usize,
) -> Result<Vec<UserId>> {
    let rows = query(db, DIRECT_PEERS, &[&user.0, &bounded(limit)]).await?;
    rows.iter().map(|row| Ok(UserId(row.try_get(0)?))).collect()
}

fn session_row(row: &Row) -> Result<Session> {
    Ok(views::session(
        columns::session(row, 0)?,
        columns::user(row, 6)?,
    ))
}

pub(super) async fn session(db: &Connection, token_hash: &str) -> Result<Option<Session>> {
    let row = query_opt(db, SESSION, &[&token_hash]).await?;
    row.as_ref().map(session_row).transpose()
}

pub(super) async fn sessions(db: &Connection, user: UserId) -> Result<Vec<Session>> {
    let rows = query(db, SESSIONS, &[&user.0]).await?;
    rows.iter().map(session_row).collect()
}

pub(super) async fn living_sessions(
    db: &Connection,
    sessions: &[SessionId],
) -> Result<BTreeSet<SessionId>> {
    let ids: Vec<Uuid> = sessions.iter().map(|id| id.0).collect();
    let rows = query(db, LIVING, &[&ids]).await?;
    rows.iter()
        .map(|row| Ok(SessionId(row.try_get(0)?)))
        .collect()
}

/// A text that `like` takes literally.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_stand_for_themselves() {
        assert_eq!(escaped("50%_\\中"), "50\\%\\_\\\\中");
    }
}
