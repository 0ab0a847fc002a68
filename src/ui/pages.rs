//! One file per page. The public function that is listed in a route answers the request; the rest of the file draws.

pub mod connection;
pub mod connections;
pub mod disconnect;
pub mod no_permission;
pub mod not_found;
pub mod setup;
pub mod sign_in;
pub mod trouble;

use axum::Router;

use super::visit::UiState;

/// The marketplace, a connector's page, the wizard and the one-page connect.
pub fn connect_routes() -> Router<UiState> {
    Router::new()
}
