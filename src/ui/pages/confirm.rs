//! Confirming who one is, before something that a stolen session must not do.

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::{Next, passkey_form};
use crate::dto::ProofView;
use crate::services::sign_in;
use crate::ui::components::{Field, FlashMessage};
use crate::ui::page::{Page, flash};
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// `GET /confirm?next=`
pub async fn get(member: Member, Query(query): Query<Next>) -> Response {
    let view = sign_in::confirm_view(&member.app, &member.actor).await;
    let next = local(&query.next).as_str().to_owned();
    member.page(view, move |view| page(view, &next)).await
}

/// Draws it.
pub fn page(view: ProofView, next: &str) -> Page {
    let flash = flash();
    let next_field = next.to_owned();
    let form = |name: &'static str, label: &'static str, kind: &'static str, autocomplete: &'static str| {
        view! {
            <form class="lk-card-b grid gap-4 border-b border-line last:border-b-0" method="post" action="/actions/confirm">
                <input type="hidden" name="next" value=next_field.clone() />
                <Field name=name label=label kind=kind autocomplete=autocomplete error=flash.error(name) />
                <div><button class="btn btn-primary" type="submit">{format!("Confirm by {}", label.to_lowercase())}</button></div>
            </form>
        }
    };
    let nothing = !view.by_password && !view.by_app && !view.by_passkey;
    let body = view! {
        <div class="mx-auto max-w-[30rem]">
            <h1 class="lk-h1">"Is it you?"</h1>
            <p class="lk-sub">"What you want to do needs a sign-in of the last ten minutes. One proof is enough."</p>
            <FlashMessage class="mt-6" />
            <section class="lk-card mt-6" aria-label="Ways to confirm">
                {view.by_password.then(|| form("password", "Password", "password", "current-password"))}
                {view.by_app.then(|| form("code", "Code", "text", "one-time-code"))}
                {view.by_passkey.then(|| view! { <div class="lk-card-b">{passkey_form("confirm", "/actions/passkeys/confirm", "Confirm with a passkey", next.to_owned())}</div> })}
                {nothing.then(|| view! {
                    <div class="lk-card-b grid gap-4">
                        <p>"You sign in elsewhere, so sign in again there and come back."</p>
                        <form method="post" action="/actions/sign-out"><button class="btn btn-primary" type="submit">"Sign out and in again"</button></form>
                    </div>
                })}
            </section>
        </div>
    };
    Page::focused("Is it you?", "Confirm that it is you", ("Cancel", next), body)
}
