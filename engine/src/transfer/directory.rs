//! The files of an export: written so that each is whole or not there, read with their hashes.
//!
//! Only the owner may read them: they hold password hashes and hashes of tokens.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::hashes::{ConversationSum, hex, sha256};
use super::manifest::{Manifest, Segment};
use super::row::{Row, key, parse};
use super::schema::Table;
use super::{Result, TransferError};
use crate::limits::{TRANSFER_FILE_BYTES_MOST, TRANSFER_MANIFEST_BYTES_MOST};

const MANIFEST: &str = "manifest.json";
const LOCK: &str = "export.lock";
/// The hashes of conversations.
pub(super) const HASHES: &str = "conversations.sha256.jsonl";
/// What a file is called until it is whole.
const UNFINISHED: &str = "new";

/// The directory of an export.
pub(super) struct Directory {
    path: PathBuf,
    /// Against a second export into it; `None` for reading.
    _lock: Option<File>,
}

fn failed(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> TransferError {
    let path = path.to_owned();
    move |error| TransferError::File { path, what, error }
}

impl Directory {
    /// For writing: made, if need be, and locked.
    pub(super) fn create(path: &Path) -> Result<Self> {
        make_private(path)?;
        let name = path.join(LOCK);
        let lock = create(&name).map_err(failed(&name, "written"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: Some(lock),
            }),
            Err(TryLockError::WouldBlock) => Err(TransferError::Bad(format!(
                "another export writes into {}: wait for it",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed(&name, "locked")(error)),
        }
    }

    /// For reading.
    pub(super) fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            _lock: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The manifest and its bytes; `None`: there is none.
    pub(super) fn manifest(&self) -> Result<Option<(Manifest, Vec<u8>)>> {
        let path = self.path.join(MANIFEST);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&path, "read")(error)),
        };
        let mut bytes = Vec::new();
        file.take(TRANSFER_MANIFEST_BYTES_MOST)
            .read_to_end(&mut bytes)
            .map_err(failed(&path, "read"))?;
        let manifest = serde_json::from_slice(&bytes).map_err(|error| {
            let path = path.display();
            TransferError::Bad(format!("{path} is not the manifest of an export: {error}"))
        })?;
        Ok(Some((manifest, bytes)))
    }

    pub(super) fn write_manifest(&self, manifest: &Manifest) -> Result<()> {
        let mut bytes = serde_json::to_vec_pretty(manifest)
            .map_err(|error| TransferError::Bad(error.to_string()))?;
        bytes.push(b'\n');
        self.write(MANIFEST, &bytes)
    }

    /// Writes a segment of a table.
    pub(super) fn write_segment(
        &self,
        table: &Table,
        number: usize,
        lines: &str,
        rows: u64,
    ) -> Result<Segment> {
        let file = format!("{}-{number:06}.jsonl", table.name);
        self.write(&file, lines.as_bytes())?;
        Ok(Segment {
            file,
            rows,
            bytes: lines.len() as u64,
            sha256: sha256(lines.as_bytes()),
        })
    }

    /// Writes a file whole, or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.write_with(name, |file| file.write_all(bytes))
    }

    fn write_with(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
    ) -> Result<()> {
        let path = self.path.join(name);
        let unfinished = path.with_added_extension(UNFINISHED);
        let written = || {
            let file = create(&unfinished)?;
            file.set_len(0)?;
            let mut writer = BufWriter::new(&file);
            write(&mut writer)?;
            writer.flush()?;
            drop(writer);
            file.sync_all()?;
            std::fs::rename(&unfinished, &path)?;
            File::open(&self.path)?.sync_all()
        };
        written().map_err(failed(&path, "written"))
    }

    /// Writes the hashes of conversations.
    pub(super) fn write_hashes(
        &self,
        sums: impl Iterator<Item = ConversationSum>,
    ) -> Result<Segment> {
        let (mut rows, mut bytes, mut hash) = (0, 0, Sha256::new());
        self.write_with(HASHES, |file| {
            for sum in sums {
                let mut line = serde_json::to_string(&sum)?;
                line.push('\n');
                file.write_all(line.as_bytes())?;
                hash.update(&line);
                (rows, bytes) = (rows + 1, bytes + line.len() as u64);
            }
            Ok(())
        })?;
        Ok(Segment {
            file: HASHES.into(),
            rows,
            bytes,
            sha256: hex(&hash.finalize()),
        })
    }

    /// The hashes of conversations, one by one.
    pub(super) fn hashes(&self) -> Result<impl Iterator<Item = Result<ConversationSum>> + use<>> {
        let path = self.path.join(HASHES);
        let file = File::open(&path).map_err(failed(&path, "read"))?;
        let lines = BufReader::new(file).lines().zip(1..);
        Ok(lines.map(move |(line, number): (_, u64)| {
            let line = line.map_err(failed(&path, "read"))?;
            serde_json::from_str(&line)
                .map_err(|error| TransferError::Bad(format!("{HASHES}, line {number}: {error}")))
        }))
    }

    /// The rows of a segment, checked: every line, that keys rise, its end, its hash. A line that
    /// is wrong is told before the hash, which could not say where.
    pub(super) fn read_segment(&self, table: &Table, segment: &Segment) -> Result<Vec<Row>> {
        let bytes = self.read(segment)?;
        let file = &segment.file;
        let hash = sha256(&bytes);
        let bad = |number: usize, said: &str| {
            TransferError::Bad(format!("{file}, line {number}: {said}"))
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            bad(line, "it is not UTF-8")
        })?;
        let mut rows: Vec<Row> = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let row = parse(table, line).map_err(|said| bad(number, &said))?;
            let last = rows.last().map(|last| key(table, last));
            match last.map(|last| last.cmp(&key(table, &row))) {
                None | Some(Ordering::Less) => rows.push(row),
                Some(Ordering::Equal) => {
                    return Err(bad(number, "its key is that of the line before"));
                }
                Some(Ordering::Greater) => {
                    return Err(bad(number, "its key comes before that of the line before"));
                }
            }
        }
        if !text.ends_with('\n') {
            return Err(bad(text.lines().count().max(1), "it is cut off"));
        }
        if rows.len() as u64 != segment.rows {
            return Err(TransferError::Bad(format!(
                "{file} has {} lines instead of {}",
                rows.len(),
                segment.rows
            )));
        }
        if hash != segment.sha256 || text.len() as u64 != segment.bytes {
            let text = "is not what the export wrote: its hash is another one";
            return Err(TransferError::Bad(format!("{file} {text}")));
        }
        Ok(rows)
    }

    fn read(&self, segment: &Segment) -> Result<Vec<u8>> {
        let path = self.path.join(&segment.file);
        let file = File::open(&path).map_err(failed(&path, "read"))?;
        let mut bytes = Vec::new();
        let most = TRANSFER_FILE_BYTES_MOST;
        let read = file.take(most + 1).read_to_end(&mut bytes);
        read.map_err(failed(&path, "read"))?;
        if bytes.len() as u64 > most {
            let text = "is larger than anything an export writes";
            return Err(TransferError::Bad(format!("{} {text}", segment.file)));
        }
        Ok(bytes)
    }

    /// Removes files of an earlier run that the manifest does not name.
    pub(super) fn tidy(&self, manifest: &Manifest) -> Result<()> {
        let segments = manifest.tables.iter().flat_map(|table| &table.segments);
        let named = segments.chain(&manifest.conversations);
        let named: BTreeSet<&str> = named.map(|segment| segment.file.as_str()).collect();
        let entries = std::fs::read_dir(&self.path).map_err(failed(&self.path, "read"))?;
        for entry in entries {
            let path = entry.map_err(failed(&self.path, "read"))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.unwrap_or_default();
            let ours = name.ends_with(".jsonl") || name.ends_with(".jsonl.new");
            if ours && !named.contains(name) {
                std::fs::remove_file(&path).map_err(failed(&path, "removed"))?;
            }
        }
        Ok(())
    }

    /// Whether nothing is there but what an export that had hardly begun may leave.
    pub(super) fn is_empty(&self) -> Result<bool> {
        let entries = std::fs::read_dir(&self.path).map_err(failed(&self.path, "read"))?;
        for entry in entries {
            let name = entry.map_err(failed(&self.path, "read"))?.file_name();
            if name != LOCK
                && name != MANIFEST
                && name != format!("{MANIFEST}.{UNFINISHED}").as_str()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes away the lock's file.
    pub(super) fn unlock(&self) {
        let _ = std::fs::remove_file(self.path.join(LOCK));
    }
}

/// A directory that only its owner may read.
pub(super) fn make_private(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(failed(path, "made"))
}

/// Opens a file that only its owner may read, and makes it if need be.
pub(super) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
