//! Requests for tokens (RFC 6749 §4.1.3, §4.4.2, §6).

use std::time::Duration;

use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use super::answer::{self, Tokens};
use super::endpoint::endpoint;
use super::{EXCHANGE, LARGEST, Party, RENEWAL, TokenProblem};
use crate::catalogue::{ClientAuth, Encoding, Template, TokenBody};
use crate::connect::Connector;
use crate::connect::scrub::Scrubber;
use crate::egress::{Body, BoundOrigins, HttpAnswer, HttpCall, Limits, Origin};
use crate::vault::Secret;

/// A code that came back, with what it is taken by.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// The code.
    pub code: &'a Secret<String>,
    /// Where the provider led back to.
    pub redirect_uri: &'a str,
    /// The verifier of the attempt.
    pub verifier: &'a Secret<String>,
}

/// Parameters of a token request; the values may be secret.
pub(super) type Params<'a> = Vec<(&'a str, &'a str)>;

impl Connector {
    /// Takes a code to the provider, which may take ten seconds.
    ///
    /// # Errors
    /// Why there is no token.
    pub async fn take_code(&self, party: &Party<'_>, code: Code<'_>) -> Result<Tokens, TokenProblem> {
        let mut params = vec![("grant_type", "authorization_code"), ("code", code.code.expose().as_str()), ("redirect_uri", code.redirect_uri)];
        if party.oauth.pkce {
            params.push(("code_verifier", code.verifier.expose()));
        }
        self.ask_for_token(party, params, &party.oauth.token_params, &[code.code, code.verifier], EXCHANGE).await
    }

    /// Spends a refresh token, which may take twenty seconds. `granted` is what was granted last, as the provider said it.
    ///
    /// # Errors
    /// Why there is no new token.
    pub async fn refresh(&self, party: &Party<'_>, refresh_token: &Secret<String>, granted: &str) -> Result<Tokens, TokenProblem> {
        let params = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose().as_str()), ("scopes", granted)];
        self.ask_for_token(party, params, &party.oauth.refresh_params, &[refresh_token], RENEWAL).await
    }

    /// Asks for a token in the app's own name, which may take twenty seconds.
    ///
    /// # Errors
    /// Why there is no token.
    pub async fn client_credentials(&self, party: &Party<'_>) -> Result<Tokens, TokenProblem> {
        let scopes = party.oauth.wanted_scopes(party.config);
        let mut params = vec![("grant_type", "client_credentials")];
        if !scopes.is_empty() {
            params.push(("scope", scopes.as_str()));
        }
        self.ask_for_token(party, params, &party.oauth.token_params, &[], RENEWAL).await
    }

    /// Makes a token request with `params` and those of the manifest, and reads the answer. `secrets` never come back in a problem's words.
    /// The pair `scopes` is a value for the manifest's templates and is not sent itself.
    pub(super) async fn ask_for_token(
        &self,
        party: &Party<'_>,
        params: Params<'_>,
        of_manifest: &std::collections::BTreeMap<String, Template>,
        secrets: &[&Secret<String>],
        limit: Duration,
    ) -> Result<Tokens, TokenProblem> {
        let url = endpoint(party, &party.oauth.token_url, self.oauth_base(party.manifest))?;
        let scopes = params.iter().find(|(name, _)| *name == "scopes").map(|(_, value)| *value);
        let value_of = |id: &str| if id == "scopes" { scopes.or(Some("")) } else { party.open(id) };
        let own: Vec<(&str, String)> = of_manifest
            .iter()
            .filter(|(_, value)| value.is_filled_by(&value_of))
            .map(|(name, value)| (name.as_str(), value.fill(Encoding::Plain, &value_of)))
            .collect();
        let mut all: Params<'_> = params.iter().copied().filter(|(name, _)| *name != "scopes" && !own.iter().any(|(own, _)| own == name)).collect();
        all.extend(own.iter().map(|(name, value)| (*name, value.as_str())));
        let call = with_client(party, party.oauth.body, all, |body| HttpCall::post(url.clone(), body));
        let answer = self.send_to_provider(call, limit).await?;
        let mut scrubber = Scrubber::default();
        secrets.iter().for_each(|secret| scrubber.add(secret.expose()));
        party.app.client_secret.iter().chain(party.app.fields.values()).for_each(|secret| scrubber.add(secret.expose()));
        answer::read(party.oauth, &party.manifest.fields, &answer, &scrubber, self.clock().now())
    }

    /// Makes a call to the very origin of its URL: 64 KiB at most, no redirects.
    pub(super) async fn send_to_provider(&self, call: HttpCall, limit: Duration) -> Result<HttpAnswer, TokenProblem> {
        let origin = Origin::of(&call.url).map_err(|_| TokenProblem::Entries("address"))?;
        let limits = Limits { deadline: limit, max_body_bytes: LARGEST, max_redirects: 0 };
        Ok(self.egress().send(call, &BoundOrigins::only(origin), &limits).await?)
    }
}

/// A call that says which app it is, where the manifest says so; the secret is never in the address.
pub(super) fn with_client<'a>(party: &Party<'a>, kind: TokenBody, mut params: Params<'a>, make: impl FnOnce(Body) -> HttpCall) -> HttpCall {
    let id = party.app.client_id.as_str();
    let secret = party.app.client_secret.as_ref().map_or("", |secret| secret.expose().as_str());
    match party.client_auth() {
        // An assertion says by itself who asks.
        _ if id.is_empty() => {}
        ClientAuth::Basic => {
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            return make(body(kind, &params)).basic(&encoded(id), &Secret::new(encoded(secret)));
        }
        ClientAuth::Body => params.extend([("client_id", id), ("client_secret", secret)]),
        ClientAuth::None => params.push(("client_id", id)),
    }
    make(body(kind, &params))
}

fn body(kind: TokenBody, params: &[(&str, &str)]) -> Body {
    // Room for everything at once, so that growing leaves no copies of a secret behind.
    let room = params.iter().map(|(name, value)| name.len() + 3 * value.len() + 8).sum();
    match kind {
        TokenBody::Form => {
            let mut form = Serializer::new(String::with_capacity(room));
            form.extend_pairs(params);
            Body::secret("application/x-www-form-urlencoded", Secret::new(form.finish().into_bytes()))
        }
        TokenBody::Json => {
            let object: std::collections::BTreeMap<&str, &str> = params.iter().copied().collect();
            let mut bytes = Zeroizing::new(Vec::with_capacity(2 * room));
            // A map of texts always is JSON.
            drop(serde_json::to_writer(&mut *bytes, &object));
            Body::secret("application/json", Secret::new(bytes.to_vec()))
        }
    }
}
