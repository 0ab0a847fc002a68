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
use crate::domain::{Actor, Timestamp};
use crate::dto::{ConnectionFilter, ConnectionListView, ConnectionRow, ConnectorSummary, EntryLinkView, MarketplaceFilter, OnboardingView, StatusCount};
use crate::services::{self, App, ServiceError};
use crate::ui::components::{FlashMessage, Icon, SandboxBanner};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::ui::words::count;

const ROWS: usize = 50;

/// What the home page shows.
#[derive(Clone, Debug)]
pub struct Home {
    /// The list.
    pub list: ConnectionListView,
    /// What it is narrowed to.
    pub filter: ConnectionFilter,
    /// The first steps, on an empty home, for those whom they concern.
    pub first_steps: Option<OnboardingView>,
    /// Whether the viewer is to be told to keep a copy of the key.
    pub keep_the_key: bool,
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
    let asked = services::entry_links::waiting(app, actor).await?;
    let empty = list.total == 0 && filter.q.is_empty() && filter.status.is_empty() && filter.tag.is_empty();
    if !empty {
        let keep_the_key = services::onboarding::key_waits(app, actor).await?;
        return Ok(Home { list, filter, first_steps: None, shortcuts: Vec::new(), keep_the_key, asked });
    }
    let steps = services::onboarding::view(app, actor).await?;
    let shortcuts = if steps.may_tend { shortcuts(app, actor).await? } else { Vec::new() };
    let wanted = steps.may_tend || (steps.may_copy_key && steps.key_copied_at.is_none());
    Ok(Home { list, filter, first_steps: wanted.then_some(steps), shortcuts, keep_the_key: false, asked })
}

async fn shortcuts(app: &App, actor: &Actor) -> Result<Vec<ConnectorSummary>, ServiceError> {
    let all = services::marketplace::list(app, actor, &MarketplaceFilter::default()).await?;
    Ok(all.connectors.into_iter().filter(|connector| connector.tier == "ready").take(4).collect())
}

/// Draws it.
pub fn page(home: Home) -> Page {
    let body = match home.first_steps {
        Some(steps) => view! {
            <FlashMessage class="mb-6" />
            <SandboxBanner />
            <Asked links=home.asked />
            <onboarding::FirstSteps steps=steps shortcuts=home.shortcuts now=home.list.now />
            <Ended number=home.list.disconnected />
        }
        .into_any(),
        None => view! {
            <Head headline=home.list.headline needs=home.list.needs_headline summary=home.list.summary may_connect=home.list.may_connect />
            <FlashMessage class="mt-6" />
            <SandboxBanner class="mt-6" />
            {home.keep_the_key.then(|| view! { <onboarding::KeepTheKey /> })}
            <Asked links=home.asked />
            <Needs needs=home.list.needs />
            <All rows=home.list.rows now=home.list.now counts=home.list.counts matching=home.list.matching total=home.list.total filter=home.filter />
        }
        .into_any(),
    };
    Page::in_sidebar("Connections", Place::Connections, body)
}

/// The way to what has ended, on a page that has no filters.
#[component]
fn Ended(number: usize) -> impl IntoView {
    (number > 0).then(|| {
        view! {
            <p class="mt-6 text-sm text-muted">
                <a class="link" href="/connections?status=disconnected">{format!("{} disconnected", count(number, "connection"))}</a>
            </p>
        }
    })
}

#[component]
fn Head(headline: String, needs: String, summary: String, may_connect: bool) -> impl IntoView {
    let headline = if needs.is_empty() { headline.into_any() } else { view! { {format!("{headline}, ")} <span class="text-bad">{needs}</span> }.into_any() };
    view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1 lk-h1-xl">{headline}</h1>
                <p class="lk-sub">{summary}</p>
            </div>
            {may_connect
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
fn All(rows: Vec<ConnectionRow>, now: Timestamp, counts: Vec<StatusCount>, matching: usize, total: usize, filter: ConnectionFilter) -> impl IntoView {
    let shown = rows.len();
    let page = usize::try_from(filter.page.max(1)).unwrap_or(1);
    let pages = matching.div_ceil(ROWS).max(1);
    let link = |to: usize, words: &'static str| view! { <a class="link" href=with_page(&filter, to)>{words}</a> };
    let words = if pages > 1 {
        format!("{shown} of {matching} shown, page {page} of {pages}. Each bar is half an hour of the last day.")
    } else {
        format!("{shown} of {matching} shown. Each bar is half an hour of the last day.")
    };
    view! {
        <section class="lk-card mt-8" aria-labelledby="all-h">
            <h2 class="sr-only" id="all-h">
                "All connections"
            </h2>
            <Filters counts=counts filter=filter.clone() />
            {if shown == 0 {
                view! { <NoMatch total=total /> }.into_any()
            } else {
                view! { <Table rows=rows now=now filter=filter.clone() /> }.into_any()
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
