//! A store into a directory.
//!
//! **Going on.** Every file is whole or not there, and the manifest, written anew after each, names
//! those that are. Called again with the same directory, an export checks them and goes on behind
//! the last, but only if the log still stands where it stood (its mark): what was written then and
//! what would be read now must be one moment. Else it begins anew and says so. A copy made by
//! `webqq backup`, or a server that is stopped, stands still.

use std::path::Path;

use super::directory::Directory;
use super::hashes::Hashes;
use super::manifest::{Manifest, TableFiles, Uploads};
use super::row::{Row, key};
use super::schema::{Table, travelling};
use super::{Progress, Result, Source, TransferError, uploads};
use crate::limits::{TRANSFER_FILE_BYTES, TRANSFER_PAGE_ROWS};

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Rows of each table.
    pub tables: Vec<(String, u64)>,
    /// How many conversations.
    pub conversations: u64,
    /// Files that users sent.
    pub uploads: Uploads,
    /// One hash for all tables.
    pub sha256: String,
}

/// Writes everything that `source` holds, and the files under `files`, into `directory`, which is
/// empty or holds an export that was not finished.
///
/// # Errors
/// The store, the disk, or a directory that holds something else.
pub fn export(
    source: &mut dyn Source,
    files: &Path,
    directory: &Path,
    at: String,
    progress: &mut dyn Progress,
) -> Result<Exported> {
    let tables = travelling()?;
    let directory = Directory::create(directory)?;
    let mark = source.mark()?;
    let manifest = match begun(&directory, &tables, progress)? {
        Some(manifest) if manifest.source == mark => manifest,
        Some(_) => {
            progress.note("The store has moved on since this export was begun: it begins anew.");
            Manifest::new(mark, at)
        }
        None => Manifest::new(mark, at),
    };
    directory.write_manifest(&manifest)?;
    directory.tidy(&manifest)?;
    let mut export = Export {
        source,
        directory,
        manifest,
        hashes: Hashes::default(),
    };
    for (table, at) in tables.iter().zip(0..) {
        export.table(at, table, progress)?;
    }
    let conversations = export.hashes.conversations();
    let conversations = export.directory.write_hashes(conversations)?;
    let to = export.directory.path().join("files");
    let copied = uploads::copy(export.source, &tables, files, &to, progress)?;
    export.manifest.uploads = copied;
    export.manifest.conversations = Some(conversations);
    export.manifest.sha256 = export.hashes.whole(&tables);
    export.manifest.complete = true;
    export.directory.tidy(&export.manifest)?;
    export.directory.write_manifest(&export.manifest)?;
    export.directory.unlock();
    Ok(export.manifest.exported())
}

impl Manifest {
    /// In short.
    pub(super) fn exported(&self) -> Exported {
        let tables = self.tables.iter();
        Exported {
            tables: tables
                .map(|files| (files.table.clone(), files.rows))
                .collect(),
            conversations: self.conversations.as_ref().map_or(0, |file| file.rows),
            uploads: self.uploads,
            sha256: self.sha256.clone(),
        }
    }
}

/// The unfinished export of a directory that is not empty.
fn begun(
    directory: &Directory,
    tables: &[Table],
    progress: &mut dyn Progress,
) -> Result<Option<Manifest>> {
    let path = directory.path().display();
    let bad = |text: String| Err(TransferError::Bad(text));
    match directory.manifest()? {
        None if directory.is_empty()? => Ok(None),
        None => bad(format!(
            "{path} holds other files: choose a directory that is empty or does not exist"
        )),
        Some((manifest, _)) if manifest.complete => bad(format!(
            "{path} holds an export that is complete: choose another directory"
        )),
        Some((manifest, _)) => {
            manifest.check(tables)?;
            progress.note("An export was begun here: it goes on.");
            Ok(Some(manifest))
        }
    }
}

struct Export<'a> {
    source: &'a mut dyn Source,
    directory: Directory,
    manifest: Manifest,
    hashes: Hashes,
}

impl Export<'_> {
    /// Writes what is missing of a table, the `at`-th.
    fn table(&mut self, at: usize, table: &Table, progress: &mut dyn Progress) -> Result<()> {
        let mut last = self.found(at, table)?;
        let total = self.source.count(table)?;
        let done = self.hashes.table(&table.name).rows;
        progress.begin(&table.name, total, done);
        let (mut lines, mut rows) = (String::new(), 0);
        loop {
            let page = self
                .source
                .rows(table, last.as_deref(), TRANSFER_PAGE_ROWS)?;
            let Some(row) = page.last() else { break };
            last = Some(key(table, row));
            let taken = self.hashes.take(table, &page).map_err(TransferError::Bad)?;
            progress.step(page.len() as u64);
            for line in taken {
                lines.push_str(&line);
                rows += 1;
                if lines.len() >= TRANSFER_FILE_BYTES {
                    self.segment(at, table, &lines, rows)?;
                    (lines, rows) = (String::new(), 0);
                }
            }
        }
        if rows > 0 {
            self.segment(at, table, &lines, rows)?;
        }
        progress.end();
        let sum = self.hashes.table(&table.name);
        if sum.rows != total {
            return Err(TransferError::Bad(format!(
                "{} rows of `{}` were read and the store counts {total}: it is damaged, or holds \
                 keys that its index does not",
                sum.rows, table.name
            )));
        }
        let files = &mut self.manifest.tables[at];
        (files.rows, files.sha256) = (sum.rows, sum.sha256);
        Ok(())
    }

    /// Takes in what an earlier run wrote of a table: up to the first file that is not whole. The
    /// key of its last row.
    fn found(&mut self, at: usize, table: &Table) -> Result<Option<Row>> {
        if self.manifest.tables.len() == at {
            self.manifest.tables.push(TableFiles {
                table: table.name.clone(),
                columns: table.names(),
                rows: 0,
                sha256: String::new(),
                segments: Vec::new(),
            });
        }
        let mut last = None;
        for nth in 0..self.manifest.tables[at].segments.len() {
            let segment = &self.manifest.tables[at].segments[nth];
            let Ok(rows) = self.directory.read_segment(table, segment) else {
                self.manifest.tables[at].segments.truncate(nth);
                self.manifest.tables.truncate(at + 1);
                break;
            };
            self.hashes.take(table, &rows).map_err(TransferError::Bad)?;
            last = rows.last().map(|row| key(table, row)).or(last);
        }
        Ok(last)
    }

    fn segment(&mut self, at: usize, table: &Table, lines: &str, rows: u64) -> Result<()> {
        let number = self.manifest.tables[at].segments.len() + 1;
        let directory = &self.directory;
        let segment = directory.write_segment(table, number, lines, rows)?;
        self.manifest.tables[at].segments.push(segment);
        self.directory.write_manifest(&self.manifest)
    }
}
