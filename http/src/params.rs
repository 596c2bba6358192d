//! Query parameters and ids in paths, read strictly.
//!
//! | what | answer |
//! |---|---|
//! | broken percent-encoding, not UTF-8 | 400 `malformed_query` |
//! | a number or UUID that is none | 400 `malformed_query` |
//! | a number out of range, U+0000 | 422 |
//! | an unknown, repeated or missing parameter | 422 |
//! | a path id that is no UUID | 404: nothing can have that address |
//!
//! The parameter `_` is ignored everywhere, repeated too: old browsers need it to get around their
//! caches.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess,
        Visitor,
        value::{BorrowedStrDeserializer, SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use uuid::Uuid;
use webqq_engine::typed::{Fault, Step};

use crate::error::{FieldError, Problem};

/// The parameters of the query string as a `T`: a struct of numbers, texts, UUIDs, booleans
/// (`true`, `false`), enums without content, options of these, and lists (separated by commas).
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        from_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// The one id of a path.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub Uuid);

/// The first `N` parameters of a path, all of them ids, in the order of the path.
#[derive(Debug, Clone, Copy)]
pub struct Ids<const N: usize>(pub [Uuid; N]);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ids([id]) = Ids::from_request_parts(parts, state).await?;
        Ok(Self(id))
    }
}

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Ids<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let mut ids = [Uuid::nil(); N];
        let mut texts = path.iter();
        for id in &mut ids {
            let text = texts.next().map(|(_, text)| text);
            *id = text.and_then(parse_id).ok_or_else(Problem::not_found)?;
        }
        Ok(Self(ids))
    }
}

/// Hyphenated only. The other spellings a UUID may have would give one thing several addresses.
fn parse_id(text: &str) -> Option<Uuid> {
    if text.len() == uuid::fmt::Hyphenated::LENGTH {
        Uuid::parse_str(text).ok()
    } else {
        None
    }
}

/// A cursor is opaque, and one that cannot be read gets `reset`, never an error status: an
/// `EventSource` would give up for good.
const CURSOR: &str = "cursor";
/// What stands for a cursor that is no text; the server never gives one like it.
const UNREADABLE: &str = "?";

/// Reads a query string (without its `?`).
fn from_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        let value = match decode(value) {
            Ok(value) if name == CURSOR && value.contains('\0') => UNREADABLE.to_owned(),
            Err(_) if name == CURSOR => UNREADABLE.to_owned(),
            value => value?,
        };
        if name == "_" {
            continue;
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(Problem::unprocessable(
                "nul_character",
                "The query must not contain the character U+0000.",
            ));
        }
        if pairs.iter().any(|(other, _)| *other == name) {
            return Err(refuse(&Fault::Duplicate(name), ""));
        }
        pairs.push((name, value));
    }
    let mut reader = Query {
        pairs: &pairs,
        next: 0,
    };
    T::deserialize(&mut reader).map_err(|fault| {
        // The faulty value is the one that was read last.
        let last = reader.next.checked_sub(1).and_then(|last| pairs.get(last));
        refuse(&fault, last.map_or("", |(name, _)| name))
    })
}

fn refuse(fault: &Fault, name: &str) -> Problem {
    match fault {
        // These name the parameter themselves.
        Fault::Unknown(_) | Fault::Missing(_) | Fault::Duplicate(_) => {
            let (field, message) = fault.describe("");
            Problem::invalid_field(field, message)
        }
        Fault::Range(message) => Problem::invalid_field(name, message),
        Fault::Type(message) => {
            Problem::malformed("malformed_query", format!("`{name}` {message}."))
                .with_fields(vec![FieldError::new(name, message)])
        }
    }
}

/// Undoes the percent-encoding of one name or value; `+` is a space, as forms write it.
fn decode(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| (digit as char).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => return Err(badly_encoded()),
                }
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| badly_encoded())
}

fn badly_encoded() -> Problem {
    Problem::malformed(
        "malformed_query",
        "The query is badly encoded: use percent-encoded UTF-8.",
    )
}

/// All parameters, as serde reads a struct.
struct Query<'de> {
    pairs: &'de [(String, String)],
    /// How many names were read; the values follow one behind.
    next: usize,
}

impl<'de> Deserializer<'de> for &mut Query<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let unknown = self
            .pairs
            .iter()
            .find(|(name, _)| !fields.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => {
                let mut shown = String::new();
                Step::Key(name).push_to(&mut shown);
                Err(Fault::Unknown(shown))
            }
            None => visitor.visit_map(self),
        }
    }

    // No parameters at all: `Params<()>` refuses whatever is given.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.pairs.first() {
            Some((name, _)) => Err(Fault::Unknown(name.clone())),
            None => visitor.visit_unit(),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for &mut Query<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some((name, _)) = self.pairs.get(self.next) else {
            // Nothing was read last: a missing parameter names itself.
            return Ok(None);
        };
        self.next += 1;
        seed.deserialize(BorrowedStrDeserializer::<Fault>::new(name))
            .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        match self
            .next
            .checked_sub(1)
            .and_then(|last| self.pairs.get(last))
        {
            Some((_, value)) => seed.deserialize(Text(value)),
            None => Err(Fault::custom("value before name")),
        }
    }
}

/// One value. It is a text until a field asks for a number or a boolean.
struct Text<'de>(&'de str);

impl<'de> Text<'de> {
    /// A whole number of any size is well formed; too large a one is out of range, not malformed.
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let digits = self.0.strip_prefix('-').unwrap_or(self.0);
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Fault::Type("must be a whole number".to_owned()));
        }
        if let Ok(number) = self.0.parse::<u64>() {
            visitor.visit_u64(number)
        } else if let Ok(number) = self.0.parse::<i64>() {
            visitor.visit_i64(number)
        } else {
            Err(Fault::Range("is out of range".to_owned()))
        }
    }
}

impl<'de> IntoDeserializer<'de, Fault> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.0)
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Fault::Type("must be true or false".to_owned())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let parts = self.0.split(',').filter(|part| !part.is_empty()).map(Text);
        visitor.visit_seq(SeqDeserializer::<_, Fault>::new(parts))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let text: StrDeserializer<'_, Fault> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        struct identifier ignored_any
    }
}

#[cfg(test)]
#[path = "params_tests.rs"]
mod tests;
