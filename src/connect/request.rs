//! From a manifest's request to a call.

use std::collections::BTreeMap;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use url::Url;
use zeroize::Zeroizing;

use crate::catalogue::{Auth, Encoding, FieldKind, JsonTemplate, KeyPlace, Manifest, Method, Request, Target, Template, is_reserved_header};
use crate::domain::Timestamp;
use crate::egress::{self, Body, HttpCall, Origin};
use crate::vault::Secret;

use super::outcome::Credential;
use super::sigv4::{self, Keys};

/// Makes the calls of one check.
pub(super) struct Caller<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) credential: &'a Credential<'a>,
    /// The scheme that the entries choose.
    pub(super) auth: &'a Auth,
    pub(super) base: &'a Url,
    /// PEM text of authorities that are trusted besides the system's.
    pub(super) roots: Option<&'a str>,
}

impl<'a> Caller<'a> {
    fn open(&self, id: &str) -> Option<&'a str> {
        self.credential.config.get(id).map(String::as_str)
    }

    fn any(&self, id: &str) -> Option<&'a str> {
        self.open(id).or_else(|| self.credential.secrets.get(id).map(|secret| secret.expose().as_str()))
    }

    fn secret(&self, template: &Template) -> Secret<String> {
        Secret::new(template.fill(Encoding::Plain, &|id| self.any(id)))
    }

    /// The call without a credential; none when path or query lead to another origin, which no value can bring about.
    pub(super) fn bare(&self, path: &str) -> Option<HttpCall> {
        let call = HttpCall::get(self.url(path.to_owned())?);
        Some(self.with_headers(call))
    }

    /// A login: the body holds the secrets.
    pub(super) fn login(&self, request: &Request) -> Option<HttpCall> {
        let call = HttpCall::new(method(request), self.address(request)?);
        Some(self.with_body(self.with_headers(call), request, true))
    }

    /// A request that carries the credential, or the token that a login minted; `now` is when a signature is made. None as for [`Self::bare`], and where
    /// the entries make no request that may be sent.
    pub(super) fn signed(&self, request: &Request, session: Option<&Secret<String>>, now: Timestamp) -> Option<HttpCall> {
        self.signed_at(self.address(request)?, request, session, now)
    }

    /// The same at this very address.
    pub(super) fn signed_at(&self, url: Url, request: &Request, session: Option<&Secret<String>>, now: Timestamp) -> Option<HttpCall> {
        let call = HttpCall::new(method(request), url);
        self.authorized(self.with_body(self.with_headers(call), request, false), session, now)
    }

    /// The same call with the credential, or the token that a login minted.
    fn authorized(&self, call: HttpCall, session: Option<&Secret<String>>, now: Timestamp) -> Option<HttpCall> {
        Some(match self.auth {
            Auth::None => call,
            Auth::Bearer { token } => call.bearer(&self.secret(token)),
            Auth::Basic { username, password } => call.basic(self.secret(username).expose(), &self.secret(password)),
            Auth::ApiKey { keys } => {
                let mut sent = keys.iter().filter(|key| key.value.is_filled_by(&|id| self.any(id)));
                sent.try_fold(call, |call, key| self.with_key(call, key.place, &key.name, self.secret(&key.value)))?
            }
            Auth::LoginSession { header, value, .. } => {
                let token = session.map_or("", |token| token.expose().as_str());
                call.secret_header(header, Secret::new(value.fill(Encoding::Plain, &|id| if id == "session" { Some(token) } else { self.any(id) })))
            }
            Auth::AwsSigv4 { access_key_id, secret_access_key, session_token, region, service } => {
                let (id, secret) = (self.secret(access_key_id), self.secret(secret_access_key));
                let token = session_token.as_ref().map(|token| self.secret(token));
                let (region, service) = (region.fill(Encoding::Plain, &|id| self.open(id)), service.fill(Encoding::Plain, &|id| self.open(id)));
                let token = token.as_ref().map_or("", |token| token.expose().as_str());
                let keys = Keys { id: id.expose(), secret: secret.expose(), session_token: token, region: &region, service: &service };
                sigv4::signed(call, &keys, now)?
            }
            Auth::Choice { .. } | Auth::Database { .. } => return None,
        })
    }

    /// The headers that every request carries, the fixed ones first; none where a request is more than its headers: a key in the query, or a signature.
    pub(super) fn headers(&self, session: Option<&Secret<String>>, now: Timestamp) -> Option<Vec<(String, Secret<String>)>> {
        self.auth.carried()?;
        let call = self.authorized(self.with_headers(HttpCall::get(self.base.clone())), session, now).filter(|call| !call.secret_url)?;
        let open = call.headers.into_iter().map(|(name, value)| (name, Secret::new(value)));
        Some(open.chain(call.secret_headers).collect())
    }

    fn with_key(&self, mut call: HttpCall, place: KeyPlace, name: &Template, value: Secret<String>) -> Option<HttpCall> {
        let name = name.fill(Encoding::Plain, &|id| self.open(id));
        match place {
            KeyPlace::Header => (!name.is_empty() && !is_reserved_header(&name)).then(|| call.secret_header(&name, value)),
            KeyPlace::Query => {
                call.url.query_pairs_mut().append_pair(&name, value.expose());
                call.secret_url = true;
                Some(call)
            }
        }
    }

    fn address(&self, request: &Request) -> Option<Url> {
        let value_of = |id: &str| self.open(id);
        let is_path = |id: &str| self.manifest.field(id).is_some_and(|field| field.kind == FieldKind::Path);
        let mut text = request.path.fill_each(&|id| if is_path(id) { Encoding::Plain } else { Encoding::Url }, &value_of);
        for (name, template) in request.query.iter().filter(|(_, template)| template.is_filled_by(&value_of)) {
            text.push(if text.contains('?') { '&' } else { '?' });
            text.push_str(name);
            text.push('=');
            text.push_str(&template.fill(Encoding::Url, &value_of));
        }
        self.url(text)
    }

    fn url(&self, path_and_query: String) -> Option<Url> {
        let url = Url::parse(&format!("{}{path_and_query}", self.base.as_str().trim_end_matches('/'))).ok()?;
        (Origin::of(&url).ok()? == Origin::of(self.base).ok()?).then_some(url)
    }

    fn with_headers(&self, mut call: HttpCall) -> HttpCall {
        let value_of = |id: &str| self.open(id);
        call = call.trusting(self.roots);
        if let Target::Http { headers, .. } = &self.manifest.target {
            for (name, template) in headers.iter().filter(|(_, template)| template.is_filled_by(&value_of)) {
                call = call.header(name, &template.fill(Encoding::Plain, &value_of));
            }
        }
        call
    }

    fn with_body(&self, call: HttpCall, request: &Request, secret: bool) -> HttpCall {
        let value_of = |id: &str| if secret { self.any(id) } else { self.open(id) };
        let (kind, bytes) = match (&request.json, &request.form) {
            (Some(json), _) => ("application/json", json_body(json, &value_of)),
            (None, Some(form)) => ("application/x-www-form-urlencoded", form_body(form, &value_of)),
            (None, None) => return call,
        };
        call.body(if secret { Body::secret(kind, Secret::new(bytes)) } else { Body::open(kind, bytes) })
    }
}

const fn method(request: &Request) -> egress::Method {
    match request.method {
        Method::Get => egress::Method::GET,
        Method::Post => egress::Method::POST,
        Method::Delete => egress::Method::DELETE,
    }
}

type Lookup<'a, 'v> = &'a dyn Fn(&str) -> Option<&'v str>;

fn form_body<'v>(form: &BTreeMap<String, Template>, value_of: Lookup<'_, 'v>) -> Vec<u8> {
    let parts: Vec<Zeroizing<String>> =
        form.iter().map(|(name, template)| Zeroizing::new(format!("{name}={}", template.fill(Encoding::Url, value_of)))).collect();
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in &parts {
        if !bytes.is_empty() {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn json_body<'v>(json: &JsonTemplate, value_of: Lookup<'_, 'v>) -> Vec<u8> {
    // Room for every body a form can make, so that growing leaves no copies behind.
    let mut bytes = Vec::with_capacity(64 * 1024);
    let written = serde_json::to_writer(&mut bytes, &Filled { json, value_of });
    debug_assert!(written.is_ok(), "texts, numbers and maps with text keys are always JSON");
    bytes
}

/// A JSON template with its places filled while it is written.
struct Filled<'a, 'v> {
    json: &'a JsonTemplate,
    value_of: Lookup<'a, 'v>,
}

impl Serialize for Filled<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = |json| Filled { json, value_of: self.value_of };
        match self.json {
            JsonTemplate::Text(template) => serializer.serialize_str(&Zeroizing::new(template.fill(Encoding::Plain, self.value_of))),
            JsonTemplate::Bool(flag) => serializer.serialize_bool(*flag),
            JsonTemplate::Number(number) => serializer.serialize_i64(*number),
            JsonTemplate::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&inner(item))?;
                }
                list.end()
            }
            JsonTemplate::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, member) in members {
                    map.serialize_entry(name, &inner(member))?;
                }
                map.end()
            }
        }
    }
}
