//! Script, style, fonts and pictures: embedded in a release, read from `target/site` while developing.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

pub(super) fn routes() -> Router {
    Router::new()
        .route(
            "/pkg/{*path}",
            get(|Path(path): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap| async move { serve(&format!("pkg/{path}"), query, &headers) }),
        )
        .route(
            "/fonts/{*path}",
            get(|Path(path): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap| async move { serve(&format!("fonts/{path}"), query, &headers) }),
        )
        .route("/sprite.svg", get(|RawQuery(query): RawQuery, headers: HeaderMap| async move { serve("sprite.svg", query, &headers) }))
        .route("/favicon.svg", get(|RawQuery(query): RawQuery, headers: HeaderMap| async move { serve("favicon.svg", query, &headers) }))
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

fn serve(path: &str, query: Option<String>, headers: &HeaderMap) -> Response {
    let known = content_type(path).filter(|_| !path.split('/').any(|part| part == ".." || part.starts_with('.')));
    let Some(content_type) = known else { return missing() };
    let twin = accepts_brotli(headers).then(|| Site::get(&format!("{path}.br"))).flatten();
    let encoded = twin.is_some();
    let Some(file) = twin.or_else(|| Site::get(path)) else { return missing() };
    let versioned = query.is_some_and(|query| query.starts_with("v="));
    let mut response = answer(file, headers);
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let keep = if versioned { "public, max-age=31536000, immutable" } else { "no-cache" };
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if encoded {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn answer(file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &hex::encode(file.metadata.sha256_hash())[..32]);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_owned().into_response() };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br") && !parts.any(|weight| weight.strip_prefix("q=").is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty()))
    })
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.").into_response()
}
