//! The last verification of the chains.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{AuditFinding, IntegrityView};
use crate::services::audit;
use crate::ui::components::{Breadcrumb, FlashMessage, Icon, ago};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::ui::words::count;

/// `GET /audit/verify`
pub async fn get(member: Member) -> Response {
    let view = audit::verification(&member.app, &member.actor).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: IntegrityView) -> Page {
    let (icon, colour, title) = match (view.verified_at, view.findings) {
        _ if view.running => ("i-hourglass", "text-muted", "It is being verified. Load this page again in a minute."),
        (None, _) => ("i-circle-dashed", "text-muted", "It was not verified yet."),
        (Some(_), 0) => ("i-circle-check", "text-ok", "Every chain is whole."),
        (Some(_), _) => ("i-triangle-alert", "text-bad", "Somebody has changed the log behind Latchkey's back."),
    };
    let read = view.verified_at.map(|at| {
        let parts = [count(view.chains, "chain"), format!("{} entries", view.entries), count(view.checkpoints, "checkpoint")].join(", ");
        format!("{parts} were read. That ended {}.", ago(at, view.now))
    });
    let findings = view.first.into_iter().map(|found| view! { <Finding found=found /> }).collect_view();
    let body = view! {
        <Breadcrumb href="/audit" above="Audit log" here="Verification" />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Is the log as it was written?"</h1>
                <p class="lk-sub">"Each entry is sealed to the one before. Latchkey recomputes every seal once a day, and whenever you ask."</p>
            </div>
            <div class="lk-actions">
                <form method="post" action="/actions/audit/verify">
                    <button class="btn btn-primary" type="submit">
                        "Verify now"
                    </button>
                </form>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <section class="lk-card mt-6" aria-labelledby="h-last">
            <div class="lk-card-b">
                <h2 class="lk-h2 flex items-center gap-2.5" id="h-last">
                    <Icon name=icon class=colour />
                    {title}
                </h2>
                {read.map(|read| view! { <p class="mt-2 text-sm text-muted">{read}</p> })}
            </div>
            {(view.findings > 0).then(|| view! { <ul class="divide-y divide-line border-t border-line">{findings}</ul> })}
        </section>
        <section class="lk-card mt-6" aria-labelledby="h-out">
            <div class="lk-card-b text-sm">
                <h2 class="lk-h2" id="h-out">
                    "Keep checkpoints elsewhere"
                </h2>
                <p class="mt-2">
                    "Whoever can write to the database can cut off the end of the log and its mark. A checkpoint that you keep elsewhere shows it."
                </p>
                <p class="mt-2">
                    <span class="lk-code">"latchkey audit checkpoint --file checkpoints.jsonl"</span>
                    " adds the ends of all chains to a file; the server also writes one to its own log each hour and when it stops."
                </p>
                <p class="mt-2">
                    <span class="lk-code">"latchkey audit verify --checkpoint checkpoints.jsonl"</span>
                    " compares."
                </p>
            </div>
        </section>
    };
    Page::in_sidebar("Verification, audit log", Place::Audit, body)
}

#[component]
fn Finding(found: AuditFinding) -> impl IntoView {
    view! {
        <li class="flex flex-wrap items-start gap-x-3 gap-y-1 px-5 py-3 text-sm">
            <span class="lk-code">{format!("{} {}", found.node, found.seq)}</span>
            <span>{found.what}</span>
        </li>
    }
}
