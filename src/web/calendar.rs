//! The expiry calendar for calendar programs: whoever has the address reads it, without a session.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use super::InPath;
use super::plain::refusal;
use crate::services::{App, ErrorCode, expiry};

/// What its address ends with, so that programs know what it is.
const ENDING: &str = ".ics";

pub(super) fn routes(app: App) -> Router {
    Router::new().route("/expiry/feed/{token}", get(feed)).with_state(app)
}

async fn feed(State(app): State<App>, InPath(token): InPath) -> Response {
    let found = match token.strip_suffix(ENDING) {
        Some(token) => expiry::calendar(&app, token).await,
        None => Err(crate::services::ServiceError::not_found()),
    };
    match found {
        Ok(text) => {
            ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CONTENT_DISPOSITION, "inline; filename=\"latchkey.ics\"")], text).into_response()
        }
        Err(error) if error.code == ErrorCode::NotFound => {
            let message = "This calendar address does not exist, or was withdrawn. Make a new one in Latchkey, below Expiry calendar.";
            refusal("/expiry/feed", ErrorCode::NotFound, None, "No such calendar", message)
        }
        Err(error) => {
            tracing::error!(cause = error.cause.as_deref().map(tracing::field::display), "a calendar could not be made");
            refusal("/expiry/feed", error.code, None, "Latchkey cannot answer right now", "Try again in a minute.")
        }
    }
}
