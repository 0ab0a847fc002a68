//! Sign in.

mod door;
mod night;

pub use self::door::Door;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::sign_on::Choices;
use crate::dto::SignOnChoice;
use crate::services::{passkeys, sign_on};
use crate::ui::components::{Field, FlashMessage};
use crate::ui::islands::PasskeyForm;
use crate::ui::page::{Page, flash};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Guest;
use crate::ui::words::host_of;

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Next {
    /// A path of this site.
    pub next: String,
}

/// `GET /sign-in?next=`; who is signed in already goes on.
pub async fn get(guest: Guest, Query(query): Query<Next>) -> Response {
    let next = local(&query.next);
    if guest.actor.is_some() {
        return see_other(&next);
    }
    let settings = guest.app.settings.clone();
    let passkeys = passkeys::possible(&guest.app);
    let host = host_of(&settings.public_url).to_owned();
    let choices = sign_on::choices(&guest.app);
    let open = !settings.registration_closed;
    guest.page(Ok(()), move |()| page(next.as_str().to_owned(), host, &settings.version, open, passkeys, choices)).await
}

/// Draws it; `open` when strangers may register, `passkeys` when the address people use allows for them, `choices` of providers for everybody.
pub fn page(next: String, host: String, version: &str, open: bool, passkeys: bool, choices: Vec<SignOnChoice>) -> Page {
    let flash = flash();
    let elsewhere = elsewhere(choices, next.clone());
    let body = view! {
        <Door foot=format!("Latchkey {version}. Sign-ins, and failed ones, are on the audit log.")>
            <h1 class="lk-h1">"Sign in"</h1>
            <p class="lk-sub">"to Latchkey at " <span class="font-medium text-base-content">{host}</span></p>
            {elsewhere}
            <form class="mt-7 grid gap-4" method="post" action="/actions/sign-in">
                <FlashMessage />
                <input type="hidden" name="next" value=next.clone() />
                <Field name="email" label="E-mail" kind="email" autocomplete="username" value=flash.value("email") error=flash.error("email") />
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="current-password"
                    error=flash.error("password")
                    aside=("Forgot it?".to_owned(), "/forgot".to_owned())
                />
                <label class="mt-1 flex items-center gap-2.5 text-sm">
                    <input class="checkbox" type="checkbox" name="keep" value="yes" />
                    " Keep me signed in on this device for 14 days"
                </label>
                <button class="btn btn-primary mt-2 w-full" type="submit">
                    "Sign in"
                </button>
            </form>
            {passkeys.then(|| view! { <div class="mt-6">{passkey_form("sign_in", "/actions/passkeys/sign-in", "Sign in with a passkey", next)}</div> })}
            <p class="mt-6 text-sm">
                <a class="link" href="/sign-in/with">
                    "Sign in with your organisation's provider"
                </a>
            </p>
            {if open {
                view! {
                    <p class="mt-2 text-sm text-muted">
                        "No account yet? "
                        <a class="link" href="/register">
                            "Register"
                        </a>
                        ", or ask an org admin to invite you. Just registered? Open the link in our letter first."
                    </p>
                }
                    .into_any()
            } else {
                view! { <p class="mt-2 text-sm text-muted">"No account yet? Ask an org admin to invite you."</p> }.into_any()
            }}
        </Door>
    };
    Page::bare("Sign in", body)
}

/// A form that a passkey fills in, and then goes on to `next`.
pub fn passkey_form(purpose: &'static str, action: &'static str, label: &'static str, next: String) -> impl IntoView {
    view! {
        <PasskeyForm purpose=purpose.to_owned() label=label.to_owned()>
            <form method="post" action=action>
                <input type="hidden" name="next" value=next />
                <input type="hidden" name="ceremony" />
                <input type="hidden" name="answer" />
            </form>
        </PasskeyForm>
    }
}

/// The providers for everybody, above the password.
fn elsewhere(choices: Vec<SignOnChoice>, next: String) -> Option<impl IntoView> {
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
