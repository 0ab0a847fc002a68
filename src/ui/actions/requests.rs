//! Asking for a connector, and ticking a request off.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::requests;
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct AskForm {
    service: String,
    #[serde(default)]
    purpose: String,
}

/// Which request.
#[derive(Debug, Deserialize)]
pub struct RemoveForm {
    id: String,
}

/// Keeps a request.
pub async fn ask(member: Member, Form(form): Form<AskForm>) -> Response {
    let page = local("/marketplace/request");
    match requests::ask(&member.app, &member.actor, &form.service, &form.purpose).await {
        Err(error) if !error.fields.is_empty() => {
            let flash = Flash::refusal(&error).typed("service", &form.service).typed("purpose", &form.purpose);
            member.go(flash, &page).await
        }
        asked => {
            let done = Flash::ok(format!("{} is noted.", form.service.trim()), "The admins of your organisation see it on this page.");
            member.end(asked, &page.clone(), |()| (page, done)).await
        }
    }
}

/// Removes a request.
pub async fn remove(member: Member, Form(form): Form<RemoveForm>) -> Response {
    let page = local("/marketplace/request");
    let removed = requests::remove(&member.app, &member.actor, &form.id).await;
    member.end(removed, &page.clone(), |()| (page, Flash::ok("The request is removed.", ""))).await
}
