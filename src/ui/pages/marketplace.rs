//! What can be connected.

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{ConnectorSummary, MarketplaceFilter, MarketplaceView};
use crate::services::marketplace;
use crate::ui::components::{FlashMessage, Icon, Logo, SandboxBanner};
use crate::ui::islands;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// `GET /marketplace?q&category&region&sign_in&tier`.
pub async fn marketplace(member: Member, Query(filter): Query<MarketplaceFilter>) -> Response {
    let view = marketplace::list(&member.app, &member.actor, &filter).await;
    member.page(view, move |view| page(&view, &filter)).await
}

/// Every tile, so that script can show those that are filtered out.
pub fn page(view: &MarketplaceView, filter: &MarketplaceFilter) -> Page {
    let nothing = view.matching(filter).next().is_none();
    let tiles: Vec<_> = view.connectors.iter().map(|connector| tile(connector, filter.fits(&connector.facets()))).collect();
    let (category, filters, categories) = (filter.category.clone(), filters(view, filter), categories(view, filter));
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Connect something"</h1>
                <p class="lk-sub">"Pick a service. A guide asks for what is needed, tests it live, and saves only what works."</p>
            </div>
            {view.may_build.then(|| {
                view! {
                    <div class="lk-actions">
                        <a class="btn btn-quiet" href="/import"><Icon name="i-download" />"Import"</a>
                        <a class="btn btn-quiet" href="/marketplace/own"><Icon name="i-blocks" />"Build a connector"</a>
                    </div>
                }
            })}
        </div>
        <FlashMessage class="mt-6" />
        <SandboxBanner class="mt-6" />
        <islands::MarketplaceFilter category=category>
            {filters} <nav class="lk-seg mt-4" aria-label="Filter by category">
                {categories}
            </nav> <h2 class="sr-only">"Connectors"</h2> <ul class="mt-5 grid gap-4 sm:grid-cols-2 xl:grid-cols-3">{tiles}</ul>
            <p class="mt-5 text-sm text-muted" data-none="" hidden=!nothing role="status">
                "No connector matches. "<a class="link" href="/marketplace">"Show all of them"</a>
            </p>
        </islands::MarketplaceFilter>
        <p class="mt-8 text-end text-sm text-muted">
            "Something missing? "<a class="link" href="/marketplace/request">"Request a connector"</a>
        </p>
    };
    Page::in_sidebar("Marketplace", Place::Marketplace, body)
}

/// The address of the marketplace narrowed in this way.
pub fn marketplace_address(filter: &MarketplaceFilter) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(filter.parameters()).finish();
    if query.is_empty() { "/marketplace".to_owned() } else { format!("/marketplace?{query}") }
}

fn filters(view: &MarketplaceView, filter: &MarketplaceFilter) -> impl IntoView + use<> {
    let hint = match view.connectors.len() {
        1 => "Search 1 connector by name or what it holds".to_owned(),
        total => format!("Search {total} connectors by name or what they hold"),
    };
    let (q, category) = (filter.q.clone(), filter.category.clone());
    let regions = view.regions.iter().map(|region| (region.clone(), region.clone())).collect();
    let tiers = vec![("ready".to_owned(), "Ready".to_owned()), ("preview".to_owned(), "Preview".to_owned())];
    let (region, sign_in, tier) = (filter.region.clone(), filter.sign_in.clone(), filter.tier.clone());
    let sign_ins = view.sign_ins.clone();
    view! {
        <form
            class="mt-7 grid grid-cols-2 gap-2.5 md:grid-cols-[minmax(0,1fr)_9.5rem_11rem_9rem_auto]"
            method="get"
            action="/marketplace"
            role="search"
            aria-label="Find a connector"
        >
            <label class="input col-span-2 md:col-span-1">
                <Icon name="i-search" class="text-faint" />
                <span class="sr-only">"Search connectors"</span>
                <input type="search" name="q" value=q placeholder=hint />
            </label>
            {(!category.is_empty()).then(|| view! { <input type="hidden" name="category" value=category.clone() /> })}
            <Narrow name="region" label="Region" any="Any region" chosen=region options=regions />
            <Narrow name="sign_in" label="Kind of sign-in" any="Any sign-in" chosen=sign_in options=sign_ins />
            <Narrow name="tier" label="Readiness" any="Any status" chosen=tier options=tiers />
            <button class="btn btn-quiet" type="submit">
                "Apply"
            </button>
        </form>
    }
}

#[component]
fn Narrow(name: &'static str, label: &'static str, any: &'static str, chosen: String, options: Vec<(String, String)>) -> impl IntoView {
    let options = options.into_iter().map(|(value, title)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {title}
            </option>
        }
    });
    view! {
        <label class="contents">
            <span class="sr-only">{label}</span>
            <select class="select" name=name autocomplete="off">
                <option value="">{any}</option>
                {options.collect_view()}
            </select>
        </label>
    }
}

fn categories(view: &MarketplaceView, filter: &MarketplaceFilter) -> Vec<AnyView> {
    let link = |(value, title, count): &(String, String, usize)| {
        let chosen = (*value == filter.category).then_some("true");
        let href = marketplace_address(&MarketplaceFilter { category: value.clone(), ..filter.clone() });
        view! { <a href=href data-category=value.clone() aria-current=chosen>{title.clone()}" "<span>{*count}</span></a> }.into_any()
    };
    view.categories.iter().map(link).collect()
}

fn tile(connector: &ConnectorSummary, shown: bool) -> impl IntoView + use<> {
    let facets = connector.facets();
    let connector = connector.clone();
    let (pill, symbol, word) = if connector.own {
        ("lk-pill lk-pill-ok", "i-blocks", "Yours")
    } else if connector.tier == "ready" {
        ("lk-pill lk-pill-ok", "i-badge-check", "Ready")
    } else {
        ("lk-pill lk-pill-loud lk-pill-info", "i-flask-conical", "Preview")
    };
    let connected =
        (connector.connected > 0).then(|| view! { <span class="font-medium text-base-content">{format!("{} connected", connector.connected)}</span> });
    let symbol_of_kind = sign_in_symbol(&facets.sign_in);
    view! {
        <li
            class="lk-card lk-lift relative flex flex-col p-5 pb-0"
            data-find=facets.words
            data-category=facets.category
            data-regions=facets.regions.join("|")
            data-sign-in=facets.sign_in.join("|")
            data-tier=facets.tier
            hidden=!shown
        >
            <div class="flex items-start gap-3.5">
                <Logo connector=connector.id.clone() name=connector.name.clone() glyph=connector.glyph />
                <div class="min-w-0 flex-1">
                    <h3 class="lk-h3">
                        <a class="lk-stretch" href=format!("/marketplace/{}", connector.id)>
                            {connector.name}
                        </a>
                    </h3>
                    <p class="lk-cap">{format!("{} · {}", connector.category_title, connector.regions.join(", "))}</p>
                </div>
                <span class=pill>
                    <Icon name=symbol />
                    {word}
                </span>
            </div>
            <p class="mt-3 flex-1 text-sm text-muted">{connector.summary}</p>
            <div class="lk-rule mt-4 flex items-center justify-between gap-3 py-2.5 text-xs text-muted">
                <span class="inline-flex items-center gap-1.5">
                    <Icon name=symbol_of_kind class="lk-i-sm text-faint" />
                    {connector.sign_in}
                </span>
                {connected}
            </div>
        </li>
    }
}

fn sign_in_symbol(kinds: &[String]) -> &'static str {
    match kinds {
        [kind] if kind == "password" => "i-lock-keyhole",
        [_] => "i-key-round",
        _ => "i-sliders-horizontal",
    }
}
