//! The list itself.

use leptos::prelude::*;

use super::query::{with_sort, with_tag};
use crate::domain::Timestamp;
use crate::dto::{ConnectionFilter, ConnectionRow};
use crate::ui::components::markup::Markup;
use crate::ui::components::{Icon, icon, logo, status_pill, time_element, uptime_bars};

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
            <tbody role="rowgroup">{drawn(&rows, now, &filter)}</tbody>
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

fn drawn(rows: &[ConnectionRow], now: Timestamp, filter: &ConnectionFilter) -> AnyView {
    let mut out = Markup::with_capacity(rows.len() * 1_500);
    for row in rows {
        draw(&mut out, row, now, filter);
    }
    out.into_view()
}

fn draw(out: &mut Markup, row: &ConnectionRow, now: Timestamp, filter: &ConnectionFilter) {
    out.raw(r#"<tr class="lk-rowlink" role="row"><td role="cell"><div class="flex items-center gap-3">"#);
    logo(out, &row.connector, &row.connector_name, row.glyph.as_deref(), "");
    out.raw(r#"<div class="min-w-0"><a class="lk-stretch font-semibold" href="/connections/"#).text(&row.id).raw(r#"">"#).text(&row.name);
    let account = if row.account.is_empty() { &row.connector_name } else { &row.account };
    out.raw(r#"</a><div class="truncate text-xs text-muted">"#).text(account).raw("</div>");
    marks(out, row, filter);
    out.raw(r#"</div></div></td><td role="cell">"#);
    status_pill(out, &row.pill);
    out.raw(r#"</td><td role="cell">"#);
    uptime_bars(out, &row.bars, false);
    out.raw(r#"</td><td role="cell" data-l="Last checked" class="lk-num whitespace-nowrap text-muted">"#);
    match row.last_checked_at {
        Some(at) => time_element(out, at, now, false),
        None => {
            out.raw("not yet");
        }
    }
    out.raw(r#"</td><td role="cell" data-l="Next expiry" class="whitespace-nowrap"><span class="lk-num">"#).text(&row.expiry);
    out.raw(r#"</span></td><td role="cell" class="max-md:hidden! w-8 text-faint">"#);
    icon(out, "i-chevron-right", "");
    out.raw("</td></tr>");
}

/// Whose alone it is, and its tags as links to the list of each.
fn marks(out: &mut Markup, row: &ConnectionRow, filter: &ConnectionFilter) {
    if row.tags.is_empty() && row.owner.is_none() && row.team.is_none() {
        return;
    }
    out.raw(r#"<div class="mt-1 flex flex-wrap gap-x-2 gap-y-1 text-xs">"#);
    if let Some(owner) = &row.owner {
        out.raw(r#"<span class="lk-tag">Only "#).text(owner).raw("</span>");
    }
    if let Some(team) = &row.team {
        out.raw(r#"<span class="lk-tag">Team "#).text(&team.name).raw("</span>");
    }
    for tag in &row.tags {
        out.raw(r#"<a class="lk-tag relative z-10" href=""#).text(&with_tag(filter, tag)).raw(r#"">"#).text(tag).raw("</a>");
    }
    out.raw("</div>");
}
