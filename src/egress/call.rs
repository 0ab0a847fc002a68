//! What is asked for and what came back.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use zeroize::Zeroizing;

pub use http::Method;

use crate::vault::Secret;

/// The body of a request.
#[derive(Debug)]
pub struct Body {
    pub(super) content_type: &'static str,
    pub(super) bytes: Secret<Vec<u8>>,
    pub(super) is_secret: bool,
}

impl Body {
    /// The bytes, for a signature over them.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.expose()
    }

    /// The media type.
    pub const fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// A body without a secret.
    pub const fn open(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { content_type, bytes: Secret::new(bytes), is_secret: false }
    }

    /// A body that holds a secret: the call goes to bound origins only.
    pub const fn secret(content_type: &'static str, bytes: Secret<Vec<u8>>) -> Self {
        Self { content_type, bytes, is_secret: true }
    }
}

/// One HTTP request to the outside.
#[derive(Debug)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// Where to; must be `https`, or `http` where the operator mapped it.
    pub url: Url,
    /// Headers that may be seen; `Accept` is `application/json` unless it is among them.
    pub headers: Vec<(String, String)>,
    /// Headers that hold a secret.
    pub secret_headers: Vec<(String, Secret<String>)>,
    /// What is sent along.
    pub body: Option<Body>,
    /// Whether the URL's query holds a secret.
    pub secret_url: bool,
    /// PEM text of authorities that are trusted besides the system's, at the origin of the URL alone; it belongs to the connection.
    pub roots: Option<String>,
}

impl HttpCall {
    /// A request without headers and body.
    pub const fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), secret_headers: Vec::new(), body: None, secret_url: false, roots: None }
    }

    /// A `GET`.
    pub const fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A `POST`.
    pub fn post(url: Url, body: Body) -> Self {
        Self::new(Method::POST, url).body(body)
    }

    /// Sends `body` along.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    /// Adds a header that may be seen.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a header that holds a secret.
    #[must_use]
    pub fn secret_header(mut self, name: &str, value: Secret<String>) -> Self {
        self.secret_headers.push((name.to_owned(), value));
        self
    }

    /// Trusts the authorities in `pem` besides the system's.
    #[must_use]
    pub fn trusting(mut self, pem: Option<&str>) -> Self {
        self.roots = pem.map(str::to_owned);
        self
    }

    /// Adds `Authorization: Bearer …`.
    #[must_use]
    pub fn bearer(self, token: &Secret<String>) -> Self {
        self.secret_header("authorization", Secret::new(format!("Bearer {}", token.expose())))
    }

    /// Adds `Authorization: Basic …`.
    #[must_use]
    pub fn basic(self, user: &str, password: &Secret<String>) -> Self {
        let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
        let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        self.secret_header("authorization", Secret::new(format!("Basic {}", encoded.as_str())))
    }

    /// Whether anything in it is secret.
    pub fn carries_secret(&self) -> bool {
        self.secret_url || !self.secret_headers.is_empty() || self.body.as_ref().is_some_and(|body| body.is_secret)
    }
}

/// What a call may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole call with all its redirects, from the look-up to the last byte.
    pub deadline: Duration,
    /// The largest body, in bytes after decompression.
    pub max_body_bytes: usize,
    /// How many redirects are followed.
    pub max_redirects: u8,
}

impl Default for Limits {
    /// Ten seconds, 1 MiB, three redirects.
    fn default() -> Self {
        Self { deadline: Duration::from_secs(10), max_body_bytes: 1024 * 1024, max_redirects: 3 }
    }
}

/// The answer to a call. Its body may hold a secret: it does not print and is wiped when dropped.
pub struct HttpAnswer {
    /// The status code.
    pub status: u16,
    /// The media type without parameters, in lower case.
    pub content_type: Option<String>,
    /// After how many seconds the server wants to be asked again, when it says so in seconds.
    pub retry_after_s: Option<u32>,
    /// A few harmless headers, names in lower case: request ids, links to the next page, rate limits.
    pub headers: Vec<(String, String)>,
    /// How long the call took, in milliseconds.
    pub took_ms: u32,
    /// The host that answered, after redirects.
    pub host: String,
    pub(super) body: Secret<Vec<u8>>,
}

impl HttpAnswer {
    /// The body as it came, decompressed.
    pub fn body(&self) -> &[u8] {
        self.body.expose()
    }

    /// The body as text, when it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.body()).ok()
    }

    /// The body read as JSON, when it is such a document.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body()).ok()
    }

    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// A header among those that are kept.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HttpAnswer").field("status", &self.status).field("content_type", &self.content_type).finish_non_exhaustive()
    }
}
