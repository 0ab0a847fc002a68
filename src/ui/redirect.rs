//! The only way to send a browser elsewhere.

use axum::response::{IntoResponse, Redirect, Response};

use crate::domain::LocalPath;

/// Sends the browser to a path of this site, with `GET` (303).
pub fn see_other(path: &LocalPath) -> Response {
    Redirect::to(path.as_str()).into_response()
}

/// Reads a path; anything that is not one of this site becomes the home page.
pub fn local(text: &str) -> LocalPath {
    LocalPath::parse(text).unwrap_or_else(|_| LocalPath::home())
}

/// The sign-in page that comes back to `next`.
pub fn sign_in(next: &str) -> LocalPath {
    coming_back("/sign-in", next)
}

/// The page on which somebody confirms who they are, that comes back to `next`.
pub fn confirm(next: &str) -> LocalPath {
    coming_back("/confirm", next)
}

fn coming_back(page: &str, next: &str) -> LocalPath {
    let next: String = url::form_urlencoded::byte_serialize(local(next).as_str().as_bytes()).collect();
    local(&format!("{page}?next={next}"))
}
