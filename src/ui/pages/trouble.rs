//! Something on our side, or something that cannot be done now.

use leptos::prelude::*;

use crate::ui::components::Icon;
use crate::ui::page::{Page, Place};

/// For members.
pub fn page(message: &str) -> Page {
    let body = view! {
        <div class="mx-auto max-w-[34rem] pt-10 md:pt-24">
            <Words message=message.to_owned() />
            <div class="mt-6 flex flex-wrap gap-2">
                <a class="btn btn-primary" href="/connections">
                    "Go to connections"
                </a>
            </div>
        </div>
    };
    Page::in_sidebar("That did not work", Place::Elsewhere, body)
}

/// For people who are not signed in.
pub fn stranger(message: &str) -> Page {
    let body = view! {
        <main id="main" tabindex="-1" class="mx-auto max-w-[34rem] px-4 pt-10 md:pt-24">
            <Words message=message.to_owned() />
            <div class="mt-6 flex flex-wrap gap-2">
                <a class="btn btn-primary" href="/sign-in">
                    "Go to sign-in"
                </a>
            </div>
        </main>
    };
    Page::bare("That did not work", body)
}

#[component]
fn Words(message: String) -> impl IntoView {
    view! {
        <span class="grid size-11 place-items-center rounded-xl bg-idle-soft text-idle">
            <Icon name="i-life-buoy" class="lk-i-lg" />
        </span>
        <h1 class="lk-h1 mt-5">"That did not work"</h1>
        <p class="lk-sub">{message}</p>
    }
}
