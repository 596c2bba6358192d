//! A directory for one test.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// A fresh directory, removed on drop. If the thread that drops it is panicking, the directory stays
/// and its path is printed: it holds what explains the failure.
#[derive(Debug)]
pub struct TempDir {
    path: PathBuf,
}

impl TempDir {
    /// Makes a directory under the system's temporary directory; `label` is part of its name.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn new(label: &str) -> Self {
        let path = std::env::temp_dir().join(format!("webqq-{label}-{}", crate::unique()));
        fs::create_dir_all(&path)
            .unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        Self { path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("kept for a look: {}", self.path.display());
        } else if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("cannot remove {}: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passing_test_leaves_nothing_behind() {
        let dir = TempDir::new("passing");
        fs::write(dir.path().join("file"), "content").unwrap();
        let path = dir.path().to_owned();
        drop(dir);
        assert!(!path.exists());
    }

    #[test]
    fn a_failing_test_keeps_its_directory() {
        let (told, path) = std::sync::mpsc::sync_channel(1);
        let failing = thread::spawn(move || {
            let dir = TempDir::new("failing");
            told.send(dir.path().to_owned()).unwrap();
            panic!("this panic is part of the test");
        });
        assert!(failing.join().is_err());
        let path = path.recv().unwrap();
        assert!(path.exists());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn two_directories_never_meet() {
        assert_ne!(TempDir::new("same").path(), TempDir::new("same").path());
    }
}
