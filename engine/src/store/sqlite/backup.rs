//! A copy of a SQLite database that a server may be using: by SQLite's own online backup, from one
//! snapshot, so that neither waits for the other.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::SqliteTransfer;
use super::setup::{self, failed};
use crate::ids::Epoch;
use crate::store::StoreError;
use crate::transfer::{Progress, Result, TransferError};

/// Pages copied at once.
const PAGES: i32 = 1_024;
/// How long to wait for somebody who has the database to himself for a moment.
const PAUSE: Duration = Duration::from_millis(20);

/// Copies the database at `from` into the file `to`, which must not exist and is whole or not
/// there. The copy is given another epoch: once it is put back, clients of the log it was taken
/// from start over, as they must. Its size in bytes.
///
/// # Errors
/// There is no database, there is such a file already, or the disk is full.
pub fn backup(from: &Path, to: &Path, epoch: Epoch, progress: &mut dyn Progress) -> Result<u64> {
    let exists = || {
        let to = to.display();
        TransferError::Bad(format!(
            "{to} exists and is not overwritten: choose another name"
        ))
    };
    if to.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let source = SqliteTransfer::reading(from)?;
    let unfinished = to.with_added_extension("new");
    let written = |what, error| TransferError::File {
        path: unfinished.clone(),
        what,
        error,
    };
    // What an earlier one left that was killed; and nobody else may read what comes.
    let file = setup::create(&unfinished)?;
    if file.try_lock().is_err() {
        let name = unfinished.display();
        return Err(TransferError::Bad(format!(
            "another backup writes {name}: wait for it"
        )));
    }
    file.set_len(0).map_err(|error| written("written", error))?;
    copy(source.connection(), &unfinished, progress)?;
    check(&unfinished, epoch)?;
    file.sync_all().map_err(|error| written("written", error))?;
    // A link, because it does not replace a file that came meanwhile.
    match std::fs::hard_link(&unfinished, to) {
        Ok(()) => {
            std::fs::remove_file(&unfinished).map_err(|error| written("removed", error))?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists()),
        // A file system without links.
        Err(_) => std::fs::rename(&unfinished, to).map_err(|error| written("renamed", error))?,
    }
    let directory = to.parent().filter(|path| !path.as_os_str().is_empty());
    let synced = File::open(directory.unwrap_or(Path::new("."))).and_then(|at| at.sync_all());
    synced.map_err(|error| written("written", error))?;
    let size = file.metadata().map_err(|error| written("read", error))?;
    Ok(size.len())
}

fn copy(source: &Connection, to: &Path, progress: &mut dyn Progress) -> Result<()> {
    let mut target = Connection::open(to).map_err(failed)?;
    let backup = Backup::new(source, &mut target).map_err(failed)?;
    let mut copied = 0;
    loop {
        let step = backup.step(PAGES).map_err(failed)?;
        let at = backup.progress();
        let (total, rest) = (at.pagecount.max(0) as u64, at.remaining.max(0) as u64);
        if copied == 0 {
            progress.begin("pages", total, 0);
        }
        progress.step((total - rest).saturating_sub(copied));
        copied = total - rest;
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(PAUSE),
        }
    }
    progress.end();
    Ok(())
}

/// Reads the copy through, gives it its epoch, and leaves one file.
fn check(path: &Path, epoch: Epoch) -> Result<()> {
    let connection = setup::writer(path)?;
    let found: String = connection
        .query_row("pragma quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if found != "ok" {
        let text = format!("the database is damaged, so the copy is, too: {found}");
        return Err(StoreError::Unusable(text).into());
    }
    let sql = "update head set epoch = ?1";
    let given = connection.execute(sql, [i64::from(epoch.0)]);
    given.map_err(failed)?;
    let tidy = "pragma wal_checkpoint(truncate)";
    Ok(connection.execute_batch(tidy).map_err(failed)?)
}
