//! A row as a line of JSON, and back: strictly, because what is read here becomes somebody's past.
//!
//! A line is an object with every column of the table, in the order of `schema.sql`. The same row
//! is the same line whichever store it was read from; hashes are taken over lines.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use uuid::Uuid;

use super::schema::{Column, Table, Type};

/// What a row holds in one column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    Null,
    /// `text`.
    Text(String),
    /// `bigint`.
    Number(i64),
    /// `uuid`.
    Id(Uuid),
    /// `boolean`.
    Flag(bool),
}

impl Value {
    /// About how much memory it takes, in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 32,
            _ => 32,
        }
    }
}

/// One value for each column of its table, in their order.
pub type Row = Vec<Value>;

/// The key of a row.
pub fn key(table: &Table, row: &[Value]) -> Vec<Value> {
    table.key.iter().map(|at| row[*at].clone()).collect()
}

/// The line of a row, without its end.
pub fn line(table: &Table, row: &[Value]) -> String {
    use fmt::Write;
    let mut line = String::from("{");
    for (at, (column, value)) in table.columns.iter().zip(row).enumerate() {
        let comma = if at == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(line, "{comma}\"{}\":", column.name);
        let _ = match value {
            Value::Null => write!(line, "null"),
            Value::Text(text) => write!(line, "{}", Json::from(text.as_str())),
            Value::Number(number) => write!(line, "{number}"),
            Value::Id(id) => write!(line, "\"{id}\""),
            Value::Flag(flag) => write!(line, "{flag}"),
        };
    }
    line.push('}');
    line
}

/// The row of a line.
///
/// # Errors
/// What is wrong with it, as a part of a sentence.
pub fn parse(table: &Table, line: &str) -> Result<Row, String> {
    let Fields(mut fields) = serde_json::from_str(line).map_err(|error| match error {
        error if error.is_eof() => "it is cut off".to_owned(),
        error => format!("it is not a row as JSON: {error}"),
    })?;
    let mut row = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let name = &column.name;
        let at = fields.iter().position(|(field, _)| field == name);
        let at = at.ok_or_else(|| format!("`{name}` is missing"))?;
        let (_, json) = fields.swap_remove(at);
        row.push(value(column, json)?);
    }
    match fields.first() {
        None => Ok(row),
        Some((name, _)) if table.columns.iter().any(|column| column.name == *name) => {
            Err(format!("`{name}` is there twice"))
        }
        Some((name, _)) => Err(format!(
            "this version of webqq knows no column `{name}` of `{}`",
            table.name
        )),
    }
}

fn value(column: &Column, json: Json) -> Result<Value, String> {
    let name = &column.name;
    let value = match (column.r#type, json) {
        (_, Json::Null) if column.nullable => Some(Value::Null),
        (Type::Text, Json::String(text)) if text.contains('\0') => {
            return Err(format!("`{name}` holds U+0000, which no store keeps"));
        }
        (Type::Text, Json::String(text)) => Some(Value::Text(text)),
        (Type::Number, Json::Number(number)) => number.as_i64().map(Value::Number),
        (Type::Id, Json::String(text)) => Uuid::try_parse(&text).ok().map(Value::Id),
        (Type::Flag, Json::Bool(flag)) => Some(Value::Flag(flag)),
        _ => None,
    };
    let null = if column.nullable { " or null" } else { "" };
    value.ok_or_else(|| format!("`{name}` must be a {}{null}", column.r#type.name()))
}

/// An object's fields, each as often as it is there.
struct Fields(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::parse as schema;
    use super::*;

    fn table() -> Table {
        let text = "create table if not exists t (
            a uuid not null, b bigint not null, c text, d boolean not null, primary key (a, b));";
        schema(text).unwrap().remove(0)
    }

    #[test]
    fn a_row_comes_back() {
        let table = table();
        for text in ["", "a\"b\\c\n\u{1}\u{7f}\u{2028}", "大家好 🎉"] {
            let row = vec![
                Value::Id(Uuid::from_u128(7)),
                Value::Number(i64::MIN),
                Value::Text(text.into()),
                Value::Flag(true),
            ];
            let line = line(&table, &row);
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(parse(&table, &line).unwrap(), row);
        }
    }

    #[test]
    fn a_bad_line_says_what_is_wrong() {
        let id = "\"00000000-0000-0000-0000-000000000007\"";
        let good = format!(r#"{{"a":{id},"b":1,"c":null,"d":false}}"#);
        assert!(parse(&table(), &good).is_ok());
        for (from, to, word) in [
            ("false}", "fal", "cut off"),
            ("false}", "false", "cut off"),
            ("false}", "false} x", "not a row"),
            ("{", "[", "not a row"),
            ("\"b\":1", "\"b\":1.0", "`b` must be a bigint"),
            ("\"b\":1", "\"b\":9223372036854775808", "`b` must be"),
            ("\"b\":1", "\"b\":\"1\"", "`b` must be"),
            ("\"b\":1", "\"b\":null", "`b` must be"),
            ("\"b\":1", "\"B\":1", "`b` is missing"),
            ("\"b\":1,", "\"b\":1,\"b\":1,", "`b` is there twice"),
            ("\"b\":1,", "\"b\":1,\"e\":1,", "no column `e`"),
            ("null", "7", "`c` must be a text or null"),
            ("null", "\"\\u0000\"", "U+0000"),
            ("null", "\"\\ud800\"", "not a row"),
            ("000007", "00000x", "`a` must be a uuid"),
            ("false", "0", "`d` must be"),
        ] {
            let bad = good.replacen(from, to, 1);
            let error = parse(&table(), &bad).unwrap_err();
            assert!(error.contains(word), "{bad}: {error}");
        }
    }
}
