//! Asking for a connector that is not there.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{ConnectorRequest, RequestsView};
use crate::services::requests;
use crate::ui::components::{Ago, Field, FieldError, FlashMessage, TextArea};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;

/// `GET /marketplace/request`
pub async fn get(member: Member) -> Response {
    let view = requests::view(&member.app, &member.actor).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: RequestsView) -> Page {
    let flash = flash();
    let wrong = flash.error("purpose");
    let refused = (!wrong.is_empty()).then(|| view! { <FieldError id="purpose" text=wrong.clone() /> });
    let asked = (!view.requests.is_empty()).then(|| view! { <Asked view=view.clone() /> });
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Request a connector"</h1>
                <p class="lk-sub">"Say which service is missing. The admins of your organisation see it here. Nothing is sent anywhere."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <form class="lk-card mt-6 max-w-[42rem]" method="post" action="/actions/marketplace/request" aria-label="Request a connector">
            <div class="lk-card-b grid gap-5">
                <Field name="service" label="Service" autocomplete="off" value=flash.value("service") error=flash.error("service") help="Its name, as people know it." />
                <div class="lk-field">
                    <div class="lk-label">
                        <label for="purpose">"What for " <span class="lk-opt">"optional"</span></label>
                    </div>
                    <TextArea name="purpose" rows=4 optional=true value=flash.value("purpose") wrong=!wrong.is_empty() described_by=if wrong.is_empty() { "" } else { "purpose-error" } />
                    {refused}
                </div>
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">
                    "Send the request"
                </button>
                <a class="btn btn-quiet" href="/marketplace">
                    "Back to the marketplace"
                </a>
            </div>
        </form>
        {asked}
    };
    Page::in_sidebar("Request a connector", Place::Marketplace, body)
}

#[component]
fn Asked(view: RequestsView) -> impl IntoView {
    let (now, may_remove) = (view.now, view.may_remove);
    let line = move |request: ConnectorRequest| {
        let remove = may_remove.then(|| {
            view! {
                <form method="post" action="/actions/marketplace/request/remove">
                    <input type="hidden" name="id" value=request.id.clone() />
                    <button class="btn btn-quiet btn-sm" type="submit">
                        "Done" <span class="sr-only">{format!(": remove {}", request.service)}</span>
                    </button>
                </form>
            }
        });
        view! {
            <li class="flex flex-wrap items-start gap-x-4 gap-y-2 px-5 py-4">
                <div class="min-w-0 flex-1">
                    <p class="font-medium">{request.service.clone()}</p>
                    <p class="whitespace-pre-line text-sm text-muted">{request.purpose.clone()}</p>
                    <p class="lk-cap">{request.by.clone()} ", " <Ago at=request.created_at now=now /></p>
                </div>
                {remove}
            </li>
        }
    };
    view! {
        <section class="lk-card mt-6 max-w-[42rem]" aria-labelledby="asked">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="asked">
                    "Asked for so far"
                </h2>
            </div>
            <ul class="divide-y divide-line">{view.requests.into_iter().map(line).collect_view()}</ul>
        </section>
    }
}
