//! Adding a program.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Action;
use crate::services::access;
use crate::ui::components::{Breadcrumb, Field, FlashMessage};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;

/// `GET /applications/new`.
pub async fn get(member: Member) -> Response {
    let may = access::require(&member.actor, Action::ManageApplications);
    member.page(may, |()| page()).await
}

/// Draws it.
pub fn page() -> Page {
    let flash = flash();
    let body = view! {
        <Breadcrumb href="/applications" above="Applications" here="Add" />
        <h1 class="lk-h1">"Add an application"</h1>
        <p class="lk-sub">"You become its owner: the person to ask about it."</p>
        <FlashMessage class="mt-6" />
        <form class="lk-card mt-6 max-w-[40rem]" method="post" action="/actions/applications/create">
            <div class="lk-card-b grid gap-6">
                <Field name="name" label="Name" value=flash.value("name") error=flash.error("name") autocomplete="off" help="Such as Spend report." />
                <Field
                    name="purpose"
                    label="Purpose"
                    value=flash.value("purpose")
                    error=flash.error("purpose")
                    autocomplete="off"
                    help="What it does with your connections, in a sentence."
                />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">"Add the application"</button>
                <a class="btn btn-ghost" href="/applications">"Cancel"</a>
            </div>
        </form>
    };
    Page::in_sidebar("Add an application", Place::Applications, body)
}
