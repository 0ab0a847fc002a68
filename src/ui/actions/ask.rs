//! What the forms around a one-time link send: the asker's and the visitor's.

use axum::Form;
use axum::response::Response;

use super::connect::{Draft, Pairs, take};
use crate::services::entry_links::{self, Wish};
use crate::services::{Entries, ErrorCode, Wanted, drafts};
use crate::ui::flash::Flash;
use crate::ui::pages::{ask, wizard_ask};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::{Guest, Member};
use crate::web::InPath;

/// `POST /actions/connect/put-aside`: keeps the entries of the details step, and goes on to asking somebody else.
pub async fn put_aside(member: Member, Form(pairs): Form<Pairs>) -> Response {
    let mut entries: Entries = pairs.into_iter().collect();
    let draft = take(&mut entries, "draft");
    let name = take(&mut entries, "name");
    let personal = take(&mut entries, "personal") == "yes";
    let team = take(&mut entries, "team");
    let kept = drafts::put_aside(&member.app, &member.actor, &draft, Wanted { name: &name, personal, team: &team }, entries).await;
    member.end(kept, &local(&format!("/connect/{draft}/details")), |()| (local(&format!("/connect/{draft}/ask")), Flash::default())).await
}

/// `POST /actions/connect/ask`: makes a link. It is the one action that answers with a page: the address is told once and kept nowhere, so no other page could tell it.
pub async fn make(member: Member, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let value = |key: &str| pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default();
    let fields: Vec<String> = pairs.iter().filter(|(name, _)| name == "field").map(|(_, id)| id.clone()).collect();
    let (draft, note, hours) = (value("draft"), value("note").replace("\r\n", "\n"), value("valid_hours"));
    let typed = Flash::default().typed("note", &note).typed("valid_hours", &hours).typed("fields", &fields.join(" "));
    let wish = Wish { fields: Some(fields), note, valid_hours: hours.parse().unwrap_or_default() };
    match entry_links::make(&member.app, &member.actor, &draft, &wish).await {
        Ok(made) => {
            let view = entry_links::page(&member.app, &member.actor, &draft).await;
            member.page(view, move |view| wizard_ask::page(&view, Some(&made.address))).await
        }
        Err(error) if error.code == ErrorCode::InvalidField => {
            let flash = Flash { values: typed.values, ..Flash::refusal(&error) };
            member.go(flash, &local(&format!("/connect/{draft}/ask"))).await
        }
        Err(error) => member.end(Err::<(), _>(error), &local(&format!("/connect/{draft}/details")), |()| (local("/"), Flash::default())).await,
    }
}

/// `POST /actions/connect/withdraw`: ends the link of a draft.
pub async fn withdraw(member: Member, Form(form): Form<Draft>) -> Response {
    let page = local(&format!("/connect/{}/ask", form.draft));
    let ended = entry_links::withdraw_of_draft(&member.app, &member.actor, &form.draft).await;
    let done = |()| (page.clone(), Flash::ok("The link is withdrawn.", "Whoever opens it now learns only that it does not work."));
    member.end(ended, &page, done).await
}

/// `POST /ask/{token}`: what the visitor typed. The address of the form is that of the link, so that the token stands nowhere else.
pub async fn answer(InPath(token): InPath, guest: Guest, Form(pairs): Form<Pairs>) -> Response {
    let mut entries: Entries = pairs.into_iter().collect();
    let attempt = take(&mut entries, ask::ATTEMPT);
    match entry_links::answer(&guest.app, &guest.visitor, &token, &attempt, entries).await {
        Ok(check) => see_other(&local(&format!("/ask/{token}/{check}"))),
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::Conflict) => {
            guest.go(Flash::refusal(&error), &local(&format!("/ask/{token}"))).await
        }
        Err(error) => ask::refuse(guest, error).await,
    }
}
