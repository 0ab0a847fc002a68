//! Adding an app: first for which connector, then what the provider gave.

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::parts::{day, ends_field, guide};
use crate::dto::{OAuthAppForm, OAuthAppOffer};
use crate::services::{access, oauth_apps};
use crate::ui::components::connector_form::{Filled, connector_fields};
use crate::ui::components::{Breadcrumb, Field, FlashMessage, Logo};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::ui::words::count;

/// For which connector.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct For {
    /// The connector's id; empty to choose one.
    connector: String,
}

/// `GET /oauth-apps/new?connector=`.
pub async fn get(member: Member, Query(chosen): Query<For>) -> Response {
    if chosen.connector.is_empty() {
        let offers = oauth_apps::offers(&member.app, &member.actor).await;
        return member.page(offers, |offers| choose(&offers)).await;
    }
    let form = oauth_apps::form(&member.app, &member.actor, &chosen.connector).await;
    // Asked for before anything is typed, because what was typed would be lost on the way.
    let form = form.and_then(|form| access::require_fresh(&member.app, &member.actor).map(|()| form));
    member.page(form, |form| page(&form)).await
}

/// Draws the connectors.
pub fn choose(offers: &[OAuthAppOffer]) -> Page {
    let rows: Vec<_> = offers.iter().map(offer).collect();
    let list = if rows.is_empty() {
        view! { <p class="mt-6 text-sm text-muted">"No connector here needs an app."</p> }.into_any()
    } else {
        view! { <ul class="mt-6 grid gap-4 sm:grid-cols-2 xl:grid-cols-3">{rows}</ul> }.into_any()
    };
    let body = view! {
        <Breadcrumb href="/oauth-apps" above="OAuth apps" here="Add an app" />
        <h1 class="lk-h1">"Add an app"</h1>
        <p class="lk-sub">"With which provider did you register it, or will you?"</p>
        <FlashMessage class="mt-6" />
        {list}
    };
    Page::in_sidebar("Add an app", Place::OAuthApps, body)
}

fn offer(offer: &OAuthAppOffer) -> impl IntoView + use<> {
    let has = if offer.apps == 0 { "None yet".to_owned() } else { count(offer.apps, "app") };
    view! {
        <li class="lk-card lk-lift relative p-5">
            <div class="flex items-center gap-3.5">
                <Logo connector=offer.id.clone() name=offer.name.clone() glyph=offer.glyph.clone() />
                <div class="min-w-0 flex-1">
                    <h2 class="lk-h3">
                        <a class="lk-stretch" href=format!("/oauth-apps/new?connector={}", offer.id)>
                            {offer.name.clone()}
                        </a>
                    </h2>
                    <p class="lk-cap">{has}</p>
                </div>
            </div>
        </li>
    }
}

/// Draws the form.
pub fn page(form: &OAuthAppForm) -> Page {
    let flash = flash();
    let fields = connector_fields(&form.fields, Filled { values: &flash.values, errors: &flash.errors, symbols: true });
    let help = if form.usual_end.is_some() {
        "The provider ends secrets after a while. This is when one made today ends."
    } else {
        "Leave it empty when the provider says none."
    };
    let ends = form.fields.iter().any(|field| field.secret).then(|| ends_field(&flash, day(form.usual_end), help));
    let title = format!("Add an app for {}", form.connector_name);
    let body = view! {
        <Breadcrumb href="/oauth-apps" above="OAuth apps" here="Add an app" />
        <div class="flex items-start gap-4">
            <Logo connector=form.connector.clone() name=form.connector_name.clone() glyph=form.glyph.clone() size="lk-logo-lg" />
            <div>
                <h1 class="lk-h1">{title.clone()}</h1>
                <p class="lk-sub">"Register it there first, then enter here what you were given. The provider is asked whether it takes the secret."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
            {guide(form)}
            <form class="lk-card" method="post" action="/actions/oauth-apps/create" aria-labelledby="given">
                <input type="hidden" name="connector" value=form.connector.clone() />
                <div class="lk-card-h">
                    <h2 class="lk-h2" id="given">
                        "What you were given"
                    </h2>
                </div>
                <div class="lk-card-b grid gap-6">
                    <Field name="label" label="Name" value=flash.value("label") error=flash.error("label") autocomplete="off" help="For people here, such as Production." />
                    {fields}
                    {ends}
                </div>
                <div class="lk-card-f">
                    <button class="btn btn-primary" type="submit">
                        "Add the app"
                    </button>
                    <a class="btn btn-ghost" href="/oauth-apps">
                        "Cancel"
                    </a>
                </div>
            </form>
        </div>
    };
    Page::in_sidebar(title, Place::OAuthApps, body)
}
