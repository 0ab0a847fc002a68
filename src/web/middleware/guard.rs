//! Nobody gets further than the front door.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::Method;

use crate::domain::{Actor, LocalPath};
use crate::web::extract::sign_in_required;
use crate::web::plain::is_api;

/// What people who have not signed in may reach. Actions check for themselves, because a form that was sent deserves an explanation.
fn is_open(path: &str) -> bool {
    const PLACES: [&str; 4] = ["/setup/", "/ask/", "/invite/", "/actions/"];
    matches!(path, "/sign-in" | "/api/v1/auth/login" | "/api/v1/auth/accept-invitation") || PLACES.into_iter().any(|place| path.starts_with(place))
}

/// Without an actor the API answers 401 and every page leads to the sign-in page, whether it exists or not.
pub(in crate::web) async fn guard(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if is_open(path) || request.extensions().get::<Actor>().is_some() {
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
