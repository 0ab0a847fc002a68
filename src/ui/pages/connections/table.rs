//! The list itself.

use leptos::prelude::*;

use super::query::{with_sort, with_tag};
use crate::domain::Timestamp;
use crate::dto::{ConnectionFilter, ConnectionRow};
use crate::ui::components::{Ago, Icon, Logo, StatusPill, UptimeBars};

/// A table that becomes a list on narrow screens; a row is one link.
#[component]
pub fn Table(rows: Vec<ConnectionRow>, now: Timestamp, filter: ConnectionFilter) -> impl IntoView {
    view! {
        <table class="lk-table lk-stack lk-conn" role="table" aria-labelledby="all-h">
            <thead role="rowgroup">
                <tr role="row">
                    <SortHead key="name" words="Connection" filter=filter.clone() />
                    <th role="columnheader" scope="col">
                        "Status"
                    </th>
                    <th role="columnheader" scope="col">
                        "Last 24 hours"
                    </th>
                    <SortHead key="checked" words="Last checked" filter=filter.clone() />
                    <th role="columnheader" scope="col">
                        "Next expiry"
                    </th>
                    <th role="columnheader" scope="col">
                        <span class="sr-only">"Open"</span>
                    </th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows.into_iter().map(|row| view! { <Row row=row now=now filter=filter.clone() /> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn SortHead(key: &'static str, words: &'static str, filter: ConnectionFilter) -> impl IntoView {
    let chosen = if filter.sort.is_empty() { "name" } else { filter.sort.as_str() };
    let (down, sorted) = match chosen.strip_prefix('-') {
        Some(column) => (true, column == key),
        None => (false, chosen == key),
    };
    let next = if sorted && !down { format!("-{key}") } else { key.to_owned() };
    let order = sorted.then_some(if down { "descending" } else { "ascending" });
    view! {
        <th role="columnheader" scope="col" aria-sort=order>
            <a href=with_sort(&filter, &next)>
                {format!("{words} ")} {sorted.then(|| view! { <Icon name="i-arrow-up" class=if down { "lk-i-sm rotate-180" } else { "lk-i-sm" } /> })}
            </a>
        </th>
    }
}

#[component]
fn Row(row: ConnectionRow, now: Timestamp, filter: ConnectionFilter) -> impl IntoView {
    let checked = match row.last_checked_at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => "not yet".into_any(),
    };
    view! {
        <tr class="lk-rowlink" role="row">
            <td role="cell">
                <div class="flex items-center gap-3">
                    <Logo connector=row.connector name=row.connector_name.clone() glyph=row.glyph />
                    <div class="min-w-0">
                        <a class="lk-stretch font-semibold" href=format!("/connections/{}", row.id)>
                            {row.name}
                        </a>
                        <div class="truncate text-xs text-muted">{if row.account.is_empty() { row.connector_name } else { row.account }}</div>
                        <Marks tags=row.tags owner=row.owner filter=filter />
                    </div>
                </div>
            </td>
            <td role="cell">
                <StatusPill pill=row.pill />
            </td>
            <td role="cell">
                <UptimeBars bars=row.bars />
            </td>
            <td role="cell" data-l="Last checked" class="lk-num whitespace-nowrap text-muted">
                {checked}
            </td>
            <td role="cell" data-l="Next expiry" class="whitespace-nowrap">
                <span class="lk-num">{row.expiry}</span>
            </td>
            <td role="cell" class="max-md:hidden! w-8 text-faint">
                <Icon name="i-chevron-right" />
            </td>
        </tr>
    }
}

/// Whose alone it is, and its tags as links to the list of each.
#[component]
fn Marks(tags: Vec<String>, owner: Option<String>, filter: ConnectionFilter) -> impl IntoView {
    (!tags.is_empty() || owner.is_some()).then(|| {
        let tag = |tag: String| view! { <a class="lk-tag relative z-10" href=with_tag(&filter, &tag)>{tag.clone()}</a> };
        view! {
            <div class="mt-1 flex flex-wrap gap-x-2 gap-y-1 text-xs">
                {owner.map(|owner| view! { <span class="lk-tag">{format!("Only {owner}")}</span> })}
                {tags.into_iter().map(tag).collect_view()}
            </div>
        }
    })
}
