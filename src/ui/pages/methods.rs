//! How a person may sign in: the password, and accounts at providers.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{MethodsView, SignOnChoice, SignOnIdentity};
use crate::services::sign_on;
use crate::ui::components::{Ago, Icon};
use crate::ui::page::Page;
use crate::ui::pages::account::{Section, framed};
use crate::ui::visit::Member;

/// `GET /account/methods`
pub async fn get(member: Member) -> Response {
    let view = sign_on::methods(&member.app, &member.actor).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: MethodsView) -> Page {
    let (now, may_disconnect) = (view.now, view.may_disconnect);
    let none = view.identities.is_empty().then(|| view! { <p class="text-sm text-muted">"You have connected no provider."</p> });
    let choices = (!view.choices.is_empty()).then(|| view! { <Connect choices=view.choices.clone() /> });
    let body = view! {
        <section class="lk-card" aria-labelledby="password">
            <div class="lk-card-b flex items-center gap-3">
                <Icon name="i-key-round" class="text-faint" />
                <div>
                    <h2 class="lk-h3" id="password">"Password"</h2>
                    <p class="lk-cap">{if view.password { "You have one." } else { "You have none: you sign in at a provider." }}</p>
                </div>
            </div>
        </section>
        <section class="lk-card" aria-labelledby="providers">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="providers">"Connected accounts"</h2>
            </div>
            <div class="lk-card-b grid gap-4">
                {none}
                {view.identities.into_iter().map(|identity| row(identity, may_disconnect, now)).collect_view()}
            </div>
            {choices}
        </section>
    };
    framed(Section::Methods, "Ways to sign in", body)
}

fn row(identity: SignOnIdentity, may_disconnect: bool, now: Timestamp) -> impl IntoView {
    let address = if identity.email.is_empty() { String::new() } else { format!("{} · ", identity.email) };
    let off = (!identity.usable).then(|| view! { <span class="lk-tag ms-2">"Turned off by your organisation"</span> });
    let disconnect = may_disconnect.then(|| {
        view! {
            <form method="post" action="/actions/sign-on/disconnect">
                <input type="hidden" name="provider" value=identity.provider.clone() />
                <button class="btn btn-quiet btn-sm" type="submit">
                    "Disconnect" <span class="sr-only">{format!(" {}", identity.label)}</span>
                </button>
            </form>
        }
    });
    view! {
        <div class="flex flex-wrap items-center gap-3">
            <div class="min-w-0 flex-1">
                <h3 class="lk-h3">{identity.label.clone()}{off}</h3>
                <p class="lk-cap">{address}"connected "<Ago at=identity.created_at now=now />", last used "<Ago at=identity.used_at now=now /></p>
            </div>
            {disconnect}
        </div>
    }
}

#[component]
fn Connect(choices: Vec<SignOnChoice>) -> impl IntoView {
    let button = |choice: SignOnChoice| {
        view! {
            <form method="post" action="/actions/sign-on/link">
                <input type="hidden" name="provider" value=choice.provider />
                <button class="btn btn-quiet" type="submit">
                    <Icon name="i-link-2" />
                    {format!("Connect {}", choice.label)}
                </button>
            </form>
        }
    };
    view! { <div class="lk-card-f">{choices.into_iter().map(button).collect_view()}</div> }
}
