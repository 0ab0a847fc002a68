//! One exchange with judged addresses: no proxy, no cookie, no pool, no redirect, no second look-up.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response};
use url::Url;
use zeroize::Zeroizing;

use super::call::{Body, HttpAnswer, HttpCall};
use super::error::EgressError;
use super::resolve::{CONNECT_LIMIT, CheckedTarget};
use super::tls::{problem, rustls_cause};
use crate::vault::Secret;

const USER_AGENT: &str = concat!("Latchkey/", env!("CARGO_PKG_VERSION"));
const KEPT_HEADERS: [&str; 6] = ["request-id", "x-request-id", "link", "etag", "stripe-version", "www-authenticate"];
const HEADER_LIMIT: usize = 2_000;

/// Answers every look-up with the addresses that were judged.
struct Judged(Vec<SocketAddr>);

impl Resolve for Judged {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(async move { Ok(addresses) })
    }
}

/// What is asked for at one hop; the rest is in the call.
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) with_body: bool,
}

/// Sends one request to `target` and returns the answer's head.
pub(super) async fn exchange(tls: &rustls::ClientConfig, target: &CheckedTarget, hop: &Hop, call: &HttpCall) -> Result<Response, EgressError> {
    let unusable = || EgressError::Protocol { host: target.host().to_owned() };
    let client = client(tls, target).map_err(|_| unusable())?;
    let mut headers = headers(call).ok_or_else(unusable)?;
    let mut request = client.request(hop.method.clone(), hop.url.clone());
    if let Some(body) = call.body.as_ref().filter(|_| hop.with_body) {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(body.content_type));
        request = request.body(guarded(body));
    }
    request.headers(headers).send().await.map_err(|error| translate(&error, target))
}

#[expect(clippy::disallowed_methods, reason = "the guarded client itself")]
fn client(tls: &rustls::ClientConfig, target: &CheckedTarget) -> reqwest::Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .dns_resolver(Arc::new(Judged(target.addresses().to_vec())))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT_LIMIT)
        .user_agent(USER_AGENT)
        .build()
}

/// The body in memory that is wiped when the last reader lets go of it.
fn guarded(body: &Body) -> Bytes {
    Bytes::from_owner(Zeroizing::new(body.bytes.expose().clone()))
}

fn headers(call: &HttpCall) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in &call.headers {
        headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    for (name, value) in &call.secret_headers {
        let bytes = Bytes::from_owner(Zeroizing::new(value.expose().clone()));
        let mut value = HeaderValue::from_maybe_shared(bytes).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::try_from(name).ok()?, value);
    }
    Some(headers)
}

/// Reads the rest of an answer, at most `limit` bytes after decompression.
pub(super) async fn read(mut response: Response, target: &CheckedTarget, limit: usize) -> Result<HttpAnswer, EgressError> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(EgressError::TooLarge { limit });
    }
    let mut body = Zeroizing::new(Vec::with_capacity(announced.unwrap_or(16 * 1024).min(limit)));
    while let Some(chunk) = response.chunk().await.map_err(|error| translate(&error, target))? {
        if body.len() + chunk.len() > limit {
            return Err(EgressError::TooLarge { limit });
        }
        append(&mut body, &chunk);
    }
    let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).filter(|value| value.len() <= HEADER_LIMIT);
    let media_type = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Ok(HttpAnswer {
        status: response.status().as_u16(),
        content_type: text(CONTENT_TYPE.as_str()).map(media_type),
        retry_after_s: text(RETRY_AFTER.as_str()).and_then(|value| value.trim().parse().ok()),
        headers: KEPT_HEADERS.iter().filter_map(|name| text(name).map(|value| ((*name).to_owned(), value.to_owned()))).collect(),
        took_ms: 0,
        host: target.host().to_owned(),
        body: Secret::new(std::mem::take(&mut *body)),
    })
}

/// Appends without leaving a copy behind where the buffer has to grow.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    if body.capacity() - body.len() < chunk.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((body.capacity() * 2).max(body.len() + chunk.len())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// The client's error without its text, which would name the URL.
fn translate(error: &reqwest::Error, target: &CheckedTarget) -> EgressError {
    let host = target.host().to_owned();
    if error.is_timeout() {
        EgressError::Timeout { host }
    } else if rustls_cause(error).is_some() {
        EgressError::TlsInvalid { host, reason: problem(error) }
    } else if error.is_connect() {
        EgressError::ConnectRefused { host, port: target.port() }
    } else {
        EgressError::Protocol { host }
    }
}
