//! Light, dark, or as the system says.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services;
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// What the menu sends.
#[derive(Debug, Deserialize)]
pub struct ThemeForm {
    theme: String,
    back: String,
}

/// Stores the choice and returns to the page.
pub async fn choose(member: Member, Form(form): Form<ThemeForm>) -> Response {
    let stored = services::sign_in::set_theme(&member.app, &member.actor, &form.theme).await;
    let back = local(&form.back);
    member.end(stored, &back.clone(), |()| (back, Flash::default())).await
}
