//! What PostgreSQL's error codes mean (postgresql.org, "PostgreSQL Error Codes").

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::connect::outcome::Failure;
use crate::connect::scrub::Scrubber;
use crate::domain::{CheckCode, StepKind};

use super::failure;

/// What `error` means at `step`; the server's own words lose secrets.
pub(super) fn read(step: StepKind, error: &Error, scrubber: &Scrubber) -> Failure {
    let Some(refusal) = error.as_db_error() else {
        let code = if error.is_closed() { CheckCode::TargetError } else { CheckCode::UnexpectedContent };
        return Failure { reason: "The server cut the line.".to_owned(), ..failure(code, step) };
    };
    Failure { provider_said: scrubber.clean(refusal.message()), ..failure(code(refusal.code()), step) }
}

fn code(state: &SqlState) -> CheckCode {
    match state.code() {
        "28P01" | "28000" => CheckCode::AuthRejected,
        "3D000" => CheckCode::NotFoundAtTarget,
        "42501" => CheckCode::Forbidden,
        "53300" => CheckCode::RateLimited,
        "57014" => CheckCode::Timeout,
        _ => CheckCode::TargetError,
    }
}
