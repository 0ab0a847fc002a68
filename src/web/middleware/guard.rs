//! Nobody gets further than the front door.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, StatusCode};

use crate::domain::{Actor, LocalPath};
use crate::services::{ErrorCode, second_factor};
use crate::web::extract::sign_in_required;
use crate::web::plain::{is_api, refusal};
use crate::web::{ApiError, Web};

/// What people who have not signed in may reach. Actions check for themselves, because a form that was sent deserves an explanation.
fn is_open(path: &str) -> bool {
    OPEN.contains(&path) || OPEN_BELOW.iter().any(|lead| path.starts_with(lead))
}

const OPEN: [&str; 11] = [
    "/forgot",
    "/register",
    "/sent",
    "/sign-in",
    "/api/v1/auth/accept-invitation",
    "/api/v1/auth/forgot-password",
    "/api/v1/auth/login",
    "/api/v1/auth/refresh-token",
    "/api/v1/auth/register",
    "/api/v1/auth/reset-password",
    "/api/v1/auth/verify-email",
];
const OPEN_BELOW: [&str; 11] = [
    "/actions/",
    "/api/v1/auth/verify-email/",
    "/ask/",
    "/expiry/feed/",
    "/invite/",
    "/oauth/callback/",
    "/oauth/trouble/",
    "/reset/",
    "/setup/",
    "/sign-in/",
    "/verify/",
];

/// What somebody may reach whom the organization asks for a second factor that is not there: the way to set one up, another organization, and the way out.
fn is_before_second_factor(path: &str) -> bool {
    let own = ["/account/", "/actions/account/", "/actions/passkeys/", "/actions/second-factor/", "/actions/sessions/", "/api/v1/auth/"];
    matches!(path, "/account" | "/confirm" | "/actions/confirm" | "/actions/sign-out" | "/actions/theme" | "/actions/organizations/switch")
        || own.iter().any(|own| path.starts_with(own))
}

/// Without an actor the API answers 401 and every page leads to the sign-in page, whether it exists or not. Without the second factor that the
/// organization asks for, the API answers 403 and every page leads to where one is set up.
pub(in crate::web) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if is_open(path) && !path.starts_with("/actions/") {
        return next.run(request).await;
    }
    if let Some(actor) = request.extensions().get::<Actor>() {
        if is_before_second_factor(path) {
            return next.run(request).await;
        }
        return match second_factor::misses(&web.app, actor).await {
            Ok(false) => next.run(request).await,
            Ok(true) if is_api(path) => second_factor_needed().into_response(),
            Ok(true) => Redirect::to("/account/security").into_response(),
            Err(error) if is_api(path) => ApiError::from(error).into_response(),
            Err(error) => {
                tracing::error!(cause = error.cause.as_deref().map(tracing::field::display), "a rule could not be looked up");
                refusal(path, error.code, None, "Latchkey cannot answer right now", "Nothing was saved. Try again in a minute.")
            }
        };
    }
    if is_open(path) {
        return next.run(request).await;
    }
    if is_api(path) {
        return sign_in_required().into_response();
    }
    let wanted =
        if matches!(*request.method(), Method::GET | Method::HEAD) { request.uri().path_and_query().map_or("/", |wanted| wanted.as_str()) } else { "/" };
    match LocalPath::parse(wanted) {
        Ok(wanted) if wanted.as_str() != "/" => {
            let next: String = url::form_urlencoded::byte_serialize(wanted.as_str().as_bytes()).collect();
            Redirect::to(&format!("/sign-in?next={next}")).into_response()
        }
        _ => Redirect::to("/sign-in").into_response(),
    }
}

fn second_factor_needed() -> ApiError {
    let message = "Your organisation asks for a second factor. Set one up on your security page first. Nothing was changed.";
    ApiError::new(ErrorCode::SecondFactorRequired, message).with_status(StatusCode::FORBIDDEN)
}
