//! Audit entries as the rest of a sentence that begins with a name.

use serde_json::Value;

use crate::domain::CheckCode;
use crate::store::audit::AuditRow;

use super::duration;

/// What happened, such as `tested the connection. Passed in 312 ms.`.
pub fn activity(row: &AuditRow) -> String {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let took = detail.get("took_ms").and_then(Value::as_u64).and_then(|millis| u32::try_from(millis).ok()).map(duration);
    match (row.action.as_str(), row.outcome.as_str()) {
        ("connection.created", _) => "connected it. The credential is sealed.".to_owned(),
        ("connection.tested", "done") => {
            took.map_or_else(|| "tested the connection. Passed.".to_owned(), |took| format!("tested the connection. Passed in {took}."))
        }
        ("connection.tested", _) => format!("tested the connection. {}", reason(detail.get("code").and_then(Value::as_str))),
        ("connection.credential_changed", _) => "changed the credential. The one before is kept for a while.".to_owned(),
        ("connection.credential_restored", _) => match detail.get("version").and_then(Value::as_i64) {
            Some(version) => format!("went back to version {version} of the credential."),
            None => "went back to an earlier credential.".to_owned(),
        },
        ("connection.credential_tried", _) => {
            format!("tried another credential. {} Nothing was changed.", reason(detail.get("code").and_then(Value::as_str)))
        }
        ("connection.credential_held", _) => "tried a credential of another account, or one that came too late. Nothing was changed.".to_owned(),
        ("connection.previewed", _) => "looked at the first rows. Nothing of them is stored.".to_owned(),
        ("connection.session_renewed", _) => "signed in anew and sealed the new session.".to_owned(),
        ("connection.disconnected", _) => "disconnected it. The credential is erased.".to_owned(),
        (_, "refused") => "tried something that was refused.".to_owned(),
        _ => "changed it.".to_owned(),
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
