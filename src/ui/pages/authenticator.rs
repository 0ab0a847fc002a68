//! Setting up an authenticator app: a picture for its camera, the key as text, and a code that proves that it works.

use axum::response::Response;
use leptos::prelude::*;

use crate::services::ErrorCode;
use crate::services::second_factor::{self, SetUp};
use crate::ui::components::{Field, FlashMessage};
use crate::ui::page::{Page, flash};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;

/// `GET /account/security/app`; back to the security page when none is being set up.
pub async fn get(member: Member) -> Response {
    match second_factor::set_up_view(&member.app, &member.actor).await {
        Err(error) if error.code == ErrorCode::NotFound => see_other(&local("/account/security")),
        view => member.page(view, |view| page(&view)).await,
    }
}

/// Draws it. The picture is dark on light in both themes, because cameras want it so.
pub fn page(view: &SetUp) -> Page {
    let frame = format!("-4 -4 {0} {0}", view.size + 8);
    let side = (view.size + 8).to_string();
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <h1 class="lk-h1">"Set up an authenticator app"</h1>
            <p class="lk-sub">"Signing in will ask for your password and a code of this app."</p>
            <FlashMessage class="mt-6" />
            <section class="lk-card mt-6" aria-labelledby="scan">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="scan">"1. Scan the picture with the app"</h2>
                    <svg class="mt-4 w-full max-w-[15rem]" viewBox=frame role="img" aria-label="QR code with the key below" shape-rendering="crispEdges">
                        <rect x="-4" y="-4" width=side.clone() height=side fill="#ffffff"></rect>
                        <path d=view.squares.expose().clone() fill="#000000"></path>
                    </svg>
                    <p class="mt-4 text-sm text-muted">"No camera? Type this key:"</p>
                    <p class="lk-code mt-1 break-words" id="key">{view.key.expose().clone()}</p>
                </div>
                <form class="border-t border-line" method="post" action="/actions/second-factor/on">
                    <div class="lk-card-b grid gap-4">
                        <h2 class="lk-h2">"2. Enter the code that it shows"</h2>
                        <Field name="code" label="Code" autocomplete="one-time-code" class="lk-code" help="Six digits; a new one every 30 seconds." error=flash().error("code") />
                    </div>
                    <div class="lk-card-f">
                        <button class="btn btn-primary" type="submit">"Turn it on"</button>
                        <a class="btn btn-ghost" href="/account/security">"Not now"</a>
                    </div>
                </form>
            </section>
        </div>
    };
    Page::focused("Authenticator app", "Set up an authenticator app", ("Cancel", "/account/security"), body)
}
