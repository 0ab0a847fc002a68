//! Filter links and the search.

use leptos::prelude::*;

use super::query::{with_status, with_tag};
use crate::dto::{ConnectionFilter, StatusCount};
use crate::ui::components::Icon;

/// One link per status with its count, and the search field.
#[component]
pub fn Filters(counts: Vec<StatusCount>, filter: ConnectionFilter) -> impl IntoView {
    let links = counts
        .into_iter()
        .map(|count| {
            let current = (count.value == filter.status).then_some("true");
            view! {
                <a href=with_status(&filter, &count.value) aria-current=current>
                    {format!("{} ", count.title)}
                    <span>{count.count}</span>
                </a>
            }
        })
        .collect_view();
    let tag = (!filter.tag.is_empty()).then(|| {
        view! {
            <a class="btn btn-quiet btn-sm" href=with_tag(&filter, "")>
                {format!("Tag: {}", filter.tag)}
                <Icon name="i-x" />
                <span class="sr-only">" (show all tags)"</span>
            </a>
        }
    });
    let keep = [("status", filter.status.clone()), ("tag", filter.tag.clone()), ("sort", filter.sort.clone())];
    view! {
        <div class="flex flex-wrap items-center gap-3 border-b border-line p-3 md:px-4">
            <nav class="lk-seg" aria-label="Filter by status">
                {links}
            </nav>
            {tag}
            <form class="ms-auto flex w-full gap-2 md:w-auto" method="get" action="/connections" role="search">
                {keep.map(|(name, value)| (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })).collect_view()}
                <label class="input input-sm md:w-64">
                    <Icon name="i-search" class="text-faint" />
                    <span class="sr-only">"Search connections"</span>
                    <input type="search" name="q" placeholder="Name, account or id" value=filter.q />
                </label>
                <button class="btn btn-quiet btn-sm" type="submit">
                    "Search"
                </button>
            </form>
        </div>
    }
}
