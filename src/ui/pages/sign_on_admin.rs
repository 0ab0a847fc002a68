//! The providers of an organization.

mod forms;

use axum::response::Response;
use leptos::prelude::*;

use self::forms::{AddForm, ChangeForm};
use crate::domain::{Action, Role};
use crate::dto::{SignOnDomain, SignOnProviderView, SignOnView};
use crate::services::{access, sign_on};
use crate::ui::components::{Breadcrumb, FlashMessage, Icon, StatusPill};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::ui::words::count;
use crate::web::InPath;

/// `GET /organisation/sign-on`
pub async fn list(member: Member) -> Response {
    let view = sign_on::list(&member.app, &member.actor).await;
    member.page(view, list_page).await
}

/// `GET /organisation/sign-on/new`
pub async fn new(member: Member) -> Response {
    let allowed = access::require_for(&member.actor, Action::ManageOrganization, None);
    member.page(allowed, |()| new_page()).await
}

/// `GET /organisation/sign-on/{provider}`
pub async fn view(InPath(provider): InPath, member: Member) -> Response {
    let view = sign_on::view(&member.app, &member.actor, &provider).await;
    member.page(view, page).await
}

/// Draws the list.
pub fn list_page(view: SignOnView) -> Page {
    let list = if view.providers.is_empty() {
        view! {
            <section class="lk-card mt-6" aria-labelledby="none">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="none">"None yet"</h2>
                    <p class="mt-2 text-sm text-muted">
                        "Add your company's provider, and people sign in there instead of with a password of their own here."
                    </p>
                </div>
            </section>
        }
        .into_any()
    } else {
        view! { <ul class="mt-6 grid gap-4">{view.providers.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Single sign-on"</h1>
                <p class="lk-sub">"Providers that people of your organisation sign in at. Your own sign-in page is " <span class="lk-code">{view.address}</span></p>
            </div>
            <div class="lk-actions">
                <a class="btn btn-primary" href="/organisation/sign-on/new"><Icon name="i-plus" />"Add a provider"</a>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {list}
    };
    Page::in_sidebar("Single sign-on", Place::SignOn, body)
}

fn state(view: &SignOnProviderView) -> crate::dto::Pill {
    let (kind, icon, label) = if view.enabled { ("ok", "i-circle-check", "In use") } else { ("idle", "i-circle-pause", "Turned off") };
    crate::dto::Pill { kind: kind.to_owned(), icon: icon.to_owned(), label: label.to_owned(), loud: false }
}

fn row(view: SignOnProviderView) -> impl IntoView {
    let people = usize::try_from(view.people).unwrap_or_default();
    let connected = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
    view! {
        <li class="lk-card lk-lift relative p-5">
            <div class="flex items-start gap-3.5">
                <div class="min-w-0 flex-1">
                    <h2 class="lk-h3"><a class="lk-stretch" href=format!("/organisation/sign-on/{}", view.id)>{view.label.clone()}</a></h2>
                    <p class="lk-cap"><span class="lk-code">{view.issuer.clone()}</span>{format!(" · {connected} · {}", count(view.domains.len(), "domain"))}</p>
                </div>
                <StatusPill pill=state(&view) />
            </div>
        </li>
    }
}

/// Draws the form for a new one.
pub fn new_page() -> Page {
    let body = view! {
        <Breadcrumb href="/organisation/sign-on" above="Single sign-on" here="Add a provider" />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Add a provider"</h1>
                <p class="lk-sub">"Register Latchkey at the provider first: it gives you a client id and a client secret. You get the address to register there on the next page."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <AddForm />
    };
    Page::in_sidebar("Add a provider", Place::SignOn, body)
}

/// Draws one provider.
pub fn page(view: SignOnProviderView) -> Page {
    let title = view.label.clone();
    let joins = view.join_role.map_or_else(|| "Nobody by themselves".to_owned(), |role: Role| format!("As {}", role.title().to_lowercase()));
    let (switch, words, sentence) = if view.enabled {
        ("no", "Turn it off", "While it is off, nobody can sign in there. Accounts stay connected.")
    } else {
        ("yes", "Turn it on", "Once it is on, people who are connected can sign in there again.")
    };
    let id = view.id.clone();
    let domains = (!view.domains.is_empty()).then(|| {
        let rows = view.domains.iter().map(|domain| domain_row(&id, domain)).collect_view();
        view! {
            <section class="lk-card mt-6 max-w-[46rem]" aria-labelledby="domains-head">
                <div class="lk-card-h"><h2 class="lk-h2" id="domains-head">"Domains"</h2></div>
                <div class="lk-card-b grid gap-5">{rows}</div>
            </section>
        }
    });
    let body = view! {
        <Breadcrumb href="/organisation/sign-on" above="Single sign-on" here=title.clone() />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">{title.clone()}</h1>
                <p class="lk-sub">{view.kind.title()}</p>
            </div>
            <StatusPill pill=state(&view) />
        </div>
        <FlashMessage class="mt-6" />
        <section class="lk-card mt-6 max-w-[46rem]" aria-label="What it is">
            <div class="lk-card-b">
                <dl class="lk-kv">
                    <dt>"Address to register there"</dt>
                    <dd class="lk-code">{view.redirect_uri.clone()}</dd>
                    <dt>"Issuer"</dt>
                    <dd class="lk-code">{view.issuer.clone()}</dd>
                    <dt>"Client id"</dt>
                    <dd class="lk-code">{view.client_id.clone()}</dd>
                    <dt>"Who joins"</dt>
                    <dd>{joins}</dd>
                    <dt>"Connected"</dt>
                    <dd>{view.people}</dd>
                </dl>
            </div>
        </section>
        {domains}
        <ChangeForm view=view.clone() />
        <section class="lk-card mt-6 max-w-[46rem]" aria-labelledby="end-head">
            <div class="lk-card-b">
                <h2 class="lk-h2" id="end-head">"Turn off or remove"</h2>
                <p class="mt-2 text-sm text-muted">{sentence}" Removing it disconnects everybody's accounts and erases the client secret. This cannot be undone."</p>
            </div>
            <div class="lk-card-f">
                <form method="post" action="/actions/organisation/sign-on/switch">
                    <input type="hidden" name="id" value=id.clone() />
                    <button class="btn btn-quiet" type="submit" name="enabled" value=switch>{words}</button>
                </form>
                <form method="post" action="/actions/organisation/sign-on/remove">
                    <input type="hidden" name="id" value=id.clone() />
                    <button class="btn btn-error" type="submit">"Remove "{title.clone()}</button>
                </form>
            </div>
        </section>
    };
    Page::in_sidebar(title, Place::SignOn, body)
}

fn domain_row(id: &str, domain: &SignOnDomain) -> impl IntoView + use<> {
    let name = domain.domain.clone();
    let state = if domain.verified_at.is_some() {
        view! { <p class="lk-cap">"Proven. People whose provider has verified such an address can join."</p> }.into_any()
    } else {
        view! {
            <p class="mt-1 text-sm text-muted">"Not proven yet. Add this TXT record to its DNS, then let us look."</p>
            <dl class="lk-kv mt-2">
                <dt>"Name"</dt>
                <dd class="lk-code">{domain.record_name.clone()}</dd>
                <dt>"Text"</dt>
                <dd class="lk-code">{domain.record_value.clone()}</dd>
            </dl>
            <form class="mt-3" method="post" action="/actions/organisation/sign-on/prove">
                <input type="hidden" name="id" value=id.to_owned() />
                <input type="hidden" name="domain" value=name.clone() />
                <button class="btn btn-quiet btn-sm" type="submit">
                    "Look now" <span class="sr-only">{format!(" at {name}")}</span>
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <div>
            <h3 class="lk-h3">{domain.domain.clone()}</h3>
            {state}
        </div>
    }
}
