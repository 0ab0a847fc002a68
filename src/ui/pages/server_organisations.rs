//! The organisations of this server: how large each is, and nothing of what is in it.

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use crate::dto::ServerOrganization;
use crate::services::organizations::{self, MOST_LISTED};
use crate::ui::components::{FlashMessage, date_words};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// Where the part begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    after: String,
}

/// `GET /server/organisations?after`
pub async fn get(member: Member, Query(part): Query<Part>) -> Response {
    let view = organizations::all(&member.app, &member.actor, &part.after, MOST_LISTED).await;
    member.page(view, |(lines, next)| page(&lines, next)).await
}

/// Draws it.
pub fn page(lines: &[ServerOrganization], next: Option<String>) -> Page {
    let rows: Vec<_> = lines
        .iter()
        .map(|line| {
            view! {
                <tr role="row">
                    <td role="cell"><p class="font-semibold">{line.name.clone()}</p></td>
                    <td role="cell" data-l="Members" class="lk-num">{line.members}</td>
                    <td role="cell" data-l="Connections" class="lk-num">{line.connections}</td>
                    <td role="cell" data-l="Made" class="whitespace-nowrap text-muted">{date_words(line.created_at)}</td>
                </tr>
            }
        })
        .collect();
    let next = next.map(
        |after| view! { <div class="lk-card-f"><a class="btn btn-quiet btn-sm" href=format!("/server/organisations?after={after}")>"Show the next"</a></div> },
    );
    let body = view! {
        <h1 class="lk-h1">"Organisations of this server"</h1>
        <p class="lk-sub">"You run the server, so you see that they exist and how large they are. What is in them is for their members."</p>
        <FlashMessage class="mt-6" />
        <section class="lk-card mt-6" aria-label="Organisations">
            <table class="lk-table lk-stack" role="table" aria-label="Organisations">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Organisation"</th>
                        <th role="columnheader" scope="col">"Members"</th>
                        <th role="columnheader" scope="col">"Connections"</th>
                        <th role="columnheader" scope="col">"Made"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            {next}
        </section>
    };
    Page::in_sidebar("Organisations of this server", Place::ServerOrganisations, body)
}
