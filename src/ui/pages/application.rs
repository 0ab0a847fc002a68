//! One program: its keys, what it is, and its end.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{ApiKeyState, ApiKeyView, ApplicationLine, ApplicationView, KeyFormView, Named, Pill};
use crate::services::applications;
use crate::ui::components::{Ago, Breadcrumb, Field, FieldError, FlashMessage, Icon, StatusPill, date_words};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::web::InPath;

/// What lies ahead this long is said in the list, in milliseconds.
const SOON_MS: i64 = 14 * 24 * 3_600_000;

/// `GET /applications/{application}`.
pub async fn get(member: Member, InPath(id): InPath) -> Response {
    let view = applications::key_form(&member.app, &member.actor, &id).await;
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(form: &KeyFormView) -> Page {
    let view = &form.application;
    let line = &view.line;
    let body = view! {
        <Breadcrumb href="/applications" above="Applications" here=line.name.clone() />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">{line.name.clone()}</h1>
                <p class="lk-sub">{line.purpose.clone()}</p>
            </div>
            <div class="lk-actions">
                <StatusPill pill=key_pill(line, view.now) />
                <a class="btn btn-primary" href=format!("/applications/{}/keys/new", line.id)><Icon name="i-plus" />"Make a key"</a>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {keys(view)}
        <div class="mt-6 grid grid-cols-1 items-start gap-6 xl:grid-cols-2">{edit(form)} {ending(line)}</div>
    };
    Page::in_sidebar(line.name.clone(), Place::Applications, body)
}

/// How the keys of a program are, in a word.
pub fn key_pill(line: &ApplicationLine, now: Timestamp) -> Pill {
    let pill = |kind: &str, icon: &str, label: String, loud| Pill { kind: kind.to_owned(), icon: icon.to_owned(), label, loud };
    match (line.active, line.keys, line.next_end) {
        (false, ..) => pill("idle", "i-circle-pause", "Turned off".to_owned(), false),
        (true, 0, _) => pill("idle", "i-circle-dashed", "No working key".to_owned(), false),
        (true, _, Some(end)) if end.since(now) < SOON_MS => pill("warn", "i-clock-alert", format!("Ends {}", date_words(end)), true),
        (true, 1, _) => pill("ok", "i-circle-check", "1 working key".to_owned(), false),
        (true, count, _) => pill("ok", "i-circle-check", format!("{count} working keys"), false),
    }
}

/// How a key is, in a word.
pub fn state_pill(key: &ApiKeyView, now: Timestamp) -> Pill {
    let pill = |kind: &str, icon: &str, label: String, loud| Pill { kind: kind.to_owned(), icon: icon.to_owned(), label, loud };
    match (key.state, key.expires_at) {
        (ApiKeyState::Working, Some(end)) if end.since(now) < SOON_MS => pill("warn", "i-clock-alert", format!("Ends {}", date_words(end)), true),
        (ApiKeyState::Working, _) => pill("ok", "i-circle-check", "Works".to_owned(), false),
        (ApiKeyState::Off, _) => pill("idle", "i-circle-pause", "Turned off".to_owned(), false),
        (ApiKeyState::MakerGone, _) => pill("bad", "i-circle-x", "Its maker has left".to_owned(), true),
        (ApiKeyState::Expired, _) => pill("idle", "i-clock-alert", "Its time is over".to_owned(), false),
        (ApiKeyState::Ended, _) => pill("idle", "i-ban", "Ended".to_owned(), false),
    }
}

fn keys(view: &ApplicationView) -> impl IntoView + use<> {
    if view.api_keys.is_empty() {
        return view! {
            <section class="lk-card mt-7" aria-labelledby="keys">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="keys">"No key yet"</h2>
                    <p class="mt-2 text-sm text-muted">"Without a key the program can do nothing."</p>
                </div>
            </section>
        }
        .into_any();
    }
    let rows: Vec<_> = view.api_keys.iter().map(|key| row(&view.line.id, key, view.now)).collect();
    view! {
        <section class="lk-card mt-7" aria-labelledby="keys">
            <h2 class="sr-only" id="keys">"Keys"</h2>
            <table class="lk-table lk-stack" role="table" aria-labelledby="keys">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Key"</th>
                        <th role="columnheader" scope="col">"May"</th>
                        <th role="columnheader" scope="col">"Connections"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(application: &str, key: &ApiKeyView, now: Timestamp) -> impl IntoView + use<> {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| view! { <span class="lk-tag">{scope.as_str()}</span> }).collect();
    view! {
        <tr class="lk-rowlink" role="row">
            <td role="cell">
                <a class="lk-stretch font-semibold" href=format!("/applications/{application}/keys/{}", key.id)>{key.name.clone()}</a>
                <p class="lk-code text-muted">{shown(&key.id)}</p>
            </td>
            <td role="cell" data-l="May"><span class="inline-flex flex-wrap gap-1">{scopes}</span></td>
            <td role="cell" data-l="Connections">{connections(key)}</td>
            <td role="cell" data-l="Last used" class="whitespace-nowrap text-muted">{last_use(key, now)}</td>
            <td role="cell" data-l="State"><StatusPill pill=state_pill(key, now) /></td>
        </tr>
    }
}

/// How people tell a key from others: the end of its id, which stands in the key itself.
pub fn shown(id: &str) -> String {
    format!("lk_live_…{}_…", id.get(id.len().saturating_sub(6)..).unwrap_or_default())
}

/// The connections of a key in words.
pub fn connections(key: &ApiKeyView) -> String {
    let name = |named: &Named| if named.name.is_empty() { "one you cannot see".to_owned() } else { named.name.clone() };
    match &key.connections {
        None => "All that its maker sees".to_owned(),
        Some(named) => named.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

/// When and from where a key was last used.
pub fn last_use(key: &ApiKeyView, now: Timestamp) -> AnyView {
    let from = (!key.last_used_from.is_empty()).then(|| format!(" from {}", key.last_used_from));
    match key.last_used_at {
        Some(at) => view! { <span><Ago at=at now=now />{from}</span> }.into_any(),
        None => "Not yet".into_any(),
    }
}

fn edit(form: &KeyFormView) -> impl IntoView + use<> {
    let line = &form.application.line;
    let flash = flash();
    let owner = line.owner.id.clone();
    let gone = (!form.people.iter().any(|person| person.id == owner)).then(|| view! { <option value=owner.clone() selected=true>"Has left"</option> });
    let people: Vec<_> =
        form.people.iter().map(|person| view! { <option value=person.id.clone() selected=person.id == owner>{person.name.clone()}</option> }).collect();
    let wrong = flash.error("owner");
    let wrong = (!wrong.is_empty()).then(|| view! { <FieldError id="owner" text=wrong /> });
    view! {
        <form class="lk-card" method="post" action="/actions/applications/edit" aria-labelledby="about">
            <div class="lk-card-h"><h2 class="lk-h2" id="about">"About it"</h2></div>
            <input type="hidden" name="id" value=line.id.clone() />
            <div class="lk-card-b grid gap-6">
                <Field name="name" label="Name" value=line.name.clone() error=flash.error("name") autocomplete="off" />
                <Field name="purpose" label="Purpose" value=line.purpose.clone() error=flash.error("purpose") autocomplete="off" />
                <div class="lk-field">
                    <div class="lk-label"><label for="owner">"Owner"</label></div>
                    <select class="select" id="owner" name="owner" aria-describedby="owner-help">{gone} {people}</select>
                    {wrong}
                    <p class="lk-help" id="owner-help">"Whom to ask about it. Keys stay those of whoever made them."</p>
                </div>
            </div>
            <div class="lk-card-f"><button class="btn btn-primary" type="submit">"Save the changes"</button></div>
        </form>
    }
}

fn ending(line: &ApplicationLine) -> impl IntoView + use<> {
    let (action, words, means) = if line.active {
        ("/actions/applications/disable", "Turn off", "All of its keys stop at once, and work again when you turn it on.")
    } else {
        ("/actions/applications/enable", "Turn on", "It is turned off: none of its keys works.")
    };
    view! {
        <section class="lk-card" aria-labelledby="end">
            <div class="lk-card-h"><h2 class="lk-h2" id="end">"Stop it"</h2></div>
            <form class="lk-card-b flex items-center justify-between gap-4" method="post" action=action>
                <input type="hidden" name="id" value=line.id.clone() />
                <p class="text-sm text-muted">{means}</p>
                <button class="btn btn-quiet shrink-0" type="submit">{words}</button>
            </form>
            <form class="border-t border-line" method="post" action="/actions/applications/delete">
                <input type="hidden" name="id" value=line.id.clone() />
                <div class="lk-card-b">
                    <Field
                        name="confirm"
                        label="Type the name to delete it with its keys"
                        autocomplete="off"
                        help="Audit entries stay. This cannot be undone."
                        error=flash().error("confirm")
                    />
                </div>
                <div class="lk-card-f"><button class="btn btn-error" type="submit">"Delete the application"</button></div>
            </form>
        </section>
    }
}
