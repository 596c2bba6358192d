//! The engine's refusals as problems.

use std::time::Duration;

use webqq_engine::message::{Refusal, Rejection};

use crate::error::{FieldError, Problem};

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let Rejection {
            refusal,
            code,
            detail,
            retry_after_ms,
            field,
        } = rejection;
        let retry = Duration::from_millis(retry_after_ms.unwrap_or(1_000));
        let problem = match refusal {
            Refusal::Forbidden => Self::forbidden(code, detail.clone()),
            Refusal::NotFound => return Self::not_found(),
            Refusal::Conflict => Self::conflict(code, detail.clone()),
            Refusal::TooMany => Self::too_many(code, detail.clone(), retry),
            Refusal::Unavailable => Self::unavailable(code, detail.clone(), retry),
            // `Unchanged` is success; where a route lets it through, it is invalid to ask for it.
            Refusal::Invalid | Refusal::Unchanged => Self::unprocessable(code, detail.clone()),
        };
        match field {
            Some(field) => problem.with_fields(vec![FieldError::new(field, detail)]),
            None => problem,
        }
    }
}

/// The store does not answer: "perhaps", never "no".
pub(crate) fn store_is_down() -> Problem {
    Problem::unavailable(
        "unavailable",
        "The server's store does not answer; try again in a moment.",
        Duration::from_secs(1),
    )
}
