//! Reads of the log: conversations, messages, and what one user has of them, each within the read
//! transaction it is given.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Type;
use rusqlite::{Error, Result, Transaction};
use serde_json::Value;

use super::columns::{self, blob};
use super::people::user_record;
use super::relations::map;
use super::write::{POSTED, all, one, posted as posted_row, select};
use crate::group::state::{ConversationState, ConversationType};
use crate::ids::{ClientId, ConversationId, Epoch, Position, Seq, UserId};
use crate::kinds::maps;
use crate::message::Message;
use crate::store::memory::views::{self, Run};
use crate::store::rows::{ConversationRecord, StayRecord};
use crate::store::{Behind, Head, MemberRow, Posted, Range, ReadPosition, SyncRows};

type Tx<'a> = Transaction<'a>;

pub(super) fn head(tx: &Tx<'_>) -> Result<Head> {
    tx.prepare_cached("select epoch, position, batch, access_version from head")?
        .query_row([], |row| {
            Ok(Head {
                epoch: Epoch(row.get(0)?),
                position: Position(row.get(1)?),
                batch: row.get(2)?,
                access_version: row.get(3)?,
            })
        })
}

pub(super) fn secret(tx: &Tx<'_>) -> Result<[u8; 32]> {
    let text: String = tx.query_row("select secret from head", [], |row| row.get(0))?;
    let mut secret = [0u8; 32];
    let digits = text.is_ascii() && text.len() == 2 * secret.len();
    for (at, byte) in secret.iter_mut().enumerate() {
        let pair = text.get(2 * at..2 * at + 2).filter(|_| digits);
        *byte = pair
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .ok_or_else(|| unreadable("the log's secret is damaged"))?;
    }
    Ok(secret)
}

pub(super) fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|_| unreadable("what a kind keeps is no JSON"))
}

fn unreadable(why: &'static str) -> Error {
    Error::FromSqlConversionFailure(0, Type::Text, why.into())
}

// ---- conversations -----------------------------------------------------------------------------

pub(super) fn record(tx: &Tx<'_>, id: ConversationId) -> Result<Option<ConversationRecord>> {
    let sql = select(columns::CONVERSATION, "conversations where id = ?1");
    one(tx, &sql, [blob(id.0)], columns::conversation)
}

/// A user's stays in one conversation, the first first.
pub(super) fn stays(tx: &Tx<'_>, id: ConversationId, user: UserId) -> Result<Vec<StayRecord>> {
    let rest = "stays where conversation = ?1 and user_id = ?2 order by joined_position";
    let sql = select(columns::STAY, rest);
    all(tx, &sql, [blob(id.0), blob(user.0)], columns::stay)
}

pub(super) fn conversation(
    tx: &Tx<'_>,
    id: ConversationId,
) -> Result<Option<(ConversationState, Position)>> {
    let Some(row) = record(tx, id)? else {
        return Ok(None);
    };
    let rest = "stays where conversation = ?1 and left_position is null";
    let open = all(
        tx,
        &select(columns::STAY, rest),
        [blob(id.0)],
        columns::stay,
    )?;
    let sql = "select kind, state from kind_states where conversation = ?1";
    let states: Vec<(String, String)> =
        all(tx, sql, [blob(id.0)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut kind_states = BTreeMap::new();
    for (kind, state) in states {
        kind_states.insert(kind, json(&state)?);
    }
    let sql = "select map, key, value from map_entries where conversation = ?1";
    let found: Vec<(String, String, String)> = all(tx, sql, [blob(id.0)], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let mut entries = Vec::with_capacity(found.len());
    for (map, key, value) in found {
        entries.push((map, key, json(&value)?));
    }
    Ok(Some((
        views::state(row, open, kind_states, entries),
        head(tx)?.position,
    )))
}

pub(super) fn members(tx: &Tx<'_>, id: ConversationId) -> Result<Vec<MemberRow>> {
    let rest = "stays where conversation = ?1 and left_position is null";
    let stays = all(
        tx,
        &select(columns::STAY, rest),
        [blob(id.0)],
        columns::stay,
    )?;
    let mut members = Vec::with_capacity(stays.len());
    for stay in stays {
        let user = user_record(tx, stay.user)?;
        members.extend(user.map(|user| views::member(&stay, views::user(user))));
    }
    views::sort_members(&mut members);
    Ok(members)
}

pub(super) fn audience(tx: &Tx<'_>, positions: &[Position]) -> Result<BTreeSet<UserId>> {
    let sql = "select s.user_id from messages m join stays s on s.conversation = m.conversation \
         where m.position = ?1 and s.joined_position <= m.position \
         and (s.left_position is null or s.left_position >= m.position)";
    let mut users = BTreeSet::new();
    for position in positions {
        let found = all(tx, sql, [position.0], |row| columns::uuid(row, 0))?;
        users.extend(found.into_iter().map(UserId));
    }
    Ok(users)
}

// ---- messages ----------------------------------------------------------------------------------

/// The messages that a user may see after a position: all stays that have news, each through the
/// index of its conversation. A user's stays in one conversation never overlap, so nothing comes
/// twice.
const NEWS: &str = "stays s cross join conversations c on c.id = s.conversation \
     cross join messages m on m.conversation = s.conversation \
     and m.position > max(?2, s.joined_position - 1) \
     and m.position <= coalesce(s.left_position, c.head_position) \
     where s.user_id = ?1 and coalesce(s.left_position, c.head_position) > ?2";

pub(super) fn page(
    tx: &Tx<'_>,
    user: UserId,
    after: Position,
    messages: usize,
    bytes: usize,
    furthest: i64,
) -> Result<Behind> {
    let head = head(tx)?.position;
    if after > head {
        return Ok(Behind::Ahead);
    }
    let user = blob(user.0);
    if furthest > 0 && head.0 - after.0 > furthest {
        let sql = format!("select count(*) from (select 1 from {NEWS} limit ?3)");
        let params = (user, after.0, furthest.saturating_add(1));
        let count: i64 = tx
            .prepare_cached(&sql)?
            .query_row(params, |row| row.get(0))?;
        if count > furthest {
            return Ok(Behind::TooFar);
        }
    }
    let limit = messages.max(1);
    // Positions first: they come from the index alone, and only those of the page are looked up.
    let sql = select(
        columns::MESSAGE,
        &format!(
            "messages where position in (select m.position from {NEWS} order by m.position limit ?3) \
             order by position"
        ),
    );
    let params = (user, after.0, limit as i64 + 1);
    let found = all(tx, &sql, params, columns::message)?;
    Ok(Behind::Page(views::page(found, limit, bytes, head)))
}

/// One message by its place in its conversation.
fn message(tx: &Tx<'_>, id: ConversationId, seq: Seq) -> Result<Option<Message>> {
    let sql = select(
        columns::MESSAGE,
        "messages where conversation = ?1 and seq = ?2",
    );
    one(tx, &sql, (blob(id.0), seq.0), columns::message)
}

pub(super) fn history(
    tx: &Tx<'_>,
    user: UserId,
    id: ConversationId,
    range: Range,
) -> Result<Option<Vec<Message>>> {
    let stays = stays(tx, id, user)?;
    if stays.is_empty() {
        return Ok(None);
    }
    let (runs, backwards) = views::asked(views::visible(&stays), range);
    let order = if backwards { "desc" } else { "asc" };
    let sql = select(
        columns::MESSAGE,
        &format!(
            "messages where conversation = ?1 and seq between ?2 and ?3 \
             order by seq {order} limit ?4"
        ),
    );
    let mut messages = Vec::new();
    for (Seq(from), Seq(to)) in runs {
        let room = range.limit - messages.len();
        if room == 0 {
            break;
        }
        let params = (blob(id.0), from, to, room as i64);
        messages.extend(all(tx, &sql, params, columns::message)?);
    }
    if backwards {
        messages.reverse();
    }
    Ok(Some(messages))
}

pub(super) fn messages(
    tx: &Tx<'_>,
    user: UserId,
    id: ConversationId,
    seqs: &[Seq],
) -> Result<Vec<Message>> {
    let runs = views::visible(&stays(tx, id, user)?);
    let shown = |seq: &Seq| runs.iter().any(|(from, to): &Run| from <= seq && seq <= to);
    let seqs: BTreeSet<Seq> = seqs.iter().copied().filter(shown).collect();
    let mut messages = Vec::with_capacity(seqs.len());
    for seq in seqs {
        messages.extend(message(tx, id, seq)?);
    }
    Ok(messages)
}

pub(super) fn posted(
    tx: &Tx<'_>,
    id: ConversationId,
    sender: Option<UserId>,
    client: ClientId,
) -> Result<Option<Posted>> {
    let params = [blob(id.0), columns::sender(sender), blob(client.0)];
    one(tx, POSTED, params, posted_row)
}

// ---- what one user has -------------------------------------------------------------------------

/// The last stay of a user in each conversation, with the conversation.
fn places(tx: &Tx<'_>, user: UserId) -> Result<Vec<(StayRecord, ConversationRecord)>> {
    let sql = select(columns::STAY, "stays where user_id = ?1");
    let stays = all(tx, &sql, [blob(user.0)], columns::stay)?;
    let mut places = Vec::with_capacity(stays.len());
    for (id, stay) in views::last_stays(stays) {
        places.extend(record(tx, id)?.map(|row| (stay, row)));
    }
    Ok(places)
}

pub(super) fn sync(tx: &Tx<'_>, user: UserId) -> Result<Option<SyncRows>> {
    let Some(me) = user_record(tx, user)? else {
        return Ok(None);
    };
    let head = head(tx)?;
    let mut gathered = views::Gathered::default();
    for (stay, row) in places(tx, user)? {
        let peer = match row.r#type {
            ConversationType::Direct => {
                let sql = "select u.id, u.name, u.read_receipts, s.shown_seq from stays s \
                     join users u on u.id = s.user_id \
                     where s.conversation = ?1 and s.user_id <> ?2";
                one(tx, sql, [blob(row.id.0), blob(user.0)], |row| {
                    let shows: bool = row.get(2)?;
                    let shown = row.get(3).map(Seq)?;
                    Ok(views::Peer {
                        id: UserId(columns::uuid(row, 0)?),
                        name: row.get(1)?,
                        shown_seq: (shows && me.read_receipts).then_some(shown),
                    })
                })?
            }
            _ => None,
        };
        let at = views::read_position(&stay, &row);
        let more = views::More {
            peer,
            last_message: message(tx, row.id, at.head_seq)?,
            mentions: mentions(tx, user, &at)?,
        };
        gathered.add(stay, row, more);
    }
    let mut settings = BTreeMap::new();
    for (id, value) in map(tx, ConversationId::own(user), maps::SETTINGS)? {
        settings.extend(id.parse().ok().map(|id: ConversationId| (id, value)));
    }
    Ok(Some(gathered.into_rows(head, views::user(me), settings)))
}

/// How many messages behind a read position call a user.
fn mentions(tx: &Tx<'_>, user: UserId, at: &ReadPosition) -> Result<i64> {
    let sql = "select count(distinct seq) from mentions where conversation = ?1 \
         and user_id in (?2, ?3) and seq > ?4 and seq <= ?5";
    let (user, all) = (blob(user.0), blob(UserId::ALL.0));
    let params = (
        blob(at.conversation.0),
        user,
        all,
        at.read_seq.0,
        at.head_seq.0,
    );
    Ok(one(tx, sql, params, |row| row.get(0))?.unwrap_or(0))
}

pub(super) fn read_position(
    tx: &Tx<'_>,
    user: UserId,
    id: ConversationId,
) -> Result<Option<ReadPosition>> {
    let stays = stays(tx, id, user)?;
    match (stays.last(), record(tx, id)?) {
        (Some(stay), Some(row)) => Ok(Some(views::read_position(stay, &row))),
        _ => Ok(None),
    }
}

pub(super) fn read_positions(tx: &Tx<'_>, user: UserId) -> Result<Vec<ReadPosition>> {
    let places = places(tx, user)?;
    let positions = places
        .iter()
        .map(|(stay, row)| views::read_position(stay, row));
    Ok(positions.collect())
}
