//! A JSON value to one of our types (a request, a message's body), with errors that a person can act on.
//!
//! Serde's own errors name Rust types and no path. `Fault` is an error type of ours, so that
//! serde hands over what went wrong as data; the readers in this file note where. Unknown
//! fields of a struct are refused here, for every struct, whether it asks for that or not.

use std::fmt::Write as _;
use std::{cell::RefCell, fmt};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer,
        MapAccess, SeqAccess, Unexpected, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

/// One step down into a document.
pub enum Step<'a> {
    /// A member of an object.
    Key(&'a str),
    /// An element of an array.
    Index(usize),
}

impl Step<'_> {
    /// Appends the step to a path as people write it: `members[2].role`.
    pub fn push_to(&self, path: &mut String) {
        match self {
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                // A key is the sender's text and goes back in the answer: shown short and clean.
                path.extend(key.chars().filter(|c| !c.is_control()).take(64));
            }
            Step::Index(index) => {
                // Writing to a String cannot fail.
                let _ = write!(path, "[{index}]");
            }
        }
    }
}

/// What is wrong with a value, before anyone knows where it stands.
#[derive(Debug)]
pub enum Fault {
    /// Another JSON type than expected, or a text that is no number.
    Type(String),
    /// The right type, outside the allowed values.
    Range(String),
    /// A field or parameter that does not exist here.
    Unknown(String),
    /// A field or parameter that is needed.
    Missing(String),
    /// Given twice.
    Duplicate(String),
}

impl Fault {
    /// The faulty field (`path` is where the value stands) and the rest of the sentence.
    pub fn describe(&self, path: &str) -> (String, String) {
        let below = |name: &str| {
            let mut path = path.to_owned();
            Step::Key(name).push_to(&mut path);
            path
        };
        match self {
            Fault::Type(message) | Fault::Range(message) => (path.to_owned(), message.clone()),
            Fault::Unknown(name) => (below(name), "is not known here".to_owned()),
            Fault::Missing(name) => (below(name), "is missing".to_owned()),
            Fault::Duplicate(name) => (below(name), "is given twice".to_owned()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe("").1)
    }
}

impl std::error::Error for Fault {}

/// Serde's word for what it expected, in a reader's words. Serde says "a string", "u32", "struct
/// NewUser"; anything not recognised stays vague rather than showing a Rust name.
fn in_words(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    let bounds = |low: String, high: String| format!("must be a whole number from {low} to {high}");
    match expected.as_str() {
        "u8" => bounds(u8::MIN.to_string(), u8::MAX.to_string()),
        "u16" => bounds(u16::MIN.to_string(), u16::MAX.to_string()),
        "u32" => bounds(u32::MIN.to_string(), u32::MAX.to_string()),
        "u64" | "usize" => "must be a whole number, 0 or more".to_owned(),
        "i8" => bounds(i8::MIN.to_string(), i8::MAX.to_string()),
        "i16" => bounds(i16::MIN.to_string(), i16::MAX.to_string()),
        "i32" => bounds(i32::MIN.to_string(), i32::MAX.to_string()),
        "i64" | "isize" => "must be a whole number".to_owned(),
        "f32" | "f64" => "must be a number".to_owned(),
        "a boolean" => "must be true or false".to_owned(),
        "a string" | "a borrowed string" => "must be a text".to_owned(),
        "a character" => "must be a single character".to_owned(),
        "a formatted UUID string" => "must be a UUID".to_owned(),
        "a map" => "must be an object".to_owned(),
        "a sequence" => "must be a list".to_owned(),
        "unit" => "must be null".to_owned(),
        other if other.starts_with("struct ") => "must be an object".to_owned(),
        other if other.starts_with("a tuple") || other.starts_with("an array") => {
            "must be a list".to_owned()
        }
        // A visitor of ours may say it itself: "must be …" is our own words, see `custom`.
        other if other.starts_with("must be ") => other.to_owned(),
        _ => "has the wrong form".to_owned(),
    }
}

impl Error for Fault {
    /// A `Deserialize` of ours speaks to the client by an error that begins with "must "; any
    /// other text (a library's) is not passed on.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        if message.starts_with("must ") {
            Fault::Range(message)
        } else if message.starts_with("UUID") {
            Fault::Type("must be a UUID".to_owned())
        } else {
            Fault::Type("has the wrong form".to_owned())
        }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Type(in_words(expected))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Range(in_words(expected))
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Fault::Range("has the wrong number of elements".to_owned())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Fault::Range(match expected {
            [] => "has an unknown value".to_owned(),
            [only] => format!("must be \"{only}\""),
            _ => format!("must be one of \"{}\"", expected.join("\", \"")),
        })
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Fault::Unknown(name.to_owned())
    }

    fn missing_field(name: &'static str) -> Self {
        Fault::Missing(name.to_owned())
    }

    fn duplicate_field(name: &'static str) -> Self {
        Fault::Duplicate(name.to_owned())
    }
}

/// Reads `value`, which stands at `root` of a larger document (empty: it is the document), as a
/// `T`.
///
/// # Errors
/// Where the first fault is and what is wrong there, as the rest of a sentence.
pub fn read<T: DeserializeOwned>(value: &Value, root: &str) -> Result<T, (String, String)> {
    let place = Place::default();
    T::deserialize(At {
        value,
        path: root,
        place: &place,
    })
    .map_err(|fault| {
        let path = place.0.into_inner();
        fault.describe(path.as_deref().unwrap_or(root))
    })
}

/// Where the first fault arose: set by the innermost reader, left alone by those around it.
#[derive(Default)]
struct Place(RefCell<Option<String>>);

/// A value and where it stands in the body.
struct At<'de, 'p> {
    value: &'de Value,
    path: &'p str,
    place: &'p Place,
}

impl<'de> At<'de, '_> {
    fn child<S: DeserializeSeed<'de>>(
        path: &str,
        place: &Place,
        step: Step<'_>,
        value: &'de Value,
        seed: S,
    ) -> Result<S::Value, Fault> {
        let mut path = path.to_owned();
        step.push_to(&mut path);
        let result = seed.deserialize(At {
            value,
            path: &path,
            place,
        });
        if result.is_err() {
            place.0.borrow_mut().get_or_insert(path);
        }
        result
    }

    fn object<V: Visitor<'de>>(
        self,
        map: &'de serde_json::Map<String, Value>,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_map(Members {
            members: map.iter(),
            next: None,
            path: self.path,
            place: self.place,
        })
    }
}

impl<'de> Deserializer<'de> for At<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(values) => visitor.visit_seq(Elements {
                elements: values.iter().enumerate(),
                path: self.path,
                place: self.place,
            }),
            Value::Object(map) => self.object(map, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == "$serde_json::private::RawValue" {
            // Only serde_json's own reader can make a `RawValue`; it cannot fail on a value.
            return self
                .value
                .deserialize_newtype_struct(name, visitor)
                .map_err(Fault::custom);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::Object(map) => match map.keys().find(|key| !fields.contains(&key.as_str())) {
                Some(unknown) => Err(Fault::Unknown(unknown.clone())),
                None => self.object(map, visitor),
            },
            // A struct may also be read from a list of its fields; not by us.
            Value::Array(_) => Err(Fault::Type("must be an object".to_owned())),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::String(text) => {
                let text: StrDeserializer<'_, Fault> = text.as_str().into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            // Variants with content; none of our bodies has one, so their inside has no path.
            Value::Object(_) => self
                .value
                .deserialize_enum(name, variants, visitor)
                .map_err(Fault::custom),
            _ => Err(Fault::Type("must be a text".to_owned())),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }

    fn is_human_readable(&self) -> bool {
        true
    }
}

struct Elements<'de, 'p> {
    elements: std::iter::Enumerate<std::slice::Iter<'de, Value>>,
    path: &'p str,
    place: &'p Place,
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        match self.elements.next() {
            None => Ok(None),
            Some((index, value)) => {
                At::child(self.path, self.place, Step::Index(index), value, seed).map(Some)
            }
        }
    }
}

struct Members<'de, 'p> {
    members: serde_json::map::Iter<'de>,
    next: Option<(&'de String, &'de Value)>,
    path: &'p str,
    place: &'p Place,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        self.next = self.members.next();
        match self.next {
            None => Ok(None),
            // A key that is refused (an unknown field) is named by the fault itself.
            Some((key, _)) => {
                let key: serde::de::value::BorrowedStrDeserializer<'de, Fault> =
                    serde::de::value::BorrowedStrDeserializer::new(key);
                seed.deserialize(key).map(Some)
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        match self.next.take() {
            Some((key, value)) => At::child(self.path, self.place, Step::Key(key), value, seed),
            None => Err(Fault::custom("value before key")),
        }
    }
}
