//! The engine's reader of JSON values, with problems as errors.

use serde::de::DeserializeOwned;
use serde_json::Value;
use webqq_engine::typed::read;

use crate::error::Problem;

/// Reads `value` as a `T`; 422 `invalid` with the field otherwise.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    read(value, "").map_err(|(field, message)| {
        if field.is_empty() {
            Problem::unprocessable("invalid", format!("The body {message}."))
        } else {
            Problem::invalid_field(field, message)
        }
    })
}

#[cfg(test)]
#[path = "typed_tests.rs"]
mod tests;
