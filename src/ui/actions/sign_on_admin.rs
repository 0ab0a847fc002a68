//! What the pages of an organization's providers send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::ServiceError;
use crate::services::sign_on::{self, Change, NewProvider};
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;
use crate::vault::Secret;

const LIST: &str = "/organisation/sign-on";
const NEW: &str = "/organisation/sign-on/new";

/// A provider to add.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Add {
    kind: String,
    label: String,
    issuer: String,
    client_id: String,
    client_secret: Secret<String>,
    domains: String,
    join_role: String,
}

/// What is to change.
#[derive(Debug, Deserialize)]
pub struct Edit {
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    client_secret: Secret<String>,
    #[serde(default)]
    domains: String,
    #[serde(default)]
    join_role: String,
}

/// Which provider; `enabled` is `yes` to turn it on.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
    #[serde(default)]
    enabled: String,
    #[serde(default)]
    domain: String,
}

fn address(id: &str) -> String {
    format!("{LIST}/{id}")
}

fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// `POST /actions/organisation/sign-on/add`
pub async fn add(member: Member, Form(form): Form<Add>) -> Response {
    let new = NewProvider {
        kind: form.kind.clone(),
        label: form.label.clone(),
        issuer: form.issuer.clone(),
        client_id: form.client_id.clone(),
        client_secret: form.client_secret,
        domains: listed(&form.domains),
        join_role: form.join_role.clone(),
    };
    match sign_on::add(&member.app, &member.actor, &new).await {
        Err(error) if !error.fields.is_empty() => {
            let typed = [
                ("kind", form.kind),
                ("label", form.label),
                ("issuer", form.issuer),
                ("client_id", form.client_id),
                ("domains", form.domains),
                ("join_role", form.join_role),
            ];
            let flash = typed.iter().fold(Flash::refusal(&error), |flash, (key, value)| flash.typed(key, value));
            member.go(flash, &local(NEW)).await
        }
        added => {
            let done = |view: crate::dto::SignOnProviderView| {
                (local(&address(&view.id)), Flash::ok(format!("{} is added.", view.label), "Register the address below at the provider, then try it."))
            };
            member.end(added, &local(NEW), done).await
        }
    }
}

/// `POST /actions/organisation/sign-on/change`
pub async fn change(member: Member, Form(form): Form<Edit>) -> Response {
    let page = local(&address(&form.id));
    let wanted = Change {
        label: Some(form.label.clone()),
        client_secret: Some(form.client_secret),
        domains: Some(listed(&form.domains)),
        join_role: Some(form.join_role.clone()),
        enabled: None,
    };
    match sign_on::change(&member.app, &member.actor, &form.id, &wanted).await {
        Err(error) if !error.fields.is_empty() => {
            let flash = Flash::refusal(&error).typed("label", &form.label).typed("domains", &form.domains).typed("join_role", &form.join_role);
            member.go(flash, &page).await
        }
        changed => member.end(changed, &page.clone(), |_| (page, Flash::ok("The changes are saved.", ""))).await,
    }
}

/// `POST /actions/organisation/sign-on/switch`: turns a provider off or on.
pub async fn switch(member: Member, Form(form): Form<Chosen>) -> Response {
    let enabled = form.enabled == "yes";
    let changed = sign_on::change(&member.app, &member.actor, &form.id, &Change { enabled: Some(enabled), ..Change::default() }).await;
    let words = if enabled { "It is in use." } else { "It is turned off." };
    back(member, changed, &form.id, Flash::ok(words, "")).await
}

/// `POST /actions/organisation/sign-on/prove`: looks for the text in the DNS.
pub async fn prove(member: Member, Form(form): Form<Chosen>) -> Response {
    let proven = sign_on::prove(&member.app, &member.actor, &form.id, &form.domain).await;
    back(member, proven, &form.id, Flash::ok(format!("{} is proven.", form.domain), "")).await
}

/// `POST /actions/organisation/sign-on/remove`
pub async fn remove(member: Member, Form(form): Form<Chosen>) -> Response {
    let removed = sign_on::remove(&member.app, &member.actor, &form.id).await;
    let done = |label| (local(LIST), Flash::ok(format!("{label} is removed."), "Its client secret is erased, and nobody is connected with it any more."));
    member.end(removed, &local(&address(&form.id)), done).await
}

async fn back<T>(member: Member, result: Result<T, ServiceError>, id: &str, done: Flash) -> Response {
    let page = local(&address(id));
    member.end(result, &page.clone(), |_| (page, done)).await
}
