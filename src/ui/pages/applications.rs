//! The programs that the viewer may manage.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{ApplicationLine, ApplicationListView};
use crate::services::applications;
use crate::ui::components::{Ago, AppFace, FlashMessage, Icon, StatusPill};
use crate::ui::page::{Page, Place};
use crate::ui::pages::application::key_pill;
use crate::ui::visit::Member;

/// `GET /applications`.
pub async fn get(member: Member) -> Response {
    let view = applications::list(&member.app, &member.actor).await;
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &ApplicationListView) -> Page {
    let list = if view.applications.is_empty() {
        view! {
            <section class="lk-card mt-7" aria-labelledby="none">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="none">"None yet"</h2>
                    <p class="mt-2 text-sm text-muted">
                        "Add the program that is to use your connections: a report, a job, a service. Then make a key for it that may do just what it needs."
                    </p>
                </div>
            </section>
        }
        .into_any()
    } else {
        table(view).into_any()
    };
    let whose = if view.all { "" } else { " These are yours." };
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Applications"</h1>
                <p class="lk-sub">"Programs that may use connections. Each key says what for, and which connections."{whose}</p>
            </div>
            <div class="lk-actions">
                <a class="btn btn-quiet" href="/docs/api"><Icon name="i-book-open" />"API reference"</a>
                <a class="btn btn-primary" href="/applications/new"><Icon name="i-plus" />"Add an application"</a>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {list}
        {calling()}
    };
    Page::in_sidebar("Applications", Place::Applications, body)
}

fn table(view: &ApplicationListView) -> impl IntoView + use<> {
    let rows: Vec<_> = view.applications.iter().map(|line| row(line, view.now)).collect();
    view! {
        <section class="lk-card mt-7" aria-labelledby="ap">
            <h2 class="sr-only" id="ap">"All applications"</h2>
            <table class="lk-table lk-stack" role="table" aria-labelledby="ap">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Application"</th>
                        <th role="columnheader" scope="col">"May"</th>
                        <th role="columnheader" scope="col">"Owner"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"Keys"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
}

fn row(line: &ApplicationLine, now: Timestamp) -> impl IntoView + use<> {
    let scopes: Vec<_> = line.scopes.iter().map(|scope| view! { <span class="lk-tag">{scope.as_str()}</span> }).collect();
    let scopes = if scopes.is_empty() { view! { <span class="text-faint">"Nothing"</span> }.into_any() } else { scopes.into_any() };
    let owner = if line.owner.name.is_empty() { "Has left".to_owned() } else { line.owner.name.clone() };
    let used = match line.last_used_at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => "Not yet".into_any(),
    };
    view! {
        <tr class="lk-rowlink" role="row">
            <td role="cell">
                <div class="flex items-center gap-3">
                    <AppFace name=line.name.clone() />
                    <div class="min-w-0">
                        <a class="lk-stretch font-semibold" href=format!("/applications/{}", line.id)>{line.name.clone()}</a>
                        <p class="truncate text-xs text-muted">{line.purpose.clone()}</p>
                    </div>
                </div>
            </td>
            <td role="cell" data-l="May"><span class="inline-flex flex-wrap gap-1">{scopes}</span></td>
            <td role="cell" data-l="Owner">{owner}</td>
            <td role="cell" data-l="Last used" class="whitespace-nowrap text-muted">{used}</td>
            <td role="cell" data-l="Keys"><StatusPill pill=key_pill(line, now) /></td>
        </tr>
    }
}

/// How a program calls.
fn calling() -> impl IntoView {
    view! {
        <section class="lk-card mt-6" aria-labelledby="try">
            <div class="lk-card-h"><h2 class="lk-h2" id="try">"How a program calls"</h2></div>
            <div class="lk-card-b">
                <pre class="lk-pre" tabindex="0" role="group" aria-label="Request">
                    <code>
                        <span class="k">"GET"</span>
                        " /api/v1/connections\n"
                        <span class="k">"Authorization:"</span>
                        " Bearer "
                        <span class="s">"lk_live_…"</span>
                    </code>
                </pre>
                <p class="mt-3 text-sm text-muted">"A key never does more than its maker may. If the maker leaves or gets a smaller role, the key follows at once."</p>
            </div>
        </section>
    }
}
