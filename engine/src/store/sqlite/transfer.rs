//! Everything in a SQLite database, read from one snapshot or written into an empty one. Blocks.

use std::fs::File;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params_from_iter};
use uuid::Uuid;

use super::setup::{self, failed};
use crate::ids::Epoch;
use crate::store::StoreError;
use crate::store::transfer::{MARK, OVER, UNDERWAY, count, page, replace};
use crate::transfer::manifest::Mark;
use crate::transfer::row::{Row, Value};
use crate::transfer::schema::{Column, Table, Type};
use crate::transfer::{Result, Source, Target, Underway};

/// A database that is moved.
pub struct SqliteTransfer {
    connection: Connection,
    /// The writer's, of one that is filled.
    _lock: Option<File>,
}

impl SqliteTransfer {
    /// For an export: everything as it is now, whatever a server writes meanwhile. As long as this
    /// lives, the write-ahead log grows.
    ///
    /// # Errors
    /// There is none, or it is not of this version, or an import into it is not finished.
    pub fn reading(path: &Path) -> Result<Self> {
        if !path.exists() {
            let path = path.display();
            let text = format!("there is no database at {path}: name its directory with --data");
            return Err(StoreError::Unusable(text).into());
        }
        // Not read-only: the last connection to go tidies up, and only a writing one can.
        let connection = setup::writer(path)?;
        let set = connection.pragma_update(None, "query_only", "ON");
        set.map_err(failed)?;
        setup::known_version(&connection)?;
        setup::refuse_unfinished_import(&connection)?;
        connection.execute_batch("begin").map_err(failed)?;
        let mut reading = Self {
            connection,
            _lock: None,
        };
        // The snapshot begins with the first read.
        reading.mark()?;
        Ok(reading)
    }

    /// For an import: made, if need be, and locked.
    ///
    /// # Errors
    /// Another process is its writer, or it is not of this version.
    pub fn writing(path: &Path) -> Result<Self> {
        drop(setup::create(path)?);
        let lock = setup::lock(path)?;
        let mut connection = setup::writer(path)?;
        setup::prepare(&mut connection)?;
        Ok(Self {
            connection,
            _lock: Some(lock),
        })
    }

    /// The connection, with its snapshot.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn transaction(&mut self) -> Result<Transaction<'_>> {
        let behavior = TransactionBehavior::Immediate;
        Ok(self
            .connection
            .transaction_with_behavior(behavior)
            .map_err(failed)?)
    }
}

fn parameter(at: usize) -> String {
    format!("?{at}")
}

/// A count in the first column.
fn number(row: &rusqlite::Row<'_>) -> rusqlite::Result<u64> {
    let number: i64 = row.get(0)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
}

fn stored(value: &Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Text(text) => text.clone().into(),
        Value::Number(number) => (*number).into(),
        Value::Id(id) => id.as_bytes().to_vec().into(),
        Value::Flag(flag) => (*flag).into(),
    }
}

fn value(column: &Column, stored: ValueRef<'_>) -> rusqlite::Result<Value> {
    let odd = || {
        let name = &column.name;
        rusqlite::Error::InvalidColumnType(0, name.clone(), stored.data_type())
    };
    Ok(match (column.r#type, stored) {
        (_, ValueRef::Null) if column.nullable => Value::Null,
        (Type::Text, ValueRef::Text(bytes)) => {
            let text = std::str::from_utf8(bytes).map_err(|_| odd())?;
            Value::Text(text.to_owned())
        }
        (Type::Number, ValueRef::Integer(number)) => Value::Number(number),
        (Type::Id, ValueRef::Blob(bytes)) => Value::Id(Uuid::from_slice(bytes).map_err(|_| odd())?),
        (Type::Flag, ValueRef::Integer(0)) => Value::Flag(false),
        (Type::Flag, ValueRef::Integer(1)) => Value::Flag(true),
        _ => return Err(odd()),
    })
}

impl Source for SqliteTransfer {
    fn mark(&mut self) -> Result<Mark> {
        let mark = self.connection.query_row(MARK, [], |row| {
            Ok(Mark {
                epoch: row.get(0)?,
                position: row.get(1)?,
                batch: row.get(2)?,
                access_version: row.get(3)?,
            })
        });
        Ok(mark.map_err(failed)?)
    }

    fn count(&mut self, table: &Table) -> Result<u64> {
        let counted = self.connection.query_row(&count(table), [], number);
        Ok(counted.map_err(failed)?)
    }

    fn rows(&mut self, table: &Table, after: Option<&[Value]>, most: usize) -> Result<Vec<Row>> {
        let sql = page(table, after.is_some(), parameter, "");
        let mut values: Vec<_> = after.unwrap_or_default().iter().map(stored).collect();
        values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            let columns = table.columns.iter().enumerate();
            columns
                .map(|(at, column)| value(column, row.get_ref(at)?))
                .collect()
        });
        let rows: rusqlite::Result<Vec<Row>> = rows.and_then(Iterator::collect);
        Ok(rows.map_err(failed)?)
    }
}

impl Target for SqliteTransfer {
    fn underway(&mut self) -> Result<Option<Underway>> {
        let underway = self.connection.query_row(UNDERWAY, [], |row| {
            Ok(Underway {
                segments: number(row)?,
                export: row.get(1)?,
            })
        });
        Ok(underway.optional().map_err(failed)?)
    }

    fn begin(&mut self, export: &str) -> Result<()> {
        let sql = "insert into import_progress (id, export, segments) values (1, ?1, 0)";
        self.connection.execute(sql, [export]).map_err(failed)?;
        Ok(())
    }

    fn insert(&mut self, table: &Table, rows: &[Row], segments: u64) -> Result<()> {
        let sql = match table.name.as_str() {
            "head" => replace(table, parameter),
            name => {
                let parameters: Vec<_> = (1..=table.columns.len()).map(parameter).collect();
                let (names, parameters) = (table.names().join(", "), parameters.join(", "));
                format!("insert into {name} ({names}) values ({parameters})")
            }
        };
        let tx = self.transaction()?;
        let mut statement = tx.prepare(&sql).map_err(failed)?;
        for row in rows {
            let values = params_from_iter(row.iter().map(stored));
            statement.execute(values).map_err(failed)?;
        }
        drop(statement);
        let sql = "update import_progress set segments = ?1";
        let segments = i64::try_from(segments).unwrap_or(i64::MAX);
        tx.execute(sql, [segments]).map_err(failed)?;
        Ok(tx.commit().map_err(failed)?)
    }

    fn finish(&mut self, epoch: Epoch) -> Result<()> {
        // So that the first queries know how much there is, and that one file holds everything.
        let tidy = "pragma optimize = 0x10002; pragma wal_checkpoint(truncate)";
        self.connection.execute_batch(tidy).map_err(failed)?;
        let tx = self.transaction()?;
        let sql = "update head set epoch = ?1";
        tx.execute(sql, [i64::from(epoch.0)]).map_err(failed)?;
        tx.execute(OVER, []).map_err(failed)?;
        Ok(tx.commit().map_err(failed)?)
    }
}
