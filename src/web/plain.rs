//! Refusals made before any page or handler is reached.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use super::{ApiError, status_of};
use crate::services::ErrorCode;

/// Whether a path belongs to the JSON API.
pub(super) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// A refusal: JSON below `/api`, otherwise a page of two sentences. Both texts are literals.
pub(super) fn refusal(path: &str, code: ErrorCode, status: Option<StatusCode>, title: &'static str, message: &'static str) -> Response {
    let status = status.unwrap_or_else(|| status_of(code));
    if is_api(path) {
        return ApiError::new(code, message).with_status(status).into_response();
    }
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · Latchkey</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/pkg/latchkey.css\"></head>\
         <body><main class=\"lk-page\"><h1>{title}</h1><p>{message}</p><p><a class=\"link\" href=\"/connections\">Go to your connections</a></p></main></body></html>"
    );
    (status, Html(page)).into_response()
}
