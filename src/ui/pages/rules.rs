//! The organization's rules for signing in.

use axum::response::Response;
use leptos::prelude::*;

use crate::services::second_factor;
use crate::ui::components::FlashMessage;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// `GET /organisation/security`
pub async fn get(member: Member) -> Response {
    let view = second_factor::rule(&member.app, &member.actor).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(wanted: bool) -> Page {
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Sign-in rules"</h1>
                <p class="lk-sub">"What everybody in your organisation has to do to sign in."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <section class="lk-card mt-6" aria-labelledby="second">
            <form method="post" action="/actions/second-factor/rule">
                <div class="lk-card-b grid gap-3">
                    <h2 class="lk-h2" id="second">"Second step"</h2>
                    <p class="text-sm text-muted">
                        "With this rule, members without an authenticator app or a passkey set one up before anything else here opens for them. It counts from their next click."
                    </p>
                    <label class="flex items-center gap-2.5 text-sm">
                        <input class="checkbox" type="checkbox" name="wanted" value="yes" checked=wanted />
                        " Everybody needs a second step"
                    </label>
                </div>
                <div class="lk-card-f">
                    <button class="btn btn-primary" type="submit">"Save the rule"</button>
                </div>
            </form>
        </section>
    };
    Page::in_sidebar("Sign-in rules", Place::Rules, body)
}
