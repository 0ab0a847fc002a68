//! What the pages of the expiry calendar send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use super::day::end_of_day;
use crate::domain::Timestamp;
use crate::services::expiry::{self, Edit, NewDate};
use crate::services::{FieldError, ServiceError};
use crate::ui::flash::Flash;
use crate::ui::pages::expiry::subscribe;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// A date, as its form sends it.
#[derive(Debug, Deserialize)]
pub struct Written {
    #[serde(default)]
    id: String,
    #[serde(default)]
    connection: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    ends_at: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    note: String,
}

/// Which date.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
}

impl Written {
    fn end(&self) -> Result<Option<Timestamp>, ServiceError> {
        end_of_day("ends_at", &self.ends_at)
    }

    fn kept(&self, flash: Flash) -> Flash {
        [("title", &self.title), ("ends_at", &self.ends_at), ("owner", &self.owner), ("note", &self.note)]
            .into_iter()
            .fold(flash, |flash, (key, value)| flash.typed(key, value))
    }
}

/// `POST /actions/expiry/add`.
pub async fn add(member: Member, Form(form): Form<Written>) -> Response {
    let missing = || FieldError { field: "ends_at".to_owned(), message: "Choose a day.".to_owned() };
    let result = match form.end() {
        Ok(end) => {
            let new = NewDate {
                connection: form.connection.clone(),
                title: form.title.clone(),
                ends_at: end.unwrap_or(member.app.now()),
                owner: form.owner.clone(),
                note: form.note.clone(),
            };
            let added = expiry::add(&member.app, &member.actor, &new).await;
            added.map_err(|mut error| {
                if end.is_none() {
                    error.fields.iter_mut().filter(|field| field.field == "ends_at").for_each(|field| *field = missing());
                }
                error
            })
        }
        Err(error) => Err(error),
    };
    let form_page = if form.connection.is_empty() { "/expiry/new".to_owned() } else { format!("/expiry/new?connection={}", form.connection) };
    finish(member, form, result.map(|line| line.title), &form_page, "is in the calendar.").await
}

/// `POST /actions/expiry/edit`.
pub async fn edit(member: Member, Form(form): Form<Written>) -> Response {
    let result = match form.end() {
        Ok(ends_at) => {
            // The form of a connection's date has no title.
            let title = Some(form.title.clone()).filter(|title| !title.is_empty() || form.connection.is_empty());
            let edit = Edit { title, ends_at, owner: Some(form.owner.clone()).filter(|owner| !owner.is_empty()), note: Some(form.note.clone()) };
            expiry::edit(&member.app, &member.actor, &form.id, &edit).await
        }
        Err(error) => Err(error),
    };
    let form_page = format!("/expiry/{}", form.id);
    finish(member, form, result.map(|line| line.title), &form_page, "is changed.").await
}

async fn finish(member: Member, form: Written, result: Result<String, ServiceError>, form_page: &str, words: &str) -> Response {
    match result {
        Err(error) if !error.fields.is_empty() => {
            let flash = form.kept(Flash::refusal(&error));
            member.go(flash, &local(form_page)).await
        }
        result => member.end(result, &local(form_page), |title| (local("/expiry"), Flash::ok(format!("{title} {words}"), ""))).await,
    }
}

/// `POST /actions/expiry/remove`.
pub async fn remove(member: Member, Form(form): Form<Chosen>) -> Response {
    let result = expiry::remove(&member.app, &member.actor, &form.id).await;
    let done = |title: String| (local("/expiry"), Flash::ok(format!("The date of {title} is removed."), "Nobody is reminded of it any more."));
    member.end(result, &local("/expiry"), done).await
}

/// `POST /actions/expiry/feed`: answers with the address, which is told this once.
pub async fn make_feed(member: Member) -> Response {
    let made = expiry::make_feed(&member.app, &member.actor).await;
    let home = member.app.settings.public_url.clone();
    member.page(made, move |token| subscribe::made(&home, &token)).await
}

/// `POST /actions/expiry/feed/withdraw`.
pub async fn withdraw_feed(member: Member) -> Response {
    let result = expiry::withdraw_feed(&member.app, &member.actor).await;
    let page = local("/expiry/subscribe");
    member.end(result, &page.clone(), |()| (page, Flash::ok("The address is withdrawn.", "Calendar programs that have it get nothing any more."))).await
}
