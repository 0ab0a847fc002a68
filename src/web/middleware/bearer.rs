//! From an `Authorization: Bearer …` to an actor (RFC 6750 §2.1): below `/api` alone, and never beside a session.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::domain::{SessionId, Visitor};
use crate::services::{ErrorCode, ServiceError, tokens};
use crate::web::plain::is_api;
use crate::web::session::cookie_name;
use crate::web::{ApiError, Web};

const SCHEME: &str = "bearer";

/// The sign-in of the access token that a call came with.
#[derive(Clone, Debug)]
pub(in crate::web) struct Family(pub SessionId);

/// Whether a call to the API comes with a token. Pages and actions take no notice of one.
pub(super) fn is_presented(request: &Request) -> bool {
    is_api(request.uri().path()) && request.headers().get_all(header::AUTHORIZATION).iter().any(is_bearer)
}

/// The same, and with no session: then only the token says who calls.
pub(super) fn stands_alone(web: &Web, request: &Request) -> bool {
    is_presented(request) && !has_session(web, request.headers())
}

/// Puts the actor of the token among the request's extensions, or refuses.
pub(super) async fn actor(web: &Web, visitor: Option<Visitor>, mut request: Request, next: Next) -> Response {
    if has_session(web, request.headers()) {
        let refusal = ApiError::field("Authorization", "Send a session cookie or a token, not both.");
        return refusal.with_status(StatusCode::BAD_REQUEST).into_response();
    }
    let (Some(visitor), Some(token)) = (visitor, the_one(request.headers())) else {
        return ApiError::from(ServiceError::of(ErrorCode::TokenInvalid)).into_response();
    };
    match Box::pin(tokens::recognise(&web.app, &visitor, &token)).await {
        Ok(recognised) => {
            if let Some(family) = recognised.family {
                request.extensions_mut().insert(Family(family));
            }
            request.extensions_mut().insert(recognised.actor);
            next.run(request).await
        }
        Err(error) => ApiError::from(error).at(web.app.clock.now()).into_response(),
    }
}

fn is_bearer(value: &HeaderValue) -> bool {
    value.as_bytes().get(..SCHEME.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME.as_bytes()))
}

/// The token, when there is one header with exactly one.
fn the_one(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let token = value.to_str().ok()?.get(SCHEME.len()..)?.strip_prefix(' ')?;
    (!token.is_empty() && !token.contains(' ')).then(|| token.to_owned())
}

fn has_session(web: &Web, headers: &HeaderMap) -> bool {
    let name = cookie_name(web.settings.secure());
    let named = |pair: &str| pair.split('=').next().is_some_and(|key| key.trim() == name);
    headers.get_all(header::COOKIE).iter().any(|value| value.to_str().is_ok_and(|pairs| pairs.split(';').any(named)))
}
