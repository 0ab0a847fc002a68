//! Checks as the rest of a sentence that begins with a name.

use crate::domain::{CheckCode, CheckState};

use super::duration;

/// How a check went, such as `tested the connection. Passed in 312 ms.`.
pub fn tested(state: CheckState, took_ms: u32, code: Option<&str>) -> String {
    match state {
        CheckState::Running => "is testing the connection.".to_owned(),
        CheckState::Passed => format!("tested the connection. Passed in {}.", duration(took_ms)),
        CheckState::Failed | CheckState::Stopped => format!("tested the connection. {}", reason(code)),
    }
}

/// Why a check failed, in one short sentence.
pub fn reason(code: Option<&str>) -> String {
    match code.and_then(CheckCode::parse) {
        Some(CheckCode::DnsFailed) => "The server was not found.",
        Some(CheckCode::EgressBlocked) => "The address is one that Latchkey does not speak to.",
        Some(CheckCode::ConnectRefused) => "Nobody answered at the address.",
        Some(CheckCode::Timeout) => "There was no answer in time.",
        Some(CheckCode::TlsInvalid) => "The certificate was not trusted.",
        Some(CheckCode::AuthRejected) => "The provider refused the credential.",
        Some(CheckCode::Forbidden) => "A permission was missing.",
        Some(CheckCode::NotFoundAtTarget) => "The server does not know what was asked for.",
        Some(CheckCode::RateLimited) => "The provider asked to slow down.",
        Some(CheckCode::TargetError) => "The provider failed.",
        Some(CheckCode::ResponseTooLarge) => "The answer was larger than allowed.",
        Some(CheckCode::UnexpectedContent) => "The answer was not what the provider documents.",
        Some(CheckCode::RedirectRefused) => "The provider sent the request elsewhere.",
        Some(CheckCode::Interrupted) => "It was interrupted.",
        None => "It failed.",
    }
    .to_owned()
}
