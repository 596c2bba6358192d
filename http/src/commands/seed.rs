//! `webqq seed`: users and groups in bulk, for load tests.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;
use webqq_engine::runtime::TokioRuntime;
use webqq_engine::seed::Seeded;
use webqq_engine::store::sqlite::Access;

use super::block_on;
use crate::config::{Config, Seed};
use crate::server::open_store;

/// `webqq seed …`: takes the writer's lock, so not beside a running server.
///
/// # Errors
/// One sentence that says what to do.
pub fn seed(command: &Seed, config: &Config) -> Result<(), String> {
    if command.members > command.users {
        return Err(format!(
            "Groups of {} members need as many users; raise --users or lower --members.",
            command.members
        ));
    }
    if command.groups > 0 && command.members == 0 {
        return Err("A group has at least its owner; raise --members.".into());
    }
    let beside = command.out.with_added_extension("new");
    let (seeded, file) = block_on(async {
        let store = open_store(&config.store, Access::Writer).await?;
        // Before anything is written to the store, because the tokens are told once only; and
        // beside the file that may be there, which may hold those of an earlier seeding.
        let file = create(&beside)?;
        let runtime = TokioRuntime::default();
        let (users, groups) = (command.users, command.groups);
        let seeded =
            webqq_engine::seed::seed(&store, &runtime, users, groups, command.members).await;
        store.close().await;
        if seeded.is_err() {
            let _left_behind = std::fs::remove_file(&beside);
        }
        Ok((seeded.map_err(|error| format!("{error}"))?, file))
    })?;
    let mut out = BufWriter::new(file);
    write_lines(&mut out, &seeded)
        .and_then(|()| out.flush())
        .and_then(|()| std::fs::rename(&beside, &command.out))
        .map_err(|error| format!("{} is not whole: {error}.", command.out.display()))?;
    println!(
        "{} users and {} groups; their tokens are in {}",
        seeded.users.len(),
        seeded.groups.len(),
        command.out.display()
    );
    Ok(())
}

/// A file that only its owner may read.
fn create(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let open = options.open(path);
    open.map_err(|error| {
        let path = path.display();
        format!("{path} cannot be written ({error}); choose another --out.")
    })
}

fn write_lines(out: &mut impl Write, seeded: &Seeded) -> std::io::Result<()> {
    for user in &seeded.users {
        let line = json!({"user": user.id, "username": user.username, "token": user.token});
        writeln!(out, "{line}")?;
    }
    for group in &seeded.groups {
        let line = json!({"group": group.id, "conversation": group.id, "name": group.name});
        writeln!(out, "{line}")?;
    }
    Ok(())
}
