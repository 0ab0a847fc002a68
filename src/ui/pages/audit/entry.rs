//! One entry with all its facts, and how it stands in its chain.

use axum::response::Response;
use leptos::prelude::*;
use serde_json::Value;

use super::line::Said;
use crate::dto::{AuditChainView, AuditEntryPage};
use crate::services::audit;
use crate::ui::components::{Breadcrumb, FlashMessage, Icon, moment_words};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::web::api::InChain;

/// What the facts are called.
const FACTS: [(&str, &str); 23] = [
    ("account", "Account at the provider"),
    ("changed", "Changed"),
    ("code", "Code"),
    ("connector", "Connector"),
    ("count", "How many"),
    ("days", "Days"),
    ("domain", "Domain"),
    ("email_mac", "Mark of the address that was tried"),
    ("erased", "Versions erased"),
    ("format", "Format"),
    ("host", "Sent to"),
    ("name_before", "Name before"),
    ("narrowed", "Narrowed to"),
    ("method", "By"),
    ("on_behalf_of", "On behalf of"),
    ("role", "Role"),
    ("role_before", "Role before"),
    ("revoked", "Ended at the provider"),
    ("scopes", "Scopes"),
    ("stream", "Data"),
    ("theme", "Theme"),
    ("took_ms", "Took, in milliseconds"),
    ("version", "Version"),
];

/// `GET /audit/{node}/{seq}`
pub async fn get(InChain(node, seq): InChain, member: Member) -> Response {
    let view = audit::view(&member.app, &member.actor, &node, &seq).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: AuditEntryPage) -> Page {
    let AuditEntryPage { entry, chain, .. } = view;
    let title = format!("Entry {}", entry.seq);
    let mut rows: Vec<(String, String)> = vec![
        ("When".to_owned(), moment_words(entry.at)),
        ("Who".to_owned(), named(&entry.actor.name, &entry.actor.id, &entry.actor.kind)),
        ("Action".to_owned(), entry.action.clone()),
        ("Outcome".to_owned(), if entry.outcome == "done" { "Done" } else { "Refused or failed" }.to_owned()),
        ("About".to_owned(), named(&entry.target.name, &entry.target.id, &entry.target.kind)),
        ("Address".to_owned(), entry.address.clone()),
        ("Program".to_owned(), entry.user_agent.clone()),
        ("Request".to_owned(), entry.request_id.clone()),
    ];
    rows.extend(entry.facts.iter().map(|(key, value)| (label(key), text(value))));
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let there = (entry.target.kind == "connection").then(|| format!("/connections/{}", entry.target.id));
    let body = view! {
        <Breadcrumb href="/audit" above="Audit log" here=title.clone() />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">{title.clone()}</h1>
                <p class="lk-sub">
                    <Said parts=entry.parts />
                </p>
            </div>
            {there
                .map(|href| {
                    view! {
                        <div class="lk-actions">
                            <a class="btn btn-quiet" href=href>
                                "Open the connection"
                            </a>
                        </div>
                    }
                })}
        </div>
        <FlashMessage class="mt-6" />
        <section class="lk-card mt-6" aria-labelledby="h-facts">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-facts">
                    "What is known"
                </h2>
            </div>
            <dl class="divide-y divide-line">{rows.map(|(label, value)| view! { <Row label=label value=value /> }).collect_view()}</dl>
        </section>
        <section class="lk-card mt-6" aria-labelledby="h-chain">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-chain">
                    "In the chain"
                </h2>
            </div>
            <ul class="lk-card-b grid gap-2.5 text-sm">{states(&chain).into_iter().map(|(good, words)| view! { <State good=good words=words /> }).collect_view()}</ul>
            <dl class="divide-y divide-line border-t border-line">
                <Row label="Chain" value=entry.node />
                <Row label="Place" value=entry.seq.to_string() />
                <Row label="Seal of the entry before" value=entry.prev_mac code=true />
                <Row label="Seal of this entry" value=entry.mac code=true />
            </dl>
        </section>
    };
    Page::in_sidebar(format!("{title}, audit log"), Place::Audit, body)
}

fn label(key: &str) -> String {
    FACTS.iter().find(|(known, _)| *known == key).map_or_else(|| key.replace('_', " "), |(_, words)| (*words).to_owned())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "not asked".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn named(name: &str, id: &str, kind: &str) -> String {
    match (name.is_empty(), id.is_empty()) {
        (true, true) => kind.replace('_', " "),
        (true, false) => id.to_owned(),
        (false, true) => name.to_owned(),
        (false, false) => format!("{name} ({id})"),
    }
}

/// How it stands, in words; false is an alarm.
fn states(chain: &AuditChainView) -> Vec<(bool, String)> {
    let own = if chain.own { "It is as it was written." } else { "It was changed after it was written." };
    let before = match chain.before {
        None => (true, "It is the first of its chain."),
        Some(true) => (true, "It follows the entry before it."),
        Some(false) => (false, "It does not follow the entry before it: one was changed, moved or removed."),
    };
    let behind = match chain.behind {
        None => (true, "No entry follows it yet."),
        Some(true) => (true, "The next entry follows it."),
        Some(false) => (false, "The next entry does not follow it: one was changed, moved or removed."),
    };
    let sealed = match chain.checkpoint {
        None => "No checkpoint covers it yet; the next one is made within the hour.".to_owned(),
        Some((seq, at)) => format!("A checkpoint of {} covers it, at place {seq}.", moment_words(at)),
    };
    vec![(chain.own, own.to_owned()), (before.0, before.1.to_owned()), (behind.0, behind.1.to_owned()), (true, sealed)]
}

#[component]
fn State(good: bool, words: String) -> impl IntoView {
    let (icon, colour) = if good { ("i-circle-check", "text-ok") } else { ("i-circle-x", "text-bad") };
    view! {
        <li class="flex items-start gap-2.5">
            <Icon name=icon class=colour />
            <span>{words}</span>
        </li>
    }
}

#[component]
fn Row(#[prop(into)] label: String, value: String, #[prop(optional)] code: bool) -> impl IntoView {
    let class = if code { "lk-code text-sm break-all" } else { "text-sm [overflow-wrap:anywhere]" };
    view! {
        <div class="grid gap-x-6 gap-y-1 px-5 py-3.5 sm:grid-cols-[12rem_minmax(0,1fr)]">
            <dt class="text-sm text-muted">{label}</dt>
            <dd class=class>{value}</dd>
        </div>
    }
}
