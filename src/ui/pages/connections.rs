//! Home: how many, who needs you, and the list. Empty, it is the first steps.

mod asked;
mod filters;
mod needs;
mod onboarding;
mod query;
mod table;

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;

use self::asked::Asked;
use self::filters::Filters;
use self::needs::Needs;
use self::query::{read, with_page};
use self::table::Table;
use crate::domain::Actor;
use crate::dto::{ConnectionFilter, ConnectionListView, ConnectorSummary, EntryLinkView, MarketplaceFilter, OnboardingView};
use crate::services::{self, App, ServiceError};
use crate::ui::components::{FlashMessage, Icon, SandboxBanner};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

const ROWS: usize = 50;

/// What the home page shows.
#[derive(Clone, Debug)]
pub struct Home {
    /// The list.
    pub list: ConnectionListView,
    /// What it is narrowed to.
    pub filter: ConnectionFilter,
    /// The first steps, while they matter to the viewer.
    pub first_steps: Option<OnboardingView>,
    /// Connectors to begin with, on an empty home.
    pub shortcuts: Vec<ConnectorSummary>,
    /// The viewer's one-time links that wait for somebody or were just used.
    pub asked: Vec<EntryLinkView>,
}

/// `GET /connections?q&status&sort&page`
pub async fn get(member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let home = load(&member.app, &member.actor, read(&query)).await;
    member.page(home, page).await
}

async fn load(app: &App, actor: &Actor, filter: ConnectionFilter) -> Result<Home, ServiceError> {
    let list = services::connections::list(app, actor, &filter).await?;
    let steps = services::onboarding::view(app, actor).await?;
    let untouched = filter.q.is_empty() && filter.status.is_empty();
    let empty = list.total == 0 && untouched && steps.may_tend;
    let shortcuts = if empty { shortcuts(app, actor).await? } else { Vec::new() };
    let first_steps = (empty || (steps.may_copy_key && steps.key_copied_at.is_none())).then_some(steps);
    let asked = services::entry_links::waiting(app, actor).await?;
    Ok(Home { list, filter, first_steps, shortcuts, asked })
}

async fn shortcuts(app: &App, actor: &Actor) -> Result<Vec<ConnectorSummary>, ServiceError> {
    let all = services::marketplace::list(app, actor, &MarketplaceFilter::default()).await?;
    Ok(all.connectors.into_iter().filter(|connector| connector.tier == "ready").take(4).collect())
}

/// Draws it.
pub fn page(home: Home) -> Page {
    let empty = home.list.total == 0 && home.filter.q.is_empty() && home.filter.status.is_empty();
    let body = match home.first_steps {
        Some(steps) if empty => view! {
            <FlashMessage class="mb-6" />
            <SandboxBanner />
            <Asked links=home.asked />
            <onboarding::FirstSteps steps=steps shortcuts=home.shortcuts now=home.list.now />
        }
        .into_any(),
        steps => view! {
            <Head list=home.list.clone() />
            <FlashMessage class="mt-6" />
            <SandboxBanner class="mt-6" />
            {steps.map(|_| view! { <onboarding::KeepTheKey /> })}
            <Asked links=home.asked />
            <Needs needs=home.list.needs.clone() />
            <All list=home.list filter=home.filter />
        }
        .into_any(),
    };
    Page::in_sidebar("Connections", Place::Connections, body)
}

#[component]
fn Head(list: ConnectionListView) -> impl IntoView {
    let headline = if list.needs_headline.is_empty() {
        list.headline.into_any()
    } else {
        view! { {format!("{}, ", list.headline)} <span class="text-bad">{list.needs_headline}</span> }.into_any()
    };
    view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1 lk-h1-xl">{headline}</h1>
                <p class="lk-sub">{list.summary}</p>
            </div>
            {list
                .may_connect
                .then(|| {
                    view! {
                        <div class="lk-actions">
                            <a class="btn btn-primary" href="/marketplace">
                                <Icon name="i-plus" />
                                "Connect something"
                            </a>
                        </div>
                    }
                })}
        </div>
    }
}

#[component]
fn All(list: ConnectionListView, filter: ConnectionFilter) -> impl IntoView {
    let shown = list.rows.len();
    let page = usize::try_from(filter.page.max(1)).unwrap_or(1);
    let pages = list.matching.div_ceil(ROWS).max(1);
    let link = |to: usize, words: &'static str| view! { <a class="link" href=with_page(&filter, to)>{words}</a> };
    let words = if pages > 1 {
        format!("{shown} of {} shown, page {page} of {pages}. Each bar is half an hour of the last day.", list.matching)
    } else {
        format!("{shown} of {} shown. Each bar is half an hour of the last day.", list.matching)
    };
    view! {
        <section class="lk-card mt-8" aria-labelledby="all-h">
            <h2 class="sr-only" id="all-h">
                "All connections"
            </h2>
            <Filters counts=list.counts filter=filter.clone() />
            {if shown == 0 {
                view! { <NoMatch total=list.total /> }.into_any()
            } else {
                view! { <Table rows=list.rows now=list.now filter=filter.clone() /> }.into_any()
            }}
            <div class="flex flex-wrap items-center justify-between gap-2 border-t border-line px-5 py-3 text-xs text-muted">
                <p>{words}</p>
                {(pages > 1)
                    .then(|| {
                        view! {
                            <nav class="flex gap-4" aria-label="Pages">
                                {(page > 1).then(|| link(page - 1, "Previous page"))}
                                {(page < pages).then(|| link(page + 1, "Next page"))}
                            </nav>
                        }
                    })}
            </div>
        </section>
    }
}

#[component]
fn NoMatch(total: usize) -> impl IntoView {
    let (words, rest) = if total == 0 {
        ("Nothing is connected yet", "Connections show up here once somebody has set one up.")
    } else {
        ("No connection matches", "Try another word or filter.")
    };
    view! {
        <div class="px-5 py-12 text-center">
            <p class="font-semibold">{words}</p>
            <p class="mt-1 text-sm text-muted">{rest}</p>
            {(total > 0)
                .then(|| {
                    view! {
                        <p class="mt-4">
                            <a class="btn btn-quiet btn-sm" href="/connections">
                                "Show all"
                            </a>
                        </p>
                    }
                })}
        </div>
    }
}
