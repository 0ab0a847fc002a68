//! What the island of a running check asks for.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, handle_server_fns_with_context};

use crate::domain::Actor;
use crate::dto::CheckView;
use crate::services::{App, drafts};
use crate::ui::visit::Member;
use crate::web::status_of;

/// `POST /actions/connect/progress`: how a draft's check stands.
pub async fn progress(member: Member, request: Request) -> Response {
    let context = move || {
        provide_context(member.app.clone());
        provide_context(member.actor.clone());
    };
    handle_server_fns_with_context(context, request).await.into_response()
}

/// The last check of a draft, for the member in the context.
///
/// # Errors
/// Those of [`drafts::check`], with their status and no words.
pub async fn of(draft: &str) -> Result<CheckView, ServerFnError> {
    let (Some(app), Some(actor)) = (use_context::<App>(), use_context::<Actor>()) else { return Err(ServerFnError::new("sign_in_required")) };
    drafts::check(&app, &actor, draft).await.map_err(|error| {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status_of(error.code));
        }
        ServerFnError::new(format!("{:?}", error.code))
    })
}
