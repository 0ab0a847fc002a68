//! `[sign_on.<name>]`: providers of single sign-on that stand on everybody's sign-in page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use super::problem::Review;
use super::value::List;
use crate::domain::{OrganizationId, SignOnKind};
use crate::vault::Secret;

/// Providers of single sign-on for everybody.
#[derive(Debug, Default)]
pub struct SignOnConfig {
    /// By name.
    pub providers: Vec<SignOnProvider>,
}

/// A provider of the configuration.
#[derive(Debug)]
pub struct SignOnProvider {
    /// Its name: part of addresses.
    pub name: String,
    /// How it is spoken to.
    pub kind: SignOnKind,
    /// What its button says.
    pub label: String,
    /// Its issuer.
    pub issuer: String,
    /// Who Latchkey is there.
    pub client_id: String,
    /// Latchkey's secret there.
    pub client_secret: Secret<String>,
}

/// The providers by name.
pub(super) type Raw = BTreeMap<String, RawProvider>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawProvider {
    kind: Option<String>,
    label: Option<String>,
    issuer: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret<String>>,
    client_secret_file: Option<PathBuf>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> SignOnConfig {
    SignOnConfig { providers: raw.into_iter().filter_map(|(name, raw)| provider(&name, raw, review)).collect() }
}

fn provider(name: &str, raw: RawProvider, review: &mut Review<'_>) -> Option<SignOnProvider> {
    let key = |part: &str| format!("sign_on.{name}.{part}");
    let fit = (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !fit || name.starts_with("sso_") {
        review.refuse(&format!("sign_on.{name}"), "the name cannot be part of an address", "give 1 to 32 small letters, digits or dashes");
        return None;
    }
    let known = SignOnKind::parse(name).unwrap_or(SignOnKind::Oidc);
    let kind = review.parse(&key("kind"), raw.kind, known, "give oidc, google, microsoft or github", |text| SignOnKind::parse(text).ok());
    let fix = "give the issuer exactly as the provider names it, such as https://login.example.com";
    let issuer = review.parse(&key("issuer"), raw.issuer, kind.issuer().map(str::to_owned), fix, |text| issuer(text).map(Some));
    let secret = secret(name, raw.client_secret, raw.client_secret_file.as_deref(), review);
    let missing = [("issuer", issuer.is_none()), ("client_id", raw.client_id.is_none()), ("client_secret_file", secret.is_none())];
    for (part, _) in missing.iter().filter(|(_, missing)| *missing) {
        review.refuse(&key(part), "it is missing", "give it, or remove the whole section");
    }
    Some(SignOnProvider {
        name: name.to_owned(),
        label: raw.label.unwrap_or_else(|| if kind == SignOnKind::Oidc { name.to_owned() } else { kind.title().to_owned() }),
        kind,
        issuer: issuer?,
        client_id: raw.client_id?,
        client_secret: secret?,
    })
}

/// An issuer as it may be configured: a web address without user, query and fragment, kept to the letter (OpenID Connect Discovery 1.0 §3).
pub fn issuer(text: &str) -> Option<String> {
    let text = text.trim();
    let url = Url::parse(&text.replace("{tenantid}", "tenant")).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none();
    let short = text.len() <= 500 && text.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && short && url.query().is_none() && url.fragment().is_none()).then(|| text.to_owned())
}

fn secret(name: &str, given: Option<Secret<String>>, file: Option<&Path>, review: &mut Review<'_>) -> Option<Secret<String>> {
    let key = format!("sign_on.{name}.client_secret");
    if given.is_some() && review.is_from_file(&key) {
        review.refuse(&key, "a secret stands in the configuration file", &format!("move it to {key}_file or to the environment"));
    }
    let Some(path) = file else { return given };
    match std::fs::read_to_string(path).map(Secret::new) {
        Ok(text) => Some(Secret::new(text.expose().trim_end_matches(['\r', '\n']).to_owned())),
        Err(cause) => {
            review.refuse(&format!("{key}_file"), &format!("{} cannot be read: {cause}", path.display()), "name a text file that this user may read");
            None
        }
    }
}

/// Domains that the operator vouches for, each for one organization: `example.com=org_…`.
pub(super) fn domains(raw: Option<List>, review: &mut Review<'_>) -> Vec<(String, OrganizationId)> {
    let mut domains = Vec::new();
    for item in raw.map(List::into_items).unwrap_or_default() {
        let read = item.split_once('=').and_then(|(domain, id)| Some((domain.trim().to_ascii_lowercase(), OrganizationId::parse(id.trim()).ok()?)));
        match read.filter(|(domain, _)| domain.contains('.')) {
            Some(pair) => domains.push(pair),
            None => {
                review.refuse("sign_in.verified_domains", &format!("{item} cannot be used"), "give pairs such as example.com=org_01jd3v8k6e5q2m9xw4r7t0abcd")
            }
        }
    }
    domains
}
