//! Recovery codes, on the one page that shows them.

use axum::response::Response;
use leptos::prelude::*;

use crate::ui::components::{Icon, Message};
use crate::ui::flash::FlashKind;
use crate::ui::page::Page;
use crate::ui::visit::Member;
use crate::vault::Secret;

/// Answers an action with the codes.
pub async fn show(member: Member, done: &'static str, codes: Vec<Secret<String>>) -> Response {
    member.page(Ok(codes), move |codes| page(done, &codes)).await
}

/// Draws it.
pub fn page(done: &'static str, codes: &[Secret<String>]) -> Page {
    let lines: Vec<_> = codes.iter().map(|code| view! { <li class="lk-code">{code.expose().clone()}</li> }).collect();
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <h1 class="lk-h1">"Keep these recovery codes"</h1>
            <p class="lk-sub">"Each one signs you in once, when your phone or key is not at hand. They are shown now and never again."</p>
            <Message class="mt-6" kind=FlashKind::Ok strong="Done." text=done />
            <section class="lk-card mt-6" aria-label="Your recovery codes">
                <ol class="lk-card-b grid grid-cols-1 gap-2 sm:grid-cols-2">{lines}</ol>
                <div class="lk-card-f">
                    <a class="btn btn-primary" href="/account/security"><Icon name="i-check" />"I have kept them"</a>
                </div>
            </section>
            <p class="lk-help mt-4">"Print them, or put them into a password manager. Whoever has one and your password can sign in as you."</p>
        </div>
    };
    Page::focused("Recovery codes", "Your recovery codes", ("Close", "/account/security"), body)
}
