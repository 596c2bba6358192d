//! Moving what a store keeps into a directory, and from there into another store, of either sort.
//!
//! | file | what is there |
//! |---|---|
//! | [`schema`], `tokens` | the tables and columns, read from `schema.sql` itself |
//! | [`row`] | a row as a line of JSON, and back |
//! | [`hashes`] | counts and hashes, by table and by conversation |
//! | [`manifest`], `directory` | what an export says about itself; its files |
//! | [`export`], [`import`] | the two ways, each of which goes on where it was killed |
//! | [`uploads`] | the files that users sent |
//!
//! An export is read from one snapshot, without the writer's lock. An import goes into an empty
//! store only, under the lock, file by file, each with its mark of progress in one transaction; until
//! the last one is in and everything was read back and compared, no server starts on that store.
//!
//! Everything here blocks: it is for commands, not for the server's tasks.

use std::path::PathBuf;

use crate::ids::Epoch;
use crate::store::StoreError;

mod directory;
pub mod export;
pub mod hashes;
pub mod import;
pub mod manifest;
pub mod row;
pub mod schema;
mod tokens;
pub mod uploads;

use self::manifest::Mark;
use self::row::{Row, Value};
use self::schema::Table;

/// Why a transfer stopped. The text is a sentence without its end.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or directory.
    #[error("{} cannot be {what}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// `read`, `written`, …
        what: &'static str,
        /// The system's word.
        error: std::io::Error,
    },
    /// What was found is not what it should be.
    #[error("{0}")]
    Bad(String),
}

/// Short for results of transfers.
pub type Result<T> = std::result::Result<T, TransferError>;

/// A store that is read as it was at one moment.
pub trait Source {
    /// Where its log stands: the same mark, the same content.
    ///
    /// # Errors
    /// The store does not answer.
    fn mark(&mut self) -> Result<Mark>;

    /// How many rows a table has.
    ///
    /// # Errors
    /// The store does not answer.
    fn count(&mut self, table: &Table) -> Result<u64>;

    /// The rows whose keys come after `after`, by key, at most `most`. Texts are ordered by their
    /// bytes, ids by theirs.
    ///
    /// # Errors
    /// The store does not answer, or holds what its column's type does not allow.
    fn rows(&mut self, table: &Table, after: Option<&[Value]>, most: usize) -> Result<Vec<Row>>;
}

/// How far an import got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underway {
    /// The SHA-256 of the manifest of its export.
    pub export: String,
    /// How many files of it are in.
    pub segments: u64,
}

/// A store that is being filled, with the writer's lock in hand.
pub trait Target: Source {
    /// The import that is under way, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    fn underway(&mut self) -> Result<Option<Underway>>;

    /// Marks the store as one that is being filled.
    ///
    /// # Errors
    /// The store does not answer.
    fn begin(&mut self, export: &str) -> Result<()>;

    /// Writes the rows of one file, and that `segments` files are in, in one transaction. The row
    /// of `head` takes the place of the one that is there.
    ///
    /// # Errors
    /// The store does not answer, or refuses a row: then nothing was written.
    fn insert(&mut self, table: &Table, rows: &[Row], segments: u64) -> Result<()>;

    /// Gives the log its epoch and takes the mark away, in one transaction.
    ///
    /// # Errors
    /// The store does not answer.
    fn finish(&mut self, epoch: Epoch) -> Result<()>;
}

/// Who is told how far a transfer got.
pub trait Progress {
    /// A part begins: `total` steps, of which `done` were done by an earlier run.
    fn begin(&mut self, what: &str, total: u64, done: u64);
    /// So many steps more.
    fn step(&mut self, steps: u64);
    /// The part is done.
    fn end(&mut self);
    /// A sentence on the way.
    fn note(&mut self, sentence: &str);
}

/// Tells nobody.
impl Progress for () {
    fn begin(&mut self, _: &str, _: u64, _: u64) {}
    fn step(&mut self, _: u64) {}
    fn end(&mut self) {}
    fn note(&mut self, _: &str) {}
}
