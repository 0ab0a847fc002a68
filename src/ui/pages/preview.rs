//! A look at what a connection reads.

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use crate::dto::{PreviewColumn, PreviewTable, PreviewView};
use crate::services;
use crate::ui::components::{Breadcrumb, Message, duration_words};
use crate::ui::flash::FlashKind;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::web::InPath;

/// Which stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    stream: String,
}

/// `GET /connections/{id}/preview?stream`
pub async fn get(InPath(id): InPath, Query(chosen): Query<Chosen>, member: Member) -> Response {
    let view = services::preview::view(&member.app, &member.actor, &id, &chosen.stream).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: PreviewView) -> Page {
    let back = format!("/connections/{}", view.id);
    let title = format!("What {} reads", view.name);
    let links = view.streams.iter().map(|(id, stream_title)| {
        let current = (*id == view.stream).then_some("true");
        view! {
            <a href=format!("/connections/{}/preview?stream={id}", view.id) aria-current=current>
                {stream_title.clone()}
            </a>
        }
    });
    let links = (view.streams.len() > 1).then(|| {
        view! {
            <nav class="lk-seg mt-6" aria-label="Lists">
                {links.collect_view()}
            </nav>
        }
    });
    let found = match (&view.table, &view.diagnosis) {
        (Some(table), _) => view! { <Rows table=table.clone() /> }.into_any(),
        (None, Some(diagnosis)) => {
            let steps = diagnosis.fix_steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect_view();
            view! {
                <Message kind=FlashKind::Bad strong=diagnosis.headline.clone() text=diagnosis.sentence.clone() class="mt-6" />
                <ol class="mt-4 grid max-w-[42rem] list-decimal gap-1 ps-5 text-sm text-muted">{steps}</ol>
            }
            .into_any()
        }
        (None, None) => view! { <p class="mt-6 text-sm text-muted">"This connector has no list to look at."</p> }.into_any(),
    };
    let body = view! {
        <Breadcrumb href=back above=view.name.clone() here="Preview" />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">{title.clone()}</h1>
                <p class="lk-sub">"The first rows, read just now. Nothing of them is stored."</p>
            </div>
        </div>
        {links}
        {found}
    };
    Page::in_sidebar(title, Place::Connections, body)
}

#[component]
fn Rows(table: PreviewTable) -> impl IntoView {
    if table.rows.is_empty() {
        return view! { <p class="mt-6 text-sm text-muted">"The list is empty. The connection works."</p> }.into_any();
    }
    let counted = if table.found == 1 { "1 row".to_owned() } else { format!("{} rows", table.rows.len()) };
    let more = (table.found > table.rows.len()).then(|| format!(" of {} in the answer", table.found));
    let left_out = (table.columns_left_out > 0).then(|| format!(" {} more columns are not shown.", table.columns_left_out));
    let head = table.columns.into_iter().map(head);
    let row = |cells: Vec<String>| view! { <tr>{cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> };
    view! {
        <section class="lk-card mt-6" aria-labelledby="rows">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="rows">
                    {counted}
                    {more}
                </h2>
                <p class="lk-cap">{format!("Answered in {}.", duration_words(table.took_ms))} {left_out}</p>
            </div>
            <div class="overflow-x-auto" tabindex="0" role="region" aria-label="The rows, which scroll sideways">
                <table class="lk-table">
                    <thead>
                        <tr>{head.collect_view()}</tr>
                    </thead>
                    <tbody>{table.rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn head(column: PreviewColumn) -> impl IntoView {
    let empty = (column.empty_percent > 0).then(|| format!(", {} % empty", column.empty_percent));
    view! {
        <th scope="col" class="align-bottom">
            <span class="lk-code">{column.name}</span>
            <span class="lk-cap block font-normal">{column.kind} {empty}</span>
            {(!column.note.is_empty()).then(|| view! { <span class="lk-cap block font-normal">{column.note}</span> })}
        </th>
    }
}
