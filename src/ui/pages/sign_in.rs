//! Sign in.

mod night;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use self::night::Night;
use super::sign_on::Choices;
use crate::dto::SignOnChoice;
use crate::services::sign_on;
use crate::ui::components::{Field, FlashMessage};
use crate::ui::page::{Page, flash};
use crate::ui::redirect::{local, see_other};
use crate::ui::shell::Brand;
use crate::ui::visit::Guest;
use crate::ui::words::host_of;

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Next {
    next: String,
}

/// `GET /sign-in?next=`; who is signed in already goes on.
pub async fn get(guest: Guest, Query(query): Query<Next>) -> Response {
    let next = local(&query.next);
    if guest.actor.is_some() {
        return see_other(&next);
    }
    let settings = guest.app.settings.clone();
    let (host, version) = (host_of(&settings.public_url).to_owned(), settings.version.clone());
    let choices = sign_on::choices(&guest.app);
    guest.page(Ok(()), move |()| page(next.as_str().to_owned(), host, &version, choices)).await
}

/// Draws it.
pub fn page(next: String, host: String, version: &str, choices: Vec<SignOnChoice>) -> Page {
    let flash = flash();
    let elsewhere = elsewhere(choices, &next);
    let body = view! {
        <div class="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,0.92fr)]">
            <main id="main" tabindex="-1" class="flex flex-col bg-base-100 px-6 py-8 sm:px-12">
                <div>
                    <Brand href="/sign-in" />
                </div>
                <div class="mx-auto flex w-full max-w-[22.5rem] flex-1 flex-col justify-center py-10">
                    <h1 class="lk-h1">"Sign in"</h1>
                    <p class="lk-sub">"to Latchkey at " <span class="font-medium text-base-content">{host}</span></p>
                    {elsewhere}
                    <form class="mt-7 grid gap-4" method="post" action="/actions/sign-in">
                        <FlashMessage />
                        <input type="hidden" name="next" value=next />
                        <Field name="email" label="E-mail" kind="email" autocomplete="username" value=flash.value("email") error=flash.error("email") />
                        <Field name="password" label="Password" kind="password" autocomplete="current-password" error=flash.error("password") />
                        <label class="mt-1 flex items-center gap-2.5 text-sm">
                            <input class="checkbox" type="checkbox" name="keep" value="yes" />
                            " Keep me signed in on this device for 14 days"
                        </label>
                        <button class="btn btn-primary mt-2 w-full" type="submit">
                            "Sign in"
                        </button>
                    </form>
                    <p class="mt-6 text-sm">
                        <a class="link" href="/sign-in/with">
                            "Sign in with your organisation's provider"
                        </a>
                    </p>
                    <p class="mt-2 text-sm text-muted">"No account yet? Ask an org admin."</p>
                </div>
                <p class="lk-cap">{format!("Latchkey {version}. Sign-ins, and failed ones, are on the audit log.")}</p>
            </main>
            <Night />
        </div>
    };
    Page::bare("Sign in", body)
}

/// The providers for everybody, above the password.
fn elsewhere(choices: Vec<SignOnChoice>, next: &str) -> Option<impl IntoView> {
    let next = next.to_owned();
    (!choices.is_empty()).then(|| {
        view! {
            <div class="mt-7">
                <Choices choices=choices next=next />
            </div>
            <div class="mt-6 flex items-center gap-3 text-xs text-faint">
                <span class="h-px flex-1 bg-line"></span>
                "or with your password"
                <span class="h-px flex-1 bg-line"></span>
            </div>
        }
    })
}
