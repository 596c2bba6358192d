//! Making the tables, and refusing a server that would lose what was acknowledged.

use std::fmt::Write;
use std::time::Duration;

use ::postgres::{Client, NoTls, Transaction};

use super::connect::{Connection, configuration, query_opt};
use super::log::no_head;
use crate::store::transfer::{UNDERWAY, unfinished};
use crate::store::{Result, SCHEMA_VERSION, StoreError};

const SCHEMA: &str = include_str!("../../../../schema.sql");
/// The first public number.
const FIRST_NUMBER: i64 = 10_001;
/// How long applying the schema may wait for somebody else who does the same.
const PATIENCE: Duration = Duration::from_secs(15);
/// The lock of whoever applies the schema. Not the writer's: commands run beside a server.
const LOCK: &str = "select pg_advisory_xact_lock(hashtext('webqq'), 1)";

/// See [`PostgresStore::init`](super::PostgresStore::init).
pub(super) fn init(url: &str) -> Result<()> {
    let mut client = ::postgres::Config::from(configuration(url)?).connect(NoTls)?;
    let patience = PATIENCE.as_millis();
    client.batch_execute(&format!(
        "set statement_timeout = {patience}; set lock_timeout = {patience}"
    ))?;
    refuse_danger(&mut client)?;
    let mut transaction = client.transaction()?;
    transaction.batch_execute(LOCK)?;
    if head_exists(&mut transaction)? {
        refuse_other_version(&mut transaction)?;
    }
    transaction.batch_execute(SCHEMA)?;
    transaction.batch_execute(super::search::SCHEMA)?;
    make_head(&mut transaction)?;
    Ok(transaction.commit()?)
}

/// Settings of the server that break the promise that an acknowledged message is durable.
fn refuse_danger(client: &mut Client) -> Result<()> {
    let setting = |client: &mut Client, name: &str| -> Result<String> {
        let row = client.query_one("select current_setting($1)", &[&name])?;
        Ok(row.try_get(0)?)
    };
    for name in ["fsync", "full_page_writes"] {
        if setting(client, name)? != "on" {
            return Err(StoreError::Unusable(format!(
                "PostgreSQL runs with {name}=off and would lose messages in a power cut: set \
                 {name}=on in postgresql.conf and restart it"
            )));
        }
    }
    let encoding = setting(client, "server_encoding")?;
    if encoding != "UTF8" {
        return Err(StoreError::Unusable(format!(
            "the database's encoding is {encoding}, which cannot hold every name and message: \
             create it with encoding 'UTF8'"
        )));
    }
    Ok(())
}

fn head_exists(transaction: &mut Transaction<'_>) -> Result<bool> {
    let row = transaction.query_one("select to_regclass('head') is not null", &[])?;
    Ok(row.try_get(0)?)
}

fn refuse_other_version(transaction: &mut Transaction<'_>) -> Result<()> {
    let rows = transaction.query("select schema_version from head", &[])?;
    match rows.first() {
        Some(row) => known_version(row.try_get(0)?),
        None => Ok(()),
    }
}

/// Refuses tables that were never made or that another version made.
pub(super) async fn refuse_unknown_tables(db: &Connection) -> Result<()> {
    match query_opt(db, "select schema_version from head", &[]).await {
        Ok(Some(row)) => known_version(row.try_get(0)?),
        // No such table.
        Ok(None) | Err(StoreError::Refused(_)) => Err(no_head()),
        Err(error) => Err(error),
    }
}

/// Refuses tables whose import is not finished: they would look whole.
pub(super) async fn refuse_unfinished_import(db: &Connection) -> Result<()> {
    match query_opt(db, UNDERWAY, &[]).await? {
        None => Ok(()),
        Some(_) => Err(unfinished()),
    }
}

/// Whether this version understands tables of that one.
pub(super) fn known_version(version: i64) -> Result<()> {
    if version == SCHEMA_VERSION {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "the database has the tables of schema version {version}, this webqq knows version \
         {SCHEMA_VERSION}: run the webqq that fits it, or restore a backup made by this one"
    )))
}

fn make_head(transaction: &mut Transaction<'_>) -> Result<()> {
    let (epoch, secret) = (random::<4>()?, random::<32>()?);
    let epoch = i64::from(u32::from_be_bytes(epoch));
    let secret = secret.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    transaction.execute(
        "insert into head (id, schema_version, epoch, secret, position, batch, outcomes, \
         next_number, access_version) values (1, $1, $2, $3, 0, 0, '[]', $4, 0) \
         on conflict (id) do nothing",
        &[&SCHEMA_VERSION, &epoch, &secret, &FIRST_NUMBER],
    )?;
    Ok(())
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Unusable(format!("no randomness: {error}")))?;
    Ok(bytes)
}
