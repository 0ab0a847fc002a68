//! A new password by the link of a letter. Looking uses nothing up.

use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::Door;
use crate::services::accounts;
use crate::ui::components::{Field, FlashMessage};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Guest;
use crate::web::InPath;

/// `GET /reset/{token}`
pub async fn get(InPath(token): InPath, guest: Guest) -> Response {
    let works = accounts::require_reset(&guest.app, &guest.visitor, &token).await;
    guest.page(works, move |()| page(token)).await
}

/// Draws it.
pub fn page(token: String) -> Page {
    let flash = flash();
    let body = view! {
        <Door>
            <h1 class="lk-h1">"Choose a new password"</h1>
            <p class="lk-sub">"You are then signed out everywhere, and sign in with the new one."</p>
            <form class="mt-7 grid gap-4" method="post" action="/actions/reset">
                <FlashMessage />
                <input type="hidden" name="link" value=token />
                <Field
                    name="password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    min_length=8
                    help="At least 8 characters and not a common one."
                    error=flash.error("password")
                />
                <button class="btn btn-primary mt-2 w-full" type="submit">
                    "Change the password"
                </button>
            </form>
        </Door>
    };
    Page::bare("Choose a new password", body)
}
