//! JSON text to a value, strictly: what one of our two databases, or a client in another language,
//! would read differently is refused at the door instead of being stored.
//!
//! - Duplicate keys: parsers disagree on which one counts.
//! - U+0000: SQLite stores it and PostgreSQL refuses it.
//! - Deep nesting: recursion in every reader that comes after us.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use webqq_engine::typed::Step;

use crate::error::{FieldError, Problem};

/// Deepest nesting of arrays and objects; more is 422. Far beyond any body of ours and far below
/// what a stack holds.
pub const MAX_DEPTH: usize = 64;

/// Reads one JSON document: 400 `malformed_json` when it is none, 422 for the strict rules.
pub fn parse(text: &[u8]) -> Result<Value, Problem> {
    let state = State::default();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict {
        state: &state,
        depth: 0,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match state.fault.into_inner() {
        Some(problem) => problem,
        // The one syntax error that is about content: 1e999. (It has no kind of its own.)
        None if error.to_string().starts_with("number out of range") => Problem::unprocessable(
            "number_out_of_range",
            "The body holds a number that is too large to be read.",
        ),
        None => Problem::malformed(
            "malformed_json",
            "The body is not valid JSON in UTF-8: check quotes, commas and brackets.",
        ),
    })
}

/// Where the reader is, and what it refused. Serde's error carries only a text; the problem is
/// put here before serde is told to stop.
#[derive(Default)]
struct State {
    path: RefCell<String>,
    fault: RefCell<Option<Problem>>,
}

impl State {
    fn refuse<E: Error>(&self, code: &'static str, message: &'static str, rest: &str) -> E {
        let path = self.path.borrow().clone();
        let subject = if path.is_empty() {
            "The body".to_owned()
        } else {
            format!("`{path}`")
        };
        let mut problem = Problem::unprocessable(code, format!("{subject} {message}{rest}."));
        if !path.is_empty() {
            problem = problem.with_fields(vec![FieldError::new(path, format!("{message}{rest}"))]);
        }
        *self.fault.borrow_mut() = Some(problem);
        E::custom("refused")
    }

    fn check_text<E: Error>(&self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            return Err(self.refuse("nul_character", "must not contain the character U+0000", ""));
        }
        Ok(())
    }

    /// Runs `inside` with `.key` or `[index]` added to the path. On an error the path stays as it
    /// is: it was used already, and nothing is read after it.
    fn within<T, E>(&self, step: Step<'_>, inside: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.path.borrow().len();
        step.push_to(&mut self.path.borrow_mut());
        let result = inside()?;
        self.path.borrow_mut().truncate(before);
        Ok(result)
    }
}

struct Strict<'a> {
    state: &'a State,
    depth: usize,
}

impl Strict<'_> {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            *self.state.fault.borrow_mut() = Some(Problem::unprocessable(
                "nested_too_deeply",
                format!("The body is nested too deeply: at most {MAX_DEPTH} levels are read."),
            ));
            return Err(E::custom("refused"));
        }
        Ok(Self {
            state: self.state,
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.state.check_text(text)?;
        Ok(Value::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        self.state.check_text(&text)?;
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            let element = self.deeper()?;
            let step = Step::Index(values.len());
            match self
                .state
                .within(step, || array.next_element_seed(element))?
            {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        // An empty object at the last level counts as a level, too: the check comes first.
        let _ = self.deeper::<A::Error>()?;
        while let Some(key) = object.next_key::<String>()? {
            let member = self.deeper()?;
            let value = self.state.within(Step::Key(&key), || {
                self.state.check_text(&key)?;
                if map.contains_key(&key) {
                    return Err(self.state.refuse("duplicate_field", "is given twice", ""));
                }
                object.next_value_seed(member)
            })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, status: u16, code: &str, field: &str) {
        let problem = parse(text.as_bytes()).unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (status, code),
            "{text}"
        );
        let fields: Vec<_> = problem.fields().iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields.join(" "), field, "{text}");
        let detail = problem.detail();
        assert!(
            !detail.contains("line") && !detail.contains("column"),
            "{detail}"
        );
        assert!(
            !detail.contains('\0') && !detail.contains("refused"),
            "{detail}"
        );
    }

    #[test]
    fn good_json_comes_through_unchanged() {
        let text = r#"{"a":[1,-2,3.5,null,true,"字\n😀"],"b":{"a":{}},"big":18446744073709551615}"#;
        let value = parse(text.as_bytes()).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(parse(b" 1 ").unwrap(), json!(1));
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in [
            "",
            "{",
            "{]",
            "nul",
            "{\"a\":1,}",
            "{} {}",
            "\"\\ud800\"",
            "01",
            "\u{feff}{}",
        ] {
            check(text, 400, "malformed_json", "");
        }
        let latin1 = parse(b"{\"a\":\"\xe9\"}").unwrap_err();
        assert_eq!(
            (latin1.status().as_u16(), latin1.code()),
            (400, "malformed_json")
        );
    }

    #[test]
    fn duplicate_keys_are_refused_at_any_depth() {
        check(r#"{"a":1,"a":1}"#, 422, "duplicate_field", "a");
        check(r#"{"a":1,"\u0061":2}"#, 422, "duplicate_field", "a");
        check(
            r#"{"x":[{},{"y":{"a":1,"a":2}}]}"#,
            422,
            "duplicate_field",
            "x[1].y.a",
        );
        assert!(parse(br#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn the_nul_character_is_refused_in_texts_and_keys() {
        check(
            r#"{"a":{"b":["x","\u0000"]}}"#,
            422,
            "nul_character",
            "a.b[1]",
        );
        check(r#"{"a":{"k\u0000":1}}"#, 422, "nul_character", "a.k");
        check(r#""x\u0000""#, 422, "nul_character", "");
    }

    #[test]
    fn depth_ends_at_the_bound() {
        let nest = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(nest(MAX_DEPTH).as_bytes()).is_ok());
        check(&nest(MAX_DEPTH + 1), 422, "nested_too_deeply", "");
        check(&nest(30_000), 422, "nested_too_deeply", "");
        let objects = format!(
            "{}{{}}{}",
            "{\"a\":".repeat(MAX_DEPTH),
            "}".repeat(MAX_DEPTH)
        );
        check(&objects, 422, "nested_too_deeply", "");
    }

    #[test]
    fn numbers_beyond_reading_are_refused() {
        check("{\"n\":1e999}", 422, "number_out_of_range", "");
    }
}
