//! A request as it arrived.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

/// More than any request of a check.
const BODY_LIMIT: usize = 1 << 20;

/// A request as it arrived.
pub(super) struct Asked {
    pub method: Method,
    pub uri: Uri,
    /// The path below the provider's own; begins with `/` or is empty.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    /// Reads a request to the provider of `id`; none when its body is too large.
    pub(super) async fn read(id: &str, request: Request) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.ok()?;
        let path = parts.uri.path().trim_start_matches('/').strip_prefix(id).unwrap_or_default().to_owned();
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        Some(Self { method: parts.method, uri: parts.uri, path, query, headers: parts.headers, body })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether it carries this user and password (RFC 7617).
    pub(super) fn has_basic(&self, user: &str, password: &str) -> bool {
        let presented = self.header(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Basic "));
        presented.and_then(|encoded| STANDARD.decode(encoded).ok()).is_some_and(|bytes| bytes == format!("{user}:{password}").into_bytes())
    }

    /// The body's type without its parameters.
    pub(super) fn content_type(&self) -> &str {
        self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default().split(';').next().unwrap_or_default().trim()
    }
}
