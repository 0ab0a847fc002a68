//! The audit log: one sentence per entry, newest first.

pub mod entry;
mod filters;
mod line;
pub mod settings;
pub mod verify;

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;

use self::filters::Filters;
use self::line::Line;
use crate::domain::Timestamp;
use crate::dto::{AuditEntryView, AuditFilter, AuditListView, IntegrityView};
use crate::services::audit::{self, Filter, Format};
use crate::ui::components::{FlashMessage, Icon, ago, day_words};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::ui::words::{count, thousands};
use crate::web::api::audit_file;

const ROWS: usize = 50;

/// `GET /audit?q&who&what&when&of&before`
pub async fn get(member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let filter = filters::read(&query);
    let before = query.get("before").map(String::as_str).unwrap_or_default();
    // A place that no page gave is answered with the newest.
    let before = if before.chars().count() <= 200 { before } else { "" };
    let wanted = Filter::read_leniently(&filter);
    let found = match audit::list(&member.app, &member.actor, &wanted, before, ROWS).await {
        Err(error) if error.fields.iter().any(|field| field.field == "cursor") => audit::list(&member.app, &member.actor, &wanted, "", ROWS).await,
        found => found,
    };
    let continued = !before.is_empty();
    member.page(found, move |view| page(view, filter, continued)).await
}

/// `GET /audit/export?format&q&who&what&when&of`
pub async fn export(member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let format = query.get("format").and_then(|name| Format::parse(name)).unwrap_or(Format::Jsonl);
    let wanted = Filter::read_leniently(&filters::read(&query));
    match audit_file(&member.app, &member.actor, wanted, format).await {
        Ok(file) => file,
        Err(error) => member.refuse(error).await,
    }
}

/// Draws it.
pub fn page(view: AuditListView, filter: AuditFilter, continued: bool) -> Page {
    let may_set = view.may_set;
    let export = |format: Format| filters::export(&filter, format);
    let what = match view.sight.as_str() {
        "all" => "What people, apps and Latchkey did. No credential is used without its entry here.",
        "teams" => "What you did, and what happened to the connections of your teams.",
        _ => "What you and your apps did.",
    };
    let older = view.next_cursor.as_ref().map(|cursor| filters::older(&filter, cursor));
    let empty = view.items.is_empty();
    let looked = view.looked_until.filter(|_| view.items.len() < ROWS).map(|at| format!("Looked back to {}.", ago(at, view.now)));
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Audit log"</h1>
                <p class="lk-sub">{what}</p>
            </div>
            <div class="lk-actions">
                {may_set
                    .then(|| {
                        view! {
                            <a class="btn btn-ghost" href="/organisation/audit">
                                "How long it is kept"
                            </a>
                        }
                    })}
                <a class="btn btn-quiet" href=export(Format::Csv) download>
                    <Icon name="i-download" />
                    "Export CSV"
                </a>
                <a class="btn btn-quiet" href=export(Format::Jsonl) download>
                    <Icon name="i-download" />
                    "Export JSONL"
                </a>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {view.integrity.clone().map(|integrity| view! { <Integrity view=integrity /> })}
        <section class="lk-card mt-6" aria-labelledby="ent">
            <Filters filter=filter view=view.clone() />
            <h2 class="sr-only" id="ent">
                "Entries"
            </h2>
            {days(view.items, view.now)}
            {empty.then(|| view! { <p class="px-5 py-10 text-center text-sm text-muted">{if looked.is_some() { "Nothing fits so far." } else { "Nothing fits." }}</p> })}
            <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-3 text-sm text-muted">
                <p>{looked.map(|looked| format!("{looked} "))} "Times are in UTC."</p>
                <div class="flex gap-2">
                    {continued
                        .then(|| {
                            view! {
                                <a class="btn btn-ghost btn-sm" href="/audit">
                                    "Newest"
                                </a>
                            }
                        })}
                    {older
                        .map(|href| {
                            view! {
                                <a class="btn btn-quiet btn-sm" href=href>
                                    "Older "
                                    <Icon name="i-arrow-right" />
                                </a>
                            }
                        })}
                </div>
            </div>
        </section>
    };
    Page::in_sidebar("Audit log", Place::Audit, body)
}

/// The entries under the headings of their days.
fn days(items: Vec<AuditEntryView>, now: Timestamp) -> impl IntoView {
    let mut days: Vec<(String, Vec<AuditEntryView>)> = Vec::new();
    for item in items {
        let day = day_words(item.at, now);
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, entries)) => entries.push(item),
            None => days.push((day, vec![item])),
        }
    }
    days.into_iter()
        .map(|(day, entries)| {
            view! {
                <h3 class="bg-base-200 px-5 py-2 text-xs font-semibold text-muted">{day}</h3>
                <ol class="divide-y divide-line border-y border-line">{entries.into_iter().map(|entry| view! { <Line entry=entry /> }).collect_view()}</ol>
            }
        })
        .collect_view()
}

/// How the chains were when last verified.
#[component]
fn Integrity(view: IntegrityView) -> impl IntoView {
    let (icon, colour, title) = match (view.verified_at, view.findings) {
        (None, _) => ("i-hourglass", "bg-idle-soft text-muted", "The chain is being verified"),
        (Some(_), 0) => ("i-link-2", "bg-ok-soft text-ok", "The chain is whole"),
        (Some(_), _) => ("i-triangle-alert", "bg-bad-soft text-bad", "The chain is not whole"),
    };
    let read = format!("{} entries, each sealed to the one before.", thousands(u32::try_from(view.entries).unwrap_or(u32::MAX)));
    let when = view.verified_at.map(|at| format!("Verified {}.", ago(at, view.now))).unwrap_or_default();
    let wrong = match (view.findings, view.may_verify) {
        (0, _) => String::new(),
        (number, true) => format!("{} below the details.", count(number, "finding")),
        (_, false) => "Tell whoever runs this server.".to_owned(),
    };
    let words = if view.may_verify { format!("{read} {when} {wrong}") } else { format!("{when} {wrong}") };
    view! {
        <section class="lk-card mt-7 flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4" aria-label="Integrity">
            <span class=format!("grid size-10 flex-none place-items-center rounded-full {colour}")>
                <Icon name=icon class="lk-i-lg" />
            </span>
            <div class="min-w-0 flex-1 basis-64">
                <p class="font-semibold">{title}</p>
                <p class="text-sm text-muted">{words.trim().to_owned()}</p>
            </div>
            {view
                .may_verify
                .then(|| {
                    view! {
                        <a class="btn btn-quiet btn-sm" href="/audit/verify">
                            "Details"
                        </a>
                    }
                })}
        </section>
    }
}
