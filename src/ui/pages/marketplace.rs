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

/// `GET /marketplace?q&category`.
pub async fn marketplace(member: Member, Query(filter): Query<MarketplaceFilter>) -> Response {
    let all = marketplace::list(&member.app, &member.actor, &MarketplaceFilter::default()).await;
    let narrowed = marketplace::list(&member.app, &member.actor, &filter).await;
    let views = all.and_then(|all| narrowed.map(|narrowed| (narrowed, all)));
    member.page(views, move |(narrowed, all)| page(&narrowed, &all, &filter)).await
}

/// The marketplace: `view` after filtering, and every tile, so that script can show those that are filtered out.
pub fn page(view: &MarketplaceView, all: &MarketplaceView, filter: &MarketplaceFilter) -> Page {
    let shown = |tile: &ConnectorSummary| view.connectors.iter().any(|match_| match_.id == tile.id);
    let tiles: Vec<_> = all.connectors.iter().map(|connector| tile(connector, shown(connector))).collect();
    let nothing = view.connectors.is_empty();
    let hint = match view.total {
        1 => "Search 1 connector by name or what it holds".to_owned(),
        total => format!("Search {total} connectors by name or what they hold"),
    };
    let (q, category) = (filter.q.clone(), filter.category.clone());
    let links = categories(view, filter);
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Connect something"</h1>
                <p class="lk-sub">"Pick a service. A guide asks for what is needed, tests it live, and saves only what works."</p>
            </div>
            {view.may_build.then(|| {
                view! { <div class="lk-actions"><a class="btn btn-quiet" href="/marketplace/own"><Icon name="i-blocks" />"Build a connector"</a></div> }
            })}
        </div>
        <FlashMessage class="mt-6" />
        <SandboxBanner class="mt-6" />
        <islands::MarketplaceFilter category=category.clone()>
            <form class="mt-7 grid grid-cols-[minmax(0,1fr)_auto] gap-2.5" method="get" action="/marketplace" role="search" aria-label="Find a connector">
                <label class="input">
                    <Icon name="i-search" class="text-faint" />
                    <span class="sr-only">"Search connectors"</span>
                    <input type="search" name="q" value=q placeholder=hint />
                </label>
                {(!category.is_empty()).then(|| view! { <input type="hidden" name="category" value=category.clone() /> })}
                <button class="btn btn-quiet" type="submit">"Apply"</button>
            </form>
            <nav class="lk-seg mt-4" aria-label="Filter by category">{links}</nav>
            <h2 class="sr-only">"Connectors"</h2>
            <ul class="mt-5 grid gap-4 sm:grid-cols-2 xl:grid-cols-3">{tiles}</ul>
            <p class="mt-5 text-sm text-muted" data-none="" hidden=!nothing role="status">
                "No connector matches. "<a class="link" href="/marketplace">"Show all of them"</a>
            </p>
        </islands::MarketplaceFilter>
    };
    Page::in_sidebar("Marketplace", Place::Marketplace, body)
}

/// The address of the marketplace narrowed to these words and this category.
pub fn marketplace_address(q: &str, category: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in [("q", q), ("category", category)] {
        if !value.is_empty() {
            query.append_pair(key, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { "/marketplace".to_owned() } else { format!("/marketplace?{query}") }
}

fn categories(view: &MarketplaceView, filter: &MarketplaceFilter) -> Vec<AnyView> {
    let link = |(value, title, count): &(String, String, usize)| {
        let chosen = (*value == filter.category).then_some("true");
        let href = marketplace_address(&filter.q, value);
        view! { <a href=href data-category=value.clone() aria-current=chosen>{title.clone()}" "<span>{*count}</span></a> }.into_any()
    };
    view.categories.iter().map(link).collect()
}

fn tile(connector: &ConnectorSummary, shown: bool) -> impl IntoView + use<> {
    let connector = connector.clone();
    let find = format!("{} {} {} {}", connector.name, connector.id, connector.summary, connector.category_title).to_lowercase();
    let (pill, symbol, word) = if connector.own {
        ("lk-pill lk-pill-ok", "i-blocks", "Yours")
    } else if connector.tier == "ready" {
        ("lk-pill lk-pill-ok", "i-badge-check", "Ready")
    } else {
        ("lk-pill lk-pill-loud lk-pill-info", "i-flask-conical", "Preview")
    };
    let connected =
        (connector.connected > 0).then(|| view! { <span class="font-medium text-base-content">{format!("{} connected", connector.connected)}</span> });
    view! {
        <li class="lk-card lk-lift relative flex flex-col p-5 pb-0" data-find=find data-category=connector.category hidden=!shown>
            <div class="flex items-start gap-3.5">
                <Logo connector=connector.id.clone() name=connector.name.clone() glyph=connector.glyph />
                <div class="min-w-0 flex-1">
                    <h3 class="lk-h3"><a class="lk-stretch" href=format!("/marketplace/{}", connector.id)>{connector.name}</a></h3>
                    <p class="lk-cap">{format!("{} · {}", connector.category_title, connector.regions)}</p>
                </div>
                <span class=pill><Icon name=symbol />{word}</span>
            </div>
            <p class="mt-3 flex-1 text-sm text-muted">{connector.summary}</p>
            <div class="lk-rule mt-4 flex items-center justify-between gap-3 py-2.5 text-xs text-muted">
                <span class="inline-flex items-center gap-1.5"><Icon name=sign_in_symbol(&connector.sign_in) class="lk-i-sm text-faint" />{connector.sign_in}</span>
                {connected}
            </div>
        </li>
    }
}

fn sign_in_symbol(words: &str) -> &'static str {
    if words.starts_with("Sign in") {
        "i-log-in"
    } else if words.to_lowercase().contains("key") || words.to_lowercase().contains("token") {
        "i-key-round"
    } else {
        "i-lock-keyhole"
    }
}
