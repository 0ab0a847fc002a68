//! What the server's error codes mean (dev.mysql.com, "Server Error Message Reference").

use mysql_async::{DriverError, Error, IoError};

use crate::connect::outcome::Failure;
use crate::connect::scrub::Scrubber;
use crate::domain::{CheckCode, StepKind};

use super::failure;

/// What `error` means at `step`; the server's own words lose secrets.
pub(super) fn read(step: StepKind, error: &Error, scrubber: &Scrubber) -> Failure {
    let reason = "The server cut the line.".to_owned();
    match error {
        Error::Server(refusal) => Failure { provider_said: scrubber.clean(&refusal.message), ..failure(meaning(refusal.code), step) },
        Error::Io(IoError::Tls(_)) => Failure { reason: "the certificate was refused".to_owned(), ..failure(CheckCode::TlsInvalid, step) },
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            Failure { reason: "the server offers no encryption".to_owned(), ..failure(CheckCode::TlsInvalid, step) }
        }
        Error::Io(_) => Failure { reason, ..failure(CheckCode::TargetError, step) },
        _ => Failure { reason, ..failure(CheckCode::UnexpectedContent, step) },
    }
}

/// What a code means.
pub(super) const fn meaning(code: u16) -> CheckCode {
    match code {
        // ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR, ER_MUST_CHANGE_PASSWORD_LOGIN
        1045 | 1698 | 1862 => CheckCode::AuthRejected,
        // ER_BAD_DB_ERROR
        1049 => CheckCode::NotFoundAtTarget,
        // ER_DBACCESS_DENIED_ERROR, ER_HOST_IS_BLOCKED, ER_HOST_NOT_PRIVILEGED, ER_TABLEACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR, ER_ACCOUNT_HAS_BEEN_LOCKED
        1044 | 1129 | 1130 | 1142 | 1227 | 3118 | 4151 => CheckCode::Forbidden,
        // ER_CON_COUNT_ERROR, ER_TOO_MANY_USER_CONNECTIONS, ER_USER_LIMIT_REACHED
        1040 | 1203 | 1226 => CheckCode::RateLimited,
        // ER_QUERY_TIMEOUT, ER_STATEMENT_TIMEOUT of MariaDB
        3024 | 1969 => CheckCode::Timeout,
        _ => CheckCode::TargetError,
    }
}
