//! What PostgreSQL's error codes mean (postgresql.org, "PostgreSQL Error Codes").

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::connect::outcome::Failure;
use crate::connect::scrub::Scrubber;
use crate::domain::{CheckCode, StepKind};

use super::failure;
use super::limit::TooMuch;

/// What `error` means at `step`; the server's own words lose secrets.
pub(super) fn read(step: StepKind, error: &Error, scrubber: &Scrubber) -> Failure {
    let Some(refusal) = error.as_db_error() else {
        if is_too_much(error) {
            return failure(CheckCode::ResponseTooLarge, step);
        }
        let code = if error.is_closed() { CheckCode::TargetError } else { CheckCode::UnexpectedContent };
        return Failure { reason: "The server cut the line.".to_owned(), ..failure(code, step) };
    };
    Failure { provider_said: scrubber.clean(refusal.message()), ..failure(code(refusal.code()), step) }
}

fn is_too_much(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<TooMuch>())
}

fn code(state: &SqlState) -> CheckCode {
    match state.code() {
        "28P01" => CheckCode::AuthRejected,
        "3D000" => CheckCode::NotFoundAtTarget,
        // 28000 is no wrong password: pg_hba.conf has no line for this user, address and encryption, or the role may not log in.
        "28000" | "42501" => CheckCode::Forbidden,
        "53300" => CheckCode::RateLimited,
        "57014" => CheckCode::Timeout,
        _ => CheckCode::TargetError,
    }
}
