//! The links that wait for somebody, and those that were just used.

use leptos::prelude::*;

use crate::dto::{EntryLinkState, EntryLinkView};
use crate::ui::components::{Ago, Icon};
use crate::ui::pages::wizard_ask::state_words;

/// One line per link of the viewer; nothing when there is none.
#[component]
pub fn Asked(links: Vec<EntryLinkView>) -> impl IntoView {
    (!links.is_empty()).then(|| {
        view! {
            <section class="lk-card mt-6" aria-labelledby="asked-h">
                <div class="lk-card-h">
                    <h2 class="lk-h2" id="asked-h">
                        "Asked of others"
                    </h2>
                </div>
                <ul class="divide-y divide-line">{links.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    })
}

fn line(link: EntryLinkView) -> impl IntoView {
    let (symbol, colour, words) = state_words(&link);
    let when = link.used_at.or(link.opened_at);
    let (href, action) = match (link.state, &link.connection) {
        (EntryLinkState::Used, Some(connection)) => (format!("/connections/{connection}"), "Open the connection"),
        (EntryLinkState::Used, None) => (format!("/connect/{}/test", link.draft), "Decide what to do with it"),
        _ => (format!("/connect/{}/ask", link.draft), "Follow the link"),
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-3 text-sm">
            <Icon name=symbol class=colour />
            <p class="min-w-0 flex-1">
                <b class="font-medium">{link.connector_name}</b>
                {format!(": {words}")}
                {when.map(|at| view! { ", " <Ago at=at now=link.now /> })}
                "."
            </p>
            <a class="link" href=href>
                {action}
            </a>
        </li>
    }
}
