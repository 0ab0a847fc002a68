//! What the wizard's forms send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::drafts::Submitted;
use crate::services::{Entries, ErrorCode, ServiceError, Wanted, drafts};
use crate::ui::flash::Flash;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;
use crate::vault::Secret;

/// A form whose keys the connector's manifest decides; every value is guarded from the start. Of a key sent twice the last value counts.
pub type Pairs = Vec<(String, Secret<String>)>;

/// Which connector to begin with.
#[derive(Debug, Deserialize)]
pub struct Start {
    connector: String,
    /// Anything to go on to asking somebody else.
    #[serde(default)]
    ask: String,
}

/// Which draft.
#[derive(Debug, Deserialize)]
pub struct Draft {
    /// Its id.
    pub draft: String,
}

/// `POST /actions/connect/start`: begins a draft.
pub async fn start(member: Member, Form(form): Form<Start>) -> Response {
    match drafts::start(&member.app, &member.actor, &form.connector).await {
        Ok(draft) => see_other(&local(&format!("/connect/{draft}/{}", if form.ask.is_empty() { "sign-in" } else { "ask" }))),
        Err(error) => back(member, error, "/marketplace").await,
    }
}

/// `POST /actions/connect/details`: takes the entries and starts the test. Entries that need a change wait in the draft.
pub async fn details(member: Member, Form(pairs): Form<Pairs>) -> Response {
    let mut entries: Entries = pairs.into_iter().collect();
    let draft = take(&mut entries, "draft");
    let name = take(&mut entries, "name");
    let personal = take(&mut entries, "personal") == "yes";
    let team = take(&mut entries, "team");
    let at = format!("/connect/{draft}");
    match drafts::submit(&member.app, &member.actor, &draft, Wanted { name: &name, personal, team: &team }, entries).await {
        Ok(Submitted::Testing) => see_other(&local(&format!("{at}/test"))),
        Ok(Submitted::Consent) => see_other(&local(&format!("{at}/consent"))),
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::NameTaken) => see_other(&local(&format!("{at}/details"))),
        Err(error) => back(member, error, &format!("{at}/details")).await,
    }
}

/// `POST /actions/connect/keep`: connects an account that is connected already.
pub async fn keep(member: Member, Form(form): Form<Draft>) -> Response {
    match drafts::keep_duplicate(&member.app, &member.actor, &form.draft).await {
        Ok(_) => see_other(&local(&format!("/connect/{}/done", form.draft))),
        Err(error) => back(member, error, &format!("/connect/{}/details", form.draft)).await,
    }
}

/// `POST /actions/connect/discard`: forgets a draft.
pub async fn discard(member: Member, Form(form): Form<Draft>) -> Response {
    let result = drafts::discard(&member.app, &member.actor, &form.draft).await;
    let done = |()| (local("/marketplace"), Flash::ok("The entries are forgotten.", "Nothing was saved."));
    member.end(result, &local("/marketplace"), done).await
}

/// Takes a value that is no secret out of the entries; empty when it was not sent.
pub fn take(entries: &mut Entries, key: &str) -> String {
    entries.remove(key).map(|value| value.expose().clone()).unwrap_or_default()
}

async fn back(member: Member, error: ServiceError, path: &str) -> Response {
    let failed: Result<(), ServiceError> = Err(error);
    member.end(failed, &local(path), |()| (local(path), Flash::default())).await
}
