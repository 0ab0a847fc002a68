//! What a token address answers (RFC 6749 §5).

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::TokenProblem;
use crate::catalogue::{Field, FilledBy, OAuth};
use crate::connect::answer::text_of;
use crate::connect::scrub::Scrubber;
use crate::domain::Timestamp;
use crate::egress::HttpAnswer;
use crate::vault::Secret;

/// The shortest and the longest time that is believed, in seconds: a second, ten years.
const BELIEVED_S: std::ops::RangeInclusive<i64> = 1..=10 * 366 * 86_400;
/// How long a token works that can be renewed and of which nobody says how long it works, in seconds (RFC 6749 §5.1 leaves it to the client).
const ASSUMED_S: i64 = 3_600;
/// The longest value that is kept of a token or of a further field, in bytes.
const LONGEST: usize = 16 * 1_024;

/// What a provider handed out.
#[derive(Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: Secret<String>,
    /// The refresh token; none when the provider gave none, which leaves an earlier one in use.
    pub refresh_token: Option<Secret<String>>,
    /// When the access token ends; none when it does not, as far as anybody says.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends, where the answer says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// What was granted, as the provider said it; none when it did not say.
    pub granted: Option<String>,
    /// Fields of the connection that the answer fills.
    pub filled: BTreeMap<String, String>,
}

/// Reads an answer: JSON or a form by its content type, unknown members left alone.
pub(super) fn read(oauth: &OAuth, fields: &[Field], answer: &HttpAnswer, scrubber: &Scrubber, now: Timestamp) -> Result<Tokens, TokenProblem> {
    if answer.status == 429 || answer.status >= 500 {
        return Err(TokenProblem::Busy { status: answer.status, retry_after_s: answer.retry_after_s });
    }
    let document = document(answer);
    let said = document.as_ref().and_then(|document| refusal(oauth, document, scrubber));
    let is_success = (200..300).contains(&answer.status);
    let mut document = match (said, document) {
        (Some(refused), _) => return Err(refused),
        (None, Some(document)) if is_success => document,
        (None, None) if is_success => return Err(TokenProblem::Answer("content")),
        (None, document) => {
            let code = format!("status_{}", answer.status);
            let ended = oauth.ended_codes.contains(&code);
            return Err(TokenProblem::Refused { code, said: document.as_ref().map(|document| words(document, scrubber)).unwrap_or_default(), ended });
        }
    };
    let kind = document.pointer("/token_type").and_then(Value::as_str).unwrap_or("bearer").to_ascii_lowercase();
    if kind != "bearer" && !oauth.token_types.contains(&kind) {
        return Err(TokenProblem::Answer("token_type"));
    }
    let filled = filled(fields, &document)?;
    let granted = document.pointer(&oauth.answer.scope).and_then(|value| listed(value, &oauth.scope_separator));
    let expires_at = expires_at(oauth, &document, now);
    let refresh_expires_at = document.pointer(&oauth.answer.refresh_expires_in).and_then(seconds).map(|seconds| after(now, seconds));
    let access_token = take(&mut document, &oauth.answer.access_token).ok_or(TokenProblem::Answer("access_token"))?;
    let refresh_token = take(&mut document, &oauth.answer.refresh_token);
    let expires_at = expires_at.or_else(|| {
        let assumed = oauth.access_lifetime_s.or(refresh_token.as_ref().map(|_| ASSUMED_S));
        assumed.map(|seconds| after(now, seconds))
    });
    Ok(Tokens { access_token, refresh_token, expires_at, refresh_expires_at, granted, filled })
}

/// The document of an answer; none when it is neither JSON nor a form.
pub(super) fn document(answer: &HttpAnswer) -> Option<Value> {
    let kind = answer.content_type.as_deref().unwrap_or_default();
    if kind == "application/x-www-form-urlencoded" {
        let members = form_urlencoded::parse(answer.body()).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
        return Some(Value::Object(members.collect()));
    }
    let is_json = matches!(kind, "application/json" | "text/javascript" | "text/json") || kind.ends_with("+json");
    if is_json { answer.json::<Value>().filter(Value::is_object) } else { None }
}

/// What a refusal says, also one that comes with status 200.
pub(super) fn refusal(oauth: &OAuth, document: &Value, scrubber: &Scrubber) -> Option<TokenProblem> {
    let text = |pointer: &String| document.pointer(pointer).and_then(text_of).filter(|code| !code.is_empty());
    let code = oauth.answer.error.iter().find_map(text)?;
    let is_plain = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let code = if is_plain { code } else { "unknown".to_owned() };
    let said = words(document, scrubber);
    let ended = code == "invalid_grant" || oauth.ended_codes.contains(&code);
    // A fault of the provider that it tells as a refusal (RFC 6749 §4.1.2.1).
    if matches!(code.as_str(), "temporarily_unavailable" | "server_error") || oauth.busy_codes.contains(&code) {
        return Some(TokenProblem::Busy { status: 503, retry_after_s: None });
    }
    Some(TokenProblem::Refused { code, said, ended })
}

/// The provider's own words, secrets removed; empty for none.
fn words(document: &Value, scrubber: &Scrubber) -> String {
    let said = ["/error_description", "/message"].into_iter().find_map(|place| document.pointer(place)?.as_str());
    said.map(|text| scrubber.clean(text)).unwrap_or_default()
}

fn expires_at(oauth: &OAuth, document: &Value, now: Timestamp) -> Option<Timestamp> {
    let named = Some(oauth.answer.expires_at.as_str()).filter(|pointer| !pointer.is_empty()).and_then(|pointer| document.pointer(pointer)).and_then(instant);
    let named = named.map(|at| after(now, at.since(now).div_euclid(1_000)));
    named.or_else(|| document.pointer(&oauth.answer.expires_in).and_then(seconds).map(|seconds| after(now, seconds)))
}

/// A number of seconds, also where it comes as text or with a fraction; what is too large for any number counts as the most.
fn seconds(value: &Value) -> Option<i64> {
    let of_float = |number: f64| {
        number.is_finite().then(|| {
            if number > 1e15 {
                i64::MAX
            } else if number < -1e15 {
                i64::MIN
            } else {
                format!("{number:.0}").parse().unwrap_or(i64::MAX)
            }
        })
    };
    match value {
        Value::Number(number) => number.as_i64().or_else(|| of_float(number.as_f64()?)),
        Value::String(text) => text.trim().parse::<i64>().ok().or_else(|| of_float(text.trim().parse().ok()?)),
        _ => None,
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(at) => i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp::from_millis),
            Err(_) => seconds(value).map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000))),
        },
        _ => seconds(value).map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000))),
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.plus_millis(seconds.clamp(*BELIEVED_S.start(), *BELIEVED_S.end()) * 1_000)
}

/// What was granted, as it would be asked for: a text in which spaces or commas stand between permissions (RFC 6749 §3.3 knows spaces alone), or a list of texts.
fn listed(value: &Value, separator: &str) -> Option<String> {
    let joined = |parts: &mut dyn Iterator<Item = &str>| parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(separator);
    let granted = match value {
        Value::String(text) => joined(&mut text.split([' ', ','])),
        Value::Array(items) => joined(&mut items.iter().filter_map(Value::as_str)),
        _ => return None,
    };
    Some(granted.chars().take(LONGEST).collect())
}

/// Takes a token out of the document, so that it stays in one place.
fn take(document: &mut Value, pointer: &str) -> Option<Secret<String>> {
    let Some(Value::String(token)) = document.pointer_mut(pointer) else { return None };
    let token = Secret::new(std::mem::take(token));
    let text = token.expose();
    let is_usable = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_usable.then_some(token)
}

/// The fields that the answer fills, each as its field allows.
fn filled(fields: &[Field], document: &Value) -> Result<BTreeMap<String, String>, TokenProblem> {
    let mut filled = BTreeMap::new();
    for field in fields {
        let Some(FilledBy::Answer(pointer)) = &field.filled_by else { continue };
        let Some(value) = document.pointer(pointer).and_then(text_of) else { continue };
        if !field.takes(&value) {
            return Err(TokenProblem::Answer("field"));
        }
        filled.insert(field.id.clone(), value);
    }
    Ok(filled)
}
