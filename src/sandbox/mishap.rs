//! What can go wrong at a provider, on demand.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

/// A failure that a value typed into the form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 429 with `Retry-After: 60`.
    RateLimited,
    /// 500.
    ServerError,
    /// 200 with a web page instead of JSON.
    Html,
    /// A body without end.
    Endless,
    /// An answer after a minute.
    Slow,
    /// A redirect to a link-local address.
    Redirect,
}

/// Each mishap with the word that asks for it and what it shows.
pub const MISHAPS: [(Mishap, &str, &str); 8] = [
    (Mishap::Forbidden, "403", "May not do it"),
    (Mishap::NotFound, "404", "Is not there"),
    (Mishap::RateLimited, "429", "Asks to slow down"),
    (Mishap::ServerError, "500", "Has a fault"),
    (Mishap::Html, "Html", "Answers with a web page"),
    (Mishap::Endless, "Endless", "Never stops answering"),
    (Mishap::Slow, "Slow", "Answers after a minute"),
    (Mishap::Redirect, "Redirect", "Sends the request elsewhere"),
];

/// The mishap that `value` asks for: `prefix` and its word.
pub fn asked_for(value: &str, prefix: &str) -> Option<Mishap> {
    let word = value.strip_prefix(prefix)?;
    MISHAPS.iter().find(|(_, name, _)| *name == word).map(|(mishap, ..)| *mishap)
}

/// The answer; `body` is the provider's own shape of an error.
pub async fn answer(mishap: Mishap, body: impl Fn(&str) -> Value) -> Response {
    match mishap {
        Mishap::Forbidden => (StatusCode::FORBIDDEN, Json(body("This account may not do that."))).into_response(),
        Mishap::NotFound => (StatusCode::NOT_FOUND, Json(body("There is nothing here."))).into_response(),
        Mishap::RateLimited => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")], Json(body("Too many requests."))).into_response(),
        Mishap::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, Json(body("Something broke."))).into_response(),
        Mishap::Html => Html("<!doctype html><title>Sign in</title><h1>Sign in</h1>").into_response(),
        Mishap::Endless => {
            let chunks = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16_384])));
            ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(chunks)).into_response()
        }
        Mishap::Slow => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Json(json!({})).into_response()
        }
        Mishap::Redirect => (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/latest/meta-data/")]).into_response(),
    }
}
