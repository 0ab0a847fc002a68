//! Audit entries as the rest of a sentence that begins with a name.

use serde_json::Value;

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

/// What happened: the action and outcome of an audit entry, and its detail as JSON.
pub fn activity(action: &str, outcome: &str, detail: &str) -> String {
    let detail: Value = serde_json::from_str(detail).unwrap_or_default();
    match (action, outcome) {
        ("connection.created", _) => "connected it. The credential is sealed.".to_owned(),
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
        ("connection.disconnected", "done") => match detail.get("revoked").and_then(Value::as_bool) {
            None => "disconnected it. The credential is erased.",
            Some(true) => "disconnected it. The credential is erased here and ended at the provider.",
            Some(false) => "disconnected it. The credential is erased here. The provider could not be told.",
        }
        .to_owned(),
        ("connection.revocation_asked", _) => "asked the provider to end the credential.".to_owned(),
        ("connection.edited", "done") => edited(&detail),
        ("connection.given", "done") => "made it somebody else\u{2019}s.".to_owned(),
        ("connection.disabled", "done") => "turned it off.".to_owned(),
        ("connection.enabled", "done") => "turned it on.".to_owned(),
        (_, "refused") => "tried something that was refused.".to_owned(),
        _ => "changed it.".to_owned(),
    }
}

fn edited(detail: &Value) -> String {
    let parts = detail.get("changed").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let parts: Vec<String> = parts.iter().filter_map(Value::as_str).map(|part| format!("the {part}")).collect();
    let before = detail.get("name_before").and_then(Value::as_str).map(|name| format!(" It was called {name}.")).unwrap_or_default();
    match parts.split_last() {
        Some((last, [])) => format!("changed {last}.{before}"),
        Some((last, others)) => format!("changed {} and {last}.{before}", others.join(", ")),
        None => "changed it.".to_owned(),
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
