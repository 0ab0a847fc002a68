//! The link of a letter that confirms an address. Looking changes nothing: programs that scan letters open every link.

use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::Door;
use crate::dto::ConfirmView;
use crate::services::accounts;
use crate::ui::components::FlashMessage;
use crate::ui::page::Page;
use crate::ui::visit::Guest;
use crate::web::InPath;

/// `GET /verify/{token}`
pub async fn get(InPath(token): InPath, guest: Guest) -> Response {
    let view = accounts::waiting(&guest.app, &guest.visitor, &token).await;
    guest.page(view, move |view| page(view, token)).await
}

/// Draws it.
pub fn page(view: ConfirmView, token: String) -> Page {
    let (title, about, otherwise) = match &view.organization {
        Some(organization) => (
            "Confirm your address",
            format!("{} registered with {}, for the organisation {organization}.", view.name, view.email),
            "Is this not you? Then close this page: until it is confirmed there is no account.",
        ),
        None => (
            "Confirm your new address",
            format!("{} signs in with {} from then on.", view.name, view.email),
            "Is this not you? Then close this page: until it is confirmed nothing changes.",
        ),
    };
    let body = view! {
        <Door>
            <h1 class="lk-h1">{title}</h1>
            <p class="lk-sub">{about}</p>
            <form class="mt-7 grid gap-4" method="post" action="/actions/verify">
                <FlashMessage />
                <input type="hidden" name="link" value=token />
                <button class="btn btn-primary w-full" type="submit">
                    "Confirm the address"
                </button>
            </form>
            <p class="mt-6 text-sm text-muted">{otherwise}</p>
        </Door>
    };
    Page::bare(title, body)
}
