//! Tokens for a signed assertion (RFC 7523 §2.1, and GitHub's own form of it).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answer::{self, Tokens};
use super::endpoint::endpoint;
use super::{Party, RENEWAL, TokenProblem};
use crate::catalogue::{Assertion, AssertionStyle, Encoding, KeyMaterial, Template};
use crate::connect::Connector;
use crate::connect::scrub::Scrubber;
use crate::egress::{Body, HttpCall};
use crate::vault::{Secret, sign_rs256};

/// The grant's name (RFC 7523 §2.1).
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long before now an assertion begins, in seconds: the provider's clock may be behind.
const BEFORE_S: i64 = 60;

impl Connector {
    /// Asks for a token with an assertion that `key` signs, which may take twenty seconds; `key` is the value of the field that the manifest names.
    ///
    /// # Errors
    /// Why there is no token; `Entries("key")` when the key cannot sign.
    pub async fn jwt_bearer(&self, party: &Party<'_>, key: &Secret<String>) -> Result<Tokens, TokenProblem> {
        let assertion = party.oauth.assertion.as_ref().ok_or(TokenProblem::Entries("assertion"))?;
        let signed = self.signed_assertion(party, assertion, key)?;
        match assertion.style {
            AssertionStyle::Body => {
                let params = vec![("grant_type", JWT_BEARER), ("assertion", signed.expose().as_str())];
                self.ask_for_token(party, params, &party.oauth.token_params, &[&signed], RENEWAL).await
            }
            AssertionStyle::Bearer => {
                let url = endpoint(party, &party.oauth.token_url, self.oauth_base(party.manifest))?;
                let call = HttpCall::post(url, Body::open("application/json", b"{}".to_vec())).bearer(&signed);
                let answer = self.send_to_provider(call, RENEWAL).await?;
                let mut scrubber = Scrubber::default();
                scrubber.add(signed.expose());
                answer::read(party.oauth, &party.manifest.fields, &answer, &scrubber, self.clock().now())
            }
        }
    }

    fn signed_assertion(&self, party: &Party<'_>, assertion: &Assertion, key: &Secret<String>) -> Result<Secret<String>, TokenProblem> {
        const WRONG: TokenProblem = TokenProblem::Entries("key");
        let KeyMaterial { pem, issuer, key_id } = assertion.material(key).ok_or(WRONG)?;
        let fill = |template: &Template| template.fill(Encoding::Plain, &|id| party.open(id));
        let issuer = issuer.unwrap_or_else(|| fill(&assertion.issuer));
        // Whom it is for is the provider's own address, wherever it is reached.
        let audience = match &assertion.audience {
            Some(audience) => fill(audience),
            None => endpoint(party, &party.oauth.token_url, None)?.to_string(),
        };
        let begins = self.clock().now().millis() / 1_000 - BEFORE_S;
        let mut claims = json!({ "iss": issuer, "iat": begins, "exp": begins + assertion.lifetime_s.clamp(2 * BEFORE_S, 3_600) });
        let subject = assertion.subject.as_ref().map(fill).unwrap_or_default();
        let further = [("aud", audience), ("sub", subject), ("scope", party.oauth.wanted_scopes(party.config))];
        for (name, value) in further.into_iter().filter(|(_, value)| !value.is_empty()) {
            claims[name] = Value::String(value);
        }
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(key_id) = key_id {
            header["kid"] = Value::String(key_id);
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = sign_rs256(&pem, message.as_bytes()).ok_or(WRONG)?;
        Ok(Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}
