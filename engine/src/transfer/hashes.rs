//! Counts and hashes: what tells that two stores hold the same.
//!
//! Both are taken over the lines of rows, each with its end, in the order of the tables and of
//! their keys. A table's hash is the SHA-256 of all its lines, a conversation's that of the lines
//! that belong to it: its own, its stays, its messages, what kinds remember about it, and whatever
//! table with a column `conversation` comes later. So anybody can check an export without us:
//! `cat users-*.jsonl | sha256sum`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::row::{Row, Value, line};
use super::schema::Table;
use crate::limits::TRANSFER_CONVERSATIONS;

/// What a conversation came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationSum {
    /// Which.
    pub conversation: Uuid,
    /// Its messages.
    pub messages: u64,
    /// Its rows in all tables, messages included.
    pub rows: u64,
    /// Of their lines.
    pub sha256: String,
}

/// What a table came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSum {
    /// Rows.
    pub rows: u64,
    /// Of their lines.
    pub sha256: String,
}

#[derive(Default)]
struct Running {
    messages: u64,
    rows: u64,
    hash: Sha256,
}

/// Hashes under way.
#[derive(Default)]
pub struct Hashes {
    tables: BTreeMap<String, Running>,
    conversations: BTreeMap<Uuid, Running>,
}

impl Hashes {
    /// Takes rows of a table in, in the order of its key, all tables in the order of the schema.
    ///
    /// # Errors
    /// Too many conversations, as a sentence without its end.
    pub fn take(&mut self, table: &Table, rows: &[Row]) -> Result<Vec<String>, String> {
        let lines: Vec<String> = rows.iter().map(|row| line(table, row) + "\n").collect();
        let of_table = self.tables.entry(table.name.clone()).or_default();
        for line in &lines {
            of_table.rows += 1;
            of_table.hash.update(line);
        }
        let Some(at) = table.conversation() else {
            return Ok(lines);
        };
        let is_message = u64::from(table.name == "messages");
        for (row, line) in rows.iter().zip(&lines) {
            if let Value::Id(id) = row[at] {
                let running = self.conversations.entry(id).or_default();
                running.messages += is_message;
                running.rows += 1;
                running.hash.update(line);
            }
        }
        if self.conversations.len() > TRANSFER_CONVERSATIONS {
            return Err(format!(
                "more than {TRANSFER_CONVERSATIONS} conversations cannot be moved at once"
            ));
        }
        Ok(lines)
    }

    /// What a table has come to so far.
    pub fn table(&self, name: &str) -> TableSum {
        let nothing = Running::default();
        let running = self.tables.get(name).unwrap_or(&nothing);
        TableSum {
            rows: running.rows,
            sha256: hex(&running.hash.clone().finalize()),
        }
    }

    /// What each conversation has come to, by id.
    pub fn conversations(&self) -> impl Iterator<Item = ConversationSum> {
        self.conversations
            .iter()
            .map(|(id, running)| ConversationSum {
                conversation: *id,
                messages: running.messages,
                rows: running.rows,
                sha256: hex(&running.hash.clone().finalize()),
            })
    }

    /// One hash for everything: of the hashes of these tables, in their order.
    pub fn whole(&self, tables: &[Table]) -> String {
        let mut hash = Sha256::new();
        for table in tables {
            let sum = self.table(&table.name);
            hash.update(format!("{} {} {}\n", table.name, sum.rows, sum.sha256));
        }
        hex(&hash.finalize())
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
