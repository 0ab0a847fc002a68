//! Security headers on every answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

use super::device::DeviceCookie;
use crate::web::Web;

/// What an answer may do that set no policy of its own: no script at all.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Whether the address is itself a secret, which goes to nobody, this site included.
fn is_secret(path: &str) -> bool {
    ["/ask/", "/invite/", "/reset/", "/verify/"].iter().any(|lead| path.starts_with(lead))
}

/// Whether a provider's code stands in the address; no form is sent from there.
fn is_way_back(path: &str) -> bool {
    path.starts_with("/sign-in/callback/") || path.starts_with("/oauth/callback/")
}

/// Sets them; a page's own policy with its nonce and an asset's own caching stay.
pub(in crate::web) async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let hidden = is_way_back(path) || is_secret(path) && web.settings.says_fetch_site();
    let referrer = if hidden { "no-referrer" } else { "same-origin" };
    let mut response = next.run(request).await;
    let device = response.extensions_mut().remove::<DeviceCookie>();
    let headers = response.headers_mut();
    if let Some(DeviceCookie(cookie)) = device {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(referrer));
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if web.settings.secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    response
}
