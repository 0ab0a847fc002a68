//! What forms send. Each action is a plain `POST` that ends in a redirect: who, parse, one service call, where to.
//!
//! They are plain handlers, not server functions: a secret goes straight from the body into [`Secret`](crate::vault::Secret), which a
//! server function's arguments cannot hold because they must be `Serialize`; a malformed body is a 4xx; and no failure travels in a URL.

pub mod ask;
mod audit;
pub mod connect;
pub mod connections;
mod credentials;
mod outcome;
pub mod own;
mod people;
mod progress;
pub mod quick;
mod requests;
mod theme;

use axum::Router;
use axum::routing::post;

use super::visit::UiState;

/// The actions, without their prefix.
pub fn routes() -> Router<UiState> {
    Router::new()
        .route("/setup", post(people::setup))
        .route("/sign-in", post(people::sign_in))
        .route("/sign-out", post(people::sign_out))
        .route("/theme", post(theme::choose))
        .route("/connections/test", post(connections::test))
        .route("/connections/disconnect", post(connections::disconnect))
        .merge(credential_routes())
        .route("/marketplace/request", post(requests::ask))
        .route("/marketplace/request/remove", post(requests::remove))
        .route("/connections/edit", post(connections::edit))
        .route("/connections/enable", post(connections::enable))
        .route("/connections/disable", post(connections::disable))
        .route("/connections/delete", post(connections::delete))
        .route("/audit/verify", post(audit::verify))
        .route("/organisation/audit", post(audit::keep))
        .route("/own/save", post(own::save))
        .route("/own/test", post(own::test))
        .route("/own/delete", post(own::delete))
        .merge(connect_routes())
}

/// The actions around the credential of a saved connection.
fn credential_routes() -> Router<UiState> {
    Router::new()
        .route("/connections/credentials", post(credentials::submit))
        .route("/connections/credentials/accept", post(credentials::accept))
        .route("/connections/credentials/forget", post(credentials::forget))
        .route("/connections/credentials/restore", post(credentials::restore))
}

/// The actions of the wizard and of the one-page connect.
fn connect_routes() -> Router<UiState> {
    Router::new()
        .route("/connect/start", post(connect::start))
        .route("/connect/details", post(connect::details))
        .route("/connect/progress", post(progress::progress))
        .route("/connect/put-aside", post(ask::put_aside))
        .route("/connect/ask", post(ask::make))
        .route("/connect/withdraw", post(ask::withdraw))
        .route("/connect/keep", post(connect::keep))
        .route("/connect/discard", post(connect::discard))
        .route("/quick/connect", post(quick::connect))
        .route("/quick/test", post(quick::test))
        .route("/quick/disconnect", post(quick::disconnect))
}
