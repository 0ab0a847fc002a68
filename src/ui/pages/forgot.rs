//! A forgotten password.

use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::Door;
use crate::ui::components::{Field, FlashMessage};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Guest;

/// `GET /forgot`
pub async fn get(guest: Guest) -> Response {
    let here = guest.app.settings.letters_stay_here;
    guest.page(Ok(()), move |()| page(here)).await
}

/// Draws it; `here` when letters stay in a folder of the server.
pub fn page(here: bool) -> Page {
    let flash = flash();
    let body = view! {
        <Door>
            <h1 class="lk-h1">"Forgot your password?"</h1>
            <p class="lk-sub">"We send you a link to choose a new one. Your password stays as it is until then."</p>
            <form class="mt-7 grid gap-4" method="post" action="/actions/forgot">
                <FlashMessage />
                <Field name="email" label="E-mail" kind="email" autocomplete="username" value=flash.value("email") error=flash.error("email") />
                <button class="btn btn-primary mt-2 w-full" type="submit">
                    "Send the link"
                </button>
            </form>
            {here
                .then(|| {
                    view! {
                        <p class="mt-6 text-sm text-muted">
                            "This server sends no mail yet: its letters wait in a folder, and whoever runs it can give you the link."
                        </p>
                    }
                })}
            <p class="mt-6 text-sm text-muted">
                <a class="link" href="/sign-in">
                    "Go to sign-in"
                </a>
            </p>
        </Door>
    };
    Page::bare("Forgot your password?", body)
}
