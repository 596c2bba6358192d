//! `webqq backup`: a copy of the SQLite database, also of a running server's.

use webqq_engine::ids::Epoch;
use webqq_engine::runtime::{Runtime, TokioRuntime};

use super::progress::Shown;
use crate::config::{Backup, Config, Store};
use crate::file_options::Place;

/// `webqq backup …`
///
/// # Errors
/// One sentence that says what to do.
pub fn backup(command: &Backup, config: &Config) -> Result<(), String> {
    let Store::Sqlite(path) = &config.store else {
        return Err(
            "PostgreSQL is backed up with its own pg_dump; `webqq export` writes what any store \
             can import."
                .into(),
        );
    };
    let epoch = Epoch((TokioRuntime::default().random() >> 32) as u32);
    let to = &command.file;
    let size = webqq_engine::store::sqlite::backup(path, to, epoch, &mut Shown::new());
    let size = size.map_err(|error| format!("{error}."))?;
    println!("{size} bytes are in {}", to.display());
    match &config.files.place {
        Place::Directory(files) => println!(
            "Files that users sent are not in it: copy {} beside it.",
            files.display()
        ),
        Place::Url(_) => {
            println!("Files that users sent are not in it: the object store keeps them.")
        }
    }
    Ok(())
}
