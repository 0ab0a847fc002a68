//! States in headers: what a caller has seen, and what it sees now.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// The state that the caller knows, as the text of `If-Match`; none without the header and for `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<String>);

impl IfMatch {
    /// The version in it: the number before `-`. What is no state of ours becomes a version that nothing has.
    pub fn version(&self) -> Option<i64> {
        self.0.as_deref().map(|text| version_in(text).unwrap_or(0))
    }
}

fn version_in(tag: &str) -> Option<i64> {
    let state = tag.strip_prefix('"')?.strip_suffix('"')?;
    state.split_once('-').map_or(state, |(version, _)| version).parse().ok()
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(sent(&parts.headers, &header::IF_MATCH).filter(|text| text != "*")))
    }
}

/// The states that the caller holds already, as the text of `If-None-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    /// Whether the caller holds this state.
    pub fn holds(&self, current: &str) -> bool {
        self.0.as_deref().is_some_and(|text| text == "*" || text.split(',').any(|tag| tag.trim().trim_start_matches("W/") == current))
    }

    /// The answer with its `ETag`; 304 without a body when the caller holds it.
    pub fn answer(&self, current: &str, answer: impl FnOnce() -> Response) -> Response {
        with_etag(current, if self.holds(current) { StatusCode::NOT_MODIFIED.into_response() } else { answer() })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(sent(&parts.headers, &header::IF_NONE_MATCH)))
    }
}

/// The `ETag` of a connection: what people have changed of it, and the version of its row.
pub fn state((edits, revision): (i64, i64)) -> String {
    format!("\"{edits}-{revision}\"")
}

/// The `ETag` of a thing that counts its changes.
pub fn version(version: i64) -> String {
    format!("\"{version}\"")
}

/// The answer with this `ETag`.
pub fn with_etag(current: &str, mut answer: Response) -> Response {
    if let Ok(value) = HeaderValue::from_str(current) {
        answer.headers_mut().insert(header::ETAG, value);
    }
    answer
}

/// The text of a header; one that is no text fits no state.
fn sent(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default().trim().to_owned())
}
