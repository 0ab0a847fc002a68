//! Versions in headers: what a caller has seen, and what it sees now.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// The state that the caller knows, as the text of `If-Match`; none without the header and for `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<String>);

impl IfMatch {
    /// The version that it names. What is no version of ours becomes one that nothing has.
    pub fn version(&self) -> Option<i64> {
        self.0.as_deref().map(|text| version(text).unwrap_or(0))
    }
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
    /// Whether the caller holds this version.
    fn holds(&self, current: i64) -> bool {
        let Some(text) = self.0.as_deref() else { return false };
        text == "*" || text.split(',').any(|tag| version(tag.trim().trim_start_matches("W/")) == Some(current))
    }

    /// `answer` with its `ETag`; 304 without a body when the caller holds this version.
    pub fn tagged(&self, current: i64, answer: Response) -> Response {
        let mut answer = if self.holds(current) { StatusCode::NOT_MODIFIED.into_response() } else { answer };
        if let Ok(value) = HeaderValue::from_str(&etag(current)) {
            answer.headers_mut().insert(header::ETAG, value);
        }
        answer
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(sent(&parts.headers, &header::IF_NONE_MATCH)))
    }
}

/// The text of a header; one that is no text fits no state.
fn sent(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default().trim().to_owned())
}

/// A version as an `ETag`.
fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

fn version(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}
