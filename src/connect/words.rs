//! The words of the steps.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::catalogue::Manifest;
use crate::domain::{CheckCode, Timestamp};
use crate::dto::IdentityView;
use crate::egress::{CheckedTarget, TlsFacts};

use super::outcome::Failure;

/// The line to an address that the operator mapped.
pub(super) const MAPPED_PLAIN: &str = "Not encrypted: this server’s configuration sends this service to a plain http address";
/// A line without encryption.
pub(super) const PLAIN: &str = "Not encrypted, as you chose";

pub(super) fn resolved(target: &CheckedTarget) -> String {
    match target.addresses().first() {
        Some(address) if address.ip().to_string() != target.host().trim_matches(['[', ']']) => format!("{} is {}", target.host(), address.ip()),
        _ => format!("{} is an address", target.host()),
    }
}

pub(super) fn secured(facts: &TlsFacts) -> String {
    format!("{}, certificate valid until {}", facts.version, date(facts.valid_until))
}

fn date(at: Timestamp) -> String {
    let format = format_description!("[day padding:none] [month repr:short] [year]");
    OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).ok().and_then(|date| date.format(format).ok()).unwrap_or_default()
}

pub(super) fn signed_in(identity: &IdentityView) -> String {
    if identity.account_name.is_empty() { "Accepted".to_owned() } else { format!("Signed in as {}", identity.account_name) }
}

/// What the provider says it may do: at most five rights by name; empty when it says nothing.
pub(super) fn granted(rights: &[String]) -> String {
    let named = rights[..rights.len().min(5)].join(", ");
    match rights.len() {
        0 => String::new(),
        1..=5 => format!("Rights: {named}"),
        count => format!("Rights: {named} and {} more", count - 5),
    }
}

pub(super) fn sampled(rows: Option<usize>, (one, many): &(String, String)) -> String {
    match rows {
        None => format!("Answered, but not with a list of {many}"),
        Some(0) => format!("Answered. There are no {many} yet"),
        Some(1) => format!("Read 1 {one}. Nothing of it is stored"),
        Some(count) => format!("Read {count} {many}. Nothing of it is stored"),
    }
}

/// How many tables a database shows.
pub(super) fn tables(count: u64) -> String {
    match count {
        0 => "It may read no table yet".to_owned(),
        1 => "It may read 1 table or view. Nothing of it is stored".to_owned(),
        count => format!("It may read {count} tables and views. Nothing of it is stored"),
    }
}

pub(super) fn sample_refused(manifest: &Manifest, failure: &Failure, (_, many): &(String, String)) -> String {
    match failure.status {
        Some(status @ (401 | 403)) => format!("Not allowed to read {many} ({status}). The connection works without"),
        Some(status) => format!("{} did not list {many} ({status}). The connection works without", manifest.name),
        None => format!("{} did not list {many}. The connection works without", manifest.name),
    }
}

/// What a failed step says: the provider's words in quotes, else our own.
pub(super) fn step_detail(manifest: &Manifest, failure: &Failure) -> String {
    let name = &manifest.name;
    let status = failure.status.map(|status| format!(" ({status})")).unwrap_or_default();
    if !failure.provider_said.is_empty() {
        return format!("{name} said: “{}”{status}", failure.provider_said);
    }
    let what = match failure.code {
        CheckCode::AuthRejected => format!("{name} refused the {}", manifest.credential_noun),
        CheckCode::Forbidden => format!("{name} does not allow this"),
        CheckCode::NotFoundAtTarget => format!("{name} does not know what was asked for"),
        CheckCode::RateLimited => format!("{name} asks us to slow down"),
        CheckCode::TargetError => format!("{name} has a fault"),
        CheckCode::ResponseTooLarge => "The answer does not end".to_owned(),
        CheckCode::UnexpectedContent => "The answer is not what the provider documents".to_owned(),
        CheckCode::RedirectRefused => "The answer points elsewhere, and we did not follow".to_owned(),
        CheckCode::Timeout => "No answer in time".to_owned(),
        CheckCode::TlsInvalid if failure.is_of_certificate() => format!("Not trusted: {}", failure.reason),
        CheckCode::TlsInvalid => format!("Not safe: {}", failure.reason),
        CheckCode::DnsFailed => "No address found".to_owned(),
        CheckCode::ConnectRefused => "Nobody answers there".to_owned(),
        CheckCode::EgressBlocked if failure.reason.is_empty() => "Latchkey does not speak to this address".to_owned(),
        CheckCode::EgressBlocked => failure.reason.clone(),
        CheckCode::Interrupted => "Stopped before it ended".to_owned(),
    };
    format!("{what}{status}")
}
