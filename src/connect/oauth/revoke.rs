//! Making a provider forget tokens (RFC 7009, or its own way).

use super::endpoint::endpoint;
use super::token::with_client;
use super::{EXCHANGE, Party, TokenProblem};
use crate::catalogue::{RevokeStyle, RevokedToken, TokenBody};
use crate::connect::Connector;
use crate::egress::{Body, HttpCall, Method};
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
        let call = match revoke.style {
            RevokeStyle::Form => with_client(party, TokenBody::Form, vec![("token", text), ("token_type_hint", hint)], |body| HttpCall::post(url, body)),
            RevokeStyle::Json => with_client(party, TokenBody::Json, vec![("token", text)], |body| HttpCall::post(url, body)),
            RevokeStyle::DeleteHeader => HttpCall::new(Method::DELETE, url).secret_header(&revoke.header, Secret::new(access.expose().clone())),
            RevokeStyle::DeleteJson => {
                let secret = party.app.client_secret.as_ref().map_or("", |secret| secret.expose().as_str());
                HttpCall::new(Method::DELETE, url).body(json(&[("access_token", text)])).basic(&party.app.client_id, &Secret::new(secret.to_owned()))
            }
            RevokeStyle::Bearer => HttpCall::post(url, Body::open("application/x-www-form-urlencoded", Vec::new())).bearer(token),
        };
        let answer = self.send_to_provider(call, EXCHANGE).await?;
        match answer.status {
            200..=299 | 404 | 422 => Ok(()),
            // An unsupported or unknown token is answered 200; 400 with this code comes from providers that tell it apart.
            400 if answer.json::<serde_json::Value>().is_some_and(|said| said["error"] == "invalid_token") => Ok(()),
            429 | 500.. => Err(TokenProblem::Busy { status: answer.status, retry_after_s: answer.retry_after_s }),
            status => Err(TokenProblem::Refused { code: format!("status_{status}"), said: String::new(), ended: false }),
        }
    }
}

fn json(members: &[(&str, &str)]) -> Body {
    let object: std::collections::BTreeMap<&str, &str> = members.iter().copied().collect();
    Body::secret("application/json", Secret::new(serde_json::to_vec(&object).unwrap_or_default()))
}
