//! Picking one of the accounts that a person's consent opens.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::AccountPickView;
use crate::services::{ErrorCode, consent};
use crate::ui::components::wizard_frame::{Standing, wizard_head, wizard_page};
use crate::ui::components::{FlashMessage, Icon};
use crate::ui::page::Page;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connect/{draft}/account`.
pub async fn get(InPath(draft): InPath, member: Member) -> Response {
    match consent::accounts(&member.app, &member.actor, &draft).await {
        Err(error) if error.code == ErrorCode::Conflict => see_other(&local(&format!("/connect/{draft}/details"))),
        view => member.page(view, |view| page(&view)).await,
    }
}

/// The accounts, with the one that was opened before chosen.
pub fn page(view: &AccountPickView) -> Page {
    let tile = &view.connector.summary;
    let (noun, first) = (view.noun.clone(), view.accounts.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let known = view.before.clone().filter(|before| view.accounts.iter().any(|(id, _)| id == before));
    let chosen = known.unwrap_or(first);
    let choices: Vec<_> = view.accounts.iter().map(|(id, name)| choice(id, name, *id == chosen, view.before.as_ref() == Some(id))).collect();
    let body = view! {
        {wizard_head(tile, &format!("Which {noun}?"), &format!("What you allowed opens {} of them. A connection opens one; make another connection for another one.", view.accounts.len()))}
        <FlashMessage class="mb-6" />
        <form class="lk-card" method="post" action="/actions/connect/account">
            <input type="hidden" name="draft" value=view.draft.clone() />
            <div class="lk-card-b">
                <fieldset class="lk-field">
                    <legend class="lk-label">{format!("The {noun} to connect")}</legend>
                    <div class="grid gap-2.5">{choices}</div>
                </fieldset>
            </div>
            <div class="lk-card-f justify-end">
                <button class="btn btn-primary" type="submit">"Test the connection"<Icon name="i-arrow-right" /></button>
            </div>
        </form>
    };
    match &view.reconnects {
        Some((id, name)) => {
            let what = format!("Reconnect {name}");
            let body = view! { <div class="mx-auto max-w-[46rem]">{body}</div> };
            Page::focused(what.clone(), what, ("Leave unchanged", &format!("/connections/{id}")), body)
        }
        None => wizard_page(&Standing::at(3, tile, Some(&view.draft)), body, ()),
    }
}

fn choice(id: &str, name: &str, chosen: bool, before: bool) -> impl IntoView + use<> {
    let below = if before { format!("{id}, connected until now") } else { id.to_owned() };
    let (id, name) = (id.to_owned(), name.to_owned());
    view! {
        <label class="flex items-start gap-2.5">
            <input type="radio" class="radio radio-sm mt-0.5" name="account" value=id checked=chosen />
            <span>
                <span class="font-medium">{name}</span>
                <span class="block text-sm text-muted break-all">{below}</span>
            </span>
        </label>
    }
}
