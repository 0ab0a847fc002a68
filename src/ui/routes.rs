//! Every page and every action.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use leptos::config::LeptosOptions;

use super::visit::UiState;
use super::{actions, pages};
use crate::services::App;

/// The pages, the actions below `/actions`, and the not-found page for everything else.
pub fn routes(app: App, options: LeptosOptions) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/connections") }))
        .merge(frame_pages())
        .merge(pages::connect_routes())
        .nest("/actions", actions::routes())
        .fallback(pages::not_found::fallback)
        .with_state(UiState { app, options })
}

fn frame_pages() -> Router<UiState> {
    Router::new().route("/connections/{id}/disconnect", get(pages::disconnect::get))
}
