//! A new account with an organization of its own.

use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::Door;
use crate::services::{ErrorCode, ServiceError};
use crate::ui::components::{Field, FlashMessage};
use crate::ui::page::{Page, flash};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Guest;

/// `GET /register`; who is signed in already goes on.
pub async fn get(guest: Guest) -> Response {
    if guest.actor.is_some() {
        return see_other(&local("/connections"));
    }
    let open = if guest.app.settings.registration_closed { Err(ServiceError::of(ErrorCode::RegistrationClosed)) } else { Ok(()) };
    guest.page(open, |()| page()).await
}

/// Draws it.
pub fn page() -> Page {
    let (typed, wrong) = (flash(), flash());
    let (value, error) = (move |key: &str| typed.value(key), move |key: &str| wrong.error(key));
    let body = view! {
        <Door>
            <h1 class="lk-h1">"Register"</h1>
            <p class="lk-sub">"You become the first admin of an organisation of your own."</p>
            <form class="mt-7 grid gap-4" method="post" action="/actions/register">
                <FlashMessage />
                <Field name="organization" label="Organisation" autocomplete="organization" value=value("organization") error=error("organization") />
                <Field name="name" label="Your name" autocomplete="name" value=value("name") error=error("name") />
                <Field name="email" label="Your e-mail" kind="email" autocomplete="email" value=value("email") error=error("email") />
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    min_length=8
                    help="At least 8 characters and not a common one. A short sentence is easy to remember and hard to guess."
                    error=error("password")
                />
                <button class="btn btn-primary mt-2 w-full" type="submit">
                    "Register"
                </button>
            </form>
            <p class="mt-6 text-sm text-muted">
                "You have an account? "
                <a class="link" href="/sign-in">
                    "Sign in"
                </a>
                "."
            </p>
        </Door>
    };
    Page::bare("Register", body)
}
