//! The connectors of the organization's own.

use axum::response::Response;
use leptos::prelude::*;

use super::own::state_pill;
use crate::dto::{OwnConnectorLine, OwnListView};
use crate::services::own;
use crate::ui::components::{Ago, Breadcrumb, FlashMessage, Icon};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// `GET /marketplace/own`.
pub async fn get(member: Member) -> Response {
    let view = own::list(&member.app, &member.actor).await;
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &OwnListView) -> Page {
    let rows: Vec<_> = view.connectors.iter().map(|line| row(line, view)).collect();
    let list = if rows.is_empty() {
        view! {
            <section class="lk-card mt-6" aria-labelledby="none">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="none">"None yet"</h2>
                    <p class="mt-2 text-sm text-muted">
                        "Is a service missing from the marketplace? A connector is one text file. Begin with the one that we fill in for you, or with a file from somebody else."
                    </p>
                </div>
            </section>
        }
        .into_any()
    } else {
        view! { <ul class="mt-6 grid gap-4">{rows}</ul> }.into_any()
    };
    let body = view! {
        <Breadcrumb href="/marketplace" above="Marketplace" here="Your connectors" />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Your connectors"</h1>
                <p class="lk-sub">"Connectors that your organisation adds itself. Nobody else sees them."</p>
            </div>
            <div class="lk-actions">
                <a class="btn btn-primary" href="/marketplace/own/new"><Icon name="i-plus" />"Begin a connector"</a>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {list}
    };
    Page::in_sidebar("Your connectors", Place::Marketplace, body)
}

fn row(line: &OwnConnectorLine, view: &OwnListView) -> impl IntoView + use<> {
    let id = line.connector.clone().map(|connector| view! { <span class="lk-code">{connector}</span>" · " });
    let by = if line.updated_by.is_empty() { String::new() } else { format!(" by {}", line.updated_by) };
    view! {
        <li class="lk-card lk-lift relative p-5">
            <div class="flex items-start gap-3.5">
                <div class="min-w-0 flex-1">
                    <h2 class="lk-h3"><a class="lk-stretch" href=format!("/marketplace/own/{}", line.id)>{line.name.clone()}</a></h2>
                    <p class="lk-cap">{id}"Changed "<Ago at=line.updated_at now=view.now />{by}</p>
                </div>
                {state_pill(&line.state)}
            </div>
        </li>
    }
}
