//! After a registration: look into your inbox.

use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::Door;
use crate::ui::components::{Field, FlashMessage, Icon};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Guest;

/// `GET /sent`: the same for everybody.
pub async fn get(guest: Guest) -> Response {
    let here = guest.app.settings.letters_stay_here;
    guest.page(Ok(()), move |()| page(here)).await
}

/// Draws it; `here` when letters stay in a folder of the server.
pub fn page(here: bool) -> Page {
    let flash = flash();
    let body = view! {
        <Door>
            <span class="grid size-11 place-items-center rounded-xl bg-idle-soft text-idle">
                <Icon name="i-mail" class="lk-i-lg" />
            </span>
            <h1 class="lk-h1 mt-5">"Look into your inbox"</h1>
            <p class="lk-sub">"Open the link in our letter to confirm your address. It works once, for three days. Then sign in."</p>
            <FlashMessage class="mt-6" />
            {here
                .then(|| {
                    view! {
                        <p class="mt-4 text-sm text-muted">
                            "This server sends no mail yet: its letters wait in a folder, and whoever runs it can give you the link."
                        </p>
                    }
                })}
            <form class="mt-7 grid gap-4" method="post" action="/actions/verify/resend" aria-label="Send the letter again">
                <Field
                    name="email"
                    label="No letter? Your e-mail"
                    kind="email"
                    autocomplete="email"
                    value=flash.value("email")
                    error=flash.error("email")
                    help="Look among unwanted mail first."
                />
                <button class="btn btn-quiet w-full" type="submit">
                    "Send the letter again"
                </button>
            </form>
            <p class="mt-6 text-sm text-muted">
                <a class="link" href="/sign-in">
                    "Go to sign-in"
                </a>
            </p>
        </Door>
    };
    Page::bare("Look into your inbox", body)
}
