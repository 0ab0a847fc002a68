//! What a provider says about itself (OpenID Connect Discovery 1.0 §3 and §4).

use serde::Deserialize;
use url::Url;

use super::problem::OidcProblem;
use super::relying::TENANT;

/// What a provider says about itself, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where the browser is sent.
    pub authorization_endpoint: Url,
    /// Where the code is exchanged.
    pub token_endpoint: Url,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Where more is said about the person, if anywhere.
    pub userinfo_endpoint: Option<Url>,
    /// Whether it always names itself on the way back (RFC 9207 §3).
    pub names_itself: bool,
    /// Whether the client secret goes into the body, because the header is not taken.
    pub secret_in_body: bool,
}

#[derive(Deserialize)]
struct Raw {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    grant_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where an issuer's metadata is; Microsoft's template is read for every tenant of work and school.
pub(super) fn address(issuer: &str) -> Result<Url, OidcProblem> {
    let issuer = issuer.replace(TENANT, "organizations");
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')).parse().map_err(|_| OidcProblem::Answer("issuer_address"))
}

/// Judges what an issuer said: the same issuer to the letter, the code flow, S256 where methods are named, a client secret, and safe addresses.
pub(super) fn read(issuer: &str, body: &[u8]) -> Result<Metadata, OidcProblem> {
    let raw: Raw = serde_json::from_slice(body).map_err(|_| OidcProblem::Answer("metadata"))?;
    if raw.issuer != issuer {
        return Err(OidcProblem::Issuer);
    }
    let offers = |list: &Option<Vec<String>>, wanted: &str| list.as_ref().is_none_or(|list| list.iter().any(|item| item == wanted));
    if !offers(&raw.response_types_supported, "code") || !offers(&raw.grant_types_supported, "authorization_code") {
        return Err(OidcProblem::Answer("code_flow"));
    }
    if !offers(&raw.code_challenge_methods_supported, "S256") {
        return Err(OidcProblem::Answer("pkce"));
    }
    let (basic, post) =
        (offers(&raw.token_endpoint_auth_methods_supported, "client_secret_basic"), offers(&raw.token_endpoint_auth_methods_supported, "client_secret_post"));
    if !basic && !post {
        return Err(OidcProblem::Answer("client_secret"));
    }
    let plain = issuer.starts_with("http://");
    let endpoint = |text: &str| endpoint(text, plain);
    Ok(Metadata {
        authorization_endpoint: endpoint(&raw.authorization_endpoint)?,
        token_endpoint: endpoint(&raw.token_endpoint)?,
        jwks_uri: endpoint(&raw.jwks_uri)?,
        userinfo_endpoint: raw.userinfo_endpoint.as_deref().map(endpoint).transpose()?,
        names_itself: raw.authorization_response_iss_parameter_supported,
        secret_in_body: !basic,
    })
}

/// An address of a provider: `https`, or `http` only where the issuer itself is reached by it, which the guarded client allows for the operator's own networks alone.
fn endpoint(text: &str, plain: bool) -> Result<Url, OidcProblem> {
    let url: Url = text.parse().map_err(|_| OidcProblem::Answer("endpoint"))?;
    let safe = url.scheme() == "https" || (plain && url.scheme() == "http");
    let bare = url.has_host() && url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if safe && bare { Ok(url) } else { Err(OidcProblem::Answer("endpoint")) }
}
