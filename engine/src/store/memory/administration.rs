//! Running the server, in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use uuid::Uuid;

use super::tables::{Tables, pick};
use super::{MemoryStore, views};
use crate::store::administration::*;
use crate::store::rows::{ConversationRecord, UserRecord};
use crate::store::*;

/// The tables that only administration uses.
#[derive(Clone, Default)]
pub(super) struct Administration {
    looks: BTreeMap<Look, Uuid>,
    invitations: BTreeMap<Uuid, InvitationRecord>,
    audit: Vec<AuditRecord>,
    reports: BTreeMap<Uuid, ReportRecord>,
}

impl Administration {
    pub(super) fn write(&mut self, changes: AdministrationChanges) {
        for look in &changes.freed_looks {
            self.looks.remove(look);
        }
        for id in &changes.ended_invitations {
            self.invitations.remove(id);
        }
        self.looks.extend(changes.looks);
        self.invitations.extend(changes.invitations);
        self.audit.extend(changes.audit);
        self.reports.extend(changes.reports);
    }
}

impl Tables {
    pub(super) fn administration_rows(&self, needs: &AdministrationNeeds) -> AdministrationRows {
        let tables = &self.administration;
        let numbers = tables.reports.values().map(|report| report.number);
        let mut rows = AdministrationRows {
            looks: pick(&tables.looks, &needs.looks),
            reports: pick(&tables.reports, &needs.reports),
            last_report: numbers.max().unwrap_or(0),
            ..AdministrationRows::default()
        };
        if needs.administrators {
            rows.administrators = self.administrators();
        }
        if needs.invitations {
            rows.invitations = tables.invitations.clone();
        }
        if needs.audit {
            rows.last_audit = tables.audit.last().map_or(0, |row| row.id);
        }
        for user in &needs.reporters {
            let reports = tables.reports.values();
            let open = reports.filter(|r| r.reporter == *user && r.state == ReportState::Open);
            rows.open_reports.insert(*user, open.count() as i64);
        }
        rows
    }

    fn administrators(&self) -> BTreeSet<UserId> {
        let all = self.users.values();
        let all = all.filter(|row| row.administrator && !row.disabled);
        all.map(|row| row.id).collect()
    }
}

#[async_trait]
impl AdministrationStore for MemoryStore {
    async fn accounts(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Account>> {
        let tables = self.read().await?;
        let query = fold(query);
        let number = views::number(&query);
        let asked = |row: &&UserRecord| {
            row.number > after
                && (fold(&row.username).contains(&query)
                    || fold(&row.name).contains(&query)
                    || Some(row.number) == number)
        };
        let found = tables.users.values().filter(asked).cloned();
        let mut found: Vec<_> = found.map(views::account).collect();
        found.sort_by_key(|account| account.user.number);
        found.truncate(limit);
        Ok(found)
    }

    async fn all_groups(&self, query: &str, after: i64, limit: usize) -> Result<Vec<Group>> {
        let tables = self.read().await?;
        let query = fold(query);
        let number = views::number(&query);
        let asked = |row: &&ConversationRecord| {
            let is_over = row.settings.dissolved_at_ms.is_some();
            query.is_empty()
                || (!is_over && fold(&row.settings.name).contains(&query))
                || (number.is_some() && row.number == number)
        };
        let rows = tables.conversations.values();
        let found = rows.filter(|row| row.number > Some(after)).filter(asked);
        let groups = found.filter_map(|row| views::group(row.clone(), None, false));
        let mut groups: Vec<_> = groups.collect();
        groups.sort_by_key(|group| group.number);
        groups.truncate(limit);
        Ok(groups)
    }

    async fn administrators(&self) -> Result<BTreeSet<UserId>> {
        Ok(self.read().await?.administrators())
    }

    async fn invitations(&self) -> Result<Vec<InvitationRecord>> {
        let tables = self.read().await?;
        let mut all: Vec<_> = tables.administration.invitations.values().collect();
        all.sort_by_key(|one| std::cmp::Reverse((one.created_at_ms, one.id)));
        Ok(all.into_iter().cloned().collect())
    }

    async fn audit(&self, before: i64, limit: usize) -> Result<Vec<AuditRecord>> {
        let tables = self.read().await?;
        let rows = tables.administration.audit.iter().rev();
        let rows = rows.filter(|row| row.id < before).take(limit);
        Ok(rows.cloned().collect())
    }

    async fn reports(
        &self,
        state: Option<ReportState>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ReportRecord>> {
        let tables = self.read().await?;
        let all = tables.administration.reports.values();
        let asked = all.filter(|r| r.number < before && state.is_none_or(|one| one == r.state));
        let mut found: Vec<_> = asked.collect();
        found.sort_by_key(|report| std::cmp::Reverse(report.number));
        Ok(found.into_iter().take(limit).cloned().collect())
    }

    async fn own_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Message>> {
        let tables = self.read().await?;
        let from = (conversation, Seq(after.0.saturating_add(1)));
        let here = tables.by_seq.range(from..=(conversation, Seq(i64::MAX)));
        let mine = here.filter_map(|(_, position)| tables.messages.get(position));
        let mine = mine.filter(|row| row.message.sender == Some(user));
        Ok(mine.take(limit).map(|row| row.message.clone()).collect())
    }
}
