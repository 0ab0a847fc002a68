//! One key: told once when it is made, and afterwards what is known of it.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{ApiKeyState, ApiKeyView, ApplicationView};
use crate::services::ServiceError;
use crate::services::applications::{self, MadeKey};
use crate::ui::components::{Ago, Breadcrumb, FlashMessage, StatusPill, date_words};
use crate::ui::page::{Page, Place};
use crate::ui::pages::application::{connections, last_use, shown, state_pill};
use crate::ui::visit::Member;
use crate::web::InKey;

/// How long the old key can go on working: hours and words.
const OVERLAPS: [(&str, &str); 5] =
    [("0", "ends now"), ("1", "works for 1 hour"), ("24", "works for 1 day"), ("168", "works for 7 days"), ("720", "works for 30 days")];

/// `GET /applications/{application}/keys/{key}`.
pub async fn get(member: Member, InKey(application, key): InKey) -> Response {
    let view = applications::view(&member.app, &member.actor, &application).await;
    let found = view.and_then(|view| {
        let one = view.api_keys.iter().find(|one| one.id == key).cloned().ok_or_else(ServiceError::not_found)?;
        Ok((view, one))
    });
    member.page(found, |(view, key)| page(&view, &key)).await
}

/// Draws it.
pub fn page(view: &ApplicationView, key: &ApiKeyView) -> Page {
    let home = format!("/applications/{}", view.line.id);
    let scopes: Vec<_> = key.scopes.iter().map(|scope| view! { <li>{scope.words()}" "<span class="lk-code text-muted">{scope.as_str()}</span></li> }).collect();
    let maker = if key.maker.name.is_empty() { "Somebody who has left".to_owned() } else { key.maker.name.clone() };
    let ends = key.expires_at.map_or_else(|| "When somebody ends it".to_owned(), date_words);
    let works = matches!(key.state, ApiKeyState::Working | ApiKeyState::Off | ApiKeyState::MakerGone);
    let body = view! {
        <Breadcrumb href=home above=view.line.name.clone() here=key.name.clone() />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">{key.name.clone()}</h1>
                <p class="lk-sub lk-code">{shown(&key.id)}</p>
            </div>
            <div class="lk-actions"><StatusPill pill=state_pill(key, view.now) /></div>
        </div>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
            <section class="lk-card" aria-labelledby="facts">
                <div class="lk-card-h"><h2 class="lk-h2" id="facts">"What it may"</h2></div>
                <dl class="lk-card-b lk-kv">
                    <dt>"It may"</dt>
                    <dd><ul class="grid gap-1">{scopes}</ul></dd>
                    <dt>"Connections"</dt>
                    <dd>{connections(key)}</dd>
                    <dt>"Made"</dt>
                    <dd><Ago at=key.created_at now=view.now />{format!(" by {maker}")}</dd>
                    <dt>"Ends"</dt>
                    <dd>{ends}</dd>
                    <dt>"Last used"</dt>
                    <dd>{last_use(key, view.now)}</dd>
                </dl>
            </section>
            {works.then(|| ending(view, key))}
        </div>
    };
    Page::in_sidebar(key.name.clone(), Place::Applications, body)
}

fn ending(view: &ApplicationView, key: &ApiKeyView) -> impl IntoView + use<> {
    let overlaps: Vec<_> = OVERLAPS.iter().map(|(hours, words)| view! { <option value=*hours selected=*hours == "24">{*words}</option> }).collect();
    let hidden = |application: &str, key: &str| {
        view! {
            <input type="hidden" name="id" value=application.to_owned() />
            <input type="hidden" name="key" value=key.to_owned() />
        }
    };
    let (first, second) = (hidden(&view.line.id, &key.id), hidden(&view.line.id, &key.id));
    view! {
        <section class="lk-card" aria-labelledby="change">
            <div class="lk-card-h"><h2 class="lk-h2" id="change">"Replace or end it"</h2></div>
            <form class="lk-card-b" method="post" action="/actions/applications/keys/rotate">
                {first}
                <div class="lk-field">
                    <div class="lk-label"><label for="overlap">"Make a new key; this one"</label></div>
                    <select class="select" id="overlap" name="overlap">{overlaps}</select>
                    <p class="lk-help">"The new one may do the same. Put it in place while both work."</p>
                </div>
                <button class="btn btn-primary mt-4" type="submit">"Replace the key"</button>
            </form>
            <form class="lk-card-f" method="post" action="/actions/applications/keys/end">
                {second}
                <button class="btn btn-error" type="submit">"End the key now"</button>
            </form>
        </section>
    }
}

/// The page that tells a key just made, this once.
pub fn made(view: &ApplicationView, made: &MadeKey) -> Page {
    let home = format!("/applications/{}", view.line.id);
    let key = made.key.expose().expose().clone();
    let body = view! {
        <Breadcrumb href=home.clone() above=view.line.name.clone() here="The key" />
        <h1 class="lk-h1">"Here is the key"</h1>
        <p class="lk-sub">"Copy it now: it is shown this once, and Latchkey does not keep it."</p>
        <section class="lk-card mt-6 max-w-[48rem]" aria-label="The key">
            <div class="lk-card-b">
                <div class="lk-field">
                    <div class="lk-label"><label for="key">"Key"</label></div>
                    <input class="input lk-code" id="key" type="text" readonly value=key autocomplete="off" spellcheck="false" aria-describedby="key-help" />
                    <p class="lk-help" id="key-help">"Put it where the program keeps its secrets. If it gets lost, make another one and end this one."</p>
                </div>
            </div>
            <div class="lk-card-f"><a class="btn btn-primary" href=home>"I have copied it"</a></div>
        </section>
    };
    Page::in_sidebar("The key", Place::Applications, body)
}
