//! `webqq export` and `webqq import`: everything a store holds, between any two of them.

use std::path::PathBuf;

use webqq_engine::ids::Epoch;
use webqq_engine::message::rfc3339;
use webqq_engine::runtime::{Runtime, TokioRuntime};
use webqq_engine::store::postgres::{PostgresStore, PostgresTransfer};
use webqq_engine::store::sqlite::SqliteTransfer;
use webqq_engine::transfer::export::Exported;
use webqq_engine::transfer::{Source, Target, TransferError};

use super::progress::Shown;
use crate::config::{Config, Export, Import, Store};
use crate::file_options::Place;

fn sentence(error: TransferError) -> String {
    format!("{error}.")
}

/// Where users' files are kept.
fn uploads(config: &Config) -> Result<PathBuf, String> {
    match &config.files.place {
        Place::Directory(path) => Ok(path.clone()),
        Place::Url(_) => Err(
            "Files in an object store are not moved by this command: copy them \
             with the store's own tools into a directory, and name it with --files."
                .into(),
        ),
    }
}

/// `webqq export …`: also beside a running server, as of the moment it was called.
///
/// # Errors
/// One sentence that says what to do.
pub fn export(command: &Export, config: &Config) -> Result<(), String> {
    let mut source: Box<dyn Source> = match &config.store {
        Store::Sqlite(path) => Box::new(SqliteTransfer::reading(path).map_err(sentence)?),
        Store::Postgres(url) => {
            Box::new(PostgresTransfer::reading(url.expose()).map_err(sentence)?)
        }
    };
    let exported = webqq_engine::transfer::export::export(
        &mut *source,
        &uploads(config)?,
        &command.directory,
        rfc3339(TokioRuntime::default().wall_ms()),
        &mut Shown::new(),
    );
    let exported = exported.map_err(sentence)?;
    say(&exported, "Exported");
    println!("They are in {}", command.directory.display());
    Ok(())
}

/// `webqq import …`: takes the writer's lock, so not beside a running server.
///
/// # Errors
/// One sentence that says what to do.
pub fn import(command: &Import, config: &Config) -> Result<(), String> {
    use webqq_engine::transfer::import;
    let directory = &command.directory;
    if command.dry_run {
        let checked = import::check(directory, &mut Shown::new()).map_err(sentence)?;
        say(&checked, "The export is whole:");
        return Ok(());
    }
    let mut target: Box<dyn Target> = match &config.store {
        Store::Sqlite(path) => Box::new(SqliteTransfer::writing(path).map_err(sentence)?),
        Store::Postgres(url) => {
            PostgresStore::init(url.expose()).map_err(|error| format!("{error}."))?;
            Box::new(PostgresTransfer::writing(url.expose()).map_err(sentence)?)
        }
    };
    let epoch = Epoch((TokioRuntime::default().random() >> 32) as u32);
    let files = uploads(config)?;
    let progress = &mut Shown::new();
    let imported = import::import(&mut *target, &files, directory, epoch, progress);
    say(&imported.map_err(sentence)?, "Imported and verified");
    println!("The log has a new epoch; every client starts over when it comes back.");
    Ok(())
}

/// What was moved, on one line, and its hash on another.
fn say(what: &Exported, done: &str) {
    let rows = |table: &str| {
        let found = what.tables.iter().find(|(name, _)| name == table);
        found.map_or(0, |(_, rows)| *rows)
    };
    println!(
        "{done} {} users, {} conversations, {} messages and {} files",
        rows("users"),
        what.conversations,
        rows("messages"),
        what.uploads.files
    );
    println!("SHA-256 {}", what.sha256);
}
