//! Making a provider forget tokens (RFC 7009, or its own way).

use super::answer::{document, refusal};
use super::endpoint::endpoint;
use super::token::with_client;
use super::{EXCHANGE, Party, TokenProblem};
use crate::catalogue::{RevokeStyle, RevokedToken, TokenBody};
use crate::connect::Connector;
use crate::connect::scrub::Scrubber;
use crate::egress::{Body, HttpAnswer, HttpCall, Method};
use crate::vault::Secret;

impl Connector {
    /// Makes the provider forget the tokens, which may take ten seconds. A token that it does not know any more has ended too (RFC 7009 §2.2).
    ///
    /// # Errors
    /// Why the provider may still know them.
    pub async fn revoke_tokens(&self, party: &Party<'_>, access: &Secret<String>, refresh: Option<&Secret<String>>) -> Result<(), TokenProblem> {
        let revoke = party.oauth.revoke.as_ref().ok_or(TokenProblem::Entries("revoke"))?;
        let url = endpoint(party, &revoke.url, self.oauth_base(party.manifest))?;
        let (token, hint) = match (revoke.token, refresh) {
            (RevokedToken::Refresh, Some(refresh)) => (refresh, "refresh_token"),
            _ => (access, "access_token"),
        };
        let text = token.expose().as_str();
        let secret = party.app.client_secret.as_ref().map_or("", |secret| secret.expose().as_str());
        let call = match revoke.style {
            RevokeStyle::Form => with_client(party, TokenBody::Form, vec![("token", text), ("token_type_hint", hint)], |body| HttpCall::post(url, body)),
            RevokeStyle::Json => with_client(party, TokenBody::Json, vec![("token", text)], |body| HttpCall::post(url, body)),
            RevokeStyle::DeleteHeader => HttpCall::new(Method::DELETE, url).secret_header(&revoke.header, Secret::new(access.expose().clone())),
            RevokeStyle::DeleteJson => {
                HttpCall::new(Method::DELETE, url).body(json(&[("access_token", text)])).basic(&party.app.client_id, &Secret::new(secret.to_owned()))
            }
            RevokeStyle::Bearer => HttpCall::post(url, Body::open("application/x-www-form-urlencoded", Vec::new())).bearer(token),
            RevokeStyle::ClientJson => {
                let call = HttpCall::post(url, json(&[("client_id", &party.app.client_id), ("access_token", text)]));
                call.secret_header("authorization", Secret::new(format!("Client {secret}")))
            }
        };
        let answer = self.send_to_provider(call, EXCHANGE).await?;
        let mut scrubber = Scrubber::default();
        [text, secret].into_iter().for_each(|secret| scrubber.add(secret));
        judge(party, &answer, &scrubber)
    }
}

/// What the answer means: a provider that answers 200 to everything says in the body that it refused, and a token that has ended needs no end.
fn judge(party: &Party<'_>, answer: &HttpAnswer, scrubber: &Scrubber) -> Result<(), TokenProblem> {
    let status = answer.status;
    if status == 429 || status >= 500 {
        return Err(TokenProblem::Busy { status, retry_after_s: answer.retry_after_s });
    }
    match document(answer).and_then(|document| refusal(party.oauth, &document, scrubber)) {
        _ if matches!(status, 404 | 422) => Ok(()),
        Some(TokenProblem::Refused { code, ended, .. }) if ended || code == "invalid_token" => Ok(()),
        Some(refused) => Err(refused),
        None if (200..300).contains(&status) => Ok(()),
        None => Err(TokenProblem::Refused { code: format!("status_{status}"), said: String::new(), ended: false }),
    }
}

fn json(members: &[(&str, &str)]) -> Body {
    let object: std::collections::BTreeMap<&str, &str> = members.iter().copied().collect();
    Body::secret("application/json", Secret::new(serde_json::to_vec(&object).unwrap_or_default()))
}
