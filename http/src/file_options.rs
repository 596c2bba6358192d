//! The options about files: where their bytes are kept, and how many there may be.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::Args;
use webqq_engine::files::storage::Storage;

use crate::config::number;

/// The name of the directory in `--data`.
const DIRECTORY: &str = "files";

/// What may be typed.
#[derive(Debug, Clone, Args)]
pub(crate) struct FileOptions {
    /// Where uploaded files are kept: a directory, or the URL of an object store such as
    /// s3://BUCKET/PREFIX if this program was built for it [default: files in --data]
    #[arg(long, global = true, env = "WEBQQ_FILES", value_name = "PLACE")]
    #[arg(hide_env_values = true, help_heading = "Storage")]
    files: Option<String>,

    /// Largest file that can be sent, in MiB; 0 = unlimited
    #[arg(long, global = true, env = "WEBQQ_FILE_MAX", value_name = "MIB")]
    #[arg(default_value_t = 20, value_parser = number, help_heading = "Limits")]
    file_max: u32,

    /// Most that one user may upload in 24 hours, in MiB; 0 = unlimited
    #[arg(long, global = true, env = "WEBQQ_FILES_PER_DAY", value_name = "MIB")]
    #[arg(default_value_t = 1000, value_parser = number, help_heading = "Limits")]
    files_per_day: u32,
}

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A directory.
    Directory(PathBuf),
    /// An object store.
    Url(String),
}

/// What it means.
#[derive(Debug, Clone)]
pub struct Files {
    /// Where files are kept.
    pub place: Place,
    /// Bytes of a file; `None` is unlimited.
    pub most_bytes: Option<u64>,
    /// Bytes that a user may upload in 24 hours; `None` is unlimited.
    pub bytes_per_day: Option<i64>,
}

impl FileOptions {
    pub(crate) fn check(self, data: &Path) -> Result<Files, String> {
        let place = match self.files.filter(|place| !place.is_empty()) {
            None => Place::Directory(data.join(DIRECTORY)),
            Some(place) if place.contains("://") => {
                // Said now, with the other options, and not when the first file comes.
                Storage::can_open(&place)?;
                Place::Url(place)
            }
            Some(place) => Place::Directory(place.into()),
        };
        let mib = |mib: u32| NonZeroU32::new(mib).map(|mib| u64::from(mib.get()) << 20);
        let per_day = mib(self.files_per_day).map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        Ok(Files {
            place,
            most_bytes: mib(self.file_max),
            bytes_per_day: per_day,
        })
    }
}

impl Files {
    /// Opens the place.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub fn open(&self) -> Result<Storage, String> {
        match &self.place {
            Place::Directory(path) => Storage::directory(path).map_err(|error| {
                format!("Files cannot be kept there ({error}); choose another --files.")
            }),
            Place::Url(url) => Storage::open(url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cli;

    fn files(line: &str) -> Result<Files, String> {
        let arguments = ["webqq"].into_iter().chain(line.split_whitespace());
        let read = Cli::from_arguments(arguments);
        read.map(|(_, config)| config.files)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn in_the_data_unless_told_otherwise() {
        let place = |line| files(line).unwrap().place;
        let directory = |path: &str| Place::Directory(path.into());
        assert_eq!(place(""), directory("./webqq-data/files"));
        assert_eq!(place("--data d"), directory("d/files"));
        assert_eq!(place("--data d --files e"), directory("e"));
    }

    #[test]
    fn sizes_are_mib() {
        let files = files("--file-max 1 --files-per-day 0").unwrap();
        assert_eq!(files.most_bytes, Some(1 << 20));
        assert_eq!(files.bytes_per_day, None);
    }

    #[test]
    fn a_place_that_cannot_be_is_explained() {
        for (place, hint) in [
            ("gopher://x/y", "directory"),
            ("memory://", "directory"),
            ("s3://bucket", "files-s3"),
        ] {
            if place.starts_with("s3") && cfg!(feature = "files-s3") {
                continue;
            }
            let problem = files(&format!("--files {place}")).unwrap_err();
            assert!(problem.contains(hint), "{problem}");
        }
    }
}
