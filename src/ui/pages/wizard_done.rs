//! Step 5 of the wizard: the connection exists.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{CheckView, DraftView};
use crate::ui::components::wizard_frame::{Standing, note, wizard_page};
use crate::ui::components::{Icon, Logo, Receipt, seconds};
use crate::ui::page::Page;
use crate::ui::pages::wizard_steps::{Step, step};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connect/{draft}/done`.
pub async fn done(member: Member, InPath(draft): InPath) -> Response {
    let person = member.actor.name().to_owned();
    step(member, &draft, Step::Done, move |draft| page(draft, &person)).await
}

/// What the new connection opens, and where to go from here.
pub fn page(draft: &DraftView, person: &str) -> Page {
    let connection = draft.connection.as_deref().unwrap_or_default();
    let connector = &draft.connector;
    let (tile, noun) = (&connector.summary, &connector.credential_noun);
    let took = draft.check.as_ref().map(|check| format!("All steps passed in {}. ", seconds(check.took_ms))).unwrap_or_default();
    let body = view! {
        <div class="mb-6 flex items-start gap-4">
            <span class="grid size-12 flex-none place-items-center rounded-full bg-ok-soft text-ok"><Icon name="i-check" class="size-6" /></span>
            <div>
                <h1 class="lk-h1">{format!("{} is connected", draft.name)}</h1>
                <p class="lk-sub">{format!("{took}The {noun} is sealed.")}</p>
            </div>
        </div>
        <section class="lk-card" aria-labelledby="who">
            <div class="lk-card-h">
                <div class="flex items-center gap-3">
                    <Logo connector=tile.id.clone() name=tile.name.clone() glyph=tile.glyph.clone() />
                    <h2 class="lk-h2" id="who">"This is what it opens"</h2>
                </div>
                <span class="lk-pill lk-pill-loud lk-pill-okf"><Icon name="i-circle-check" />"Connected"</span>
            </div>
            <div class="lk-card-b">{identity(draft.check.as_ref())}</div>
        </section>
        {draft.receipt.clone().map(|receipt| view! { <Receipt receipt=receipt class="mt-6" /> })}
        {next(connection, &tile.id, &tile.name)}
        <div class="mt-6 flex flex-wrap gap-3">
            <a class="btn btn-primary" href=format!("/connections/{connection}")>"Open the connection"</a>
            <a class="btn btn-quiet" href="/marketplace">"Connect something else"</a>
        </div>
    };
    let sealed = format!("The {noun} is out of sight");
    let aside = (
        note("i-eye-off", &sealed, view! { <p>"From here on it can be used or replaced, never read back on a page."</p> }),
        note("i-scroll-text", "Written down", view! { <p>{format!("The audit log says: {person} connected {}.", draft.name)}</p> }),
    );
    wizard_page(&Standing::at(5, tile, None), body, aside)
}

fn identity(check: Option<&CheckView>) -> impl IntoView + use<> {
    let identity = check.and_then(|check| check.identity.clone());
    let sample = check.and_then(|check| check.steps.last()).map(|step| step.detail.clone()).filter(|detail| !detail.is_empty());
    let mut rows = Vec::new();
    if let Some(identity) = identity {
        rows.push(("Account".to_owned(), identity.account_name.clone()));
        if identity.account_id != identity.account_name {
            rows.push(("Account id".to_owned(), identity.account_id));
        }
        rows.extend(identity.facts.into_iter().filter(|(_, value)| *value != identity.account_name));
    }
    rows.extend(sample.map(|detail| ("Read just now".to_owned(), detail)));
    let rows: Vec<_> = rows.into_iter().map(|(label, value)| view! { <dt>{label}</dt><dd>{value}</dd> }).collect();
    view! { <dl class="lk-kv">{rows}</dl> }
}

fn next(connection: &str, connector: &str, provider: &str) -> impl IntoView + use<> {
    let see = format!("/connections/{connection}");
    view! {
        <section class="mt-8" aria-labelledby="nxt">
            <h2 class="lk-h2 mb-3" id="nxt">"Next"</h2>
            <ul class="lk-card divide-y divide-line overflow-hidden">
                {next_step("i-activity", see, "See how it is doing".to_owned(), "Its health, every test, and who did what.")}
                {next_step("i-plug", format!("/marketplace/{connector}"), format!("Connect another {provider} account"), "Each account is a connection with its own name.")}
            </ul>
        </section>
    }
}

fn next_step(symbol: &'static str, href: String, title: String, text: &'static str) -> impl IntoView {
    view! {
        <li class="relative flex gap-3.5 px-5 py-4 hover:bg-hover">
            <Icon name=symbol class="lk-i-lg mt-0.5 text-primary" />
            <div class="min-w-0 flex-1">
                <a class="lk-stretch font-medium" href=href>{title}</a>
                <p class="text-sm text-muted">{text}</p>
            </div>
            <Icon name="i-chevron-right" class="mt-1 text-faint" />
        </li>
    }
}
