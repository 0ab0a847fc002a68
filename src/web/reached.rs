//! What a request says of the address that it was sent to.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::{HOST, ORIGIN};
use http::request::Parts;

use crate::services::oauth_apps::Reached;

impl<S: Send + Sync> FromRequestParts<S> for Reached {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Of several headers of one name the last was written by whoever stands nearest.
        let said = |name: &str| parts.headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Self {
            origin: said(ORIGIN.as_str()),
            host: said(HOST.as_str()).or_else(|| parts.uri.authority().map(ToString::to_string)),
            forwarded_host: said("x-forwarded-host"),
            forwarded_proto: said("x-forwarded-proto"),
        })
    }
}
