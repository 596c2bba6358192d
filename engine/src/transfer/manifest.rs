//! `manifest.json`: what an export says about itself.

use serde::{Deserialize, Serialize};

use super::schema::Table;
use super::{Result, TransferError};
use crate::store::SCHEMA_VERSION;

/// The way exports are written. Raised when an older program could no longer read one.
pub const FORMAT: u32 = 1;

/// Where a log stands. Every write moves it, so the same mark means the same content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Which past it has.
    pub epoch: u32,
    /// The last message's position.
    pub position: i64,
    /// Batches of the journal.
    pub batch: i64,
    /// Batches of commands beside it.
    pub access_version: i64,
}

/// What an export says about itself. Written anew after each of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of `schema.sql`.
    pub schema: i64,
    /// The version of the program that wrote it.
    pub webqq: String,
    /// When it was begun, RFC 3339 UTC.
    pub at: String,
    /// Whether everything is there. Until then it cannot be imported.
    pub complete: bool,
    /// Where the log stood.
    pub source: Mark,
    /// In the order of `schema.sql`; while it is written, those begun.
    pub tables: Vec<TableFiles>,
    /// Of the file with the hashes of conversations.
    pub conversations: Option<Segment>,
    /// What users sent.
    pub uploads: Uploads,
    /// One hash for all tables.
    pub sha256: String,
}

/// What an export holds of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFiles {
    /// Its name.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows in all.
    pub rows: u64,
    /// Of all its lines.
    pub sha256: String,
    /// Its files.
    pub segments: Vec<Segment>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its name, without a directory.
    pub file: String,
    /// Its lines.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// Of its content.
    pub sha256: String,
}

/// Files that users sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uploads {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Manifest {
    /// Of an export that has just begun.
    pub fn new(source: Mark, at: String) -> Self {
        Self {
            format: FORMAT,
            schema: SCHEMA_VERSION,
            webqq: env!("CARGO_PKG_VERSION").into(),
            at,
            complete: false,
            source,
            tables: Vec::new(),
            conversations: None,
            uploads: Uploads::default(),
            sha256: String::new(),
        }
    }

    /// Whether this program can read what the export holds.
    ///
    /// # Errors
    /// What is in the way.
    pub fn check(&self, tables: &[Table]) -> Result<()> {
        let bad = |text: String| Err(TransferError::Bad(format!("manifest.json: {text}")));
        let by = format!("it was written by webqq {}", self.webqq);
        if self.format != FORMAT || self.schema != SCHEMA_VERSION {
            return bad(format!(
                "format {} of schema {}, and this webqq reads format {FORMAT} of schema \
                 {SCHEMA_VERSION}; {by}: use that one",
                self.format, self.schema
            ));
        }
        for (files, at) in self.tables.iter().zip(0..) {
            let Some(table) = tables.iter().find(|table| table.name == files.table) else {
                let name = &files.table;
                return bad(format!(
                    "this webqq knows no table `{name}`; {by}: use that one"
                ));
            };
            let (ours, theirs) = (table.names(), &files.columns);
            if let Some(name) = theirs.iter().find(|name| !ours.contains(name)) {
                let table = &files.table;
                return bad(format!(
                    "this webqq knows no column `{name}` of `{table}`; {by}: use that one"
                ));
            }
            if let Some(name) = ours.iter().find(|name| !theirs.contains(name)) {
                let table = &files.table;
                return bad(format!("the column `{name}` of `{table}` is missing; {by}"));
            }
            if tables.get(at).map(|table| &table.name) != Some(&files.table) {
                return bad(format!("the table `{}` is not in its place", files.table));
            }
            for segment in files.segments.iter().chain(&self.conversations) {
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                if !segment.file.chars().all(plain) || segment.file.starts_with('.') {
                    return bad(format!("`{}` is no name of a file", segment.file));
                }
            }
        }
        Ok(())
    }

    /// Whether it may be imported: whole, and of this version.
    ///
    /// # Errors
    /// What is in the way.
    pub fn check_whole(&self, tables: &[Table]) -> Result<()> {
        self.check(tables)?;
        if !self.complete {
            return Err(TransferError::Bad(
                "manifest.json: the export is not complete; call `webqq export` again with this \
                 directory"
                    .into(),
            ));
        }
        if let Some(table) = tables.get(self.tables.len()) {
            let name = &table.name;
            let text = format!("manifest.json: the table `{name}` is missing");
            return Err(TransferError::Bad(text));
        }
        Ok(())
    }
}
