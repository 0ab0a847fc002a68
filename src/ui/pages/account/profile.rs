//! Name, address, password and theme.

use leptos::prelude::*;

use super::{Section, framed};
use crate::dto::AccountView;
use crate::ui::components::{Field, Icon};
use crate::ui::page::{Page, flash};

/// Value and words of the themes.
const THEMES: [(&str, &str); 3] = [("", "Follow system"), ("light", "Light"), ("dark", "Dark")];

/// Draws it.
pub fn page(view: AccountView) -> Page {
    let body = view! {
        <Name name=view.name.clone() role=format!("{} in {}", view.role.title(), view.organization) />
        <Address email=view.email.clone() pending=view.pending_email.clone().unwrap_or_default() />
        <Password has=view.has_password email=view.email />
        <Theme chosen=view.theme />
    };
    framed(Section::Profile, "Profile", body)
}

#[component]
fn Name(name: String, role: String) -> impl IntoView {
    let error = flash().error("name");
    view! {
        <form class="lk-card" method="post" action="/actions/account/name" aria-labelledby="you">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="you">
                    "You"
                </h2>
                <p class="lk-cap">{role}</p>
            </div>
            <div class="lk-card-b">
                <Field name="name" label="Your name" autocomplete="name" value=name error=error />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">
                    "Save the name"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Address(email: String, pending: String) -> impl IntoView {
    let flash = flash();
    view! {
        <form class="lk-card" method="post" action="/actions/account/email" aria-labelledby="address">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="address">
                    "E-mail"
                </h2>
                <p class="lk-cap">{email}</p>
            </div>
            <div class="lk-card-b grid gap-4">
                {(!pending.is_empty())
                    .then(|| {
                        view! {
                            <p class="flex gap-2.5 text-sm">
                                <Icon name="i-mail" class="mt-0.5 text-faint" />
                                <span>{format!("{pending} waits to be confirmed: open the link in our letter to it. Until then nothing changes.")}</span>
                            </p>
                        }
                    })}
                <Field
                    name="email"
                    label="New e-mail"
                    kind="email"
                    autocomplete="email"
                    help="We send a letter to it, and tell your old address."
                    error=flash.error("email")
                />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-quiet" type="submit">
                    "Change the e-mail"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Password(has: bool, email: String) -> impl IntoView {
    let flash = flash();
    if !has {
        return view! {
            <section class="lk-card" aria-labelledby="secret">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="secret">
                        "Password"
                    </h2>
                    <p class="mt-2 text-sm text-muted">"You have none: you sign in elsewhere. To choose one, sign out and use \u{201c}Forgot it?\u{201d}."</p>
                </div>
            </section>
        }
        .into_any();
    }
    view! {
        <form class="lk-card" method="post" action="/actions/account/password" aria-labelledby="secret">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="secret">
                    "Password"
                </h2>
            </div>
            <div class="lk-card-b grid gap-4">
                // For password managers: whose password this is.
                <input type="hidden" autocomplete="username" value=email />
                <Field
                    name="current_password"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                    error=flash.error("current_password")
                />
                <Field
                    name="new_password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    min_length=8
                    help="At least 8 characters and not a common one. You are signed out everywhere else."
                    error=flash.error("new_password")
                />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-quiet" type="submit">
                    "Change the password"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Theme(chosen: String) -> impl IntoView {
    let choices = THEMES.map(|(value, words)| {
        view! {
            <label class="flex items-center gap-2.5">
                <input class="radio" type="radio" name="theme" value=value checked=chosen == value />
                {words}
            </label>
        }
    });
    view! {
        <form class="lk-card" method="post" action="/actions/theme" aria-labelledby="look">
            <input type="hidden" name="back" value="/account" />
            <div class="lk-card-h">
                <h2 class="lk-h2" id="look">
                    "Theme"
                </h2>
            </div>
            <fieldset class="lk-card-b grid gap-2.5">
                <legend class="sr-only">"Theme"</legend>
                {choices}
            </fieldset>
            <div class="lk-card-f">
                <button class="btn btn-quiet" type="submit">
                    "Choose the theme"
                </button>
            </div>
        </form>
    }
}
