//! All apps of the organization.

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::doctor::card;
use super::parts::{needs_somebody, pill, secret_words};
use crate::domain::Timestamp;
use crate::dto::{OAuthAppLine, OAuthAppsView, RedirectDoctor};
use crate::services::oauth_apps::{self, Reached};
use crate::ui::components::{FlashMessage, Icon, Logo, StatusPill};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::ui::words::count;

/// Which apps to show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Show {
    /// `attention` for those that somebody has to see to.
    show: String,
}

/// `GET /oauth-apps?show=`.
pub async fn get(member: Member, reached: Reached, Query(show): Query<Show>) -> Response {
    let view = oauth_apps::list(&member.app, &member.actor).await;
    let view = view.and_then(|view| Ok((view, oauth_apps::doctor(&member.app, &member.actor, &reached)?)));
    member.page(view, move |(view, doctor)| page(&view, &doctor, show.show == "attention")).await
}

/// Draws it.
pub fn page(view: &OAuthAppsView, doctor: &RedirectDoctor, attention: bool) -> Page {
    let list = if view.apps.is_empty() {
        view! {
            <section class="lk-card mt-6" aria-labelledby="none">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="none">
                        "None yet"
                    </h2>
                    <p class="mt-2 text-sm text-muted">
                        "Some providers want to know which program asks. Register one with them, once, and enter here what they give you: then people can connect."
                    </p>
                </div>
            </section>
        }
        .into_any()
    } else {
        table(view, attention).into_any()
    };
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"OAuth apps"</h1>
                <p class="lk-sub">"Your own client at each provider, so consent screens show your name and limits are yours."</p>
            </div>
            <div class="lk-actions">
                <a class="btn btn-primary" href="/oauth-apps/new">
                    <Icon name="i-plus" />
                    "Add an app"
                </a>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {card(doctor)}
        {list}
    };
    Page::in_sidebar("OAuth apps", Place::OAuthApps, body)
}

fn table(view: &OAuthAppsView, attention: bool) -> impl IntoView + use<> {
    let waiting = view.apps.iter().filter(|line| needs_somebody(line, view.now)).count();
    let shown = view.apps.iter().filter(|line| !attention || needs_somebody(line, view.now));
    let rows: Vec<_> = shown.map(|line| row(line, view.now)).collect();
    let body = if rows.is_empty() {
        view! { <p class="lk-card-b text-sm text-muted">"None of them needs you."</p> }.into_any()
    } else {
        view! {
            <table class="lk-table lk-stack" role="table" aria-labelledby="apps">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"App"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"Secret ends"</th>
                        <th role="columnheader" scope="col">"Used by"</th>
                        <th role="columnheader" scope="col"><span class="sr-only">"Action"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let current = |on: bool| on.then_some("true");
    view! {
        <section class="lk-card mt-6" aria-labelledby="apps">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="apps">
                    {count(view.apps.len(), "app")}
                </h2>
                <nav class="lk-seg" aria-label="Filter">
                    <a href="/oauth-apps" aria-current=current(!attention)>
                        "All "
                        <span>{view.apps.len()}</span>
                    </a>
                    <a href="/oauth-apps?show=attention" aria-current=current(attention)>
                        "Need you "
                        <span>{waiting}</span>
                    </a>
                </nav>
            </div>
            {body}
        </section>
    }
}

fn row(line: &OAuthAppLine, now: Timestamp) -> impl IntoView + use<> {
    let (ends, hint) = secret_words(line);
    let home = format!("/oauth-apps/{}", line.id);
    let (href, words, class) = if needs_somebody(line, now) {
        (format!("{home}/secret"), "Add the new secret", "btn btn-primary btn-sm max-md:mt-2.5")
    } else {
        (home, "Open", "btn btn-quiet btn-sm max-md:mt-2.5")
    };
    view! {
        <tr role="row">
            <td role="cell">
                <div class="flex items-center gap-3">
                    <Logo connector=line.connector.clone() name=line.connector_name.clone() glyph=line.glyph.clone() />
                    <div class="min-w-0">
                        <p class="font-semibold">
                            <a class="link" href=format!("/oauth-apps/{}", line.id)>
                                {line.label.clone()}
                            </a>
                        </p>
                        <p class="text-xs text-muted">{line.connector_name.clone()} " · " <span class="lk-code">{line.client_id.clone()}</span></p>
                    </div>
                </div>
            </td>
            <td role="cell" data-l="State">
                <div class="max-md:text-end">
                    <StatusPill pill=pill(line, now) />
                </div>
            </td>
            <td role="cell" data-l="Secret ends" class="whitespace-nowrap">
                <div class="max-md:text-end">
                    <span class="lk-num">{ends}</span>
                    <p class="lk-cap">{hint}</p>
                </div>
            </td>
            <td role="cell" data-l="Used by" class="whitespace-nowrap">
                {count(line.connections, "connection")}
            </td>
            <td role="cell" class="md:text-end">
                <a class=class href=href>
                    {words}
                    <span class="sr-only">{format!(": {}", line.label)}</span>
                </a>
            </td>
        </tr>
    }
}
