//! A connector on one page: the form, what was refused, or the connection.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::CheckState;
use crate::dto::{CheckView, ConnectorSummary, QuickView};
use crate::services::quick;
use crate::ui::components::connector_form::{Filled, connector_fields, refused_fields};
use crate::ui::components::{Ago, FlashMessage, Icon, Logo, SandboxBanner, clock_words, seconds};
use crate::ui::page::Page;
use crate::ui::pages::wizard_details::{corrections, refusal};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connect/{connector}/quick`.
pub async fn quick(member: Member, InPath(connector): InPath) -> Response {
    let view = quick::view(&member.app, &member.actor, &connector).await;
    member.page(view, |view| page(&view)).await
}

/// The page in whichever of its states fits.
pub fn page(view: &QuickView) -> Page {
    let name = view.connector.summary.name.clone();
    let title = if view.connection.is_some() { format!("{name} is connected") } else { format!("Connect {name}") };
    let inner = match &view.connection {
        Some(id) => view! { {head(view, true)} {facts(view)} {buttons(view, id)} }.into_any(),
        None => view! { {head(view, false)} {form(view)} }.into_any(),
    };
    let body = view! {
        <div class="mx-auto max-w-[29rem] py-2 md:py-8">
            <FlashMessage class="mb-5" />
            <SandboxBanner class="mb-5" only=view.connector.summary.id.clone() />
            <section class="lk-card shadow-3" aria-labelledby="vh">{inner}</section>
        </div>
    };
    Page::focused(title, format!("Connect {name}"), ("Back to marketplace", "/marketplace"), body)
}

fn head(view: &QuickView, connected: bool) -> impl IntoView + use<> {
    let (name, noun, account) = (view.connector.summary.name.clone(), view.connector.credential_noun.clone(), view.account.clone());
    let broken = view.check.as_ref().filter(|check| check.state == CheckState::Failed).and_then(|check| check.diagnosis.as_ref());
    let headline = match (connected, broken) {
        (true, Some(_)) => format!("{name} does not work now"),
        (true, None) => format!("{name} is connected"),
        (false, _) => format!("Connect {name}"),
    };
    let (kind, symbol, word) = match (connected, broken) {
        (true, Some(_)) => ("lk-pill lk-pill-loud lk-pill-bad", "i-circle-x", "Not working"),
        (true, None) => ("lk-pill lk-pill-loud lk-pill-okf", "i-circle-check", "Connected"),
        (false, _) => ("lk-pill lk-pill-loud lk-pill-idle", "i-unplug", "Disconnected"),
    };
    let why = broken.filter(|_| connected).map(|diagnosis| diagnosis.headline.clone());
    view! {
        <div class="px-6 pt-7 text-center sm:px-8">
            {marks(&view.connector.summary)}
            <h1 class="lk-h1 mt-5" id="vh">{headline}</h1>
            {if connected {
                view! { <p class="mt-1 text-muted">"as "<strong class="font-semibold text-base-content">{account}</strong></p> }.into_any()
            } else {
                view! { <p class="mt-1 text-muted">{format!("We sign in once to check, then seal the {noun}.")}</p> }.into_any()
            }}
            <p class="mt-3"><span class=kind><Icon name=symbol />{word}</span></p>
            {why.map(|why| view! { <p class="mt-2 text-sm text-muted">{why}</p> })}
        </div>
    }
}

fn marks(tile: &ConnectorSummary) -> impl IntoView + use<> {
    view! {
        <div class="flex items-center justify-center gap-3" aria-hidden="true">
            <Logo connector=tile.id.clone() name=tile.name.clone() glyph=tile.glyph.clone() size="lk-logo-lg" />
            <span class="flex items-center gap-1 text-faint"><Icon name="i-ellipsis" /><Icon name="i-lock-keyhole" /><Icon name="i-ellipsis" /></span>
            <span class="lk-logo lk-logo-lg border-0"><svg class="size-full! w-full! h-full!"><use href="/sprite.svg#lk-mark"></use></svg></span>
        </div>
    }
}

fn form(view: &QuickView) -> impl IntoView + use<> {
    let connector = &view.connector;
    let refused = view.check.as_ref().filter(|check| check.state == CheckState::Failed).and_then(|check| check.diagnosis.as_ref());
    let errors = if view.errors.is_empty() { refused_fields(connector, refused) } else { view.errors.clone() };
    let message = if view.errors.is_empty() {
        refused.map(|diagnosis| refusal(connector, diagnosis).into_any())
    } else {
        Some(corrections(connector, &view.errors).into_any())
    };
    let to = if view.destination.is_empty() { String::new() } else { format!("Sent only to {}. ", view.destination) };
    let label = format!("Connect {}", connector.summary.name);
    view! {
        <form class="grid gap-5 px-6 pt-6 pb-7 sm:px-8" method="post" action="/actions/quick/connect">
            <input type="hidden" name="connector" value=connector.summary.id.clone() />
            {message} {connector_fields(&connector.fields, Filled { values: &view.values, errors: &errors, symbols: false })}
            <button class="btn btn-primary w-full" type="submit">{label}</button>
            <p class="flex items-start gap-2 text-xs text-muted">
                <Icon name="i-shield-check" class="lk-i-sm mt-0.5 text-faint" />
                <span>{to}"Checked live before anything is saved, usually in under two seconds."</span>
            </p>
        </form>
    }
}

fn facts(view: &QuickView) -> impl IntoView + use<> {
    let values: Vec<_> = view
        .connector
        .fields
        .iter()
        .filter(|field| !field.secret)
        .filter_map(|field| {
            view.values.get(&field.id).filter(|value| !value.is_empty() && **value != view.account).map(|value| (field.title.clone(), value.clone()))
        })
        .map(|(title, value)| view! { <dt>{title}</dt><dd class="lk-code">{value}</dd> })
        .collect();
    let secrets: Vec<_> = view
        .connector
        .fields
        .iter()
        .filter(|field| field.secret)
        .map(|field| view! { <dt>{field.title.clone()}</dt><dd>"Sealed, never shown again"</dd> })
        .collect();
    let now = view.now;
    let last = view
        .check
        .clone()
        .map(|check| view! { <dt>"Last check"</dt><dd class="first-letter:uppercase"><Ago at=check.started_at now=now />{passed(&check)}</dd> });
    let by = view.connected.clone().map(|(person, at)| view! { <dt>"Connected by"</dt><dd>{person}", "{clock_words(at, now)}</dd> });
    view! {
        <div class="px-6 pt-6 pb-6 sm:px-8">
            <dl class="lk-kv lk-rule pt-5">{values} {secrets} {last} {by}</dl>
        </div>
    }
}

fn passed(check: &CheckView) -> String {
    let words = match check.state {
        CheckState::Passed => "all steps passed",
        CheckState::Running => "running",
        CheckState::Failed | CheckState::Stopped => "did not pass",
    };
    format!(", {}, {words}", seconds(check.took_ms))
}

fn buttons(view: &QuickView, id: &str) -> impl IntoView + use<> {
    let end = view.may_disconnect.then(|| view! { <a class="btn btn-danger" href=format!("/connections/{id}/disconnect")>"Disconnect…"</a> });
    view! {
        <div class="lk-card-f justify-between px-6 sm:px-8">
            <div class="flex flex-wrap gap-2">
                <a class="btn btn-primary" href=format!("/connections/{id}")>"Open the connection"</a>
                <form method="post" action="/actions/quick/test">
                    <input type="hidden" name="connector" value=view.connector.summary.id.clone() />
                    <button class="btn btn-quiet" type="submit">"Test again"</button>
                </form>
            </div>
            {end}
        </div>
    }
}
