//! What the island of a running check asks for.

use axum::Form;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

use super::connect::Draft;
use crate::services::drafts;
use crate::ui::components::check_progress;
use crate::ui::visit::Member;
use crate::web::status_of;

/// `POST /actions/connect/progress`: the card of a draft's check as it stands, and nothing around it.
pub async fn progress(member: Member, Form(form): Form<Draft>) -> Response {
    match drafts::check(&member.app, &member.actor, &form.draft).await {
        Ok(check) => Html(Owner::new().with(|| check_progress(&form.draft, &check).to_html())).into_response(),
        Err(error) => status_of(error.code).into_response(),
    }
}
