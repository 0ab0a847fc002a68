//! What a person without an account sees who opens a one-time link.

mod result;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;

pub use self::result::page as result_page;
use crate::domain::Timestamp;
use crate::dto::{ConnectorSummary, VisitView};
use crate::services::{ErrorCode, ServiceError, entry_links};
use crate::ui::components::connector_form::{Filled, connector_fields};
use crate::ui::components::{Face, FlashMessage, Icon, Logo, clock_words};
use crate::ui::flash::Flash;
use crate::ui::page::{Page, flash};
use crate::ui::render::render;
use crate::ui::visit::Guest;
use crate::ui::words::article;
use crate::web::InPath;

/// The form key of what tells one rendering of the form from another; no field of a connector has a dash in its key.
pub const ATTEMPT: &str = "form-attempt";

/// `GET /ask/{token}`.
pub async fn get(InPath(token): InPath, guest: Guest) -> Response {
    match entry_links::visit(&guest.app, &guest.visitor, guest.actor.as_ref(), &token).await {
        Ok(view) => guest.page(Ok(view), move |view| page(&view, &token)).await,
        Err(error) => refuse(guest, error).await,
    }
}

/// `GET /ask/{token}/{check}`.
pub async fn result(path: Result<Path<(String, String)>, PathRejection>, guest: Guest) -> Response {
    let Ok(Path((token, check))) = path else { return refuse(guest, ServiceError::not_found()).await };
    match entry_links::result(&guest.app, &guest.visitor, &token, &check).await {
        Ok(view) => guest.page(Ok(view), move |view| result_page(&view, &token)).await,
        Err(error) => refuse(guest, error).await,
    }
}

/// The one answer for every link that does not work, and the page for everything else that went wrong.
pub async fn refuse(guest: Guest, error: ServiceError) -> Response {
    if error.code == ErrorCode::NotFound {
        return render(guest.parts, guest.options, StatusCode::NOT_FOUND, None, Flash::default(), ended).await;
    }
    guest.page(Err(error), |()| ended()).await
}

/// The line above, and the page below it.
fn frame(title: String, until: Option<(Timestamp, Timestamp)>, body: impl IntoView + 'static) -> Page {
    let until = until.map(|(at, now)| {
        view! {
            <p class="ms-auto flex items-center gap-1.5 text-sm text-muted">
                <Icon name="i-timer" class="text-faint" />{format!("Works once, until {} (UTC)", clock_words(at, now))}
            </p>
        }
    });
    let view = view! {
        <div class="grid min-h-dvh grid-rows-[auto_1fr]">
            <header class="border-b border-line bg-base-100">
                <div class="mx-auto flex h-14 max-w-[60rem] items-center gap-4 px-4 md:px-8">
                    <span class="lk-brand">
                        <svg aria-hidden="true"><use href="/sprite.svg#lk-mark"></use></svg>
                        "Latchkey"
                    </span>
                    {until}
                </div>
            </header>
            <main id="main" tabindex="-1" class="mx-auto w-full max-w-[33rem] px-4 py-8 md:py-14">{body}</main>
        </div>
    };
    Page::bare(title, view)
}

/// The provider's mark, the headline and the sentence below it.
fn head(connector: &ConnectorSummary, title: &str, sentence: &str) -> impl IntoView + use<> {
    let (title, sentence) = (title.to_owned(), sentence.to_owned());
    view! {
        <div class="flex items-start gap-4">
            <Logo connector=connector.id.clone() name=connector.name.clone() glyph=connector.glyph.clone() size="lk-logo-lg" />
            <div>
                <h1 class="lk-h1">{title}</h1>
                <p class="lk-sub">{sentence}</p>
            </div>
        </div>
    }
}

/// The form: who asks for what, and the fields that are asked for, always empty.
pub fn page(visit: &VisitView, token: &str) -> Page {
    let (asker, name, noun) = (&visit.asker, &visit.connector.summary.name, &visit.connector.credential_noun);
    let title = format!("{asker} asks for {} {noun}", article(name));
    let note = (!visit.note.is_empty()).then(|| {
        view! {
            <blockquote class="lk-well mt-6 flex gap-3 px-4 py-3.5 text-sm">
                <Face name=asker.clone() small=true />
                <p class="min-w-0 break-words whitespace-pre-line">{format!("“{}”", visit.note)}</p>
            </blockquote>
        }
    });
    let filled =
        (!visit.filled.is_empty()).then(|| view! { <p class="text-sm text-muted">{format!("Already filled in by {asker}: {}.", visit.filled.join(", "))}</p> });
    let errors = flash().errors;
    let nothing = Default::default();
    let fields = connector_fields(&visit.connector.fields, Filled { values: &nothing, errors: &errors, symbols: true });
    let body = view! {
        {head(&visit.connector.summary, &title, &format!("For {}. You need no account.", visit.organization))}
        {note}
        <FlashMessage class="mt-5" />
        <form class="lk-card mt-5" method="post" action=format!("/ask/{token}")>
            <input type="hidden" name=ATTEMPT value=visit.attempt.clone() />
            <div class="lk-card-b grid gap-5">{filled} {fields}</div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">"Test and hand over"</button>
                <p class="text-xs text-muted">{format!("Tested at {name} first, then sealed. {asker} never sees the {noun}.")}</p>
            </div>
        </form>
        {help(visit)}
        <p class="mt-5 flex items-start gap-2 text-sm text-muted">
            <Icon name="i-shield-check" class="mt-0.5 text-faint" />
            <span>
                {format!("Not expecting this? Close the page and tell {asker}. Check that the address begins with ")}
                <span class="lk-code">{visit.public_url.clone()}</span>"."
            </span>
        </p>
    };
    frame(title, Some((visit.expires_at, visit.now)), body)
}

/// Where to find what is asked for.
fn help(visit: &VisitView) -> impl IntoView + use<> {
    let steps: Vec<_> = visit.connector.find_steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect();
    let noun = visit.connector.credential_noun.clone();
    (!steps.is_empty()).then(|| {
        view! {
            <details class="lk-fold mt-5 text-sm">
                <summary class="font-medium"><Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />{format!("Where to find the {noun}")}</summary>
                <ol class="mt-2 grid list-decimal gap-1.5 ps-6 text-muted">{steps}</ol>
            </details>
        }
    })
}

/// The page of every link that does not work, whatever the reason.
pub fn ended() -> Page {
    let body = view! {
        <h1 class="lk-h1">"This link does not work"</h1>
        <p class="lk-sub">"It may have been used or withdrawn, its time may be over, or a part of the address is missing. Nothing was saved."</p>
        <p class="mt-5 text-sm">"Ask the person who sent it for a new one. You can close this page."</p>
    };
    frame("This link does not work".to_owned(), None, body)
}
