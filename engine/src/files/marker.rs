//! Whose files these are: an object beside the others that names the log they belong to.
//!
//! A sweep deletes what its database does not know, so two databases must not share a place. The
//! first server that is started with a place marks it; one with another log does not start there.
//! For a directory the mark is locked, too, while a server runs: a copy of a log is the same log by
//! its mark, and must not be tried out over the files of the original.
//!
//! A log is known by a hash of its secret, which is drawn when the log is made and stays with it
//! through restores, exports, imports and new epochs.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::storage::Storage;
use crate::accounts::hexadecimal;
use crate::limits::{STORAGE_ANSWERS, STORAGE_LOCK};
use crate::runtime::RuntimeHandle;

/// The name of the mark.
pub(crate) const MARK: &str = "belongs-to-log";
/// Digits of a log's name, of 256 bits.
const DIGITS: usize = 32;
/// Characters of a storage's error that are told.
const ERROR_CHARS: usize = 300;
/// Pause between two tries to lock the mark.
const PAUSE: Duration = Duration::from_millis(50);

/// What a log is called in a mark. Tells nothing of the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogName(String);

impl LogName {
    /// Of the log with this secret.
    pub(crate) fn of(secret: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(b"webqq: files of the log ");
        let mut digits = hexadecimal(&hash.chain_update(secret).finalize());
        digits.truncate(DIGITS);
        Self(digits)
    }

    /// Of the log whose head row holds this secret, in hexadecimal; `None`: it is damaged.
    pub(crate) fn of_text(secret: &str) -> Option<Self> {
        let digits = secret.as_bytes().chunks(2);
        let bytes = digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        let bytes: Option<Vec<u8>> = bytes.collect();
        Some(Self::of(&bytes?))
    }

    /// As it stands in the mark.
    pub(super) fn line(&self) -> String {
        format!("{}\n", self.0)
    }
}

/// A place that is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    _lock: Option<File>,
}

/// Takes a place for a log.
///
/// # Errors
/// It is another's, or does not answer: a sentence without its end that says what to do.
pub(crate) async fn claim(
    storage: &Storage,
    runtime: &RuntimeHandle,
    log: &LogName,
) -> Result<Claim, String> {
    let line = log.line();
    let marked = runtime.timeout(STORAGE_ANSWERS, storage.marked(line.clone()));
    let broken = |error: &dyn std::fmt::Display| {
        // An object store's own words go on for lines.
        let error = error.to_string();
        let error = error.lines().next().unwrap_or_default().trim_end();
        let error: String = error.chars().take(ERROR_CHARS).collect();
        let mend = match storage.root() {
            Some(_) => "--files",
            None => "--files, or the keys and the region in the environment",
        };
        format!("the file storage {storage} does not work ({error}): mend {mend}")
    };
    match marked.await {
        None => return Err(broken(&"it does not answer")),
        Some(Err(error)) => return Err(broken(&error)),
        Some(Ok(found)) if found != line => return Err(foreign(storage)),
        Some(Ok(_)) => {}
    }
    let Some(root) = storage.root() else {
        return Ok(Claim { _lock: None });
    };
    let file = File::open(root.join(MARK)).map_err(|error| broken(&error))?;
    let locked = runtime.timeout(STORAGE_LOCK, async {
        loop {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => runtime.sleep(PAUSE).await,
                other => return other,
            }
        }
    });
    match locked.await {
        None => Err(format!(
            "another server uses the files in {storage}: stop it, or name another directory with \
             --files"
        )),
        Some(Err(error)) => {
            tracing::warn!(%error, "the files cannot be locked: see that no other server uses them");
            Ok(Claim { _lock: None })
        }
        Some(Ok(())) => Ok(Claim { _lock: Some(file) }),
    }
}

/// Before the log `to` takes the place of the empty log `from` in a store: the directory of its
/// files must not be another's. If it is `from`'s, it is nobody's after [`Leaving::leave`].
pub(crate) struct Leaving<'a> {
    directory: &'a Path,
    is_of_from: bool,
}

impl<'a> Leaving<'a> {
    /// # Errors
    /// The directory is another's, or cannot be read: a sentence without its end.
    pub(crate) fn look(directory: &'a Path, from: &LogName, to: &LogName) -> Result<Self, String> {
        let found = match std::fs::read_to_string(directory.join(MARK)) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let path = directory.join(MARK);
                return Err(format!("{} cannot be read: {error}", path.display()));
            }
        };
        let is = |log: &LogName| found.as_ref().is_some_and(|found| *found == log.line());
        if found.is_some() && !is(from) && !is(to) {
            return Err(foreign(&directory.display()));
        }
        Ok(Self {
            directory,
            is_of_from: is(from) && !is(to),
        })
    }

    pub(crate) fn leave(self) -> std::io::Result<()> {
        match self.is_of_from {
            true => std::fs::remove_file(self.directory.join(MARK)),
            false => Ok(()),
        }
    }
}

fn foreign(place: &dyn std::fmt::Display) -> String {
    format!(
        "the files in {place} belong to another database, as {MARK} there says: name a place for \
         this one's files with --files, or delete {MARK} if the other database is given up"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::TokioRuntime;
    use webqq_testkit::temp_dir::TempDir;

    async fn taken(storage: &Storage, secret: &[u8]) -> Result<Claim, String> {
        let runtime = RuntimeHandle::new(TokioRuntime::default());
        claim(storage, &runtime, &LogName::of(secret)).await
    }

    async fn check(storage: Storage) {
        let first = taken(&storage, b"one").await.unwrap();
        let other = taken(&storage, b"two").await.unwrap_err();
        assert!(other.contains("belong to another database"), "{other}");
        drop(first);
        taken(&storage, b"two").await.unwrap_err();
        taken(&storage, b"one").await.unwrap();
    }

    #[tokio::test]
    async fn a_place_belongs_to_the_first() {
        check(Storage::memory()).await;
        let place = TempDir::new("marker");
        check(Storage::directory(place.path()).unwrap()).await;
        std::fs::write(place.path().join(MARK), "").unwrap();
        let storage = Storage::directory(place.path()).unwrap();
        taken(&storage, b"one").await.unwrap_err();
    }

    #[test]
    fn a_name_tells_nothing_of_the_secret() {
        let name = LogName::of(&[0xab; 32]);
        assert_eq!(LogName::of_text(&"ab".repeat(32)), Some(name.clone()));
        assert_eq!(name.line().len(), DIGITS + 1);
        assert!(!name.line().contains("abab"));
        assert_eq!(LogName::of_text("zz"), None);
    }
}
