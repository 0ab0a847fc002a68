//! Apps that the organization registered with providers.

pub mod app;
pub mod delete;
pub mod doctor;
pub mod list;
pub mod new;
mod parts;
pub mod secret;

use axum::Router;
use axum::routing::get;

use crate::ui::visit::UiState;

/// The list, adding one, one app with its pages, and the redirect doctor.
pub fn routes() -> Router<UiState> {
    Router::new()
        .route("/oauth-apps", get(list::get))
        .route("/oauth-apps/doctor", get(doctor::get))
        .route("/oauth-apps/new", get(new::get))
        .route("/oauth-apps/{oauth_app}", get(app::get))
        .route("/oauth-apps/{oauth_app}/delete", get(delete::get))
        .route("/oauth-apps/{oauth_app}/secret", get(secret::get))
}
