//! Why something was refused: travels in the reply, never as an actor's failure.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How a refusal is to be understood; HTTP turns it into a status code in its error file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// Known to the caller but not allowed.
    Forbidden,
    /// Does not exist, or the caller may not know that it does.
    NotFound,
    /// At odds with the present state.
    Conflict,
    /// Content that can never be accepted.
    Invalid,
    /// Too often; try again later.
    TooMany,
    /// It is so already: nothing was posted, and the route answers as after success.
    Unchanged,
    /// Not now; the outcome is unknown and a retry with the same client id is safe.
    Unavailable,
}

/// Why something was refused. Travels in the reply; never an actor's failure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Rejection {
    /// How to understand it.
    pub refusal: Refusal,
    /// Stable, for programs: `group_full`.
    pub code: Cow<'static, str>,
    /// For people: one sentence.
    pub detail: String,
    /// When to try again, in milliseconds, where that makes sense.
    pub retry_after_ms: Option<u64>,
    /// The field at fault, for invalid content.
    pub field: Option<String>,
}

impl Rejection {
    fn new(refusal: Refusal, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            refusal,
            code: code.into(),
            detail: detail.into(),
            retry_after_ms: None,
            field: None,
        }
    }

    /// Known but not allowed.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Refusal::Forbidden, code, detail)
    }

    /// What does not exist and what the caller may not know of answer alike.
    pub fn not_found() -> Self {
        Self::new(
            Refusal::NotFound,
            "not_found",
            "There is nothing here, or nothing that you may see.",
        )
    }

    /// At odds with the present state.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Refusal::Conflict, code, detail)
    }

    /// Content that can never be accepted.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(Refusal::Invalid, "invalid", detail)
        }
    }

    /// Like [`invalid`](Self::invalid), with a code of its own.
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Refusal::Invalid, code, detail)
    }

    /// The change changes nothing.
    pub fn unchanged() -> Self {
        Self::new(Refusal::Unchanged, "unchanged", "It is so already.")
    }

    /// Too often.
    pub fn too_many(code: &'static str, detail: impl Into<String>, retry_after_ms: u64) -> Self {
        Self {
            retry_after_ms: Some(retry_after_ms),
            ..Self::new(Refusal::TooMany, code, detail)
        }
    }

    /// Not now, perhaps done.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self {
            retry_after_ms: Some(1_000),
            ..Self::new(Refusal::Unavailable, "unavailable", detail)
        }
    }
}
