//! `webqq import-irc` and `webqq import-qq`: what was said elsewhere, as messages of a group.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use webqq_engine::limits::RECORD_BYTES;
use webqq_engine::records::writing::{self, Written};
use webqq_engine::records::{Date, Record, decode, irc, qq};
use webqq_engine::runtime::TokioRuntime;
use webqq_engine::store::sqlite::Access;

use super::block_on;
use super::progress::Shown;
use crate::config::{Config, ImportIrc, ImportQq, Place};
use crate::server::open_store;

/// `webqq import-irc …`: takes the writer's lock, so not beside a running server.
///
/// # Errors
/// One sentence that says what to do.
pub fn import_irc(command: &ImportIrc, config: &Config) -> Result<(), String> {
    let file = &command.file;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let date = command
        .date
        .or_else(|| Date::within(&name))
        .ok_or_else(|| {
            let file = file.display();
            format!("{file}: its name does not say on which day it begins; give --date.")
        })?;
    let (text, bad) = decode::forgivingly(&read(file)?);
    let record = irc::parse(&text, date, command.utc_offset);
    write(&record, &command.group, true, &command.place, file, config)?;
    if !bad.is_empty() {
        let lines = bad.len();
        println!("Lines with bytes that are not UTF-8, which became �: {lines}");
    }
    Ok(())
}

/// `webqq import-qq …`: takes the writer's lock, so not beside a running server.
///
/// # Errors
/// One sentence that says what to do.
pub fn import_qq(command: &ImportQq, config: &Config) -> Result<(), String> {
    let file = &command.file;
    let sentence = |text: String| format!("{}: {text}.", file.display());
    let decoded = decode::strictly(&read(file)?).map_err(sentence)?;
    let mut records = qq::parse(&decoded.text, command.utc_offset).map_err(sentence)?;
    let names: Vec<_> = records.iter().map(|record| record.name.clone()).collect();
    let at = match &command.record {
        Some(name) => names.iter().position(|one| one == name),
        None if records.len() == 1 => Some(0),
        None => None,
    };
    let Some(at) = at else {
        let names = names.join("”, “");
        let which = "name one of them with --record";
        return Err(sentence(format!("it holds the records “{names}”: {which}")));
    };
    let record = records.swap_remove(at);
    let group = match &command.group {
        Some(group) => group,
        None if !record.name.is_empty() => &record.name,
        None => {
            return Err(sentence(
                "it has no 消息对象; name a group with --group".into(),
            ));
        }
    };
    write(&record, group, false, &command.place, file, config)
}

/// The bytes of a file.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let sentence = |error| format!("{} cannot be read: {error}.", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(sentence)?;
    let read = file.take(RECORD_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(sentence)?;
    if bytes.len() as u64 > RECORD_BYTES {
        let most = RECORD_BYTES >> 20;
        let path = path.display();
        return Err(format!("{path} is larger than {most} MiB: split it."));
    }
    Ok(bytes)
}

fn write(
    record: &Record,
    group: &str,
    own_people: bool,
    place: &Place,
    file: &Path,
    config: &Config,
) -> Result<(), String> {
    let into = writing::Place {
        group: group.to_owned(),
        owner: place.owner.clone(),
        own_people,
        raise_limit: place.raise_limit,
        dry_run: place.dry_run,
    };
    let written = block_on(async {
        let store = open_store(&config.store, Access::Writer).await?;
        let runtime = TokioRuntime::default();
        let written = writing::write(&store, &runtime, record, &into, &mut Shown::new()).await;
        store.close().await;
        written.map_err(|error| format!("{}: {error}.", file.display()))
    })?;
    say(&written, place.dry_run);
    for sentence in record.skipped.sentences() {
        println!("Left out, {sentence}");
    }
    Ok(())
}

fn say(written: &Written, dry_run: bool) {
    let would = if dry_run { "Would be: " } else { "" };
    let group = match written.made_group {
        true => "the new group",
        false => "the group",
    };
    println!(
        "{would}{} messages into {group} “{}”; {} users made, {} joined, {} messages were there",
        written.messages, written.group, written.users, written.joined, written.known
    );
}
