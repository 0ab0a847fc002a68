//! The address at which tokens are forgotten (RFC 7009, or the provider's own way).

use std::collections::BTreeMap;

use axum::response::Response;
use ring::digest::{SHA256, digest};

use super::super::asked::Asked;
use super::super::provider::{Provider, remarked, respond};
use super::client::{Params, Refusal, parameters, take};
use super::section::{Body, ClientAuth, OAuth, RevokeAuth, RevokeBody};

impl Provider {
    /// Forgets a token and everything of its grant; one that nobody has is forgotten already (RFC 7009 §2.2).
    pub(super) fn forget(&self, oauth: &OAuth, asked: &Asked) -> Response {
        let token = match self.token_to_forget(oauth, asked) {
            Ok(token) => token,
            Err(refusal) => {
                let status = if refusal.error == "invalid_client" { 401 } else { 400 };
                let body = format!(r#"{{"error":"{}"}}"#, refusal.error);
                return remarked(refusal.words, refusal.differs, respond(status, &body, &BTreeMap::new()));
            }
        };
        let mut books = self.ledger.books();
        books.counts.revoked.push(hex::encode(digest(&SHA256, token.as_bytes())));
        if let Some(grant) = books.any_grant_of(&token, &oauth.revoke_token) {
            books.end(grant);
        } else if books.any_grant_of(&token, "").is_some() {
            let words = format!("the token to forget must be the {} token", oauth.revoke_token);
            return remarked(words, true, respond(400, r#"{"error":"unsupported_token_type"}"#, &BTreeMap::new()));
        }
        respond(oauth.revoke_status, &oauth.revoke_answer, &BTreeMap::new())
    }

    fn token_to_forget(&self, oauth: &OAuth, asked: &Asked) -> Result<String, Refusal> {
        if asked.method.as_str() != oauth.revoke_method {
            return Err(Refusal::differing(format!("the method is {}, not {}", oauth.revoke_method, asked.method)));
        }
        let mut params = match oauth.revoke_body {
            RevokeBody::Form => parameters(Body::Form, asked)?,
            RevokeBody::Json => parameters(Body::Json, asked)?,
            RevokeBody::None if asked.body.is_empty() => Params::new(),
            RevokeBody::None => return Err(Refusal::differing("there must be no body")),
        };
        let token = match oauth.revoke_auth {
            RevokeAuth::Client => {
                self.asker(oauth, oauth.client_auth, asked, &mut params)?;
                take(&mut params, &oauth.revoke_param)?
            }
            RevokeAuth::Basic => {
                self.asker(oauth, ClientAuth::Basic, asked, &mut params)?;
                take(&mut params, &oauth.revoke_param)?
            }
            RevokeAuth::None => take(&mut params, &oauth.revoke_param)?,
            RevokeAuth::Secret => {
                let (id, secret) = (take(&mut params, "client_id")?, asked.header("authorization").and_then(|value| value.strip_prefix("Client ")));
                if !oauth.clients.iter().any(|client| client.client_id == id && Some(client.client_secret.as_str()) == secret) {
                    return Err(Refusal::of("invalid_client", "No application has this id and secret."));
                }
                take(&mut params, &oauth.revoke_param)?
            }
            RevokeAuth::Bearer => in_header(&oauth.revoke_header, asked).ok_or_else(|| Refusal::differing("the token to forget stands in a header"))?,
        };
        params.remove("token_type_hint");
        match params.keys().next() {
            Some(name) => Err(Refusal::differing(format!("`{name}` in the body is not documented here"))),
            None => Ok(token),
        }
    }
}

/// The token in a header that the file writes as `Name: before {token} after`.
fn in_header(written: &str, asked: &Asked) -> Option<String> {
    let (name, text) = written.split_once(": ")?;
    let (before, after) = text.split_once("{token}")?;
    Some(asked.header(name)?.strip_prefix(before)?.strip_suffix(after)?.to_owned())
}
