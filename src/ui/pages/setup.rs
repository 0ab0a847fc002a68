//! The first start, opened with the one-time link from the server's log.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::SetupView;
use crate::services;
use crate::ui::components::{Field, FlashMessage, Icon, KeyDrawing};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Guest;
use crate::web::InPath;

/// `GET /setup/{link}`
pub async fn get(InPath(link): InPath, guest: Guest) -> Response {
    let view = services::setup::view(&guest.app, &link).await;
    guest.page(view, move |view| page(view, link)).await
}

/// Draws it.
pub fn page(setup: SetupView, link: String) -> Page {
    let body = view! {
        <div class="grid min-h-dvh grid-rows-[auto_1fr]">
            <header class="border-b border-line bg-base-100">
                <div class="mx-auto flex h-14 max-w-[72rem] items-center gap-4 px-4 md:px-8">
                    <span class="lk-brand">
                        <svg aria-hidden="true">
                            <use href="/sprite.svg#lk-mark"></use>
                        </svg>
                        "Latchkey"
                    </span>
                    <p class="ms-auto text-sm text-muted">"New installation"</p>
                </div>
            </header>
            <main
                id="main"
                tabindex="-1"
                class="mx-auto grid w-full max-w-[72rem] gap-x-14 gap-y-8 px-4 py-8 md:px-8 md:py-12 lg:grid-cols-[17rem_minmax(0,1fr)]"
            >
                <div>
                    <h1 class="lk-h1">"Set up Latchkey"</h1>
                    <p class="lk-sub">"About three minutes."</p>
                    <Steps />
                </div>
                <div class="grid max-w-[42rem] content-start gap-6">
                    <FlashMessage />
                    <Ready setup=setup />
                    <You link=link />
                </div>
            </main>
        </div>
    };
    Page::bare("Set up Latchkey", body)
}

#[component]
fn Steps() -> impl IntoView {
    view! {
        <ol class="lk-steps mt-8 hidden lg:grid" aria-label="Setup steps">
            <li class="is-done">
                <span class="lk-dot" aria-hidden="true">
                    <Icon name="i-check" class="lk-i-sm" />
                </span>
                <span class="lk-step-t">"Check the server" <span class="sr-only">", done"</span> <small>"3 of 3 checks passed"</small></span>
            </li>
            <li class="is-now" aria-current="step">
                <span class="lk-dot" aria-hidden="true">
                    "2"
                </span>
                <span class="lk-step-t">"You and your organisation" <small>"You become its first admin"</small></span>
            </li>
            <li>
                <span class="lk-dot" aria-hidden="true">
                    "3"
                </span>
                <span class="lk-step-t">"Your first connection"</span>
            </li>
        </ol>
    }
}

#[component]
fn Ready(setup: SetupView) -> impl IntoView {
    let migrations = if setup.migrations == 1 { "The migration is applied.".to_owned() } else { format!("All {} migrations applied.", setup.migrations) };
    view! {
        <section class="lk-card" aria-labelledby="chk">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="chk">
                    "The server is ready"
                </h2>
                <p class="lk-cap">"Checked just now"</p>
            </div>
            <ul class="divide-y divide-line">
                <Passed title="Public address">
                    <p class="text-sm text-muted">
                        "People reach Latchkey at " <span class="lk-code text-base-content">{setup.public_url}</span> "."
                    </p>
                </Passed>
                <Passed title="Database">
                    <p class="text-sm text-muted">{format!("{}, reachable and writable. {migrations}", setup.database)}</p>
                </Passed>
                <Passed title="Encryption key">
                    <p class="text-sm text-muted">
                        {format!("Loaded from {}. Write its fingerprint down: without this key nothing can be recovered.", setup.key_source)}
                    </p>
                    <div class="lk-well mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-1.5 px-3.5 py-2.5">
                        <KeyDrawing fingerprint=setup.key_fingerprint.clone() />
                        <span class="lk-code">{setup.key_fingerprint}</span>
                    </div>
                </Passed>
            </ul>
        </section>
    }
}

#[component]
fn Passed(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <li class="flex gap-3.5 px-5 py-3.5">
            <Icon name="i-circle-check" class="lk-i-lg mt-0.5 text-ok" />
            <div class="min-w-0 flex-1">
                <p class="font-medium">{title} <span class="sr-only">": passed"</span></p>
                {children()}
            </div>
        </li>
    }
}

#[component]
fn You(link: String) -> impl IntoView {
    let flash = flash();
    let (value, error) = (|key: &str| flash.value(key), |key: &str| flash.error(key));
    view! {
        <form class="lk-card" method="post" action="/actions/setup" aria-labelledby="you">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="you">
                    "You and your organisation"
                </h2>
                <p class="lk-cap inline-flex items-center gap-1.5">
                    <Icon name="i-link-2" class="lk-i-sm" />
                    "Opened with the setup link from the server log, works once"
                </p>
            </div>
            <div class="lk-card-b grid gap-5">
                <input type="hidden" name="link" value=link />
                <Field name="organization" label="Organisation" autocomplete="organization" value=value("organization") error=error("organization") />
                <div class="grid gap-5 sm:grid-cols-2">
                    <Field name="name" label="Your name" autocomplete="name" value=value("name") error=error("name") />
                    <Field name="email" label="Your e-mail" kind="email" autocomplete="email" value=value("email") error=error("email") />
                </div>
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    min_length=8
                    help="At least 8 characters and not a common one. A short sentence is easy to remember and hard to guess."
                    error=error("password")
                />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">
                    "Create organisation"
                </button>
                <p class="text-xs text-muted">"You become its org admin, and the super admin of this server."</p>
            </div>
        </form>
    }
}
