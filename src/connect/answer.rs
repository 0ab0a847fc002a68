//! What an HTTP answer means.

use serde_json::Value;

use crate::catalogue::{Check, Manifest, Success};
use crate::domain::{CheckCode, Clock, StepKind};
use crate::egress::{EgressError, HttpAnswer};

use super::outcome::Failure;
use super::scrub::Scrubber;
use super::xml;

/// What a request is judged with.
pub(super) struct Judge<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) clock: &'a dyn Clock,
}

impl Judge<'_> {
    /// The JSON of an answer that counts as success, also where it came as XML; null when it is plain text that may be.
    ///
    /// # Errors
    /// What the refusal means.
    pub(super) fn success(&self, step: StepKind, answer: &HttpAnswer, success: &Success, scrubber: &Scrubber) -> Result<Value, Failure> {
        let json = document(answer);
        let status_counts = if success.statuses.is_empty() { answer.is_success() } else { success.statuses.contains(&answer.status) };
        let fulfilled = json.as_ref().is_some_and(|json| fulfils(success, json));
        if status_counts && (fulfilled || (success.text && json.is_none() && is_plain_text(answer))) {
            return Ok(json.unwrap_or_default());
        }
        let code =
            self.rule(answer.status, json.as_ref()).unwrap_or_else(|| if status_counts { CheckCode::UnexpectedContent } else { by_status(answer.status) });
        let reason = if is_web_page(answer) { "It answered with a web page." } else { "" };
        let wait = (code == CheckCode::RateLimited).then(|| i64::from(answer.retry_after_s.unwrap_or(60)));
        Err(Failure {
            code,
            step,
            status: Some(answer.status),
            retry_at: wait.map(|seconds| self.clock.now().plus_millis(seconds * 1_000)),
            provider_said: self.said(json.as_ref()).map(|text| scrubber.clean(text)).unwrap_or_default(),
            reason: reason.to_owned(),
        })
    }

    fn check(&self) -> Option<&Check> {
        self.manifest.check.as_ref()
    }

    fn rule(&self, status: u16, json: Option<&Value>) -> Option<CheckCode> {
        let fits = |rule: &&crate::catalogue::ErrorRule| {
            rule.status.is_none_or(|wanted| wanted == status)
                && match (&rule.pointer, &rule.matches) {
                    (Some(pointer), Some(pattern)) => json.and_then(|json| json.pointer(pointer)).and_then(text_of).is_some_and(|text| pattern.matches(&text)),
                    _ => true,
                }
        };
        self.check()?.errors.iter().find(fits).map(|rule| rule.code)
    }

    fn said<'a>(&self, json: Option<&'a Value>) -> Option<&'a str> {
        self.check()?.said.iter().find_map(|pointer| json?.pointer(pointer)?.as_str()).filter(|text| !text.trim().is_empty())
    }
}

/// The JSON of an answer, also where it came as XML; none when it is neither.
pub(super) fn document(answer: &HttpAnswer) -> Option<Value> {
    if is_xml(answer) { xml::read(answer.text()?) } else { answer.json() }
}

/// Whether an answer came as XML.
pub(super) fn is_xml(answer: &HttpAnswer) -> bool {
    answer.content_type.as_deref().is_some_and(xml::is_xml)
}

/// A failure below HTTP.
pub(super) fn unreached(step: StepKind, error: &EgressError) -> Failure {
    let reason = match error {
        EgressError::TlsInvalid { reason, .. } => reason.as_str().to_owned(),
        EgressError::NotEncrypted { .. } => "it would be called without encryption".to_owned(),
        EgressError::Redirect { to_host } => to_host.clone(),
        other => other.to_string(),
    };
    Failure { code: error.code(), step, status: None, retry_at: None, provider_said: String::new(), reason }
}

/// A scalar as text.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn fulfils(success: &Success, json: &Value) -> bool {
    let stands = |pointer: &str| json.pointer(pointer).filter(|value| !value.is_null());
    success.absent.iter().all(|pointer| stands(pointer).is_none())
        && success.require.iter().all(|requirement| match (stands(&requirement.pointer), &requirement.equals) {
            (Some(value), Some(wanted)) => text_of(value).as_ref() == Some(wanted),
            (Some(_), None) => true,
            (None, _) => false,
        })
}

const fn by_status(status: u16) -> CheckCode {
    match status {
        401 => CheckCode::AuthRejected,
        403 => CheckCode::Forbidden,
        404 | 410 => CheckCode::NotFoundAtTarget,
        408 | 504 => CheckCode::Timeout,
        429 => CheckCode::RateLimited,
        300..=399 => CheckCode::RedirectRefused,
        500..=599 => CheckCode::TargetError,
        _ => CheckCode::UnexpectedContent,
    }
}

fn is_web_page(answer: &HttpAnswer) -> bool {
    let start: String = answer.text().unwrap_or_default().trim_start().chars().take(9).collect();
    answer.content_type.as_deref() == Some("text/html") || start.eq_ignore_ascii_case("<!doctype") || start.to_ascii_lowercase().starts_with("<html")
}

/// Also nothing at all, as with 204.
fn is_plain_text(answer: &HttpAnswer) -> bool {
    !is_web_page(answer) && answer.text().is_some()
}
