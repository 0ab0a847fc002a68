//! What a failure means, in plain words for the person who has to mend it.

use std::collections::BTreeMap;

use crate::catalogue::{Encoding, Manifest, Target, Template, Words};
use crate::domain::{CheckCode, StepKind};
use crate::dto::DiagnosisView;

use super::outcome::Failure;

/// Headline, sentence, cause, button, steps, field.
struct Plain {
    headline: String,
    sentence: String,
    cause: String,
    fix: String,
    fix_steps: Vec<String>,
    field: String,
}

/// The diagnosis of `failure`; `host` is the host as pages show it. The manifest's own words go before the general ones.
pub(super) fn diagnose(manifest: &Manifest, failure: &Failure, config: &BTreeMap<String, String>, host: &str) -> DiagnosisView {
    let plain = plain(manifest, failure, config, if host.is_empty() { "the address" } else { host });
    // The provider's own words for a line that is not safe are about its certificate.
    let fits = failure.code != CheckCode::TlsInvalid || failure.is_of_certificate();
    let own = words(manifest, failure.code, config).filter(|_| fits);
    let value_of = |id: &str| match id {
        "provider" => Some(manifest.name.as_str()),
        "destination" => Some(host),
        "credential" => Some(manifest.credential_noun.as_str()),
        _ => config.get(id).map(String::as_str),
    };
    let fill = |template: &Template| template.fill(Encoding::Plain, &value_of);
    let said = |pick: fn(&Words) -> &Option<Template>, general: String| own.and_then(|words| pick(words).as_ref()).map_or(general, fill);
    let sentence = said(|words| &words.sentence, plain.sentence);
    DiagnosisView {
        code: failure.code.as_str().to_owned(),
        headline: said(|words| &words.headline, plain.headline),
        sentence: format!("{sentence} Nothing was saved."),
        cause: said(|words| &words.cause, plain.cause),
        fix: said(|words| &words.fix, plain.fix),
        fix_steps: own.and_then(|words| words.fix_steps.as_ref()).map_or(plain.fix_steps, |steps| steps.iter().map(fill).collect()),
        field: own.and_then(|words| words.field.clone()).unwrap_or(plain.field),
        provider_said: failure.provider_said.clone(),
        retry_at: failure.retry_at,
    }
}

/// The manifest's own words: those for the way that was chosen go before the ones for all.
fn words<'a>(manifest: &'a Manifest, code: CheckCode, config: &BTreeMap<String, String>) -> Option<&'a Words> {
    manifest.oauth_of(config).and_then(|oauth| oauth.words.get(&code)).or_else(|| manifest.words.get(&code))
}

fn plain(manifest: &Manifest, failure: &Failure, config: &BTreeMap<String, String>, host: &str) -> Plain {
    let name = &manifest.name;
    let noun = &manifest.credential_noun;
    let (headline, sentence, cause, fix, steps): (String, String, &str, String, &[&str]) = match failure.code {
        CheckCode::DnsFailed => (
            format!("We cannot find {host}."),
            format!("No server answers to the name {host}. Check the spelling."),
            "Most often the name has a typing mistake, or it exists only inside another network.",
            "Change the address".to_owned(),
            &["Compare the name with the one you were given, letter by letter.", "Correct it and test again."],
        ),
        CheckCode::EgressBlocked if manifest.target_is_fixed() || failure.step > StepKind::Resolve => (
            format!("Latchkey did not send the {noun} to {host}."),
            failure.reason.clone(),
            "The address is not the one this credential was entered for, or it is not allowed here.",
            "Type the details again".to_owned(),
            &[
                "Enter the address and the credential again, so that they belong together.",
                "Or ask a super admin to look at egress.allow in the server’s configuration.",
            ],
        ),
        CheckCode::EgressBlocked => (
            format!("{host} is an address that Latchkey does not speak to."),
            format!("{host} is a private address. Latchkey sends credentials there only if a super admin allows it."),
            "Private and internal addresses are closed, so that nobody can reach into this server’s own network.",
            "Ask a super admin".to_owned(),
            &["Check that this is the address you mean.", "Ask a super admin to add it to egress.allow in the server’s configuration."],
        ),
        CheckCode::ConnectRefused => (
            format!("Nobody answers at {host}."),
            format!("{host} was found, but it takes no connection there. It may be down, or a firewall may keep this server out."),
            "Most often the port differs or the service is not running.",
            "Test again".to_owned(),
            &["Check host and port.", "Ask the person who runs the server whether it is up and lets this server in."],
        ),
        CheckCode::Timeout => (
            format!("{host} did not answer in time."),
            "It may be down, or a firewall may keep this server out.".to_owned(),
            "Most often a firewall drops what this server sends, or the service is busy.",
            "Test again".to_owned(),
            &["Wait a minute and test again.", "Ask the person who runs the server whether it is up and lets this server in."],
        ),
        CheckCode::TlsInvalid if !failure.is_of_certificate() => (
            format!("The line to {host} is not safe."),
            format!("No encrypted line to {host} came about: {}. The {noun} was not sent.", failure.reason.trim_end_matches('.')),
            "Most often the port belongs to another service, or the server has its encryption turned off.",
            "Change the address".to_owned(),
            &["Check host and port.", "Ask the person who runs the server to turn its encryption on."],
        ),
        CheckCode::TlsInvalid => (
            format!("The line to {host} is not safe."),
            format!("The certificate of {host} is not trusted: {}. The {noun} was not sent.", failure.reason.trim_end_matches('.')),
            "Most often the certificate has ended, or it belongs to another name.",
            "Change the address".to_owned(),
            &["Check that the address is the right one.", "Ask the person who runs the server to renew the certificate."],
        ),
        CheckCode::AuthRejected => (
            format!("{name} refused the {noun}."),
            "The address is right and the server is fine.".to_owned(),
            "Most often it was changed or deleted, or it belongs to another account.",
            format!("Change the {noun}"),
            &["Check every field for a typing mistake.", "Copy the credential again and test once more."],
        ),
        CheckCode::Forbidden => (
            format!("{name} does not allow this account in."),
            format!("{name} knows the {noun}, but the account lacks a permission."),
            "Most often a permission was not granted to this account.",
            "See how to allow it".to_owned(),
            &["Ask the person who manages the account for the missing permission.", "Then test again."],
        ),
        CheckCode::NotFoundAtTarget => (
            format!("{name} does not know this address."),
            format!("{host} answered, but what was asked for is not there."),
            "Most often one of the names you typed has a mistake.",
            "Change the details".to_owned(),
            &["Compare every name with the one the provider shows.", "Correct it and test again."],
        ),
        CheckCode::RateLimited => (
            format!("{name} asks us to slow down."),
            format!("{name} had too many requests and answers again later. Your {noun} may be fine."),
            "Most often another program uses the same account at the same time.",
            "Test again later".to_owned(),
            if failure.retry_at.is_some() { &["Wait until the time that is shown.", "Then test again."] } else { &["Wait a few minutes.", "Then test again."] },
        ),
        CheckCode::TargetError => (
            format!("{name} has a fault of its own."),
            format!("{host} answered, but with a fault on its side. Your {noun} may be fine."),
            "Most often the service is down for a short while.",
            "Test again".to_owned(),
            &["Look at the provider’s status page.", "Wait a few minutes and test again."],
        ),
        CheckCode::ResponseTooLarge => (
            format!("The answer of {host} is too large."),
            format!("{host} sent more than 1 MiB, so we stopped reading."),
            "Most often the address leads to another service.",
            "Change the address".to_owned(),
            &["Check that the address is the right one.", "Test again."],
        ),
        CheckCode::UnexpectedContent => (
            format!("{host} did not answer as {name} does."),
            format!("Something answered, but not the way {name} documents it. {}", failure.reason),
            "Most often the address leads to a web page or to another service.",
            "Change the details".to_owned(),
            &["Check that the address is the one of the API, not of the website.", "Test again."],
        ),
        CheckCode::RedirectRefused => (
            format!("{host} sent us elsewhere."),
            format!("{host} wanted the {noun} to go to another address. We did not follow."),
            "Most often the service has moved, or a sign-in page stands in front of it.",
            "Change the details".to_owned(),
            &["Check that the details are the right ones.", "Ask the provider for its present address."],
        ),
        CheckCode::Interrupted => {
            ("The test was stopped.".to_owned(), "This server stopped before the test ended.".to_owned(), "", "Test again".to_owned(), &["Test again."])
        }
    };
    let sentence = sentence.trim_end().to_owned();
    Plain {
        headline,
        sentence,
        cause: cause.to_owned(),
        fix,
        fix_steps: steps.iter().map(|step| (*step).to_owned()).collect(),
        field: field(manifest, failure.code, config),
    }
}

/// The field to mend; empty when no single one.
fn field(manifest: &Manifest, code: CheckCode, config: &BTreeMap<String, String>) -> String {
    let place = match &manifest.target {
        Target::Database { host, .. } => Some(host.clone()),
        Target::Http { base_url, .. } => base_url.fields().next().map(str::to_owned),
    };
    match code {
        CheckCode::AuthRejected => manifest.secret_field(config).map(|field| field.id.clone()),
        CheckCode::DnsFailed | CheckCode::EgressBlocked | CheckCode::ConnectRefused | CheckCode::TlsInvalid | CheckCode::ResponseTooLarge => place,
        _ => None,
    }
    .unwrap_or_default()
}
