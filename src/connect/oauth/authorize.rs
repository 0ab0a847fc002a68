//! The address that the browser is sent to (RFC 6749 §4.1.1, RFC 7636 §4.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use url::Url;

use super::endpoint::endpoint;
use super::{Party, TokenProblem};
use crate::catalogue::Encoding;
use crate::connect::Connector;
use crate::vault::Secret;

/// What an attempt asks a person to allow.
#[derive(Clone, Copy, Debug)]
pub struct Consent<'a> {
    /// Where the provider is to lead back to.
    pub redirect_uri: &'a str,
    /// Ties the way back to the attempt.
    pub state: &'a str,
    /// Ties the code to the attempt (RFC 7636); 43 characters and more.
    pub verifier: &'a Secret<String>,
}

impl Connector {
    /// The address at the provider that the browser is sent to. Parameters of the manifest are replaced by none of the entries; an empty one is left out.
    ///
    /// # Errors
    /// [`TokenProblem::Entries`].
    pub fn consent_url(&self, party: &Party<'_>, consent: Consent<'_>) -> Result<Url, TokenProblem> {
        let template = party.oauth.authorize_url.as_ref().ok_or(TokenProblem::Entries("grant"))?;
        let mut url = endpoint(party, template, self.oauth_base(party.manifest))?;
        let mut params = vec![("response_type", "code"), (party.oauth.client_id_param.as_str(), &party.app.client_id), ("redirect_uri", consent.redirect_uri)];
        let scopes = party.oauth.wanted_scopes(party.config);
        if !scopes.is_empty() {
            params.push(("scope", &scopes));
        }
        params.push(("state", consent.state));
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, consent.verifier.expose().as_bytes()));
        if party.oauth.pkce {
            params.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
        }
        let value_of = |id: &str| match id {
            "redirect_uri" => Some(consent.redirect_uri),
            "scopes" => Some(scopes.as_str()),
            _ => party.open(id),
        };
        let own: Vec<(&str, String)> = party
            .oauth
            .authorize_params
            .iter()
            .filter(|(_, value)| value.is_filled_by(&value_of))
            .map(|(name, value)| (name.as_str(), value.fill(Encoding::Plain, &value_of)))
            .collect();
        let replaced = |name: &str| party.oauth.authorize_params.contains_key(name);
        let mut query = url.query_pairs_mut();
        query.extend_pairs(params.iter().filter(|(name, _)| !replaced(name)));
        query.extend_pairs(own.iter().filter(|(_, value)| !value.is_empty()));
        drop(query);
        Ok(url)
    }
}
