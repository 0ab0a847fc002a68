//! Issues that have ended.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::EndedIssue;
use crate::ui::components::{Ago, Logo};

/// The list, ended last first; `all` is how many there are where not all are shown.
#[component]
pub fn Ended(
    /// The heading.
    title: &'static str,
    /// The issues.
    ended: Vec<EndedIssue>,
    /// The time the page was made.
    now: Timestamp,
    /// How many there are in all, for a link to them; none where all are listed.
    all: Option<usize>,
    /// The way to older ones.
    next: Option<AnyView>,
) -> impl IntoView {
    let line = |issue: EndedIssue| {
        view! {
            <li class="flex items-center gap-3 px-5 py-3 text-sm">
                <Logo connector=issue.connector name=issue.connector_name glyph=issue.glyph size="lk-logo-sm" />
                <p class="min-w-0 flex-1 break-words">
                    <a class="font-semibold hover:underline" href=format!("/connections/{}", issue.connection)>{issue.name}</a>
                    {format!(": {}", issue.sentence)}
                </p>
                <p class="whitespace-nowrap text-xs text-muted"><Ago at=issue.ended_at now=now /></p>
            </li>
        }
    };
    let list = if ended.is_empty() {
        view! { <p class="lk-card-b text-sm text-muted">"Nothing has been solved so far."</p> }.into_any()
    } else {
        view! { <ul class="divide-y divide-line">{ended.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="lk-card" aria-labelledby="h-solved">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-solved">{title}</h2>
                {all.map(|all| view! { <a class="link text-sm" href="/issues?show=solved">{format!("All {all}")}</a> })}
            </div>
            {list}
            {next}
        </section>
    }
}
