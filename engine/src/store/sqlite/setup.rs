//! Files and connections: the writer's lock, the schema, the pragmas.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior};

use crate::limits::WRITE_TIMEOUT;
use crate::store::transfer::{UNDERWAY, unfinished};
use crate::store::{Result, SCHEMA_VERSION, StoreError};

/// The tables, for both databases.
const SCHEMA: &str = include_str!("../../../../schema.sql");
/// The first public number.
const FIRST_NUMBER: i64 = 10_001;
/// Statements kept prepared on one connection; more than there are, so none is prepared twice.
const STATEMENTS: usize = 64;

/// Becomes the writer of the database at `path`; until the file is closed.
pub(super) fn lock(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = create(&name)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(format!(
            "stop the one that holds {}, or choose another database",
            name.display()
        ))),
        Err(TryLockError::Error(error)) => Err(StoreError::Unusable(format!(
            "{} cannot be locked ({error}): keep the database on a local disk",
            name.display()
        ))),
    }
}

/// Opens a file that only its owner may read, and makes it and its directory if need be.
pub(super) fn create(path: &Path) -> Result<File> {
    let unusable = |error: std::io::Error| {
        let path = path.display();
        StoreError::Unusable(format!("{path} cannot be opened for writing: {error}"))
    };
    if let Some(directory) = path.parent().filter(|path| !path.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(unusable)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(unusable)
}

/// The writer's connection.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags)?;
    let set = |name, value: &str| connection.pragma_update(None, name, value);
    // FULL, because a power cut must not take back what was acknowledged.
    set("synchronous", "FULL").map_err(failed)?;
    set("foreign_keys", "ON").map_err(failed)?;
    Ok(connection)
}

/// A reader's connection.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags)?;
    let set = |name, value: &str| connection.pragma_update(None, name, value);
    set("query_only", "ON").map_err(failed)?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(WRITE_TIMEOUT).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let set = |name, value: &str| connection.pragma_update(None, name, value);
    set("temp_store", "MEMORY").map_err(failed)?;
    Ok(connection)
}

/// Makes the tables and the head row, or checks that they are ours.
pub(super) fn prepare(connection: &mut Connection) -> Result<()> {
    let mode: String = connection
        .query_row("pragma journal_mode = wal", [], |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        let said = "the database cannot keep a write-ahead log: keep it on a local disk";
        return Err(StoreError::Unusable(said.into()));
    }
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    known_version(&tx)?;
    tx.execute_batch(SCHEMA).map_err(failed)?;
    tx.execute_batch(super::search::SCHEMA).map_err(failed)?;
    let mut drawn = [0u8; 36];
    getrandom::fill(&mut drawn)
        .map_err(|error| StoreError::Unusable(format!("no random numbers: {error}")))?;
    let (epoch, secret) = drawn.split_at(4);
    let epoch = epoch
        .iter()
        .fold(0i64, |sum, byte| sum << 8 | i64::from(*byte));
    let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    tx.execute(
        "insert into head (id, schema_version, epoch, secret, position, batch, outcomes, \
         next_number, access_version) values (1, ?1, ?2, ?3, 0, 0, '[]', ?4, 0) \
         on conflict (id) do nothing",
        (SCHEMA_VERSION, epoch, secret, FIRST_NUMBER),
    )
    .map_err(failed)?;
    tx.commit().map_err(failed)
}

/// Refuses tables that another version made. No tables at all are fine.
pub(super) fn known_version(connection: &Connection) -> Result<()> {
    if !has_table(connection, "head")? {
        return Ok(());
    }
    let version: i64 = connection
        .query_row("select schema_version from head", [], |row| row.get(0))
        .map_err(failed)?;
    if version == SCHEMA_VERSION {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "the database is of version {version}, this program understands version \
         {SCHEMA_VERSION}: use the program that made it"
    )))
}

/// Refuses a database whose import is not finished: it would look whole.
pub(super) fn refuse_unfinished_import(connection: &Connection) -> Result<()> {
    if !has_table(connection, "import_progress")? {
        return Ok(());
    }
    let underway = connection.query_row(UNDERWAY, [], |_| Ok(())).optional();
    match underway.map_err(failed)? {
        None => Ok(()),
        Some(()) => Err(unfinished()),
    }
}

fn has_table(connection: &Connection, name: &str) -> Result<bool> {
    let sql = "select 1 from sqlite_schema where type = 'table' and name = ?1";
    let found = connection.query_row(sql, [name], |_| Ok(())).optional();
    Ok(found.map_err(failed)?.is_some())
}

/// What an error of the database means to callers. For a commit that did not reach its COMMIT:
/// a constraint or a statement that cannot be run is a refusal; the disk, memory, and locks are
/// matters of time.
pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::Error::*;
    let text = error.to_string();
    match (&error, error.sqlite_error_code()) {
        (_, Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)) => {
            StoreError::Unusable(format!("the database is damaged or is none: {text}"))
        }
        (FromSqlConversionFailure(..) | InvalidColumnType(..) | IntegralValueOutOfRange(..), _) => {
            StoreError::Unusable(format!(
                "the database holds what this program cannot read: {text}"
            ))
        }
        (
            _,
            Some(
                ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::ApiMisuse
                | ErrorCode::ParameterOutOfRange
                | ErrorCode::TooBig
                | ErrorCode::Unknown,
            )
            | None,
        ) => StoreError::Refused(text),
        _ => StoreError::Unavailable(text),
    }
}
