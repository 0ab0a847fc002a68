//! What the pages of teams send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::{ErrorCode, teams};
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// A new team's name.
#[derive(Debug, Deserialize)]
pub struct New {
    name: String,
}

/// Which team.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
}

/// Which team, and its name to be.
#[derive(Debug, Deserialize)]
pub struct Named {
    id: String,
    name: String,
}

/// `POST /actions/teams/create`: makes a team.
pub async fn create(member: Member, Form(form): Form<New>) -> Response {
    match teams::create(&member.app, &member.actor, &form.name).await {
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::NameTaken) => {
            member.go(Flash::refusal(&error).typed("name", &form.name), &local("/teams")).await
        }
        made => member.end(made, &local("/teams"), |id| (local(&format!("/teams/{id}")), Flash::ok("The team is made.", "Choose who is in it."))).await,
    }
}

/// `POST /actions/teams/rename`: gives a team another name.
pub async fn rename(member: Member, Form(form): Form<Named>) -> Response {
    let page = local(&format!("/teams/{}", form.id));
    match teams::rename(&member.app, &member.actor, &form.id, &form.name).await {
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::NameTaken) => {
            member.go(Flash::refusal(&error).typed("name", &form.name), &page).await
        }
        renamed => member.end(renamed, &page, |()| (page.clone(), Flash::ok("Saved.", ""))).await,
    }
}

/// `POST /actions/teams/delete`: deletes a team.
pub async fn delete(member: Member, Form(form): Form<Chosen>) -> Response {
    let deleted = teams::delete(&member.app, &member.actor, &form.id).await;
    let page = local(&format!("/teams/{}", form.id));
    member
        .end(deleted, &page, |name| (local("/teams"), Flash::ok(format!("{name} is deleted."), "Its connections belong to the whole organisation now.")))
        .await
}

/// `POST /actions/teams/members`: says who is in a team.
pub async fn set_members(member: Member, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let id = pairs.iter().rev().find(|(name, _)| name == "id").map(|(_, id)| id.clone()).unwrap_or_default();
    let ticked: Vec<String> = pairs.into_iter().filter(|(name, _)| name == "member").map(|(_, member)| member).collect();
    let page = local(&format!("/teams/{id}"));
    let done = teams::set_members(&member.app, &member.actor, &id, &ticked).await;
    member.end(done, &page, |()| (page.clone(), Flash::ok("Saved.", "It counts from each person\u{2019}s next click on."))).await
}
