//! Everything in a PostgreSQL database, read from one snapshot or written into an empty one.
//! Blocks, and must not be called from a task: it is the synchronous client's work.

use std::time::{Duration, Instant};

use ::postgres::binary_copy::BinaryCopyInWriter;
use ::postgres::types::{ToSql, Type as Wire};
use ::postgres::{Client, NoTls, Row as Found};

use super::WRITER_PATIENCE;
use super::connect::configuration;
use super::init::known_version;
use super::writer::TRY_LOCK;
use crate::ids::Epoch;
use crate::store::StoreError;
use crate::store::transfer::{MARK, OVER, UNDERWAY, count, page, replace, unfinished};
use crate::transfer::manifest::Mark;
use crate::transfer::row::{Row, Value};
use crate::transfer::schema::{Table, Type};
use crate::transfer::{Result, Source, Target, Underway};

/// How long one statement of a transfer may take, and a pause between two (the other side's disk).
/// Beyond: the server ends it.
const STATEMENT: Duration = Duration::from_secs(600);
/// How often the writer's lock is asked for.
const PAUSE: Duration = Duration::from_millis(100);
/// Texts are compared by their bytes, as SQLite does, whatever the database's language.
const BY_BYTES: &str = " collate \"C\"";

/// A database that is moved.
pub struct PostgresTransfer {
    client: Client,
}

fn connect(url: &str) -> Result<Client> {
    let mut config = ::postgres::Config::from(configuration(url)?);
    let (statement, pause) = (STATEMENT.as_millis(), STATEMENT.as_millis());
    let ours = format!(
        "{} -c statement_timeout={statement} -c lock_timeout={statement} \
         -c idle_in_transaction_session_timeout={pause} -c enable_seqscan=on",
        config.get_options().unwrap_or_default()
    );
    Ok(config
        .options(&ours)
        .connect(NoTls)
        .map_err(StoreError::from)?)
}

impl PostgresTransfer {
    /// For an export: everything as it is now, whatever a server writes meanwhile.
    ///
    /// # Errors
    /// There are no tables, or they are not of this version, or an import is not finished.
    pub fn reading(url: &str) -> Result<Self> {
        let mut client = connect(url)?;
        let begin = "begin isolation level repeatable read, read only";
        client.batch_execute(begin).map_err(StoreError::from)?;
        let there =
            "select to_regclass('head') is not null and to_regclass('import_progress') is not null";
        if !one::<bool>(&mut client, there)? {
            let text = "there are no tables of webqq in this database: name it with --store";
            return Err(StoreError::Unusable(text.into()).into());
        }
        known_version(one(&mut client, "select schema_version from head")?)?;
        let mut reading = Self { client };
        match reading.underway()? {
            None => Ok(reading),
            Some(_) => Err(unfinished().into()),
        }
    }

    /// For an import: locked, waiting for a server that is just stopping. The tables are made by
    /// [`PostgresStore::init`](super::PostgresStore::init).
    ///
    /// # Errors
    /// Somebody else is the writer.
    pub fn writing(url: &str) -> Result<Self> {
        let mut client = connect(url)?;
        let begun = Instant::now();
        while !one::<bool>(&mut client, TRY_LOCK)? {
            if begun.elapsed() > WRITER_PATIENCE {
                let text = "stop the server that holds the writer's lock";
                return Err(StoreError::Locked(text.into()).into());
            }
            std::thread::sleep(PAUSE);
        }
        Ok(Self { client })
    }
}

fn one<T: for<'a> ::postgres::types::FromSql<'a>>(client: &mut Client, sql: &str) -> Result<T> {
    let row = client.query_one(sql, &[]).map_err(StoreError::from)?;
    Ok(row.try_get(0).map_err(StoreError::from)?)
}

fn parameter(at: usize) -> String {
    format!("${at}")
}

fn wire(r#type: Type) -> Wire {
    match r#type {
        Type::Text => Wire::TEXT,
        Type::Number => Wire::INT8,
        Type::Id => Wire::UUID,
        Type::Flag => Wire::BOOL,
    }
}

/// A value for a parameter of its column's type.
fn stored(r#type: Type, value: &Value) -> &(dyn ToSql + Sync) {
    match (value, r#type) {
        (Value::Text(text), _) => text,
        (Value::Number(number), _) => number,
        (Value::Id(id), _) => id,
        (Value::Flag(flag), _) => flag,
        (Value::Null, Type::Text) => &None::<String>,
        (Value::Null, Type::Number) => &None::<i64>,
        (Value::Null, Type::Id) => &None::<uuid::Uuid>,
        (Value::Null, Type::Flag) => &None::<bool>,
    }
}

fn values_of<'a>(table: &Table, row: &'a Row) -> Vec<&'a (dyn ToSql + Sync)> {
    let columns = table.columns.iter().zip(row);
    columns
        .map(|(column, value)| stored(column.r#type, value))
        .collect()
}

fn value(row: &Found, at: usize, r#type: Type) -> Result<Value> {
    let found = match r#type {
        Type::Text => row
            .try_get::<_, Option<String>>(at)
            .map(|v| v.map(Value::Text)),
        Type::Number => row
            .try_get::<_, Option<i64>>(at)
            .map(|v| v.map(Value::Number)),
        Type::Id => row
            .try_get::<_, Option<uuid::Uuid>>(at)
            .map(|v| v.map(Value::Id)),
        Type::Flag => row
            .try_get::<_, Option<bool>>(at)
            .map(|v| v.map(Value::Flag)),
    };
    Ok(found.map_err(StoreError::from)?.unwrap_or(Value::Null))
}

impl Source for PostgresTransfer {
    fn mark(&mut self) -> Result<Mark> {
        let row = self.client.query_one(MARK, &[]).map_err(StoreError::from)?;
        let number = |at: usize| row.try_get::<_, i64>(at).map_err(StoreError::from);
        Ok(Mark {
            epoch: u32::try_from(number(0)?).unwrap_or_default(),
            position: number(1)?,
            batch: number(2)?,
            access_version: number(3)?,
        })
    }

    fn count(&mut self, table: &Table) -> Result<u64> {
        let counted: i64 = one(&mut self.client, &count(table))?;
        Ok(u64::try_from(counted).unwrap_or_default())
    }

    fn rows(&mut self, table: &Table, after: Option<&[Value]>, most: usize) -> Result<Vec<Row>> {
        let sql = page(table, after.is_some(), parameter, BY_BYTES);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut values: Vec<&(dyn ToSql + Sync)> = Vec::new();
        for (at, value) in table.key.iter().zip(after.unwrap_or_default()) {
            values.push(stored(table.columns[*at].r#type, value));
        }
        values.push(&most);
        let rows = self.client.query(&sql, &values).map_err(StoreError::from)?;
        let rows = rows.iter().map(|row| {
            let columns = table.columns.iter().enumerate();
            columns
                .map(|(at, column)| value(row, at, column.r#type))
                .collect()
        });
        rows.collect()
    }
}

impl Target for PostgresTransfer {
    fn underway(&mut self) -> Result<Option<Underway>> {
        let row = self.client.query_opt(UNDERWAY, &[]);
        let Some(row) = row.map_err(StoreError::from)? else {
            return Ok(None);
        };
        let segments: i64 = row.try_get(0).map_err(StoreError::from)?;
        Ok(Some(Underway {
            export: row.try_get(1).map_err(StoreError::from)?,
            segments: u64::try_from(segments).unwrap_or_default(),
        }))
    }

    fn begin(&mut self, export: &str) -> Result<()> {
        let sql = "insert into import_progress (id, export, segments) values (1, $1, 0)";
        let begun = self.client.execute(sql, &[&export]);
        begun.map_err(StoreError::from)?;
        Ok(())
    }

    fn insert(&mut self, table: &Table, rows: &[Row], segments: u64) -> Result<()> {
        Ok(insert(&mut self.client, table, rows, segments).map_err(StoreError::from)?)
    }

    fn finish(&mut self, epoch: Epoch) -> Result<()> {
        let finish = |client: &mut Client| {
            // So that the first queries know how much there is.
            client.batch_execute("analyze")?;
            let mut tx = client.transaction()?;
            tx.execute("update head set epoch = $1", &[&i64::from(epoch.0)])?;
            tx.execute(OVER, &[])?;
            tx.commit()
        };
        Ok(finish(&mut self.client).map_err(StoreError::from)?)
    }
}

/// By COPY: the fastest way in.
fn insert(
    client: &mut Client,
    table: &Table,
    rows: &[Row],
    segments: u64,
) -> std::result::Result<(), ::postgres::Error> {
    let mut tx = client.transaction()?;
    if table.name == "head" {
        for row in rows {
            tx.execute(&replace(table, parameter), &values_of(table, row))?;
        }
    } else {
        let (name, names) = (&table.name, table.names().join(", "));
        let types: Vec<Wire> = table.columns.iter().map(|c| wire(c.r#type)).collect();
        let copy = tx.copy_in(&format!("copy {name} ({names}) from stdin binary"))?;
        let mut copy = BinaryCopyInWriter::new(copy, &types);
        for row in rows {
            copy.write(&values_of(table, row))?;
        }
        copy.finish()?;
    }
    let segments = i64::try_from(segments).unwrap_or(i64::MAX);
    tx.execute("update import_progress set segments = $1", &[&segments])?;
    tx.commit()
}
