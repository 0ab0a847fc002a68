//! What an ID token says, and whether it may be believed (OpenID Connect Core 1.0 §3.1.3.7).

use ring::digest::{Algorithm, SHA256, SHA512, digest};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::problem::OidcProblem;
use super::relying::TENANT;
use crate::domain::Timestamp;
use crate::vault::JwtAlgorithm;

/// How far two clocks may differ, in seconds.
const LEEWAY_S: i64 = 30;
/// How old a token may be when it comes back, in seconds: as old as an attempt.
const OLDEST_S: i64 = 600;

/// One audience or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// The claims of an ID token that are looked at; times in seconds since 1970, whole numbers only.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    at_hash: Option<String>,
    auth_time: Option<i64>,
    tid: Option<String>,
    /// The address; proven only together with `email_verified`.
    pub email: Option<String>,
    /// Whether the provider has proven the address: only the truth value counts, not a text.
    #[serde(default)]
    pub email_verified: serde_json::Value,
    /// Microsoft's word that the address belongs to a domain of the tenant.
    #[serde(default)]
    pub xms_edov: serde_json::Value,
    /// The person's name.
    pub name: Option<String>,
}

/// What an ID token must say.
#[derive(Debug)]
pub struct Expected<'a> {
    /// The configured issuer; `{tenantid}` stands for the token's tenant.
    pub issuer: &'a str,
    /// Who Latchkey is there.
    pub client_id: &'a str,
    /// The nonce of the attempt.
    pub nonce: &'a str,
    /// What the token was signed with.
    pub algorithm: JwtAlgorithm,
    /// The access token that came along, if any.
    pub access_token: Option<&'a str>,
    /// The earliest moment that the person must have proven who they are at the provider, where it says so; none for any.
    pub proven_since: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
}

/// Judges the claims; the answer is the issuer that they are of, with the tenant filled in.
///
/// # Errors
/// [`OidcProblem::Token`] with the claim that does not hold.
pub fn judge(claims: &Claims, expected: &Expected<'_>) -> Result<String, OidcProblem> {
    let wrong = |claim: &'static str| Err(OidcProblem::Token(claim));
    let Some(issuer) = issuer(claims, expected.issuer) else { return wrong("tid") };
    if claims.iss != issuer {
        return wrong("iss");
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 || claims.sub.chars().any(char::is_control) {
        return wrong("sub");
    }
    let (of_us, alone) = match &claims.aud {
        Audience::One(one) => (one == expected.client_id, true),
        Audience::Many(many) => (many.iter().any(|one| one == expected.client_id), many.len() == 1),
    };
    if !of_us {
        return wrong("aud");
    }
    if claims.azp.as_deref().map_or(!alone, |azp| azp != expected.client_id) {
        return wrong("azp");
    }
    let now = expected.now.millis().div_euclid(1_000);
    if claims.exp <= now.saturating_sub(LEEWAY_S) {
        return wrong("exp");
    }
    if claims.iat > now.saturating_add(LEEWAY_S) || claims.iat < now.saturating_sub(OLDEST_S + LEEWAY_S) {
        return wrong("iat");
    }
    if claims.nbf.is_some_and(|nbf| nbf > now.saturating_add(LEEWAY_S)) {
        return wrong("nbf");
    }
    if !claims.nonce.as_deref().is_some_and(|nonce| bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes()))) {
        return wrong("nonce");
    }
    if claims.at_hash.as_deref().is_some_and(|said| expected.access_token.is_none_or(|token| half_hash(expected.algorithm, token) != said)) {
        return wrong("at_hash");
    }
    let since = expected.proven_since.map(|since| since.millis().div_euclid(1_000) - LEEWAY_S);
    if since.zip(claims.auth_time).is_some_and(|(since, proven)| proven < since) {
        return wrong("auth_time");
    }
    Ok(issuer)
}

/// The issuer that a token must name. Where the configured one has a place for the tenant, that is the token's `tid`, which must be a GUID
/// (<https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-the-issuer>).
fn issuer(claims: &Claims, configured: &str) -> Option<String> {
    if !configured.contains(TENANT) {
        return Some(configured.to_owned());
    }
    let tenant = claims.tid.as_deref().filter(|tenant| is_guid(tenant))?;
    Some(configured.replace(TENANT, tenant))
}

fn is_guid(text: &str) -> bool {
    let place =
        |(index, byte): (usize, u8)| if matches!(index, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) };
    text.len() == 36 && text.bytes().enumerate().all(place)
}

/// The left half of the hash that goes with the signature, in base64url (§3.1.3.6).
fn half_hash(algorithm: JwtAlgorithm, token: &str) -> String {
    let kind: &'static Algorithm = match algorithm {
        JwtAlgorithm::Rs256 | JwtAlgorithm::Es256 => &SHA256,
        JwtAlgorithm::EdDsa => &SHA512,
    };
    let whole = digest(kind, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&whole.as_ref()[..whole.as_ref().len() / 2])
}

impl Claims {
    /// The account at the issuer.
    pub fn subject(&self) -> &str {
        &self.sub
    }

    /// Whether the address is proven: by the standard claim, or at Microsoft by the tenant's own domain.
    pub fn is_email_verified(&self, issuer: &str) -> bool {
        let by_domain =
            issuer.starts_with("https://login.microsoftonline.com/") && matches!(self.xms_edov.to_string().as_str(), "true" | "1" | "\"1\"" | "\"true\"");
        self.email_verified == serde_json::Value::Bool(true) || by_domain
    }
}
