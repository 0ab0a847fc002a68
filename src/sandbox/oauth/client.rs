//! Token requests as they are written, and which app makes them (RFC 6749 §2.3.1).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::form_urlencoded;

use super::super::asked::Asked;
use super::super::file;
use super::super::provider::Provider;
use super::section::{Body, ClientAuth, Grant, OAuth};

/// The parameters of a request.
pub(super) type Params = BTreeMap<String, String>;

/// Why there is no token.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The code (RFC 6749 §5.2).
    pub error: &'static str,
    pub words: String,
    /// Whether the request is not as the provider documents it.
    pub differs: bool,
    /// The provider's own answer, where it has one of its own for this.
    pub answer: Option<file::Answer>,
}

impl Refusal {
    pub fn of(error: &'static str, words: &str) -> Self {
        Self { error, words: words.to_owned(), differs: false, answer: None }
    }

    /// A request that is not as the provider documents it.
    pub fn differing(words: impl Into<String>) -> Self {
        Self { error: "invalid_request", words: words.into(), differs: true, answer: None }
    }
}

/// Who asks for a token.
pub(super) struct Asker {
    pub client_id: String,
    /// The account whose entries are the app's own, where no person allows anything.
    pub account: Option<usize>,
}

/// The parameters of a body that is written as the provider wants it.
pub(super) fn parameters(body: Body, asked: &Asked) -> Result<Params, Refusal> {
    let kind = match body {
        Body::Form => "application/x-www-form-urlencoded",
        Body::Json => "application/json",
    };
    if asked.content_type() != kind {
        return Err(Refusal::differing(format!("the body must have the type {kind}")));
    }
    let mut params = Params::new();
    let pairs: Vec<(String, String)> = match body {
        Body::Form => form_urlencoded::parse(&asked.body).into_owned().collect(),
        Body::Json => {
            let object: BTreeMap<String, Value> = serde_json::from_slice(&asked.body).map_err(|_| Refusal::differing("the body must be a JSON object"))?;
            object.into_iter().map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
        }
    };
    for (name, value) in pairs {
        if params.contains_key(&name) {
            return Err(Refusal::differing(format!("`{name}` in the body stands there twice")));
        }
        params.insert(name, value);
    }
    Ok(params)
}

/// Takes a parameter that must be there.
pub(super) fn take(params: &mut Params, name: &str) -> Result<String, Refusal> {
    params.remove(name).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::differing(format!("`{name}` is missing in the body")))
}

impl Provider {
    /// Which app asks, proven as the provider wants it; its parameters are taken out.
    pub(super) fn asker(&self, oauth: &OAuth, way: ClientAuth, asked: &Asked, params: &mut Params) -> Result<Asker, Refusal> {
        let header = asked.header("authorization");
        let way = match way {
            ClientAuth::Any if header.is_some() => ClientAuth::Basic,
            ClientAuth::Any => ClientAuth::Body,
            way => way,
        };
        let (id, secret) = match way {
            ClientAuth::Basic | ClientAuth::Any => {
                if params.contains_key("client_id") || params.contains_key("client_secret") {
                    return Err(Refusal::differing("the application proves itself in the header, not in the body"));
                }
                header.and_then(basic).ok_or_else(|| Refusal::differing("the header Authorization must be Basic with the application’s id and secret"))?
            }
            ClientAuth::Body | ClientAuth::None => {
                if header.is_some() {
                    return Err(Refusal::differing("the application proves itself in the body, not in the header"));
                }
                let secret = if way == ClientAuth::Body { take(params, "client_secret")? } else { String::new() };
                (take(params, "client_id")?, secret)
            }
        };
        let of_accounts = || {
            let is_own = |(_, account): &(usize, &super::super::provider::Played)| {
                account.is_known() && account.entries.get("client_id") == Some(&id) && account.entries.get("client_secret") == Some(&secret)
            };
            self.oauth_accounts().find(is_own).map(|(number, _)| number)
        };
        let account = if oauth.grant == Grant::ClientCredentials { of_accounts() } else { None };
        let is_known = oauth.clients.iter().any(|client| client.client_id == id && (client.client_secret == secret || way == ClientAuth::None));
        if account.is_none() && !is_known {
            return Err(Refusal::of("invalid_client", "No application has this id and secret."));
        }
        Ok(Asker { client_id: id, account })
    }
}

/// Id and secret of a header, each form-encoded before (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    let decoded = |part: &str| form_urlencoded::parse(format!("x={part}").as_bytes()).next().map(|(_, value)| value.into_owned());
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id)?, decoded(secret)?))
}
