//! What the one-page connect sends.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use super::connect::{Pairs, take};
use crate::domain::CheckState;
use crate::dto::CheckView;
use crate::services::{Entries, ErrorCode, ServiceError, connections, quick};
use crate::ui::components::seconds;
use crate::ui::flash::Flash;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;

/// Which connector.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    connector: String,
}

/// `POST /actions/quick/connect`: tests the entries and saves the connection. What was refused waits for the page.
pub async fn connect(member: Member, Form(pairs): Form<Pairs>) -> Response {
    let mut entries: Entries = pairs.into_iter().collect();
    let connector = take(&mut entries, "connector");
    let page = local(&format!("/connect/{connector}/quick"));
    match quick::connect(&member.app, &member.actor, &connector, entries).await {
        Ok(view) => see_other(&view.consent.map_or(page, |draft| local(&format!("/connect/{draft}/consent")))),
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::CheckFailed) => see_other(&page),
        Err(error) => member.end(Err::<(), _>(error), &page, |()| (page.clone(), Flash::default())).await,
    }
}

/// `POST /actions/quick/test`: tests the connection now.
pub async fn test(member: Member, Form(form): Form<Chosen>) -> Response {
    let page = local(&format!("/connect/{}/quick", form.connector));
    let result = tested(&member, &form.connector).await;
    member.end(result, &page, |check| (page.clone(), outcome(&check))).await
}

async fn tested(member: &Member, connector: &str) -> Result<CheckView, ServiceError> {
    let view = quick::view(&member.app, &member.actor, connector).await?;
    connections::test(&member.app, &member.actor, &view.connection.unwrap_or_default()).await
}

fn outcome(check: &CheckView) -> Flash {
    match (&check.diagnosis, check.state) {
        (_, CheckState::Passed) => Flash::ok("Test passed.", format!("All steps passed in {}.", seconds(check.took_ms))),
        (Some(diagnosis), _) => Flash::bad(format!("{}.", diagnosis.headline.trim_end_matches('.')), diagnosis.sentence.clone()),
        (None, _) => Flash::bad("The test did not end.", "Test again."),
    }
}

/// `POST /actions/quick/disconnect`: ends the connection and erases its credential.
pub async fn disconnect(member: Member, Form(form): Form<Chosen>) -> Response {
    let page = local(&format!("/connect/{}/quick", form.connector));
    let result = quick::disconnect(&member.app, &member.actor, &form.connector).await;
    member.end(result, &page, |view| (page.clone(), Flash::ok(format!("{} is disconnected.", view.name), view.sentence))).await
}
