//! Turns a panic, and refusals that libraries word themselves, into answers of ours.

use std::any::Any;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use crate::services::ErrorCode;
use crate::web::plain::{is_api, refusal};

#[derive(Clone)]
struct Panicked;

/// The answer of a handler that panicked; [`trouble`] words it.
pub(in crate::web) fn caught(_: Box<dyn Any + Send + 'static>) -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// Words what has no words of ours yet.
pub(in crate::web) async fn trouble(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if response.extensions().get::<Panicked>().is_some() {
        tracing::error!("a handler panicked");
        return refusal(&path, ErrorCode::Internal, None, "Latchkey cannot answer right now", "Something broke on our side. Nothing was saved.");
    }
    let kind = |kind: &[u8]| response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(kind));
    if is_api(&path) && kind(b"text/html") {
        return refusal(&path, ErrorCode::NotFound, Some(response.status()), "", "");
    }
    if kind(b"application/json") || kind(b"text/html") {
        return response;
    }
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            refusal(&path, ErrorCode::BodyTooLarge, None, "Too much at once", "The request is larger than 1 MiB. Nothing was saved.")
        }
        status if status.is_client_error() && is_api(&path) => {
            refusal(&path, ErrorCode::InvalidJson, Some(status), "", "The request cannot be read. Nothing was saved.")
        }
        status @ (StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE) => {
            refusal(&path, ErrorCode::InvalidField, Some(status), "That form cannot be read", "Nothing was saved. Go back, reload the page and try again.")
        }
        // The session layer answers so when it cannot save.
        StatusCode::INTERNAL_SERVER_ERROR if response.headers().get(header::CONTENT_TYPE).is_none() => {
            tracing::error!("an answer without words: the session could not be kept");
            refusal(&path, ErrorCode::StorageUnavailable, None, "Latchkey cannot answer right now", ErrorCode::StorageUnavailable.text())
        }
        _ => response,
    }
}
