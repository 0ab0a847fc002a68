//! Every call of the API, as the document describes it.

use axum::response::Response;
use leptos::prelude::*;

use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::web::api::{Answered, Fields, Group, Kind, Operation, Reference, Row, reference};

/// `GET /docs/api`
pub async fn get(member: Member) -> Response {
    let view = reference(member.app.settings.public_url.starts_with("https://"));
    member.page(Ok(view), page).await
}

/// Draws it.
pub fn page(view: Reference) -> Page {
    let Reference { about, groups, objects } = view;
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"API reference"</h1>
                <p class="lk-sub">
                    "For programs, there is the same as "<a class="link" href="/api/v1/openapi.json">
                        "OpenAPI 3.1"
                    </a>"."
                </p>
            </div>
        </div>
        {about.into_iter().map(|text| view! { <p class="mt-4 max-w-[42rem] text-sm text-muted">{prose(&text)}</p> }).collect_view()}
        <Contents groups=groups.clone() />
        {groups.into_iter().map(|group| view! { <Subject group=group /> }).collect_view()}
        <h2 class="lk-h2 mt-8">"Objects"</h2>
        {objects.into_iter().map(|object| view! { <Object object=object /> }).collect_view()}
    };
    Page::in_sidebar("API reference", Place::Elsewhere, body)
}

#[component]
fn Contents(groups: Vec<Group>) -> impl IntoView {
    let operations = groups.into_iter().flat_map(|group| group.operations);
    let links = operations.map(|Operation { id, method, path, summary, .. }| {
        view! {
            <li>
                <a class="link" href=format!("#{id}")>
                    {summary}
                </a>
                " "
                <span class="lk-code">{format!("{method} {path}")}</span>
            </li>
        }
    });
    view! {
        <nav class="mt-6" aria-label="Calls">
            <ul class="grid gap-1 text-sm">{links.collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Subject(group: Group) -> impl IntoView {
    let Group { name, about, operations } = group;
    view! {
        <h2 class="lk-h2 mt-8">{name}</h2>
        <p class="mt-1 text-sm text-muted">{prose(&about)}</p>
        {operations.into_iter().map(|operation| view! { <Call operation=operation /> }).collect_view()}
    }
}

#[component]
fn Call(operation: Operation) -> impl IntoView {
    let Operation { id, method, path, summary, about, parameters, body, example, answers } = operation;
    let parameters = (!parameters.is_empty()).then(|| view! { <Rows id=format!("{id}-parameters") title=format!("Parameters: {summary}") rows=parameters /> });
    let body = body.map(|kind| {
        view! {
            <p class="mt-4 text-sm">"Body, as application/json: " <Type kind=kind /></p>
        }
    });
    let example = example.map(|text| {
        view! {
            <pre class="lk-pre mt-2" tabindex="0" role="region" aria-label=format!("Example of the body: {summary}")>
                <code>{text}</code>
            </pre>
        }
    });
    view! {
        <section class="lk-card mt-4" aria-labelledby=id.clone()>
            <div class="lk-card-h">
                <h3 class="text-sm font-semibold" id=id.clone()>
                    {summary.clone()}
                </h3>
                <p class="lk-code">{format!("{method} {path}")}</p>
            </div>
            <div class="lk-card-b">
                {(!about.is_empty()).then(|| view! { <p class="max-w-[42rem] text-sm text-muted">{prose(&about)}</p> })}
                {parameters}
                {body}
                {example}
                <Answers id=format!("{id}-answers") title=format!("Answers: {summary}") answers=answers />
            </div>
        </section>
    }
}

#[component]
fn Answers(id: String, title: String, answers: Vec<Answered>) -> impl IntoView {
    let rows = answers.into_iter().map(|Answered { status, about, body }| {
        view! {
            <tr>
                <th scope="row">{status}</th>
                <td>{prose(&about)}</td>
                <td>{body.map(|kind| view! { <Type kind=kind /> })}</td>
            </tr>
        }
    });
    view! {
        <div class="mt-4 overflow-x-auto" tabindex="0" role="region" aria-labelledby=id.clone()>
            <table class="lk-table">
                <caption class="sr-only" id=id.clone()>
                    {title}
                </caption>
                <thead>
                    <tr>
                        <th scope="col">"Answer"</th>
                        <th scope="col">"When"</th>
                        <th scope="col">"Body"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Object(object: Fields) -> impl IntoView {
    let Fields { name, about, kind, rows } = object;
    let id = format!("object-{name}");
    let content = if rows.is_empty() {
        view! { <p class="mt-2 text-sm">{kind.words}</p> }.into_any()
    } else {
        view! { <Rows id=format!("{id}-fields") title=format!("Fields: {name}") rows=rows /> }.into_any()
    };
    view! {
        <section class="lk-card mt-4" aria-labelledby=id.clone()>
            <div class="lk-card-h">
                <h3 class="lk-code" id=id.clone()>
                    {name}
                </h3>
            </div>
            <div class="lk-card-b">
                <p class="max-w-[42rem] text-sm text-muted">{prose(&about)}</p>
                {content}
            </div>
        </section>
    }
}

#[component]
fn Rows(id: String, title: String, rows: Vec<Row>) -> impl IntoView {
    let placed = rows.iter().any(|row| !row.place.is_empty());
    let rows = rows.into_iter().map(|Row { name, place, kind, required, about }| {
        view! {
            <tr>
                <th scope="row">
                    <span class="lk-code">{name}</span>
                </th>
                {placed.then(|| view! { <td>{place}</td> })}
                <td>
                    <Type kind=kind />
                </td>
                <td>{if required { "always" } else { "may be left out" }}</td>
                <td>{prose(&about)}</td>
            </tr>
        }
    });
    view! {
        <div class="mt-4 overflow-x-auto" tabindex="0" role="region" aria-labelledby=id.clone()>
            <table class="lk-table">
                <caption class="sr-only" id=id.clone()>
                    {title}
                </caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        {placed.then(|| view! { <th scope="col">"In"</th> })}
                        <th scope="col">"Type"</th>
                        <th scope="col">"Present"</th>
                        <th scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Type(kind: Kind) -> impl IntoView {
    match kind.object {
        Some(object) => view! {
            <a class="link" href=format!("#object-{object}")>
                {kind.words}
            </a>
        }
        .into_any(),
        None => view! { <span class="break-words">{kind.words}</span> }.into_any(),
    }
}

/// A text whose parts between backticks are code.
fn prose(text: &str) -> impl IntoView + use<> {
    let part = |(at, part): (usize, &str)| {
        let part = part.to_owned();
        if at % 2 == 1 { view! { <code class="lk-code">{part}</code> }.into_any() } else { part.into_any() }
    };
    text.split('`').enumerate().map(part).collect_view()
}
