//! Adding and changing a date.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::domain::Timestamp;
use crate::dto::ExpiryFormView;
use crate::services::{ServiceError, expiry};
use crate::ui::components::{Breadcrumb, Field, FieldError, FlashMessage, Select, TextArea};
use crate::ui::flash::Flash;
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /expiry/new`, with `?connection=` of the end of that connection's credential.
pub async fn new(member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let connection = query.get("connection").map(String::as_str).unwrap_or_default();
    let view = expiry::form(&member.app, &member.actor, connection).await;
    member.page(view, |view| page(&view)).await
}

/// `GET /expiry/{date}`.
pub async fn change(member: Member, InPath(date): InPath) -> Response {
    let view = expiry::form_of(&member.app, &member.actor, &date).await;
    let view = view.and_then(|view| match &view.date {
        Some(line) if line.may_edit => Ok(view),
        _ => Err(ServiceError::forbidden(crate::domain::Action::ManageDates)),
    });
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &ExpiryFormView) -> Page {
    let left = flash();
    let heading = match (&view.connection, &view.date) {
        (Some(connection), _) => format!("When the credential of {} ends", connection.name),
        (None, Some(line)) => line.title.clone(),
        (None, None) => "Add a date".to_owned(),
    };
    let action = if view.date.is_some() { "/actions/expiry/edit" } else { "/actions/expiry/add" };
    let button = if view.date.is_some() { "Save the changes" } else { "Add the date" };
    let lead = if view.subject.is_empty() {
        "Whoever looks after it gets a letter 30, 14, 7 and 1 days before.".to_owned()
    } else {
        format!("{}. The date counts for the credential that is in use now: after a change, enter the new one.", view.subject)
    };
    let body = view! {
        <Breadcrumb href="/expiry" above="Expiry calendar" here=if view.date.is_some() { "Change" } else { "Add" } />
        <h1 class="lk-h1 break-words">{heading.clone()}</h1>
        <p class="lk-sub">{lead}</p>
        <FlashMessage class="mt-6" />
        <form class="lk-card mt-6 max-w-[40rem]" method="post" action=action>
            {view.date.as_ref().and_then(|line| line.id.clone()).map(|id| view! { <input type="hidden" name="id" value=id /> })}
            {view.connection.as_ref().map(|connection| view! { <input type="hidden" name="connection" value=connection.id.clone() /> })}
            <div class="lk-card-b grid gap-6">{fields(view, &left)}</div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">{button}</button>
                <a class="btn btn-ghost" href="/expiry">"Cancel"</a>
            </div>
        </form>
        {removing(view)}
    };
    Page::in_sidebar(heading, Place::Expiry, body)
}

fn fields(view: &ExpiryFormView, left: &Flash) -> impl IntoView + use<> {
    let stored = |of: fn(&crate::dto::ExpiryLine) -> String| view.date.as_ref().map(of).unwrap_or_default();
    let held = |key: &str, stored: String| left.values.get(key).cloned().unwrap_or(stored);
    let title = view.connection.is_none().then(|| {
        let value = held("title", stored(|line| line.title.clone()));
        view! { <Field name="title" label="What ends" value=value error=left.error("title") autocomplete="off" help="Such as Certificate of shop.example.com." /> }
    });
    let owner = held("owner", view.date.as_ref().and_then(|line| line.owner.as_ref()).map_or_else(|| view.viewer.clone(), |owner| owner.id.clone()));
    let people = view.people.iter().map(|person| (person.id.clone(), person.name.clone())).collect();
    let note = held("note", stored(|line| line.note.clone()));
    let wrong = left.error("note");
    let described = if wrong.is_empty() { "note-help" } else { "note-error note-help" };
    view! {
        {title}
        <Field
            name="ends_at"
            label="Last day"
            kind="date"
            value=held("ends_at", view.date.as_ref().map(|line| iso(line.ends_at)).unwrap_or_default())
            error=left.error("ends_at")
            autocomplete="off"
            help="The last day on which it works, by the clock of UTC."
        />
        <Select name="owner" label="Owner" options=people chosen=owner error=left.error("owner") help="Who gets the reminders." />
        <div class="lk-field">
            <div class="lk-label"><label for="note">"Note " <span class="lk-opt">"optional"</span></label></div>
            <TextArea name="note" value=note rows=3 optional=true described_by=described wrong=!wrong.is_empty() />
            {(!wrong.is_empty()).then(|| view! { <FieldError id="note" text=wrong.clone() /> })}
            <p class="lk-help" id="note-help">"How it is renewed, for who does it next time. At most 500 characters, and never a secret."</p>
        </div>
    }
}

fn removing(view: &ExpiryFormView) -> Option<impl IntoView + use<>> {
    let id = view.date.as_ref()?.id.clone()?;
    Some(view! {
        <form class="lk-card mt-6 max-w-[40rem]" method="post" action="/actions/expiry/remove">
            <input type="hidden" name="id" value=id />
            <div class="lk-card-b flex flex-wrap items-center justify-between gap-4">
                <p class="text-sm text-muted">"Removed, it leaves the calendar and nobody is reminded. Nothing else changes."</p>
                <button class="btn btn-danger btn-sm" type="submit">"Remove the date"</button>
            </div>
        </form>
    })
}

/// `2026-11-26`, as a field for days takes it.
fn iso(at: Timestamp) -> String {
    let day = OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    day.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}
