//! Running the server, in SQLite.

use std::collections::BTreeSet;

use async_trait::async_trait;
use rusqlite::{Result as Sql, Row, Transaction};
use uuid::Uuid;

use super::SqliteStore;
use super::columns::{self, blob};
use super::write::{all, one, select};
use crate::store::administration::*;
use crate::store::memory::views;
use crate::store::*;

const INVITATION: &str = "id, code_hash, note, created_by, created_at, expires_at, uses, used";
const AUDIT: &str = "id, at, administrator, act, target, detail, address";
const REPORT: &str = "id, number, reporter, reason, created_at, conversation, seq, kind, sender, \
     sender_name, body, sent_at, state, judged_by, judged_at, note";

fn maybe_uuid(row: &Row<'_>, column: usize) -> Sql<Option<Uuid>> {
    Ok(row
        .get::<_, Option<[u8; 16]>>(column)?
        .map(Uuid::from_bytes))
}

fn invitation(row: &Row<'_>) -> Sql<InvitationRecord> {
    Ok(InvitationRecord {
        id: columns::uuid(row, 0)?,
        code_hash: row.get(1)?,
        note: row.get(2)?,
        created_by: maybe_uuid(row, 3)?.map(UserId),
        created_at_ms: row.get(4)?,
        expires_at_ms: row.get(5)?,
        uses: row.get(6)?,
        used: row.get(7)?,
    })
}

fn audit(row: &Row<'_>) -> Sql<AuditRecord> {
    Ok(AuditRecord {
        id: row.get(0)?,
        at_ms: row.get(1)?,
        administrator: maybe_uuid(row, 2)?.map(UserId),
        act: row.get(3)?,
        target: maybe_uuid(row, 4)?,
        detail: row.get(5)?,
        address: row.get(6)?,
    })
}

fn report(row: &Row<'_>) -> Sql<ReportRecord> {
    Ok(ReportRecord {
        id: columns::uuid(row, 0)?,
        number: row.get(1)?,
        reporter: UserId(columns::uuid(row, 2)?),
        reason: row.get(3)?,
        created_at_ms: row.get(4)?,
        conversation: ConversationId(columns::uuid(row, 5)?),
        seq: Seq(row.get(6)?),
        kind: row.get(7)?,
        sender: UserId(columns::uuid(row, 8)?),
        sender_name: row.get(9)?,
        body: row.get(10)?,
        sent_at_ms: row.get(11)?,
        state: columns::named(row, 12, ReportState::parse)?,
        judged_by: maybe_uuid(row, 13)?.map(UserId),
        judged_at_ms: row.get(14)?,
        note: row.get(15)?,
    })
}

fn administrators(tx: &Transaction<'_>) -> Sql<BTreeSet<UserId>> {
    let sql = "select id from users where administrator and not disabled";
    let found = all(tx, sql, [], |row| columns::uuid(row, 0))?;
    Ok(found.into_iter().map(UserId).collect())
}

/// What a commit touches.
pub(super) fn read(tx: &Transaction<'_>, needs: &AdministrationNeeds) -> Sql<AdministrationRows> {
    let mut rows = AdministrationRows::default();
    for look in &needs.looks {
        let sql = "select owner from looks where space = ?1 and skeleton = ?2";
        let owner = one(tx, sql, (look.0.name(), &look.1), |row| {
            columns::uuid(row, 0)
        })?;
        rows.looks.extend(owner.map(|owner| (look.clone(), owner)));
    }
    if needs.administrators {
        rows.administrators = administrators(tx)?;
    }
    if needs.invitations {
        let found = all(tx, &select(INVITATION, "invitations"), [], invitation)?;
        rows.invitations = found.into_iter().map(|row| (row.id, row)).collect();
    }
    if needs.audit {
        let sql = "select coalesce(max(id), 0) from audit";
        rows.last_audit = one(tx, sql, [], |row| row.get(0))?.unwrap_or(0);
    }
    if !needs.reports.is_empty() {
        let sql = "select coalesce(max(number), 0) from reports";
        rows.last_report = one(tx, sql, [], |row| row.get(0))?.unwrap_or(0);
    }
    for id in &needs.reports {
        let found = one(
            tx,
            &select(REPORT, "reports where id = ?1"),
            [blob(*id)],
            report,
        )?;
        rows.reports.extend(found.map(|row| (*id, row)));
    }
    for user in &needs.reporters {
        let sql = "select count(*) from reports where reporter = ?1 and state = 'open'";
        let open = one(tx, sql, [blob(user.0)], |row| row.get(0))?;
        rows.open_reports.extend(open.map(|open| (*user, open)));
    }
    Ok(rows)
}

/// What a commit changes.
pub(super) fn write(tx: &Transaction<'_>, changes: &AdministrationChanges) -> Sql<()> {
    for (space, skeleton) in &changes.freed_looks {
        tx.prepare_cached("delete from looks where space = ?1 and skeleton = ?2")?
            .execute((space.name(), skeleton))?;
    }
    for ((space, skeleton), owner) in &changes.looks {
        tx.prepare_cached(
            "insert into looks (space, skeleton, owner) values (?1, ?2, ?3) \
             on conflict (space, skeleton) do update set owner = excluded.owner",
        )?
        .execute((space.name(), skeleton, blob(*owner)))?;
    }
    for id in &changes.ended_invitations {
        tx.prepare_cached("delete from invitations where id = ?1")?
            .execute([blob(*id)])?;
    }
    for row in changes.invitations.values() {
        tx.prepare_cached(
            "insert into invitations (id, code_hash, note, created_by, created_at, expires_at, \
             uses, used) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             on conflict (id) do update set used = excluded.used",
        )?
        .execute((
            blob(row.id),
            &row.code_hash,
            &row.note,
            row.created_by.map(|user| blob(user.0)),
            row.created_at_ms,
            row.expires_at_ms,
            row.uses,
            row.used,
        ))?;
    }
    for row in &changes.audit {
        tx.prepare_cached(
            "insert into audit (id, at, administrator, act, target, detail, address) \
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            row.id,
            row.at_ms,
            row.administrator.map(|user| blob(user.0)),
            &row.act,
            row.target.map(blob),
            &row.detail,
            &row.address,
        ))?;
    }
    for row in changes.reports.values() {
        write_report(tx, row)?;
    }
    Ok(())
}

fn write_report(tx: &Transaction<'_>, row: &ReportRecord) -> Sql<()> {
    tx.prepare_cached(
        "insert into reports (id, number, reporter, reason, created_at, conversation, seq, kind, \
         sender, sender_name, body, sent_at, state, judged_by, judged_at, note) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         on conflict (id) do update set body = excluded.body, state = excluded.state, \
         judged_by = excluded.judged_by, judged_at = excluded.judged_at, note = excluded.note",
    )?
    .execute((
        blob(row.id),
        row.number,
        blob(row.reporter.0),
        &row.reason,
        row.created_at_ms,
        blob(row.conversation.0),
        row.seq.0,
        &row.kind,
        blob(row.sender.0),
        &row.sender_name,
        &row.body,
        row.sent_at_ms,
        row.state.name(),
        row.judged_by.map(|user| blob(user.0)),
        row.judged_at_ms,
        &row.note,
    ))?;
    Ok(())
}

#[async_trait]
impl AdministrationStore for SqliteStore {
    async fn accounts(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Account>> {
        let folded = fold(query);
        self.read(move |tx| {
            let rest = "users where number > ?1 and (instr(username_folded, ?2) > 0 \
                 or instr(name_folded, ?2) > 0 or number = ?3) order by number limit ?4";
            let params = (after, &folded, views::number(&folded), limit as i64);
            let found = all(tx, &select(columns::USER, rest), params, columns::user)?;
            Ok(found.into_iter().map(views::account).collect())
        })
        .await
    }

    async fn all_groups(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Group>> {
        let folded = fold(query);
        self.read(move |tx| {
            let rest = "conversations where number > ?1 and (?2 = '' \
                 or instr(name_folded, ?2) > 0 or number = ?3) order by number limit ?4";
            let params = (after, &folded, views::number(&folded), limit as i64);
            let sql = select(columns::CONVERSATION, rest);
            let rows = all(tx, &sql, params, columns::conversation)?.into_iter();
            let groups = rows
                .filter_map(|row| views::group(row, None, false))
                .collect();
            Ok(groups)
        })
        .await
    }

    async fn administrators(&self) -> Result<BTreeSet<UserId>> {
        self.read(administrators).await
    }

    async fn invitations(&self) -> Result<Vec<InvitationRecord>> {
        let rest = "invitations order by created_at desc, id desc";
        self.read(move |tx| all(tx, &select(INVITATION, rest), [], invitation))
            .await
    }

    async fn audit(&self, before: i64, limit: usize) -> Result<Vec<AuditRecord>> {
        let sql = select(AUDIT, "audit where id < ?1 order by id desc limit ?2");
        self.read(move |tx| all(tx, &sql, (before, limit as i64), audit))
            .await
    }

    async fn reports(
        &self,
        state: Option<ReportState>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ReportRecord>> {
        let sql = select(
            REPORT,
            "reports where number < ?1 and (?2 is null or state = ?2) \
             order by number desc limit ?3",
        );
        let params = (before, state.map(ReportState::name), limit as i64);
        self.read(move |tx| all(tx, &sql, params, report)).await
    }

    async fn own_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Message>> {
        // The plus signs keep SQLite from walking through everybody's messages by seq.
        let sql = select(
            columns::MESSAGE,
            "messages where conversation = ?1 and sender = ?2 and +seq > ?3 \
             order by +seq limit ?4",
        );
        let params = (blob(conversation.0), blob(user.0), after.0, limit as i64);
        self.read(move |tx| all(tx, &sql, params, columns::message))
            .await
    }
}
