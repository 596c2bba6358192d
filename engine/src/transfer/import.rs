//! A directory into an empty store.
//!
//! First everything is read and checked, without a store. Then file after file goes in, each in one
//! transaction with the count of those that are in; called again after it was killed, the import
//! goes on behind the last. Then everything is read back from the store, counted and hashed, and
//! compared. Only then the log gets its epoch and the mark goes that keeps servers away.

use std::path::Path;

use super::directory::{Directory, HASHES};
use super::export::Exported;
use super::hashes::{ConversationSum, Hashes, sha256};
use super::manifest::{Manifest, Segment, Uploads};
use super::row::{Row, Value, key};
use super::schema::{Table, travelling};
use super::{Progress, Result, Source, Target, TransferError, uploads};
use crate::files::marker::{Leaving, LogName};
use crate::ids::Epoch;
use crate::limits::{TRANSFER_DIFFERENCES, TRANSFER_PAGE_ROWS};

/// Fills `target` with the export in `directory`, and `files` with what users sent.
///
/// # Errors
/// An export that is not whole or not of this version, a store that is not empty, a difference
/// between the two in the end. A store that was not filled to the end serves nobody.
pub fn import(
    target: &mut dyn Target,
    files: &Path,
    directory: &Path,
    epoch: Epoch,
    progress: &mut dyn Progress,
) -> Result<Exported> {
    let tables = travelling()?;
    let directory = Directory::open(directory);
    let (manifest, id) = manifest(&directory, &tables)?;
    let leaving = leaving(target, files, &directory, &manifest, &tables)?;
    let done = match target.underway()? {
        Some(underway) if underway.export == id => {
            progress.note("This import was begun before: it goes on.");
            underway.segments
        }
        Some(_) => {
            return Err(TransferError::Bad(
                "the import of another export into this store was not finished: call it again \
                 with that directory, or take an empty store"
                    .into(),
            ));
        }
        None => {
            refuse_full(target, &tables)?;
            check_files(&directory, &manifest, &tables, progress)?;
            target.begin(&id)?;
            0
        }
    };
    leaving.leave().map_err(|error| TransferError::File {
        path: files.to_owned(),
        what: "made nobody's",
        error,
    })?;
    fill(target, &directory, &manifest, &tables, done, progress)?;
    let from = directory.path().join("files");
    let copied = uploads::copy(target, &tables, &from, files, progress)?;
    compare_uploads(&manifest, copied)?;
    let found = sums(target, &tables, "verified", progress)?;
    compare(&directory, &manifest, &found)?;
    target.finish(epoch)?;
    Ok(manifest.exported())
}

/// Checks an export as an import would, without a store.
///
/// # Errors
/// What is wrong with it.
pub fn check(directory: &Path, progress: &mut dyn Progress) -> Result<Exported> {
    let tables = travelling()?;
    let directory = Directory::open(directory);
    let (manifest, _) = manifest(&directory, &tables)?;
    check_files(&directory, &manifest, &tables, progress)?;
    Ok(manifest.exported())
}

/// Reads a whole store and counts and hashes it.
///
/// # Errors
/// The store does not answer.
pub fn sums<S: Source + ?Sized>(
    source: &mut S,
    tables: &[Table],
    what: &str,
    progress: &mut dyn Progress,
) -> Result<Hashes> {
    let mut total = 0;
    for table in tables {
        total += source.count(table)?;
    }
    progress.begin(what, total, 0);
    let mut hashes = Hashes::default();
    for table in tables {
        let mut last = None;
        loop {
            let rows = source.rows(table, last.as_deref(), TRANSFER_PAGE_ROWS)?;
            let Some(row) = rows.last() else { break };
            last = Some(key(table, row));
            hashes.take(table, &rows).map_err(TransferError::Bad)?;
            progress.step(rows.len() as u64);
        }
    }
    progress.end();
    Ok(hashes)
}

/// The manifest of a whole export, and the SHA-256 of its bytes.
fn manifest(directory: &Directory, tables: &[Table]) -> Result<(Manifest, String)> {
    let path = directory.path().display();
    let (manifest, bytes) = directory.manifest()?.ok_or_else(|| {
        TransferError::Bad(format!(
            "there is no export in {path}: manifest.json is missing"
        ))
    })?;
    manifest.check_whole(tables)?;
    Ok((manifest, sha256(&bytes)))
}

/// The store's log becomes that of the export; its files may still be marked as those of the log
/// that it had.
fn leaving<'a>(
    target: &mut dyn Target,
    files: &'a Path,
    directory: &Directory,
    manifest: &Manifest,
    tables: &[Table],
) -> Result<Leaving<'a>> {
    let secret = |table: &Table, rows: Vec<Row>| {
        let column = table.columns.iter().position(|one| one.name == "secret");
        let value = column.and_then(|at| rows.into_iter().next()?.into_iter().nth(at));
        match value {
            Some(Value::Text(secret)) => LogName::of_text(&secret),
            _ => None,
        }
        .ok_or_else(|| TransferError::Bad("the secret in the head row is damaged".into()))
    };
    let missing = || TransferError::Bad("manifest.json does not name the head row".into());
    let mut heads = segments(manifest, tables).filter(|(table, _)| table.name == "head");
    let (table, segment) = heads.next().ok_or_else(missing)?;
    let to = secret(table, directory.read_segment(table, segment)?)?;
    let from = secret(table, target.rows(table, None, 1)?)?;
    Leaving::look(files, &from, &to).map_err(TransferError::Bad)
}

fn refuse_full(target: &mut dyn Target, tables: &[Table]) -> Result<()> {
    for table in tables.iter().filter(|table| table.name != "head") {
        if target.count(table)? > 0 {
            return Err(TransferError::Bad(format!(
                "the store is not empty, it has {}: import into one that is",
                table.name
            )));
        }
    }
    Ok(())
}

fn segments<'a>(
    manifest: &'a Manifest,
    tables: &'a [Table],
) -> impl Iterator<Item = (&'a Table, &'a Segment)> {
    let files = tables.iter().zip(&manifest.tables);
    files.flat_map(|(table, files)| files.segments.iter().map(move |segment| (table, segment)))
}

fn rows_of(manifest: &Manifest) -> u64 {
    manifest.tables.iter().map(|files| files.rows).sum()
}

/// Reads all files of tables and compares with what the manifest says of them.
fn check_files(
    directory: &Directory,
    manifest: &Manifest,
    tables: &[Table],
    progress: &mut dyn Progress,
) -> Result<()> {
    progress.begin("checked", rows_of(manifest), 0);
    let mut hashes = Hashes::default();
    let (files, mut uploads) = (directory.path().join("files"), Uploads::default());
    let mut last = (String::new(), Vec::new());
    for (table, segment) in segments(manifest, tables) {
        let rows = directory.read_segment(table, segment)?;
        if let (Some(first), Some(end)) = (rows.first(), rows.last()) {
            if last.0 == table.name && last.1 >= key(table, first) {
                let file = &segment.file;
                let text = "its key does not come after those of the file before";
                return Err(TransferError::Bad(format!("{file}, line 1: {text}")));
            }
            last = (table.name.clone(), key(table, end));
        }
        hashes.take(table, &rows).map_err(TransferError::Bad)?;
        uploads::check(table, &rows, &files, &mut uploads)?;
        progress.step(segment.rows);
    }
    progress.end();
    compare_uploads(manifest, uploads)?;
    if hashes.whole(tables) != manifest.sha256 {
        compare(directory, manifest, &hashes)?;
        let text = "manifest.json: its hash is not that of what it names";
        return Err(TransferError::Bad(text.into()));
    }
    compare(directory, manifest, &hashes)
}

fn compare_uploads(manifest: &Manifest, found: Uploads) -> Result<()> {
    let expected = manifest.uploads;
    if found == expected {
        return Ok(());
    }
    Err(TransferError::Bad(format!(
        "manifest.json tells of {} files of users with {} bytes, and there are {} with {}",
        expected.files, expected.bytes, found.files, found.bytes
    )))
}

/// Writes the files that are not in yet.
fn fill(
    target: &mut dyn Target,
    directory: &Directory,
    manifest: &Manifest,
    tables: &[Table],
    done: u64,
    progress: &mut dyn Progress,
) -> Result<()> {
    let before = segments(manifest, tables).zip(0..done);
    let before = before.map(|((_, segment), _)| segment.rows).sum();
    progress.begin("imported", rows_of(manifest), before);
    for ((table, segment), nth) in segments(manifest, tables).zip(1..).skip(done as usize) {
        let rows = directory.read_segment(table, segment)?;
        target
            .insert(table, &rows, nth)
            .map_err(|error| TransferError::Bad(format!("{}: {error}", segment.file)))?;
        progress.step(segment.rows);
    }
    progress.end();
    Ok(())
}

/// Says how what was found differs from what the export says.
fn compare(directory: &Directory, manifest: &Manifest, found: &Hashes) -> Result<()> {
    let mut differences = Vec::new();
    for files in &manifest.tables {
        let sum = found.table(&files.table);
        if sum.rows != files.rows {
            let (table, rows, other) = (&files.table, sum.rows, files.rows);
            differences.push(format!("`{table}` has {rows} rows instead of {other}"));
        } else if sum.sha256 != files.sha256 {
            differences.push(format!("`{}` holds other rows", files.table));
        }
    }
    let mut expected = directory.hashes()?;
    let mut here = found.conversations();
    loop {
        match (expected.next().transpose()?, here.next()) {
            (None, None) => break,
            (Some(one), Some(other)) if one == other => {}
            (one, other) => {
                differences.push(difference(one, other));
                // The two lists are sorted: beyond the first difference they need not meet.
                if differences.len() > TRANSFER_DIFFERENCES {
                    break;
                }
            }
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    let more = differences.len().saturating_sub(TRANSFER_DIFFERENCES);
    differences.truncate(TRANSFER_DIFFERENCES);
    let more = if more > 0 { ", and more" } else { "" };
    let text = differences.join(", ");
    Err(TransferError::Bad(format!(
        "what was read is not what was exported: {text}{more}"
    )))
}

fn difference(expected: Option<ConversationSum>, found: Option<ConversationSum>) -> String {
    match (expected, found) {
        (Some(one), Some(other)) if one.conversation == other.conversation => {
            let id = one.conversation;
            match one.messages == other.messages {
                true => format!("conversation {id} differs"),
                false => format!(
                    "conversation {id} has {} messages instead of {}",
                    other.messages, one.messages
                ),
            }
        }
        (Some(one), None) => format!("conversation {} is missing", one.conversation),
        (None, Some(other)) => format!("{HASHES} does not name {}", other.conversation),
        (Some(one), Some(other)) => format!(
            "conversation {} stands where {} should",
            other.conversation, one.conversation
        ),
        (None, None) => String::new(),
    }
}
