//! Nothing at this address.

use axum::response::Response;
use leptos::prelude::*;

use crate::services::ServiceError;
use crate::ui::components::Icon;
use crate::ui::page::{Page, Place};
use crate::ui::visit::{Guest, Member};

/// Answers every address that has no page.
pub async fn fallback(guest: Guest) -> Response {
    let error = ServiceError::not_found();
    match guest.actor {
        Some(actor) => {
            Member { app: guest.app, options: guest.options, actor, visitor: guest.visitor, session: guest.session, parts: guest.parts }.refuse(error).await
        }
        None => guest.page(Err::<(), _>(error), |()| page("/")).await,
    }
}

/// For members: a search and the way home.
pub fn page(path: &str) -> Page {
    let body = view! {
        <div class="mx-auto max-w-[34rem] pt-10 md:pt-24">
            <Words path=path.to_owned() />
            <form class="mt-6 flex gap-2" method="get" action="/connections" role="search">
                <label class="input">
                    <Icon name="i-search" class="text-faint" />
                    <span class="sr-only">"Search"</span>
                    <input type="search" name="q" placeholder="Search connections by name, account or id" />
                </label>
                <button class="btn btn-quiet" type="submit">
                    "Search"
                </button>
            </form>
            <div class="mt-6 flex flex-wrap gap-2">
                <a class="btn btn-primary" href="/connections">
                    "Go to connections"
                </a>
            </div>
        </div>
    };
    Page::in_sidebar("Page not found", Place::Elsewhere, body)
}

/// For people who are not signed in.
pub fn stranger(path: &str) -> Page {
    let body = view! {
        <main id="main" tabindex="-1" class="mx-auto max-w-[34rem] px-4 pt-10 md:pt-24">
            <Words path=path.to_owned() />
            <div class="mt-6 flex flex-wrap gap-2">
                <a class="btn btn-primary" href="/sign-in">
                    "Go to sign-in"
                </a>
            </div>
        </main>
    };
    Page::bare("Page not found", body)
}

#[component]
fn Words(path: String) -> impl IntoView {
    view! {
        <p class="lk-code text-faint">"404"</p>
        <h1 class="lk-h1 mt-2">"There is nothing at this address"</h1>
        <p class="lk-sub">
            "The page may have moved, the connection may have been disconnected, or it belongs to another organisation."
        </p>
        <div class="lk-well mt-5 px-4 py-3">
            <p class="lk-code break-words">{path}</p>
        </div>
    }
}
