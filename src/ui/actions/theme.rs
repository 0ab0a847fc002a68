//! Light, dark, or as the system says.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::accounts::{self, Edit};
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
    let back = local(&form.back);
    let edit = Edit { theme: Some(form.theme), ..Edit::default() };
    let stored = accounts::edit(&member.app, &member.actor, &edit).await;
    member.end(stored, &back.clone(), |()| (back, Flash::default())).await
}
