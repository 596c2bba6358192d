//! The tables and columns of `schema.sql`, read from that file itself: so a new column or table
//! travels between stores without new code.
//!
//! The reader knows exactly the subset that the file keeps to (see the note at its head) and
//! refuses anything else, so that what it would misunderstand is found by a test and not by
//! somebody whose data is gone.

use super::TransferError;
use super::tokens::{Token, tokens};

/// The file, as both databases get it.
const SCHEMA: &str = include_str!("../../../schema.sql");

/// What does not travel, and why: a table, one column of it, or (with a star at the end) all tables
/// that an engine makes for itself outside `schema.sql`. Everything else in the database does; the
/// conformance suite holds that against the databases themselves.
pub const STAYS_BEHIND: [(&str, &str); 4] = [
    (
        "import_progress",
        "how far an import got is no part of what it carries",
    ),
    ("search*", "the server makes the index anew"),
    ("head.schema_version", "it stands in the manifest"),
    (
        "head.epoch",
        "the past of an imported log is another one: it gets an epoch of its own",
    ),
];

/// Whether a table, or a column as `table.column`, does not travel.
pub fn stays_behind(name: &str) -> bool {
    let is = |stays: &str| match stays.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == stays,
    };
    STAYS_BEHIND.iter().any(|(stays, _)| is(stays))
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `text`.
    Text,
    /// `bigint`.
    Number,
    /// `uuid`.
    Id,
    /// `boolean`.
    Flag,
}

impl Type {
    /// As `schema.sql` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "bigint",
            Self::Id => "uuid",
            Self::Flag => "boolean",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Text, Self::Number, Self::Id, Self::Flag]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub r#type: Type,
    /// Whether it may hold nothing.
    pub nullable: bool,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// In the order of the file.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in the key's order, by their places in `columns`.
    pub key: Vec<usize>,
}

impl Table {
    /// The place of the column that says which conversation a row belongs to.
    pub fn conversation(&self) -> Option<usize> {
        let name = match self.name.as_str() {
            "conversations" => "id",
            _ => "conversation",
        };
        let found = self.columns.iter().position(|column| column.name == name);
        found.filter(|at| self.columns[*at].r#type == Type::Id)
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }
}

/// Every table of `schema.sql`, those that stay behind included.
///
/// # Errors
/// The file is written in a way that this reader does not know; a test holds that it is not.
pub fn all() -> Result<Vec<Table>, TransferError> {
    parse(SCHEMA).map_err(TransferError::Bad)
}

/// The tables that travel, without their columns that do not.
///
/// # Errors
/// As [`all`].
pub fn travelling() -> Result<Vec<Table>, TransferError> {
    let mut tables = all()?;
    tables.retain(|table| !stays_behind(&table.name));
    for table in &mut tables {
        let key: Vec<String> = names_at(table, &table.key);
        let name = table.name.clone();
        table
            .columns
            .retain(|column| !stays_behind(&format!("{name}.{}", column.name)));
        table.key = key_of(table, &key).map_err(TransferError::Bad)?;
    }
    Ok(tables)
}

fn names_at(table: &Table, places: &[usize]) -> Vec<String> {
    places
        .iter()
        .map(|at| table.columns[*at].name.clone())
        .collect()
}

/// Reads the subset of SQL that `schema.sql` keeps to.
pub(super) fn parse(text: &str) -> Result<Vec<Table>, String> {
    let mut tables = Vec::new();
    let tokens = tokens(text)?;
    for statement in tokens.split(|token| token.is(";")) {
        let words: Vec<&str> = statement
            .iter()
            .take(2)
            .map(|token| token.text.as_str())
            .collect();
        match words[..] {
            [] => {}
            ["create", "table"] => tables.push(Reader(statement).table()?),
            // They hold nothing that the tables do not.
            ["create", "index" | "unique"] => {}
            _ => return Err(unknown(statement.first())),
        }
    }
    Ok(tables)
}

fn unknown(token: Option<&Token>) -> String {
    match token {
        Some(token) => format!(
            "schema.sql, line {}: `{}` is not in the subset that export and import read",
            token.line, token.text
        ),
        None => "schema.sql: a statement ends too early".into(),
    }
}

fn key_of(table: &Table, names: &[String]) -> Result<Vec<usize>, String> {
    let places = names.iter().map(|name| {
        let found = table
            .columns
            .iter()
            .position(|column| column.name == *name && !column.nullable);
        found.ok_or_else(|| {
            format!(
                "schema.sql: `{name}` of `{}` is in its key and may be null or does not exist",
                table.name
            )
        })
    });
    let places: Vec<usize> = places.collect::<Result<_, _>>()?;
    match places[..] {
        [] => Err(format!("schema.sql: `{}` has no primary key", table.name)),
        _ => Ok(places),
    }
}

/// What is left of a statement.
struct Reader<'a>(&'a [Token]);

impl Reader<'_> {
    fn next(&mut self) -> Result<Token, String> {
        let (first, rest) = self.0.split_first().ok_or_else(|| unknown(None))?;
        self.0 = rest;
        Ok(first.clone())
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.0.first().is_some_and(|token| token.is(text));
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    fn expect(&mut self, words: &[&str]) -> Result<(), String> {
        for word in words {
            if !self.take(word) {
                return Err(unknown(self.0.first()));
            }
        }
        Ok(())
    }

    fn name(&mut self) -> Result<String, String> {
        let token = self.next()?;
        let name = token.text.chars().all(|c| c == '_' || c.is_alphanumeric());
        if !name {
            return Err(unknown(Some(&token)));
        }
        Ok(token.text)
    }

    /// `(a, b)`
    fn names(&mut self) -> Result<Vec<String>, String> {
        self.expect(&["("])?;
        let mut names = vec![self.name()?];
        while self.take(",") {
            names.push(self.name()?);
        }
        self.expect(&[")"])?;
        Ok(names)
    }

    /// `( … )`, whatever is in it.
    fn skip_parentheses(&mut self) -> Result<(), String> {
        self.expect(&["("])?;
        let mut depth = 1;
        while depth > 0 {
            let token = self.next()?;
            depth += i32::from(token.is("(")) - i32::from(token.is(")"));
        }
        Ok(())
    }

    fn table(mut self) -> Result<Table, String> {
        self.expect(&["create", "table", "if", "not", "exists"])?;
        let mut table = Table {
            name: self.name()?,
            columns: Vec::new(),
            key: Vec::new(),
        };
        let mut key = Vec::new();
        self.expect(&["("])?;
        loop {
            if self.take("primary") {
                self.expect(&["key"])?;
                key = self.names()?;
            } else if self.take("unique") {
                self.names()?;
            } else if self.take("check") {
                self.skip_parentheses()?;
            } else {
                let (column, is_key) = self.column()?;
                key.extend(is_key.then(|| column.name.clone()));
                table.columns.push(column);
            }
            if !self.take(",") {
                break;
            }
        }
        self.expect(&[")"])?;
        if let Some(token) = self.0.first() {
            return Err(unknown(Some(token)));
        }
        table.key = key_of(&table, &key)?;
        Ok(table)
    }

    /// A column, and whether it is the primary key.
    fn column(&mut self) -> Result<(Column, bool), String> {
        let name = self.name()?;
        let token = self.next()?;
        let r#type = Type::parse(&token.text).ok_or_else(|| unknown(Some(&token)))?;
        let (mut nullable, mut is_key) = (true, false);
        loop {
            if self.take("not") {
                self.expect(&["null"])?;
                nullable = false;
            } else if self.take("primary") {
                self.expect(&["key"])?;
                is_key = true;
            } else if self.take("check") {
                self.skip_parentheses()?;
            } else if !self.take("unique") {
                break;
            }
        }
        let column = Column {
            name,
            r#type,
            nullable,
        };
        Ok((column, is_key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_file_is_read() {
        let tables = all().unwrap();
        let named = |name: &str| tables.iter().find(|table| table.name == name).unwrap();
        let stays = named("stays");
        assert_eq!(
            names_at(stays, &stays.key),
            ["conversation", "user_id", "joined_position"]
        );
        assert_eq!(stays.conversation(), Some(0));
        assert_eq!(named("conversations").conversation(), Some(0));
        assert_eq!(named("users").conversation(), None);
        let hash = named("users").columns.iter();
        let hash = hash.clone().find(|c| c.name == "password_hash").unwrap();
        assert!(hash.nullable && hash.r#type == Type::Text);
        let travelling = travelling().unwrap();
        let head = travelling.iter().find(|table| table.name == "head");
        let names = head.unwrap().names();
        assert!(!names.contains(&"epoch".into()) && names.contains(&"secret".into()));
        assert!(
            travelling
                .iter()
                .all(|table| table.name != "import_progress")
        );
    }

    #[test]
    fn what_stays_behind_exists() {
        let tables = all().unwrap();
        for (name, _) in STAYS_BEHIND.iter().filter(|(name, _)| !name.ends_with('*')) {
            let (table, column) = name.split_once('.').unwrap_or((name, ""));
            let found = tables.iter().find(|one| one.name == table).unwrap();
            assert!(column.is_empty() || found.names().contains(&column.into()));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let table = |inside: &str| format!("create table if not exists t ({inside});");
        assert!(parse(&table("a bigint not null primary key, b text")).is_ok());
        for bad in [
            &table("a bigint"),
            &table("a bigint primary key"),
            &table("a integer not null primary key"),
            &table("a bigint not null primary key default 1"),
            &table("a bigint not null primary key references b"),
            &table("a bigint not null primary key, primary key (b)"),
            &table("a bigint not null, primary key (a b)"),
            &table("a bigint not null primary key, b varchar(3)"),
            "create table t (a bigint not null primary key);",
            "create table if not exists t (a bigint not null primary key",
            "create table if not exists t (a bigint not null primary key) strict;",
            "create trigger x;",
            "alter table t add column x text;",
            "create table if not exists \"t\" (a bigint not null primary key);",
            "create table if not exists t (a bigint not null primary key check (a = 'x)));",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
