//! Running the server, in PostgreSQL.

use std::collections::BTreeSet;

use async_trait::async_trait;
use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::changes::{Rows, Write};
use super::columns::{self, conversation_columns, message_columns, user_columns};
use super::connect::{Connection, query};
use super::log::bounded;
use super::people::escaped;
use crate::store::administration::*;
use crate::store::memory::views;
use crate::store::*;

// ---- what a commit touches ---------------------------------------------------------------------

const LOOKS: &str = "select l.space, l.skeleton, l.owner \
     from unnest($1::text[], $2::text[]) as n (space, skeleton) cross join lateral (\
     select * from looks o where o.space = n.space and o.skeleton = n.skeleton limit 1) l";
const ADMINISTRATORS: &str = "select id from users where administrator and not disabled";
macro_rules! invitations {
    ($rest:literal) => {
        concat!(
            "select id, code_hash, note, created_by, created_at, expires_at, uses, used \
             from invitations ",
            $rest
        )
    };
}
const LAST_AUDIT: &str = "select coalesce(max(id), 0) from audit";
const LAST_REPORT: &str = "select coalesce(max(number), 0) from reports";
macro_rules! reports {
    ($rest:literal) => {
        concat!(
            "select id, number, reporter, reason, created_at, conversation, seq, kind, sender, \
             sender_name, body, sent_at, state, judged_by, judged_at, note from reports where ",
            $rest
        )
    };
}
const OPEN_REPORTS: &str = "select reporter, count(*) from reports \
     where reporter = any($1) and state = 'open' group by reporter";

/// Reads what the batch touches, under the head lock. Most batches touch nothing, and wait for
/// nothing here.
pub(super) async fn read(
    db: &Connection,
    needs: &AdministrationNeeds,
) -> Result<AdministrationRows> {
    let mut rows = AdministrationRows::default();
    if !needs.looks.is_empty() {
        let spaces: Vec<&str> = needs.looks.iter().map(|look| look.0.name()).collect();
        let skeletons: Vec<&str> = needs.looks.iter().map(|look| look.1.as_str()).collect();
        for row in query(db, LOOKS, &[&spaces, &skeletons]).await? {
            let look = (columns::named(&row, 0, Space::parse)?, row.try_get(1)?);
            rows.looks.insert(look, row.try_get(2)?);
        }
    }
    if needs.administrators {
        rows.administrators = administrators(db).await?;
    }
    if needs.invitations {
        for row in query(db, invitations!(""), &[]).await? {
            let invitation = invitation(&row)?;
            rows.invitations.insert(invitation.id, invitation);
        }
    }
    if needs.audit {
        rows.last_audit = last(db, LAST_AUDIT).await?;
    }
    if !needs.reports.is_empty() {
        rows.last_report = last(db, LAST_REPORT).await?;
        let ids: Vec<Uuid> = needs.reports.iter().copied().collect();
        for row in query(db, reports!("id = any($1)"), &[&ids]).await? {
            let report = report(&row)?;
            rows.reports.insert(report.id, report);
        }
    }
    if !needs.reporters.is_empty() {
        let ids: Vec<Uuid> = needs.reporters.iter().map(|user| user.0).collect();
        for row in query(db, OPEN_REPORTS, &[&ids]).await? {
            let user = UserId(row.try_get(0)?);
            rows.open_reports.insert(user, row.try_get(1)?);
        }
    }
    Ok(rows)
}

async fn administrators(db: &Connection) -> Result<BTreeSet<UserId>> {
    let rows = query(db, ADMINISTRATORS, &[]).await?;
    rows.iter().map(|row| Ok(UserId(row.try_get(0)?))).collect()
}

async fn last(db: &Connection, sql: &str) -> Result<i64> {
    let rows = query(db, sql, &[]).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.try_get(0)?))
}

fn invitation(row: &Row) -> Result<InvitationRecord> {
    Ok(InvitationRecord {
        id: row.try_get(0)?,
        code_hash: row.try_get(1)?,
        note: row.try_get(2)?,
        created_by: row.try_get::<_, Option<Uuid>>(3)?.map(UserId),
        created_at_ms: row.try_get(4)?,
        expires_at_ms: row.try_get(5)?,
        uses: row.try_get(6)?,
        used: row.try_get(7)?,
    })
}

fn report(row: &Row) -> Result<ReportRecord> {
    Ok(ReportRecord {
        id: row.try_get(0)?,
        number: row.try_get(1)?,
        reporter: UserId(row.try_get(2)?),
        reason: row.try_get(3)?,
        created_at_ms: row.try_get(4)?,
        conversation: ConversationId(row.try_get(5)?),
        seq: Seq(row.try_get(6)?),
        kind: row.try_get(7)?,
        sender: UserId(row.try_get(8)?),
        sender_name: row.try_get(9)?,
        body: row.try_get(10)?,
        sent_at_ms: row.try_get(11)?,
        state: columns::named(row, 12, ReportState::parse)?,
        judged_by: row.try_get::<_, Option<Uuid>>(13)?.map(UserId),
        judged_at_ms: row.try_get(14)?,
        note: row.try_get(15)?,
    })
}

// ---- what a commit changes ---------------------------------------------------------------------

const FREE_LOOKS: &str = "delete from looks l using unnest($1::text[], $2::text[]) \
     as n (space, skeleton) where l.space = n.space and l.skeleton = n.skeleton";
const TAKE_LOOKS: &str = "insert into looks (space, skeleton, owner) \
     select * from unnest($1::text[], $2::text[], $3::uuid[]) \
     on conflict (space, skeleton) do update set owner = excluded.owner";
const END_INVITATIONS: &str = "delete from invitations where id = any($1)";
const INVITE: &str = "insert into invitations (id, code_hash, note, created_by, created_at, \
     expires_at, uses, used) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], \
     $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) \
     on conflict (id) do update set used = excluded.used";
const NOTE: &str = "insert into audit (id, at, administrator, act, target, detail, address) \
     select * from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::uuid[], \
     $6::text[], $7::text[])";
const REPORT: &str = "insert into reports (id, number, reporter, reason, created_at, \
     conversation, seq, kind, sender, sender_name, body, sent_at, state, judged_by, judged_at, \
     note) select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[], \
     $6::uuid[], $7::bigint[], $8::text[], $9::uuid[], $10::text[], $11::text[], $12::bigint[], \
     $13::text[], $14::uuid[], $15::bigint[], $16::text[]) \
     on conflict (id) do update set body = excluded.body, state = excluded.state, \
     judged_by = excluded.judged_by, judged_at = excluded.judged_at, note = excluded.note";

/// The statements, in the order of `schema.sql`.
pub(super) fn writes(changes: &AdministrationChanges) -> [Option<Write<'_>>; 6] {
    [
        Rows::new(FREE_LOOKS, &changes.freed_looks)
            .column(|look| look.0.name())
            .column(|look| look.1.as_str())
            .write(),
        Rows::new(TAKE_LOOKS, changes.looks.keys())
            .column(|look| look.0.name())
            .column(|look| look.1.as_str())
            .column(|look| changes.looks.get(look).copied())
            .write(),
        Rows::new(END_INVITATIONS, &changes.ended_invitations)
            .column(|id| *id)
            .write(),
        Rows::new(INVITE, changes.invitations.values())
            .column(|row| row.id)
            .column(|row| row.code_hash.as_str())
            .column(|row| row.note.as_str())
            .column(|row| row.created_by.map(|user| user.0))
            .column(|row| row.created_at_ms)
            .column(|row| row.expires_at_ms)
            .column(|row| row.uses)
            .column(|row| row.used)
            .write(),
        Rows::new(NOTE, &changes.audit)
            .column(|row| row.id)
            .column(|row| row.at_ms)
            .column(|row| row.administrator.map(|user| user.0))
            .column(|row| row.act.as_str())
            .column(|row| row.target)
            .column(|row| row.detail.as_str())
            .column(|row| row.address.as_deref())
            .write(),
        Rows::new(REPORT, changes.reports.values())
            .column(|row| row.id)
            .column(|row| row.number)
            .column(|row| row.reporter.0)
            .column(|row| row.reason.as_str())
            .column(|row| row.created_at_ms)
            .column(|row| row.conversation.0)
            .column(|row| row.seq.0)
            .column(|row| row.kind.as_str())
            .column(|row| row.sender.0)
            .column(|row| row.sender_name.as_str())
            .column(|row| row.body.as_deref())
            .column(|row| row.sent_at_ms)
            .column(|row| row.state.name())
            .column(|row| row.judged_by.map(|user| user.0))
            .column(|row| row.judged_at_ms)
            .column(|row| row.note.as_str())
            .write(),
    ]
}

// ---- what is read ------------------------------------------------------------------------------

/// `$1` is a part of a folded name, with what `like` takes as special escaped.
const ACCOUNTS: &str = concat!(
    "select ",
    user_columns!(),
    ", u.created_at from users u where u.number > $2 and (u.username_folded like $1 \
     or u.name_folded like $1 or u.number = $3) order by u.number limit $4"
);
/// `$1` is a part of a folded name, with what `like` takes as special escaped, and `%%` finds all.
const ALL_GROUPS: &str = concat!(
    "select ",
    conversation_columns!(),
    " from conversations c where c.number > $2 and (c.name_folded like $1 \
     or $1 = '%%' or c.number = $3) \
     order by c.number limit $4"
);
const AUDIT: &str = "select id, at, administrator, act, target, detail, address from audit \
     where id < $1 order by id desc limit $2";
const OWN_MESSAGES: &str = concat!(
    "select ",
    message_columns!(),
    " from messages m where m.conversation = $1 and m.sender = $2 and m.seq > $3 \
     order by m.seq limit $4"
);

#[async_trait]
impl AdministrationStore for PostgresStore {
    async fn accounts(&self, text: &str, after: i64, limit: usize) -> Result<Vec<Account>> {
        let text = fold(text);
        let pattern = format!("%{}%", escaped(&text));
        let (number, limit) = (views::number(&text), bounded(limit));
        self.read(async |db| {
            let values: super::connect::Values<'_> = &[&pattern, &after, &number, &limit];
            let rows = query(db, ACCOUNTS, values).await?;
            let account = |row: &Row| {
                Ok(Account {
                    user: columns::user(row, 0)?,
                    created_at_ms: row.try_get(columns::USERS)?,
                })
            };
            rows.iter().map(account).collect()
        })
        .await
    }

    async fn all_groups(&self, text: &str, after: i64, limit: usize) -> Result<Vec<Group>> {
        let text = fold(text);
        let pattern = format!("%{}%", escaped(&text));
        let (number, limit) = (views::number(&text), bounded(limit));
        self.read(async |db| {
            let values: super::connect::Values<'_> = &[&pattern, &after, &number, &limit];
            let rows = query(db, ALL_GROUPS, values).await?;
            let rows = rows.iter().map(|row| columns::conversation(row, 0));
            let rows: Result<Vec<_>> = rows.collect();
            let groups = rows?.into_iter();
            Ok(groups
                .filter_map(|row| views::group(row, None, false))
                .collect())
        })
        .await
    }

    async fn administrators(&self) -> Result<BTreeSet<UserId>> {
        self.read(administrators).await
    }

    async fn invitations(&self) -> Result<Vec<InvitationRecord>> {
        const ALL: &str = invitations!("order by created_at desc, id desc");
        self.read(async |db| {
            let rows = query(db, ALL, &[]).await?;
            rows.iter().map(invitation).collect()
        })
        .await
    }

    async fn audit(&self, before: i64, limit: usize) -> Result<Vec<AuditRecord>> {
        let limit = bounded(limit);
        self.read(async |db| {
            let rows = query(db, AUDIT, &[&before, &limit]).await?;
            let record = |row: &Row| {
                Ok(AuditRecord {
                    id: row.try_get(0)?,
                    at_ms: row.try_get(1)?,
                    administrator: row.try_get::<_, Option<Uuid>>(2)?.map(UserId),
                    act: row.try_get(3)?,
                    target: row.try_get(4)?,
                    detail: row.try_get(5)?,
                    address: row.try_get(6)?,
                })
            };
            rows.iter().map(record).collect()
        })
        .await
    }

    async fn reports(
        &self,
        state: Option<ReportState>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ReportRecord>> {
        const ALL: &str = reports!("number < $1 order by number desc limit $2");
        const SOME: &str = reports!("number < $1 and state = $3 order by number desc limit $2");
        let (limit, state) = (bounded(limit), state.map(ReportState::name));
        self.read(async |db| {
            let rows = match state {
                None => query(db, ALL, &[&before, &limit]).await?,
                Some(state) => query(db, SOME, &[&before, &limit, &state]).await?,
            };
            rows.iter().map(report).collect()
        })
        .await
    }

    async fn own_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Message>> {
        let limit = bounded(limit);
        self.read(async |db| {
            let values: super::connect::Values<'_> = &[&conversation.0, &user.0, &after.0, &limit];
            let rows = query(db, OWN_MESSAGES, values).await?;
            rows.iter().map(|row| columns::message(row, 0)).collect()
        })
        .await
    }
}
