//! What the pages of the audit log send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::audit;
use crate::services::{ErrorCode, ServiceError};
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// How long to keep entries.
#[derive(Debug, Deserialize)]
pub struct Keep {
    /// `always`, or anything else for `days`.
    #[serde(default)]
    keep: String,
    #[serde(default)]
    days: String,
}

/// `POST /actions/audit/verify`: begins a verification.
pub async fn verify(member: Member) -> Response {
    let begun = audit::start_verification(&member.app, &member.actor).await;
    let page = local("/audit/verify");
    member.end(begun, &page, |()| (page.clone(), Flash::ok("The verification has begun.", "Load this page again in a minute."))).await
}

/// `POST /actions/organisation/audit`: sets how long entries are kept.
pub async fn keep(member: Member, Form(form): Form<Keep>) -> Response {
    let page = local("/organisation/audit");
    // Zero means for ever elsewhere; here it has to be chosen.
    let days = if form.keep == "always" { 0 } else { form.days.trim().parse().ok().filter(|days| *days != 0).unwrap_or(-1) };
    let saved = audit::set_retention(&member.app, &member.actor, days).await;
    let wrong = |error: &ServiceError| error.code == ErrorCode::InvalidField;
    match saved {
        Err(error) if wrong(&error) => {
            let flash = Flash::refusal(&error).typed("keep", &form.keep).typed("days", &form.days);
            member.go(flash, &page).await
        }
        other => member.end(other, &page, |()| (page.clone(), Flash::ok("Saved.", "What is older is erased within an hour."))).await,
    }
}
