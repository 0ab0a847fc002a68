//! One connection: how it is, whose account it is, what happened, and how to end it.

mod activity;
mod credential;
mod edit;
mod end;
mod facts;
mod frozen;
mod health;
mod issue;
mod token;
mod used;

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use url::form_urlencoded::Serializer;

use self::activity::{Activity, Settings};
use self::credential::Credential;
use self::end::End;
use self::facts::Account;
use self::frozen::Frozen;
use self::health::{Health, LastCheck};
use self::issue::OpenIssue;
use self::token::Token;
use self::used::Use;
use crate::dto::{ConnectionView, Pill};
use crate::services::{self, ErrorCode};
use crate::ui::components::{Ago, Breadcrumb, FlashMessage, Icon, Logo, Message, Receipt, StatusPill};
use crate::ui::flash::FlashKind;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connections/{id}?before`
pub async fn get(InPath(id): InPath, member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let before = query.get("before").map_or("", String::as_str);
    let view = match services::connections::view_at(&member.app, &member.actor, &id, before).await {
        // A place that no page gave is no reason to show nothing.
        Err(error) if error.code == ErrorCode::InvalidField => services::connections::view(&member.app, &member.actor, &id).await,
        view => view,
    };
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: ConnectionView) -> Page {
    let title = format!("{}, {}", view.row.name, view.row.connector_name);
    let details = view.may_see_details;
    let right = details.then(|| {
        view! {
            <div class="grid grid-cols-1 content-start gap-6 md:grid-cols-2 xl:grid-cols-1">
                <Account view=view.clone() />
                <Token view=view.clone() />
                <Credential view=view.clone() />
            </div>
        }
    });
    let columns = if details { "mt-6 grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_19rem]" } else { "mt-6 grid grid-cols-1 gap-6" };
    let body = view! {
        <Breadcrumb href="/connections" above="Connections" here=view.row.name.clone() />
        <Head view=view.clone() />
        <FlashMessage class="mt-6" />
        <Needs view=view.clone() />
        <OpenIssue issue=view.issue.clone() now=view.now />
        <Frozen view=view.clone() />
        {details.then(|| view! { <Tabs /> })}
        <div class=columns>
            <div class="grid min-w-0 content-start gap-6">
                <Health view=view.clone() />
                {details.then(|| view.last_check.clone().map(|check| view! { <LastCheck check=check now=view.now /> }))}
                {view.receipt.clone().map(|receipt| view! { <Receipt receipt=receipt /> })}
            </div>
            {right}
        </div>
        {details
            .then(|| {
                view! {
                    <div class="mt-6 grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
                        <Activity id=view.row.id.clone() activity=view.activity.clone() older=view.older_activity.clone() now=view.now />
                        <div class="grid min-w-0 content-start gap-6">
                            <Use uses=view.uses.clone() now=view.now />
                            <Settings view=view.clone() />
                        </div>
                    </div>
                }
            })}
        <End view=view.clone() />
    };
    Page::in_sidebar(title, Place::Connections, body)
}

#[component]
fn Head(view: ConnectionView) -> impl IntoView {
    let row = view.row;
    let account = if row.account.is_empty() { String::new() } else { format!(" · {}", row.account) };
    view! {
        <div class="lk-head">
            <div class="flex min-w-0 items-start gap-4">
                <Logo connector=row.connector name=row.connector_name.clone() glyph=row.glyph size="lk-logo-lg" />
                <div class="min-w-0">
                    <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
                        <h1 class="lk-h1">{row.name}</h1>
                        <StatusPill pill=row.pill />
                    </div>
                    <p class="mt-1 text-muted">
                        {format!("{}{account}", row.connector_name)}
                        {row
                            .last_checked_at
                            .map(|at| {
                                view! {
                                    " · last checked "
                                    <Ago at=at now=view.now />
                                }
                            })}
                    </p>
                    {(!view.description.is_empty()).then(|| view! { <p class="mt-2 max-w-[44rem] text-sm whitespace-pre-line break-words">{view.description} </p> })}
                    <Marks tags=row.tags owner=row.owner team=row.team.map(|team| team.name) />
                </div>
            </div>
            <Actions view_id=row.id may_test=view.may_test may_preview=view.may_preview />
        </div>
    }
}

#[component]
fn Actions(view_id: String, may_test: bool, may_preview: bool) -> impl IntoView {
    let look = may_preview.then(|| {
        view! {
            <a class="btn btn-quiet" href=format!("/connections/{view_id}/preview")>
                <Icon name="i-eye" />
                "Look at the data"
            </a>
        }
    });
    let test = may_test.then(|| {
        view! {
            <form method="post" action="/actions/connections/test">
                <input type="hidden" name="id" value=view_id.clone() />
                <button class="btn btn-quiet" type="submit">
                    <Icon name="i-activity" />
                    "Test now"
                </button>
            </form>
        }
    });
    (may_test || may_preview).then(|| view! { <div class="lk-actions">{look} {test}</div> })
}

/// Whose alone it is, and its tags as links to the list of each.
#[component]
fn Marks(tags: Vec<String>, owner: Option<String>, team: Option<String>) -> impl IntoView {
    (!tags.is_empty() || owner.is_some() || team.is_some()).then(|| {
        let tag = |tag: String| {
            let query = Serializer::new(String::new()).append_pair("tag", &tag).finish();
            view! { <a class="lk-tag" href=format!("/connections?{query}")>{tag}</a> }
        };
        view! {
            <p class="mt-2 flex flex-wrap gap-1.5">
                {owner.map(|owner| view! { <span class="lk-tag">{format!("Only {owner}")}</span> })}
                {team.map(|team| view! { <span class="lk-tag">{format!("Team {team}")}</span> })}
                {tags.into_iter().map(tag).collect_view()}
            </p>
        }
    })
}

/// The family of the message above a connection that needs a person; none when all is well.
fn attention(pill: &Pill) -> Option<FlashKind> {
    match (pill.loud, pill.kind.as_str()) {
        (true, "bad") => Some(FlashKind::Bad),
        (true, "warn") => Some(FlashKind::Warn),
        _ => None,
    }
}

#[component]
fn Needs(view: ConnectionView) -> impl IntoView {
    attention(&view.row.pill).map(|kind| {
        let fix = view.fix.map(|(words, href)| view! { <a class="btn btn-primary btn-sm" href=href>{words}</a> });
        view! { <Message kind=kind strong=format!("{}.", view.row.pill.label) text=view.sentence class="mt-6" action=fix.into_any() /> }
    })
}

#[component]
fn Tabs() -> impl IntoView {
    view! {
        <nav class="lk-tabs mt-6" aria-label="On this page">
            <a href="#health" aria-current="true">
                "Health"
            </a>
            <a href="#activity">"Activity"</a>
            <a href="#use">"Use"</a>
            <a href="#settings">"Settings"</a>
        </nav>
    }
}
