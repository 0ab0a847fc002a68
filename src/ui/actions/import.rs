//! What the page of imports sends.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::import::{self, Applied, Outcome, Source};
use crate::services::{ErrorCode, ServiceError};
use crate::ui::flash::Flash;
use crate::ui::pages::import::{Shown, results};
use crate::ui::redirect::local;
use crate::ui::visit::Member;
use crate::vault::Secret;

/// The most connections of one go; the command takes any number.
const MOST: usize = 20;

/// A text, and what to do with it.
#[derive(Debug, Deserialize)]
pub struct Pasted {
    #[serde(default)]
    text: Secret<String>,
    /// `apply`, or anything else to say only what would happen.
    #[serde(rename = "do", default)]
    what: String,
}

/// `POST /actions/import`: answers with what would happen, or what did. What was pasted goes back into no page.
pub async fn import(member: Member, Form(form): Form<Pasted>) -> Response {
    match Box::pin(run(&member, form)).await {
        Err(error) if error.code == ErrorCode::InvalidField => member.go(Flash::refusal(&error), &local("/import")).await,
        shown => member.page(shown, |shown| results(&shown)).await,
    }
}

async fn run(member: &Member, form: Pasted) -> Result<Shown, ServiceError> {
    let (app, actor) = (&member.app, &member.actor);
    let read = || Source::file(&form.text).map_err(|problem| ServiceError::invalid_field("text", format!("In {problem} Nothing was saved.")));
    // Whoever may not import is told so, whatever was pasted.
    import::plan(app, actor, Source::default(), &[]).await?;
    let planned = import::plan(app, actor, read()?, &[]).await?;
    if form.what != "apply" {
        let untried = |planned| Applied { planned, outcome: Outcome::Skipped };
        return Ok(Shown { applied: planned.into_iter().map(untried).collect(), is_dry: true });
    }
    if planned.len() > MOST {
        return Err(ServiceError::invalid_field("text", format!("These are more than {MOST} connections. Paste fewer, or use latchkey import on the server.")));
    }
    Ok(Shown { applied: import::apply(app, actor, read()?, &[]).await?, is_dry: false })
}
