//! One file per page. The public function that is listed in a route answers the request; the rest of the file draws.

pub mod api_reference;
pub mod ask;
pub mod audit;
pub mod connection;
pub mod connections;
pub mod connector;
pub mod credential;
pub mod credential_test;
pub mod diagnostics;
pub mod disconnect;
pub mod marketplace;
pub mod no_permission;
pub mod not_found;
pub mod own;
pub mod own_connector;
pub mod own_list;
pub mod preview;
pub mod quick;
pub mod request;
pub mod setup;
pub mod sign_in;
pub mod trouble;
pub mod wizard_ask;
pub mod wizard_details;
pub mod wizard_done;
pub mod wizard_sign_in;
pub mod wizard_steps;
pub mod wizard_test;

use axum::Router;
use axum::routing::get;

use super::actions;
use super::visit::UiState;

/// The marketplace, a connector's page, the wizard and the one-page connect.
pub fn connect_routes() -> Router<UiState> {
    Router::new()
        .route("/marketplace", get(marketplace::marketplace))
        .route("/marketplace/request", get(request::get))
        .route("/marketplace/own", get(own_list::get))
        .route("/marketplace/own/new", get(own_connector::begin))
        .route("/marketplace/own/{own}", get(own_connector::get))
        .route("/marketplace/own/{own}/export", get(own::export))
        .route("/marketplace/{connector}", get(connector::connector))
        .route("/connect/{draft}/sign-in", get(wizard_sign_in::sign_in))
        .route("/connect/{draft}/details", get(wizard_details::details))
        .route("/connect/{draft}/ask", get(wizard_ask::ask))
        .route("/connect/{draft}/test", get(wizard_test::test))
        .route("/connect/{draft}/done", get(wizard_done::done))
        .route("/connect/{draft}/quick", get(quick::quick))
}

/// The audit log.
pub fn audit_routes() -> Router<UiState> {
    Router::new()
        .route("/audit", get(audit::get))
        .route("/audit/export", get(audit::export))
        .route("/audit/verify", get(audit::verify::get))
        .route("/audit/{node}/{seq}", get(audit::entry::get))
        .route("/organisation/audit", get(audit::settings::get))
}

/// What a person without an account reaches by a one-time link.
pub fn ask_routes() -> Router<UiState> {
    Router::new().route("/ask/{token}", get(ask::get).post(actions::ask::answer)).route("/ask/{token}/{check}", get(ask::result))
}
