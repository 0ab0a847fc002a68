//! Making a key.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Scope;
use crate::dto::{KeyFormView, Named};
use crate::services::applications;
use crate::ui::components::{Breadcrumb, Field, FieldError, FlashMessage};
use crate::ui::flash::Flash;
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /applications/{application}/keys/new`.
pub async fn get(member: Member, InPath(id): InPath) -> Response {
    let view = applications::key_form(&member.app, &member.actor, &id).await;
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(form: &KeyFormView) -> Page {
    let line = &form.application.line;
    let home = format!("/applications/{}", line.id);
    let flash = flash();
    let body = view! {
        <Breadcrumb href=home.clone() above=line.name.clone() here="Make a key" />
        <h1 class="lk-h1">"Make a key"</h1>
        <p class="lk-sub">{format!("For {}. Give it only what the program needs: it never does more than you may.", line.name)}</p>
        <FlashMessage class="mt-6" />
        <form class="lk-card mt-6 max-w-[44rem]" method="post" action="/actions/applications/keys/make">
            <input type="hidden" name="id" value=line.id.clone() />
            <div class="lk-card-b grid gap-6">
                <Field name="name" label="Name" value=flash.value("name") error=flash.error("name") autocomplete="off" help="Where it will be used, such as Production." />
                {scopes(&form.scopes, &flash)}
                {which(&form.connections, &flash)}
                <Field
                    name="expires_at"
                    label="Last day"
                    kind="date"
                    value=flash.value("expires_at")
                    error=flash.error("expires_at")
                    help="It stops after this day (UTC). Left empty, it works until you end it."
                    optional=true
                />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">"Make the key"</button>
                <a class="btn btn-ghost" href=home>"Cancel"</a>
            </div>
        </form>
    };
    Page::in_sidebar("Make a key", Place::Applications, body)
}

fn wrong(flash: &Flash, key: &'static str) -> Option<AnyView> {
    let text = flash.error(key);
    (!text.is_empty()).then(|| view! { <FieldError id=key text=text /> }.into_any())
}

fn scopes(offered: &[Scope], flash: &Flash) -> impl IntoView + use<> {
    let before = flash.value("scopes");
    let choices: Vec<_> = offered
        .iter()
        .map(|scope| {
            let ticked = before.split(' ').any(|name| name == scope.as_str());
            view! {
                <label class="flex items-start gap-2.5">
                    <input class="checkbox" type="checkbox" name="scopes" value=scope.as_str() checked=ticked />
                    <span>{scope.words()}" "<span class="lk-code text-muted">{scope.as_str()}</span></span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="lk-field" id="scopes">
            <legend class="lk-label mb-2">"It may"</legend>
            <div class="grid gap-2.5 text-sm">{choices}</div>
            {wrong(flash, "scopes")}
        </fieldset>
    }
}

fn which(known: &[Named], flash: &Flash) -> impl IntoView + use<> {
    let named = flash.value("which") == "named";
    let before = flash.value("connections");
    let choices: Vec<_> = known
        .iter()
        .map(|connection| {
            let ticked = before.split(' ').any(|id| id == connection.id);
            view! {
                <label class="flex items-start gap-2.5">
                    <input class="checkbox" type="checkbox" name="connections" value=connection.id.clone() checked=ticked />
                    <span>{connection.name.clone()}</span>
                </label>
            }
        })
        .collect();
    let list = (!choices.is_empty()).then(|| view! { <div class="ms-7 grid max-h-72 gap-2.5 overflow-y-auto">{choices}</div> });
    view! {
        <fieldset class="lk-field" id="connections">
            <legend class="lk-label mb-2">"Connections"</legend>
            <div class="grid gap-2.5 text-sm">
                <label class="flex items-start gap-2.5">
                    <input class="radio radio-sm mt-0.5" type="radio" name="which" value="all" checked=!named />
                    <span>"All that you see, those of tomorrow too"</span>
                </label>
                <label class="flex items-start gap-2.5">
                    <input class="radio radio-sm mt-0.5" type="radio" name="which" value="named" checked=named />
                    <span>"Only these"</span>
                </label>
                {list}
            </div>
            {wrong(flash, "connections")}
        </fieldset>
    }
}
