//! Reading what is not the log: snapshots of users, groups, members, sessions.

use std::collections::BTreeSet;

use tokio_postgres::Row;
use uuid::Uuid;

use super::columns::{
    self, conversation_columns, message_columns, session_columns, stay_columns, user_columns,
};
use super::connect::{Connection, query, query_opt, query_together, read};
use super::log::{HEAD, bounded, head_of, no_head};
use super::relations;
use crate::group::state::Role;
use crate::ids::{ConversationId, Seq, SessionId, UserId};
use crate::kinds::maps;
use crate::store::memory::views;
use crate::store::rows::{ConversationRecord, StayRecord};
use crate::store::{
    ConversationRow, Group, MemberRow, ReadPosition, Result, Session, SyncRows, User, fold,
};

/// The last stay of the user `$1` in each conversation, and the conversation.
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
/// Then the other user of a direct conversation and how far they let `$1` know that they have
/// read, how many unread messages call `$1`, and the last message up to where the stay ended.
const CONVERSATIONS: &str = last_stays!(
    concat!(
        ", p.id, p.name, p.shown, \
         (select count(distinct n.seq) from mentions n where n.conversation = c.id \
         and n.user_id in ($1, '00000000-0000-0000-0000-000000000000'::uuid) \
         and n.seq > s.read_seq and n.seq <= coalesce(s.left_seq, c.seq)), ",
        message_columns!()
    ),
    "left join lateral (select u.id, u.name, case when u.read_receipts and exists (\
     select from users me where me.id = $1 and me.read_receipts) then o.shown_seq end as shown \
     from stays o join users u on u.id = o.user_id \
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
const BOTS: &str = concat!(
    "select ",
    user_columns!(),
    " from users u where u.bot_of = $1 and not u.deleted order by u.username_folded collate \"C\""
);
const CREDENTIALS: &str = concat!(
    "select ",
    user_columns!(),
    ", u.password_hash from users u where u.username_folded = $1"
);
const SHARE_A_GROUP: &str = "select 1 from stays a join stays b using (conversation) \
     join conversations c on c.id = a.conversation and c.type = 'group' \
     and c.dissolved_at is null where a.user_id = $1 and a.left_position is null \
     and b.user_id = $2 and b.left_position is null limit 1";
/// Groups with the role of the viewer `$1`, and whether they wait to be let in.
macro_rules! groups {
    ($rest:literal) => {
        concat!(
            "select ",
            conversation_columns!(),
            ", s.role, exists (select from map_entries e where e.conversation = c.id \
             and e.map = 'group.request' and e.key = $1::uuid::text) \
             from conversations c left join stays s on s.conversation = c.id \
             and s.user_id = $1 and s.left_position is null where c.type = 'group' and ",
            $rest
        )
    };
}
const GROUP: &str = groups!("c.id = $2");
const FIND_GROUPS: &str = groups!(
    "c.dissolved_at is null and (c.name_folded like $2 or c.number = $3) order by c.name_folded collate \"C\" limit $4"
);
const MEMBERS: &str = concat!(
    "select ",
    user_columns!(),
    ", s.role, s.muted_until, s.card from stays s join users u on u.id = s.user_id \
     where s.conversation = $1 and s.left_position is null \
     order by case s.role when 'owner' then 0 when 'admin' then 1 else 2 end, \
     u.username_folded collate \"C\""
);

/// Sessions with their users.
/// Of the user `u`: not disabled, and for a bot, whoever answers for it is not either.
macro_rules! may_act {
    () => {
        " and not u.disabled and (u.bot_of is null or exists \
         (select from users o where o.id = u.bot_of and not o.disabled))"
    };
}
macro_rules! sessions {
    ($rest:expr) => {
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
const SESSION: &str = sessions!(concat!("s.token_hash = $1", may_act!()));
const SESSIONS: &str = sessions!("s.user_id = $1 order by s.last_used desc, s.id desc");
const LIVING: &str = concat!(
    "select s.id from sessions s join users u on u.id = s.user_id where s.id = any($1)",
    may_act!()
);

pub(super) async fn sync(db: &Connection, user: UserId) -> Result<Option<SyncRows>> {
    let [head, me, conversations, settings] = query_together(
        db,
        [
            read(HEAD, &[]),
            read(USER, &[&user.0]),
            read(CONVERSATIONS, &[&user.0]),
            read(relations::MAP, &[&user.0, &maps::SETTINGS]),
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
        settings: relations::entries(&settings)?
            .into_iter()
            .filter_map(|(id, value)| Some((id.parse().ok()?, value)))
            .collect(),
    }))
}

/// One conversation of a snapshot; of one that was left, as it was then.
fn conversation(row: &Row) -> Result<ConversationRow> {
    let (stay, now) = stay_and_conversation(row)?;
    let more = columns::STAYS + columns::CONVERSATIONS;
    let read = views::read_position(&stay, &now);
    let peer: Option<Uuid> = row.try_get(more)?;
    let peer_name: Option<String> = row.try_get(more + 1)?;
    let shown: Option<i64> = row.try_get(more + 2)?;
    let last = more + 4;
    let position: Option<i64> = row.try_get(last)?;
    let is_open = stay.left.is_none();
    let (name, member_count) = match stay.left {
        Some(left) => (left.name, left.member_count),
        None => (now.settings.name, now.member_count),
    };
    Ok(ConversationRow {
        id: now.id,
        r#type: now.r#type,
        name: peer_name.unwrap_or(name),
        avatar: now.settings.avatar.filter(|_| is_open),
        peer: peer.map(UserId),
        head_seq: read.head_seq,
        counted: read.counted,
        read_seq: read.read_seq,
        read_counted: read.read_counted,
        mentions: row.try_get(more + 3)?,
        peer_read_seq: shown.map(Seq),
        from_seq: stay.from_seq,
        left: !is_open,
        role: is_open.then_some(stay.role),
        member_count,
        last_message: position.map(|_| columns::message(row, last)).transpose()?,
    })
}

fn stay_and_conversation(row: &Row) -> Result<(StayRecord, ConversationRecord)> {
    let now = columns::conversation(row, columns::STAYS)?;
    Ok((columns::stay(row, 0)?, now))
}

fn read_position_row(row: &Row) -> Result<ReadPosition> {
    let (stay, now) = stay_and_conversation(row)?;
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
    let at = columns::CONVERSATIONS;
    let role: Option<&str> = row.try_get(at)?;
    let role = role.map(|_| columns::named(row, at, Role::parse));
    Ok(views::group(
        columns::conversation(row, 0)?,
        role.transpose()?,
        row.try_get(at + 1)?,
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
            role: columns::named(row, columns::USERS, Role::parse)?,
            muted_until_ms: row.try_get(columns::USERS + 1)?,
            card: row.try_get(columns::USERS + 2)?,
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

pub(super) async fn bots(db: &Connection, owner: UserId) -> Result<Vec<User>> {
    users_of(&query(db, BOTS, &[&owner.0]).await?)
}

pub(super) async fn credentials(
    db: &Connection,
    username: &str,
) -> Result<Option<(User, Option<String>)>> {
    let row = query_opt(db, CREDENTIALS, &[&fold(username)]).await?;
    row.map(|row| Ok((columns::user(&row, 0)?, row.try_get(columns::USERS)?)))
        .transpose()
}

pub(super) async fn share_a_group(db: &Connection, one: UserId, other: UserId) -> Result<bool> {
    let row = query_opt(db, SHARE_A_GROUP, &[&one.0, &other.0]).await?;
    Ok(row.is_some())
}

fn session_row(row: &Row) -> Result<Session> {
    Ok(views::session(
        columns::session(row, 0)?,
        columns::user(row, columns::SESSIONS)?,
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
pub(super) fn escaped(text: &str) -> String {
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
