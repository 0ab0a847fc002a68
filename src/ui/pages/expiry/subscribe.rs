//! The address for calendar programs.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::services::expiry;
use crate::ui::components::{Breadcrumb, FlashMessage, date_words};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::vault::Token;

/// `GET /expiry/subscribe`.
pub async fn get(member: Member) -> Response {
    let made = expiry::feed_made_at(&member.app, &member.actor).await;
    member.page(made, page).await
}

/// Draws it.
pub fn page(made_at: Option<Timestamp>) -> Page {
    let (now, button) = match made_at {
        Some(at) => (
            format!("You made an address on {}. It was shown once. If you no longer have it, make another one: the old one stops.", date_words(at)),
            "Make a new address",
        ),
        None => ("You have no address yet.".to_owned(), "Make an address"),
    };
    let withdraw = made_at.map(|_| {
        view! {
            <form class="lk-card mt-6 max-w-[40rem]" method="post" action="/actions/expiry/feed/withdraw">
                <div class="lk-card-b flex flex-wrap items-center justify-between gap-4">
                    <p class="text-sm text-muted">"Withdrawn, the address gives calendar programs nothing any more."</p>
                    <button class="btn btn-danger btn-sm" type="submit">"Withdraw the address"</button>
                </div>
            </form>
        }
    });
    let body = view! {
        <Breadcrumb href="/expiry" above="Expiry calendar" here="Subscribe" />
        <h1 class="lk-h1">"Subscribe in your calendar"</h1>
        <p class="lk-sub">"A calendar program that has your address shows what ends, and reminds you. It sees what you may see at that moment, and never a secret."</p>
        <FlashMessage class="mt-6" />
        <form class="lk-card mt-6 max-w-[40rem]" method="post" action="/actions/expiry/feed">
            <div class="lk-card-b">
                <p class="text-sm">{now}</p>
                <p class="mt-2 text-sm text-muted">"Whoever has the address reads along without a sign-in, so give it to nobody. It ends with your membership."</p>
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">{button}</button>
                <a class="btn btn-ghost" href="/expiry">"Cancel"</a>
            </div>
        </form>
        {withdraw}
    };
    Page::in_sidebar("Subscribe in your calendar", Place::Expiry, body)
}

/// The page that tells an address just made, this once; `home` is the address of this installation.
pub fn made(home: &str, token: &Token) -> Page {
    let address = format!("{home}/expiry/feed/{}.ics", token.expose());
    let body = view! {
        <Breadcrumb href="/expiry" above="Expiry calendar" here="Your address" />
        <h1 class="lk-h1">"Here is your address"</h1>
        <p class="lk-sub">"Copy it now: it is shown this once, and Latchkey does not keep it."</p>
        <section class="lk-card mt-6 max-w-[48rem]" aria-label="The address">
            <div class="lk-card-b">
                <div class="lk-field">
                    <div class="lk-label"><label for="address">"Address"</label></div>
                    <input class="input lk-code" id="address" type="text" readonly value=address autocomplete="off" spellcheck="false" aria-describedby="address-help" />
                    <p class="lk-help" id="address-help">"In your calendar program, choose to subscribe to a calendar by its address (URL), and paste it there."</p>
                </div>
            </div>
            <div class="lk-card-f"><a class="btn btn-primary" href="/expiry">"I have copied it"</a></div>
        </section>
    };
    Page::in_sidebar("Your address", Place::Expiry, body)
}
