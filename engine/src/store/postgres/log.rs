//! Reading the log: pages of catch-up, history, single messages, who saw what.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{self, conversation_columns, message_columns, stay_columns};
use super::connect::{Connection, query, query_opt, query_together, read};
use crate::group::state::ConversationState;
use crate::ids::{ClientId, ConversationId, Epoch, Position, Seq, UserId};
use crate::message::Message;
use crate::store::memory::views;
use crate::store::{Behind, Head, Page, Posted, Range, Result, StoreError};

pub(super) const HEAD: &str = "select epoch, position, batch, access_version from head";
const SECRET: &str = "select secret from head";

const CONVERSATION: &str = concat!(
    "select ",
    conversation_columns!(),
    ", h.position from conversations c cross join head h where c.id = $1"
);
const ROSTER: &str = concat!(
    "select ",
    stay_columns!(),
    " from stays s where s.conversation = $1 and s.left_position is null"
);
const KIND_STATES: &str = "select kind, state from kind_states where conversation = $1";
const ENTRIES: &str = "select map, key, value from map_entries where conversation = $1";

const AUDIENCE: &str = "select distinct s.user_id from messages m \
     join stays s on s.conversation = m.conversation and s.joined_position <= m.position \
     and (s.left_position is null or s.left_position >= m.position) \
     where m.position = any($1)";

/// The first `$3` positions after `$2` that lie within a stay of `$1`, conversation by
/// conversation along its index; idle ones are not looked at. `distinct`, for stays may touch.
macro_rules! visible_positions {
    ($only_if:literal) => {
        concat!(
            "select distinct found.position from stays s \
             join conversations c on c.id = s.conversation and c.head_position > $2 \
             cross join lateral (select m.position from messages m \
             where m.conversation = s.conversation \
             and m.position >= greatest($2::bigint + 1, s.joined_position) \
             and m.position <= coalesce(s.left_position, 9223372036854775807) \
             order by m.position limit $3) found \
             where s.user_id = $1 and (s.left_position is null or s.left_position > $2)",
            $only_if,
            " order by found.position limit $3"
        )
    };
}
/// Bodies are read only as far as they fit: `$4` messages, `$5` bytes. The last column says how
/// many there were before that cut.
const PAGE: &str = concat!(
    "with found as (",
    visible_positions!(""),
    "), sized as (select ",
    message_columns!(),
    ", sum(greatest(octet_length(coalesce(m.body, '')), 1) \
     + coalesce(octet_length(m.notes), 0)) over up_to_here as bytes, \
     row_number() over up_to_here as nth, count(*) over () as found \
     from found join messages m using (position) window up_to_here as (order by m.position)) \
     select ",
    message_columns!(),
    ", m.found from sized m where m.nth <= $4 and (m.nth = 1 or m.bytes <= $5) \
     order by m.position"
);
/// Counted only where the head is far enough away, which the server checks first.
const COUNT: &str = concat!(
    "select count(*) from (",
    visible_positions!(" and (select h.position from head h) - $2::bigint >= $3::bigint"),
    ") visible"
);

const STAY: &str = "select 1 from stays where user_id = $1 and conversation = $2 limit 1";
/// `$3` and `$4` are exclusive bounds; `$5` messages from one end. Stays in a group that shares
/// its history overlap.
macro_rules! history {
    ($direction:literal) => {
        concat!(
            "select ",
            message_columns!(),
            " from (select distinct found.seq from stays s \
             cross join lateral (select m.seq from messages m \
             where m.conversation = s.conversation and m.seq > $3 and m.seq < $4 \
             and m.seq >= s.from_seq and m.seq <= coalesce(s.left_seq, 9223372036854775807) \
             order by m.seq ",
            $direction,
            " limit $5) found where s.user_id = $1 and s.conversation = $2 \
             order by found.seq ",
            $direction,
            " limit $5) f join messages m on m.conversation = $2 and m.seq = f.seq \
             order by m.seq"
        )
    };
}
const EARLIEST: &str = history!("asc");
const LATEST: &str = history!("desc");
const MESSAGES: &str = concat!(
    "select ",
    message_columns!(),
    " from messages m where m.conversation = $2 and m.seq = any($3) \
     and exists (select from stays s where s.user_id = $1 and s.conversation = $2 \
     and m.seq >= s.from_seq and (s.left_position is null or m.position <= s.left_position)) \
     order by m.seq"
);
const POSTED: &str = "select seq, sent_at, digest from messages \
     where conversation = $1 and sender = $2 and client_id = $3";

pub(super) async fn head(db: &Connection) -> Result<Head> {
    let row = query_opt(db, HEAD, &[]).await?;
    row.map_or_else(|| Err(no_head()), |row| head_of(&row))
}

pub(super) fn head_of(row: &tokio_postgres::Row) -> Result<Head> {
    let epoch: i64 = row.try_get(0)?;
    Ok(Head {
        epoch: u32::try_from(epoch)
            .map(Epoch)
            .map_err(|_| columns::unknown("epoch", &epoch.to_string()))?,
        position: Position(row.try_get(1)?),
        batch: row.try_get(2)?,
        access_version: row.try_get(3)?,
    })
}

pub(super) fn no_head() -> StoreError {
    StoreError::Unusable("the database has no head row: it was never set up by webqq".into())
}

pub(super) async fn secret(db: &Connection) -> Result<[u8; 32]> {
    let row = query_opt(db, SECRET, &[]).await?.ok_or_else(no_head)?;
    let text: &str = row.try_get(0)?;
    let damaged = || StoreError::Unusable("the secret in the head row is damaged".into());
    let mut secret = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(damaged());
    }
    for (index, byte) in secret.iter_mut().enumerate() {
        let digits = &text[2 * index..2 * index + 2];
        *byte = u8::from_str_radix(digits, 16).map_err(|_| damaged())?;
    }
    Ok(secret)
}

pub(super) async fn conversation(
    db: &Connection,
    id: ConversationId,
) -> Result<Option<(ConversationState, Position)>> {
    let [found, roster, kind_states, kept] = query_together(
        db,
        [
            read(CONVERSATION, &[&id.0]),
            read(ROSTER, &[&id.0]),
            read(KIND_STATES, &[&id.0]),
            read(ENTRIES, &[&id.0]),
        ],
    )
    .await?;
    let Some(row) = found.first() else {
        return Ok(None);
    };
    let position = Position(row.try_get(columns::CONVERSATIONS)?);
    let mut states = BTreeMap::new();
    for row in &kind_states {
        states.insert(row.try_get(0)?, columns::json(row, 1)?);
    }
    let mut entries = Vec::with_capacity(kept.len());
    for row in &kept {
        entries.push((row.try_get(0)?, row.try_get(1)?, columns::json(row, 2)?));
    }
    let stays = roster.iter().map(|row| columns::stay(row, 0));
    let stays: Vec<_> = stays.collect::<Result<_>>()?;
    let state = views::state(columns::conversation(row, 0)?, stays, states, entries);
    Ok(Some((state, position)))
}

pub(super) async fn audience(db: &Connection, positions: &[Position]) -> Result<BTreeSet<UserId>> {
    let positions: Vec<i64> = positions.iter().map(|position| position.0).collect();
    let rows = query(db, AUDIENCE, &[&positions]).await?;
    rows.iter().map(|row| Ok(UserId(row.try_get(0)?))).collect()
}

pub(super) async fn page(
    db: &Connection,
    user: UserId,
    after: Position,
    messages: usize,
    bytes: usize,
    furthest: i64,
) -> Result<Behind> {
    // One more than fits tells whether there are more.
    let (most, bytes) = (bounded(messages), bounded(bytes));
    let fetch = most.saturating_add(1);
    let too_many = match furthest {
        0 => i64::MAX,
        _ => furthest.saturating_add(1),
    };
    let [head, count, rows] = query_together(
        db,
        [
            read(HEAD, &[]),
            read(COUNT, &[&user.0, &after.0, &too_many]),
            read(PAGE, &[&user.0, &after.0, &fetch, &most, &bytes]),
        ],
    )
    .await?;
    let head = head_of(head.first().ok_or_else(no_head)?)?;
    if after > head.position {
        return Ok(Behind::Ahead);
    }
    let count: i64 = count.first().map_or(Ok(0), |row| row.try_get(0))?;
    if count >= too_many {
        return Ok(Behind::TooFar);
    }
    let found: i64 = rows
        .first()
        .map_or(Ok(0), |row| row.try_get(columns::MESSAGES))?;
    let complete = found == bounded(rows.len());
    let messages: Vec<Message> = messages_of(&rows)?;
    let scanned_to = match messages.last() {
        Some(last) if !complete => last.position,
        _ => head.position,
    };
    Ok(Behind::Page(Page {
        messages,
        scanned_to,
        complete,
    }))
}

pub(super) async fn history(
    db: &Connection,
    user: UserId,
    conversation: ConversationId,
    range: Range,
) -> Result<Option<Vec<Message>>> {
    let after = range.after.map_or(0, |seq| seq.0);
    let before = range.before.map_or(i64::MAX, |seq| seq.0);
    let limit = bounded(range.limit);
    let sql = match range.after {
        Some(_) => EARLIEST,
        None => LATEST,
    };
    let (user, id) = (user.0, conversation.0);
    let [stay, rows] = query_together(
        db,
        [
            read(STAY, &[&user, &id]),
            read(sql, &[&user, &id, &after, &before, &limit]),
        ],
    )
    .await?;
    match stay.is_empty() {
        true => Ok(None),
        false => messages_of(&rows).map(Some),
    }
}

pub(super) async fn messages(
    db: &Connection,
    user: UserId,
    conversation: ConversationId,
    seqs: &[Seq],
) -> Result<Vec<Message>> {
    let seqs: Vec<i64> = seqs.iter().map(|seq| seq.0).collect();
    let rows = query(db, MESSAGES, &[&user.0, &conversation.0, &seqs]).await?;
    messages_of(&rows)
}

pub(super) async fn posted(
    db: &Connection,
    conversation: ConversationId,
    sender: Option<UserId>,
    client_id: ClientId,
) -> Result<Option<Posted>> {
    let sender = columns::sender(sender);
    let row = query_opt(db, POSTED, &[&conversation.0, &sender, &client_id.0]).await?;
    let posted = |row: tokio_postgres::Row| -> Result<Posted> {
        Ok(Posted {
            seq: Seq(row.try_get(0)?),
            sent_at_ms: row.try_get(1)?,
            digest: row.try_get(2)?,
        })
    };
    row.map(posted).transpose()
}

pub(super) fn messages_of(rows: &[tokio_postgres::Row]) -> Result<Vec<Message>> {
    rows.iter().map(|row| columns::message(row, 0)).collect()
}

/// A bound as the database counts.
pub(super) fn bounded(bound: usize) -> i64 {
    i64::try_from(bound).unwrap_or(i64::MAX)
}
