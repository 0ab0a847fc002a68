//! The consent page and the way back (RFC 6749 §4.1.1, §4.1.2; RFC 7636 §4.3).

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::hmac;
use url::{Host, Url, form_urlencoded};

use super::super::asked::Asked;
use super::super::file::Kind;
use super::super::provider::{Played, Provider, remarked};
use super::ledger::Grant;
use super::page;
use super::section::{Client, OAuth};

/// What an authorize address asks for.
struct Wish {
    client_id: String,
    redirect_uri: Url,
    state: String,
    scope: String,
    challenge: Option<String>,
}

impl Provider {
    /// The consent page, and what its buttons lead to.
    pub(super) fn authorize(&self, oauth: &OAuth, asked: &Asked) -> Response {
        let wish = match self.wish(oauth, asked) {
            Ok(wish) => wish,
            Err(words) => return self.nowhere(words),
        };
        match asked.method.as_str() {
            "GET" => {
                self.ledger.books().counts.authorize += 1;
                let accounts: Vec<&str> = self.oauth_accounts().map(|(_, account)| account.title.as_str()).collect();
                let scopes: Vec<&str> = wish.scope.split(oauth.scope_separator.as_str()).filter(|scope| !scope.is_empty()).collect();
                page::consent(&self.name, &scopes, &accounts)
            }
            "POST" => self.decide(oauth, asked, wish),
            other => self.nowhere(format!("the method is GET or POST, not {other}")),
        }
    }

    /// The accounts that a person can pick.
    pub(super) fn oauth_accounts(&self) -> impl Iterator<Item = (usize, &Played)> {
        self.accounts.iter().enumerate().filter(|(_, account)| account.by_oauth)
    }

    fn nowhere(&self, words: String) -> Response {
        let response = page::refused(&self.name, &words);
        remarked(words, true, response)
    }

    fn wish(&self, oauth: &OAuth, asked: &Asked) -> Result<Wish, String> {
        let given = |name: &str| asked.parameter(name).filter(|value| !value.is_empty()).ok_or_else(|| format!("the parameter `{name}` is missing"));
        let named = given(&oauth.client_id_param)?;
        let is_named = |client: &&Client| client.client_id == named || client.fields.get(&oauth.client_id_param).is_some_and(|value| value == named);
        let client = oauth.clients.iter().find(is_named);
        let client_id = client.ok_or_else(|| format!("there is no application with this `{}`", oauth.client_id_param))?.client_id.clone();
        let redirect_uri = given("redirect_uri")?;
        let redirect_uri = self.registered(redirect_uri).ok_or("the `redirect_uri` is none that the application registered")?;
        for (position, (name, _)) in asked.query.iter().enumerate() {
            if asked.query.iter().skip(position + 1).any(|(other, _)| other == name) {
                return Err(format!("the parameter `{name}` stands there twice"));
            }
        }
        let response_type = Some(("response_type", oauth.response_type.as_str())).filter(|(_, value)| !value.is_empty());
        for (name, value) in oauth.require.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(response_type) {
            if given(name)? != value {
                return Err(format!("the parameter `{name}` must be `{value}`"));
            }
        }
        let scope = asked.parameter("scope").unwrap_or_default().to_owned();
        let scopes: Vec<&str> = scope.split(oauth.scope_separator.as_str()).filter(|scope| !scope.is_empty()).collect();
        if !oauth.scopes.is_empty() && (scopes.is_empty() || scopes.iter().any(|scope| !oauth.scopes.iter().any(|known| known == scope))) {
            return Err("the parameter `scope` names a permission that there is not".to_owned());
        }
        let state = given("state")?.to_owned();
        let mut known = vec![oauth.client_id_param.as_str(), "redirect_uri", "state", "scope"];
        known.extend(response_type.map(|(name, _)| name));
        known.extend(oauth.require.keys().map(String::as_str));
        let mut challenge = None;
        if oauth.pkce {
            known.extend(["code_challenge", "code_challenge_method"]);
            let text = given("code_challenge")?;
            let is_hash = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            if !is_hash || given("code_challenge_method")? != "S256" {
                return Err("the challenge must be made by S256".to_owned());
            }
            challenge = Some(text.to_owned());
        }
        match asked.query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(format!("the parameter `{name}` is not documented here")),
            None => Ok(Wish { client_id, redirect_uri, state, scope, challenge }),
        }
    }

    /// The address, when it leads to this connector of a Latchkey: over HTTPS, or on this machine.
    fn registered(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let is_here = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        let is_ours = url.path().ends_with(&format!("/oauth/callback/{}", self.id));
        (is_bare && is_ours && (url.scheme() == "https" || url.scheme() == "http" && is_here)).then_some(url)
    }

    fn decide(&self, oauth: &OAuth, asked: &Asked, wish: Wish) -> Response {
        let form: Vec<(String, String)> = form_urlencoded::parse(&asked.body).into_owned().collect();
        let sent = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let picked = self.oauth_accounts().find(|(_, account)| Some(account.title.as_str()) == sent("account"));
        let (mut back, client_id) = (wish.redirect_uri.clone(), wish.client_id.clone());
        match (sent("answer"), picked) {
            (Some("deny"), _) => {
                back.query_pairs_mut().append_pair("error", "access_denied").append_pair("error_description", "The person said no.");
            }
            (Some("allow"), Some((number, account))) => {
                let grant = Grant { account: number, client_id: wish.client_id, scope: granted(oauth, account, &wish.scope), ended: false };
                let code = self.ledger.books().code(grant, wish.redirect_uri.into(), wish.challenge);
                let mut query = back.query_pairs_mut();
                query.append_pair(&oauth.code_param, &code);
                query.extend_pairs(oauth.callback.iter().map(|(name, text)| (name, account.entries.fill(text))));
                drop(query);
            }
            _ => return self.nowhere("the form names no account, or neither allows nor denies".to_owned()),
        }
        back.query_pairs_mut().append_pair("state", &wish.state);
        if !oauth.issuer.is_empty() {
            back.query_pairs_mut().append_pair("iss", &oauth.issuer);
        }
        if !oauth.callback_hmac.is_empty() {
            let secret = oauth.clients.iter().find(|client| client.client_id == client_id).map(|client| client.client_secret.as_str());
            let signature = signature(&back, secret.unwrap_or_default());
            back.query_pairs_mut().append_pair(&oauth.callback_hmac, &signature);
        }
        match HeaderValue::try_from(back.as_str()) {
            Ok(back) => (StatusCode::FOUND, [(header::LOCATION, back)]).into_response(),
            Err(_) => self.nowhere("the `redirect_uri` cannot be led to".to_owned()),
        }
    }
}

/// HMAC-SHA-256 in hex of the parameters, sorted by name and form-encoded.
fn signature(back: &Url, secret: &str) -> String {
    let sorted: BTreeMap<String, String> = back.query_pairs().into_owned().collect();
    let message = form_urlencoded::Serializer::new(String::new()).extend_pairs(&sorted).finish();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex::encode(hmac::sign(&key, message.as_bytes()))
}

/// What the account grants of what is asked for: what the file says, or all; with too few rights all but the last.
fn granted(oauth: &OAuth, account: &Played, wanted: &str) -> String {
    let mut scopes: Vec<&str> = wanted.split(oauth.scope_separator.as_str()).filter(|scope| !scope.is_empty()).collect();
    match &account.granted {
        Some(granted) => return granted.clone(),
        None if account.kind == Kind::FewRights => drop(scopes.pop()),
        None => {}
    }
    scopes.join(&oauth.scope_separator)
}
