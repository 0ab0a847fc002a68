//! One app: what is known of it, what uses it, and what can be changed.

use std::collections::BTreeMap;

use axum::response::Response;
use leptos::prelude::*;

use super::parts::{day, ends_field, guide, pill, secret_words};
use crate::catalogue::CLIENT_ID;
use crate::dto::{FieldView, OAuthAppForm, OAuthAppLine, OAuthAppPage, OAuthAppView};
use crate::services::oauth_apps;
use crate::ui::components::connector_form::{Filled, connector_fields};
use crate::ui::components::{Ago, Breadcrumb, Field, FlashMessage, Icon, Logo, StatusPill};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::ui::words::count;
use crate::web::InPath;

/// `GET /oauth-apps/{oauth_app}`.
pub async fn get(member: Member, InPath(id): InPath) -> Response {
    let view = oauth_apps::page(&member.app, &member.actor, &id).await;
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &OAuthAppPage) -> Page {
    let line = &view.app.line;
    let home = format!("/oauth-apps/{}", line.id);
    let swap = view.form.as_ref().filter(|form| form.fields.iter().any(|field| field.secret)).map(|_| {
        view! {
            <a class="btn btn-primary" href=format!("{home}/secret")>
                <Icon name="i-refresh-cw" />
                "Swap the secret"
            </a>
        }
    });
    let forms = view.form.as_ref().map(|form| view! { {guide(form)} {edit(line, form)} });
    let body = view! {
        <Breadcrumb href="/oauth-apps" above="OAuth apps" here=line.label.clone() />
        <div class="lk-head">
            <div class="flex items-start gap-4">
                <Logo connector=line.connector.clone() name=line.connector_name.clone() glyph=line.glyph.clone() size="lk-logo-lg" />
                <div>
                    <h1 class="lk-h1">{line.label.clone()}</h1>
                    <p class="lk-sub">{line.connector_name.clone()}</p>
                </div>
            </div>
            <div class="lk-actions">
                <StatusPill pill=pill(line, view.now) />
                {swap}
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid grid-cols-1 items-start gap-6 xl:grid-cols-2">{facts(view)} {uses(&view.app)} {forms}</div>
        <p class="mt-6">
            <a class="btn btn-ghost" href=format!("{home}/delete")>
                "Delete this app"
            </a>
        </p>
    };
    Page::in_sidebar(line.label.clone(), Place::OAuthApps, body)
}

fn facts(view: &OAuthAppPage) -> impl IntoView + use<> {
    let line = &view.app.line;
    let (ends, hint) = secret_words(line);
    let title = |id: &str| {
        let field = view.form.as_ref().and_then(|form| form.fields.iter().find(|field| field.id == id));
        field.map_or_else(|| id.to_owned(), |field| field.title.clone())
    };
    let fields: Vec<_> = line
        .fields
        .iter()
        .map(|(id, value)| {
            view! {
                <dt>{title(id)}</dt>
                <dd class="lk-code">{value.clone()}</dd>
            }
        })
        .collect();
    let hint = (!hint.is_empty()).then(|| view! { " " <span class="text-muted">{format!("({hint})")}</span> });
    view! {
        <section class="lk-card" aria-labelledby="facts">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="facts">
                    "What it is"
                </h2>
            </div>
            <dl class="lk-card-b lk-kv">
                <dt>"Client id"</dt>
                <dd class="lk-code">{line.client_id.clone()}</dd>
                {fields}
                <dt>"Secret ends"</dt>
                <dd>{ends} {hint}</dd>
                <dt>"Redirect address"</dt>
                <dd class="lk-code">{line.redirect_uri.clone()}</dd>
                {view.form.as_ref().and_then(|form| form.without_pkce.clone()).map(|text| view! { <dt>"Protection"</dt> <dd>{text}</dd> })}
                <dt>"Added"</dt>
                <dd>
                    <Ago at=line.created_at now=view.now />
                </dd>
                <dt>"Changed"</dt>
                <dd>
                    <Ago at=line.updated_at now=view.now />
                </dd>
            </dl>
        </section>
    }
}

fn uses(app: &OAuthAppView) -> impl IntoView + use<> {
    let links: Vec<_> = app
        .used_by
        .iter()
        .map(|named| {
            view! {
                <li>
                    <a class="link" href=format!("/connections/{}", named.id)>
                        {named.name.clone()}
                    </a>
                </li>
            }
        })
        .collect();
    let list = if links.is_empty() {
        view! { <p class="text-muted">"No connection uses it yet."</p> }.into_any()
    } else {
        view! { <ul class="grid gap-1">{links}</ul> }.into_any()
    };
    view! {
        <section class="lk-card" aria-labelledby="uses">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="uses">
                    "Used by"
                </h2>
                <span class="lk-cap">{count(app.used_by.len(), "connection")}</span>
            </div>
            <div class="lk-card-b text-sm">{list}</div>
        </section>
    }
}

fn edit(line: &OAuthAppLine, form: &OAuthAppForm) -> impl IntoView + use<> {
    let flash = flash();
    let open: Vec<FieldView> = form.fields.iter().filter(|field| !field.secret).cloned().collect();
    let mut values: BTreeMap<String, String> = line.fields.clone();
    values.insert(CLIENT_ID.to_owned(), line.client_id.clone());
    values.extend(flash.values.clone());
    let fields = connector_fields(&open, Filled { values: &values, errors: &flash.errors, symbols: false });
    let label = if flash.values.contains_key("label") { flash.value("label") } else { line.label.clone() };
    let ends = form.fields.iter().any(|field| field.secret);
    let ends = ends.then(|| ends_field(&flash, day(line.secret_ends_at), "So that somebody is told before it ends. Empty when nobody knows."));
    view! {
        <form class="lk-card" method="post" action="/actions/oauth-apps/edit" aria-labelledby="edit">
            <input type="hidden" name="id" value=line.id.clone() />
            <div class="lk-card-h">
                <h2 class="lk-h2" id="edit">
                    "Change it"
                </h2>
            </div>
            <div class="lk-card-b grid gap-6">
                <Field name="label" label="Name" value=label error=flash.error("label") autocomplete="off" />
                {fields}
                {ends}
            </div>
            <div class="lk-card-f">
                <button class="btn btn-quiet" type="submit">
                    "Save the changes"
                </button>
            </div>
        </form>
    }
}
