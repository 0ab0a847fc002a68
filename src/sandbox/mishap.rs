//! What a provider, or something in front of it, does that is no answer at all.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;

use super::file::Kind;

/// Longer than any check waits.
const LONG: Duration = Duration::from_secs(60);

/// What happens to every request of an account of this kind; none when it is answered.
pub(super) async fn mishap(kind: Kind) -> Option<Response> {
    Some(match kind {
        Kind::Html => Html("<!doctype html><title>Sign in</title><h1>Sign in</h1>").into_response(),
        Kind::Endless => {
            let chunks = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16_384])));
            ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(chunks)).into_response()
        }
        Kind::Slow => {
            tokio::time::sleep(LONG).await;
            ([(header::CONTENT_TYPE, "application/json")], "{}").into_response()
        }
        Kind::Redirect => (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/latest/meta-data/")]).into_response(),
        Kind::Works | Kind::Wrong | Kind::Revoked | Kind::FewRights | Kind::RateLimited | Kind::Down | Kind::Other => return None,
    })
}
