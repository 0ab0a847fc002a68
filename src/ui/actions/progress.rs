//! What the island of a running check asks for.

use axum::Form;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

use super::connect::Draft;
use crate::services::drafts::{self, Followed};
use crate::ui::components::check_progress;
use crate::ui::visit::Member;
use crate::web::status_of;

/// `POST /actions/connect/progress`: the card of a draft's check as it stands, and nothing around it.
pub async fn progress(member: Member, Form(form): Form<Draft>) -> Response {
    match drafts::check(&member.app, &member.actor, &form.draft).await {
        Ok(Followed { check, edits }) => {
            let (result, done) = match edits {
                Some(connection) => (format!("/connections/{connection}/credentials/test"), format!("/connections/{connection}/credentials/test")),
                None => (format!("/connect/{}/test", form.draft), format!("/connect/{}/done", form.draft)),
            };
            Html(Owner::new().with(|| check_progress(&result, &done, &check).to_html())).into_response()
        }
        Err(error) => status_of(error.code).into_response(),
    }
}
