//! What the two databases share when everything in them is read or written: the statements, made
//! from the tables that `schema.sql` names, and the import that keeps a server away.

use super::StoreError;
use crate::transfer::schema::{Table, Type};

/// Where the log stands.
pub(super) const MARK: &str = "select epoch, position, batch, access_version from head";
/// How far an import got.
pub(super) const UNDERWAY: &str = "select segments, export from import_progress";
/// The import is over.
pub(super) const OVER: &str = "delete from import_progress";

/// Why a server does not start, and nothing is exported, while an import is under way.
pub(super) fn unfinished() -> StoreError {
    StoreError::Unusable(
        "the import into this store is not finished: call `webqq import` again with the same \
         directory, or take an empty store"
            .into(),
    )
}

/// How many rows there are.
pub(super) fn count(table: &Table) -> String {
    format!("select count(*) from {}", table.name)
}

/// The next rows by key: `?n`-like parameters made by `parameter`, first those of the key's
/// columns if there is one, last how many. `text` is put behind texts that are compared.
pub(super) fn page(
    table: &Table,
    after: bool,
    parameter: impl Fn(usize) -> String,
    text: &str,
) -> String {
    let key: Vec<String> = table
        .key
        .iter()
        .map(|at| match table.columns[*at].r#type {
            Type::Text => format!("{}{text}", table.columns[*at].name),
            _ => table.columns[*at].name.clone(),
        })
        .collect();
    let key = key.join(", ");
    let mut next = 0;
    let after = match after {
        true => {
            let values: Vec<String> = (1..=table.key.len()).map(&parameter).collect();
            next = table.key.len();
            format!(" where ({key}) > ({})", values.join(", "))
        }
        false => String::new(),
    };
    let (names, name, limit) = (table.names().join(", "), &table.name, parameter(next + 1));
    format!("select {names} from {name}{after} order by {key} limit {limit}")
}

/// Changes every travelling column of the one row of a table.
pub(super) fn replace(table: &Table, parameter: impl Fn(usize) -> String) -> String {
    let columns = table.columns.iter().zip(1..);
    let sets: Vec<String> = columns
        .map(|(column, at)| format!("{} = {}", column.name, parameter(at)))
        .collect();
    format!("update {} set {}", table.name, sets.join(", "))
}
