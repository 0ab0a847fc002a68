//! Every page and every action.

use axum::Router;
use axum::routing::get;
use leptos::config::LeptosOptions;

use super::redirect::see_other;
use super::visit::UiState;
use super::{actions, pages};
use crate::domain::LocalPath;
use crate::services::App;

/// The pages, the actions below `/actions`, and the not-found page for everything else.
pub fn routes(app: App, options: LeptosOptions) -> Router {
    // Leptos has no routes here; this is its only way to be told which executor runs it.
    let _ = leptos_axum::generate_route_list(|| ());
    Router::new()
        .route("/", get(|| async { see_other(&LocalPath::home()) }))
        .merge(frame_pages())
        .merge(pages::account_routes())
        .merge(pages::application_routes())
        .merge(pages::oauth_apps::routes())
        .merge(pages::connect_routes())
        .merge(pages::expiry_routes())
        .merge(pages::ask_routes())
        .merge(pages::member_routes())
        .merge(pages::sign_on_routes())
        .merge(pages::audit_routes())
        .nest("/actions", actions::routes())
        .fallback(pages::not_found::fallback)
        .with_state(UiState { app, options })
}

fn frame_pages() -> Router<UiState> {
    Router::new()
        .route("/setup/{link}", get(pages::setup::get))
        .route("/sign-in", get(pages::sign_in::get))
        .route("/sign-in/second-step", get(pages::second_step::get))
        .route("/confirm", get(pages::confirm::get))
        .route("/account/security", get(pages::security::get))
        .route("/account/security/app", get(pages::authenticator::get))
        .route("/organisation/security", get(pages::rules::get))
        .route("/docs/api", get(pages::api_reference::get))
        .route("/issues", get(pages::issues::get))
        .route("/connections", get(pages::connections::get))
        .route("/connections/{id}", get(pages::connection::get))
        .route("/connections/{id}/preview", get(pages::preview::get))
        .route("/connections/{id}/diagnostics", get(pages::diagnostics::get))
        .route("/connections/{id}/reconnect", get(pages::consent::reconnect))
        .route("/connections/{id}/disconnect", get(pages::disconnect::get))
        .route("/connections/{id}/credentials", get(pages::credential::get))
        .route("/connections/{id}/credentials/test", get(pages::credential_test::get))
}
