//! Putting another secret in the place of the one in use.

use std::collections::BTreeMap;

use axum::response::Response;
use leptos::prelude::*;

use super::parts::{day, ends_field, secret_words};
use crate::catalogue::CLIENT_SECRET;
use crate::dto::{FieldView, OAuthAppForm, OAuthAppPage};
use crate::services::{ServiceError, access, oauth_apps};
use crate::ui::components::connector_form::{Filled, connector_fields};
use crate::ui::components::{FlashMessage, Icon, Logo};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /oauth-apps/{oauth_app}/secret`.
pub async fn get(member: Member, InPath(id): InPath) -> Response {
    let view = oauth_apps::page(&member.app, &member.actor, &id).await.and_then(|view| match view.form.clone() {
        Some(form) => access::require_fresh(&member.app, &member.actor).map(|()| (view, form)),
        None => Err(ServiceError::not_found()),
    });
    member.page(view, |(view, form)| page(&view, &form)).await
}

/// Draws it.
pub fn page(view: &OAuthAppPage, form: &OAuthAppForm) -> Page {
    let line = &view.app.line;
    let home = format!("/oauth-apps/{}", line.id);
    let flash = flash();
    let secrets: Vec<FieldView> = form.fields.iter().filter(|field| field.secret).map(keepable).collect();
    let has_secret = secrets.iter().any(|field| field.id == CLIENT_SECRET);
    let fields = connector_fields(&secrets, Filled { values: &BTreeMap::new(), errors: &flash.errors, symbols: true });
    let ends = has_secret.then(|| ends_field(&flash, day(form.usual_end), "Of the new client secret. Leave it empty when the provider says none."));
    let hint = secret_words(line).1;
    let stored = if hint.is_empty() { String::new() } else { format!(" The one in use {hint}.") };
    let title = format!("Swap the secret of {}", line.label);
    let anyway = has_secret.then(|| {
        view! {
            <label class="flex items-start gap-2.5 text-sm">
                <input class="checkbox" type="checkbox" name="anyway" value="yes" />
                <span>
                    {format!("Swap even if {} does not say whether it takes the secret. If it turns out wrong, nothing can be renewed until you swap again.", form.connector_name)}
                </span>
            </label>
        }
    });
    let body = view! {
        <div class="mx-auto max-w-[46rem]">
            <div class="mb-6 flex items-start gap-4">
                <Logo connector=line.connector.clone() name=line.connector_name.clone() glyph=line.glyph.clone() size="lk-logo-lg" />
                <div>
                    <h1 class="lk-h1">{title.clone()}</h1>
                    <p class="lk-sub">
                        {format!("{} is asked first. The one in use stays until it takes the new one.{stored}", form.connector_name)}
                    </p>
                </div>
            </div>
            <FlashMessage class="mb-6" />
            <form class="lk-card" method="post" action="/actions/oauth-apps/secret" aria-label="The new secret">
                <input type="hidden" name="id" value=line.id.clone() />
                <div class="lk-card-b grid gap-6">{fields} {ends} {anyway}</div>
                <div class="lk-card-f">
                    <button class="btn btn-primary" type="submit">
                        "Test, then swap"
                        <Icon name="i-arrow-right" />
                    </button>
                    <a class="btn btn-ghost" href=home.clone()>
                        "Leave unchanged"
                    </a>
                </div>
            </form>
        </div>
    };
    Page::focused(title.clone(), title, ("Leave unchanged", &home), body)
}

/// Only the client secret has to be typed; further ones may stay.
fn keepable(field: &FieldView) -> FieldView {
    if field.id == CLIENT_SECRET {
        return FieldView { required: false, ..field.clone() };
    }
    let help = format!("Leave it empty to keep the stored one. {}", field.help);
    FieldView { required: false, help: help.trim().to_owned(), ..field.clone() }
}
