//! What the pages of the organization's own connectors send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use super::connect::{Pairs, take};
use super::connections::check_flash;
use crate::services::{Entries, ErrorCode, ServiceError, own};
use crate::ui::flash::Flash;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;

/// A text, and what to do with it.
#[derive(Debug, Deserialize)]
pub struct Save {
    /// The connector; empty for a new one.
    id: String,
    #[serde(default)]
    manifest: String,
    /// `publish`, or anything else to save it only.
    #[serde(default)]
    then: String,
}

/// Which connector.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
}

fn address(id: &str) -> String {
    if id.is_empty() { "/marketplace/own/new".to_owned() } else { format!("/marketplace/own/{id}") }
}

/// `POST /actions/own/save`: keeps the text whatever is to mend in it, and publishes it when that is wanted.
pub async fn save(member: Member, Form(form): Form<Save>) -> Response {
    let saved = match form.id.as_str() {
        "" => own::create(&member.app, &member.actor, &form.manifest).await.map(|id| id.to_string()),
        id => own::save(&member.app, &member.actor, id, &form.manifest).await.map(|()| id.to_owned()),
    };
    let id = match saved {
        Ok(id) => id,
        Err(error) => return back(member, error, &address(&form.id)).await,
    };
    let page = local(&address(&id));
    if form.then != "publish" {
        return see_other(&page);
    }
    match own::publish(&member.app, &member.actor, &id).await {
        Ok(()) => member.go(Flash::ok("It is published.", "Everybody in your organisation finds it in the marketplace."), &page).await,
        Err(error) if error.code == ErrorCode::InvalidField => {
            member.go(Flash::bad("It is not published.", "The draft is kept. What is to mend stands below."), &page).await
        }
        Err(error) => back(member, error, &address(&id)).await,
    }
}

/// `POST /actions/own/test`: tests entries with the draft; what was refused waits for the page.
pub async fn test(member: Member, Form(pairs): Form<Pairs>) -> Response {
    let mut entries: Entries = pairs.into_iter().collect();
    let id = take(&mut entries, "id");
    let page = local(&address(&id));
    match own::test(&member.app, &member.actor, &id, entries).await {
        Ok(check) => member.go(check_flash(&check), &page).await,
        Err(error) if error.code == ErrorCode::InvalidField => member.go(Flash::bad("Some entries need another look.", "Nothing was sent."), &page).await,
        Err(error) => back(member, error, &address(&id)).await,
    }
}

/// `POST /actions/own/delete`: deletes a connector that no connection uses.
pub async fn delete(member: Member, Form(form): Form<Chosen>) -> Response {
    let result = own::delete(&member.app, &member.actor, &form.id).await;
    let done = |name| (local("/marketplace/own"), Flash::ok(format!("{name} is deleted."), "No connection used it."));
    member.end(result, &local(&address(&form.id)), done).await
}

async fn back(member: Member, error: ServiceError, path: &str) -> Response {
    let failed: Result<(), ServiceError> = Err(error);
    member.end(failed, &local(path), |()| (local(path), Flash::default())).await
}
