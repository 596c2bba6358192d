//! The files that users sent: copied beside the rows that name them, and compared with the hashes
//! that the rows tell.
//!
//! What is in a file is a blob: a row of `blobs` with its size and SHA-256, and an object under its
//! id in the directory of uploads. As long as there is no such table, there are no files.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::directory::{create, make_private};
use super::hashes::hex;
use super::manifest::Uploads;
use super::row::{Row, Value, key};
use super::schema::Table;
use super::{Progress, Result, Source, TransferError};
use crate::limits::TRANSFER_PAGE_ROWS;

/// Where an object lies under the directory of uploads; by the last two digits of its id, because
/// the first are its time.
const OBJECTS: &str = "objects";
/// Read and written at once.
const BLOCK_BYTES: usize = 256 * 1024;

/// An object that a row names.
struct Object {
    path: PathBuf,
    sha256: String,
    size: u64,
    /// Whether anything refers to it. One that nothing refers to may be gone.
    used: bool,
}

fn failed(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> TransferError {
    let path = path.to_owned();
    move |error| TransferError::File { path, what, error }
}

fn blobs(tables: &[Table]) -> Option<&Table> {
    tables.iter().find(|table| table.name == "blobs")
}

fn object(table: &Table, row: &Row) -> Option<Object> {
    let value = |name: &str| {
        let at = table.columns.iter().position(|column| column.name == name);
        at.map(|at| &row[at])
    };
    let (Some(Value::Id(id)), Some(Value::Text(sha256)), Some(Value::Number(size))) =
        (value("id"), value("sha256"), value("size"))
    else {
        return None;
    };
    let name = id.to_string();
    Some(Object {
        path: [OBJECTS, &name[name.len() - 2..], &name].iter().collect(),
        sha256: sha256.clone(),
        size: u64::try_from(*size).ok()?,
        used: value("uses") != Some(&Value::Number(0)),
    })
}

/// Copies the objects that the rows of `source` name. What an earlier run copied is read again,
/// not trusted.
///
/// # Errors
/// A file is missing, cannot be read or written, or is not what its row says.
pub fn copy<S: Source + ?Sized>(
    source: &mut S,
    tables: &[Table],
    from: &Path,
    to: &Path,
    progress: &mut dyn Progress,
) -> Result<Uploads> {
    let mut uploads = Uploads::default();
    let Some(table) = blobs(tables) else {
        return Ok(uploads);
    };
    progress.begin("files", source.count(table)?, 0);
    let mut last = None;
    loop {
        let rows = source.rows(table, last.as_deref(), TRANSFER_PAGE_ROWS)?;
        let Some(row) = rows.last() else { break };
        last = Some(key(table, row));
        for object in rows.iter().filter_map(|row| object(table, row)) {
            let copied = copy_one(&object, &from.join(&object.path), &to.join(&object.path))?;
            uploads.add(&object, copied);
            progress.step(1);
        }
    }
    progress.end();
    Ok(uploads)
}

/// Compares the objects that rows of a table name with what lies in `directory`, and counts them
/// in. Rows of other tables name none.
///
/// # Errors
/// A file is missing, cannot be read, or is not what its row says.
pub fn check(table: &Table, rows: &[Row], directory: &Path, sum: &mut Uploads) -> Result<()> {
    if table.name != "blobs" {
        return Ok(());
    }
    for object in rows.iter().filter_map(|row| object(table, row)) {
        let path = directory.join(&object.path);
        let found = read(&object, &path, &mut std::io::sink())?;
        sum.add(&object, found);
    }
    Ok(())
}

impl Uploads {
    fn add(&mut self, object: &Object, found: bool) {
        if found {
            self.files += 1;
            self.bytes += object.size;
        }
    }
}

/// Writes what an object holds and compares with its row. `false`: it may be missing, and is.
fn read(object: &Object, from: &Path, to: &mut impl Write) -> Result<bool> {
    let mut file = match File::open(from) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound && !object.used => return Ok(false),
        Err(error) => return Err(failed(from, "read")(error)),
    };
    let (mut hash, mut size, mut block) = (Sha256::new(), 0, vec![0; BLOCK_BYTES]);
    loop {
        let read = file.read(&mut block).map_err(failed(from, "read"))?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
        let written = to.write_all(&block[..read]);
        written.map_err(failed(from, "copied"))?;
        size += read as u64;
    }
    if size != object.size || hex(&hash.finalize()) != object.sha256 {
        let from = from.display();
        let text = format!("{from} is damaged: it is not what the store says of it");
        return Err(TransferError::Bad(text));
    }
    Ok(true)
}

fn copy_one(object: &Object, from: &Path, to: &Path) -> Result<bool> {
    if to.exists() && read(object, to, &mut std::io::sink()).is_ok() {
        return Ok(true);
    }
    if let Some(parent) = to.parent() {
        make_private(parent)?;
    }
    // No name of an object, so never taken for one.
    let unfinished = to.with_added_extension("new");
    let mut file = create(&unfinished).map_err(failed(&unfinished, "written"))?;
    file.set_len(0).map_err(failed(&unfinished, "written"))?;
    if !read(object, from, &mut file)? {
        std::fs::remove_file(&unfinished).map_err(failed(&unfinished, "removed"))?;
        return Ok(false);
    }
    file.sync_all().map_err(failed(&unfinished, "written"))?;
    std::fs::rename(&unfinished, to).map_err(failed(to, "written"))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::hashes::sha256;
    use super::super::manifest::Mark;
    use super::super::schema::parse;
    use super::*;
    use uuid::Uuid;
    use webqq_testkit::temp_dir::TempDir;

    /// A store with blobs only.
    struct Blobs(Vec<Row>);

    impl Source for Blobs {
        fn mark(&mut self) -> Result<Mark> {
            unreachable!("nobody asks")
        }
        fn count(&mut self, _: &Table) -> Result<u64> {
            Ok(self.0.len() as u64)
        }
        fn rows(&mut self, _: &Table, after: Option<&[Value]>, _: usize) -> Result<Vec<Row>> {
            let after = after.map(|key| key[0].clone());
            let rest = self.0.iter().filter(|row| Some(&row[0]) > after.as_ref());
            Ok(rest.take(1).cloned().collect())
        }
    }

    fn put(root: &Path, id: u128, bytes: &[u8], uses: i64) -> (Row, PathBuf) {
        let id = Uuid::from_u128(id);
        let name = id.to_string();
        let directory = root.join("objects").join(&name[34..]);
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join(name);
        std::fs::write(&path, bytes).unwrap();
        let size = Value::Number(bytes.len() as i64);
        let row = vec![
            Value::Id(id),
            Value::Text(sha256(bytes)),
            size,
            Value::Number(uses),
        ];
        (row, path)
    }

    #[test]
    fn what_rows_name_is_copied_and_nothing_else() {
        let tables = parse(
            "create table if not exists blobs (id uuid not null primary key,
             sha256 text not null unique, size bigint not null, uses bigint not null);",
        )
        .unwrap();
        let (from, to) = (TempDir::new("uploads"), TempDir::new("copied"));
        let (one, path) = put(from.path(), 1, b"one", 1);
        let (two, _) = put(from.path(), 2, &vec![7; 600_000], 3);
        let (gone, gone_path) = put(from.path(), 3, b"collected", 0);
        std::fs::remove_file(gone_path).unwrap();
        put(from.path(), 4, b"without a row", 0);
        let rows = vec![one, two, gone];
        let copy = |to: &Path| {
            let mut store = Blobs(rows.clone());
            super::copy(&mut store, &tables, from.path(), to, &mut ())
        };
        let check = |directory: &Path| {
            let mut sum = Uploads::default();
            super::check(&tables[0], &rows, directory, &mut sum).map(|()| sum)
        };
        let both = Uploads {
            files: 2,
            bytes: 600_003,
        };
        assert_eq!(copy(to.path()).unwrap(), both);
        assert_eq!(check(to.path()).unwrap(), both);
        let there = to.path().join(path.strip_prefix(from.path()).unwrap());
        let shards = std::fs::read_dir(to.path().join("objects"))
            .unwrap()
            .count();
        assert_eq!(shards, 2 + 1, "the directory of one that was gone");
        // Again, over a copy that was damaged in between.
        std::fs::write(&there, "oen").unwrap();
        assert!(check(to.path()).is_err());
        assert_eq!(copy(to.path()).unwrap(), both);
        assert_eq!(check(to.path()).unwrap(), both);
        // From a damaged one, or one that is missing, nothing is copied.
        let elsewhere = to.path().join("x");
        std::fs::write(&path, "eno").unwrap();
        let error = copy(&elsewhere).unwrap_err().to_string();
        assert!(error.contains("is damaged"), "{error}");
        std::fs::remove_file(&path).unwrap();
        let error = copy(&elsewhere).unwrap_err().to_string();
        assert!(error.contains("cannot be read"), "{error}");
        assert!(super::copy(&mut Blobs(vec![]), &[], &path, &elsewhere, &mut ()).is_ok());
    }
}
