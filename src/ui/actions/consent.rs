//! Going to a provider to allow access, and coming back.

use std::collections::BTreeMap;

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use super::connect::Draft;
use crate::services::ServiceError;
use crate::services::consent::{self, Arrived, CameBack, Ended, Stopped};
use crate::ui::flash::Flash;
use crate::ui::page::bare_trouble;
use crate::ui::pages::consent::depart;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::{Guest, Member};
use crate::vault::Secret;
use crate::web::InPath;
use crate::web::session::{CONNECTING, binding};

/// Which connection, and by which app.
#[derive(Debug, Deserialize)]
pub struct Reconnect {
    id: String,
    #[serde(default)]
    oauth_app: String,
}

/// Which account.
#[derive(Debug, Deserialize)]
pub struct Picked {
    draft: String,
    #[serde(default)]
    account: String,
}

/// `POST /actions/connect/leave`: to the provider.
pub async fn leave(member: Member, Form(form): Form<Draft>) -> Response {
    let page = format!("/connect/{}/consent", form.draft);
    go(member, &form.draft, &page).await
}

/// `POST /actions/connections/reconnect`: to the provider, for a saved connection.
pub async fn reconnect(member: Member, Form(form): Form<Reconnect>) -> Response {
    let page = format!("/connections/{}/reconnect", form.id);
    match consent::reconnect(&member.app, &member.actor, &form.id, &form.oauth_app).await {
        Ok(draft) => go(member, draft.as_str(), &page).await,
        Err(error) => member.end(Err::<(), _>(error), &local(&page), |()| (local(&page), Flash::default())).await,
    }
}

async fn go(member: Member, draft: &str, page: &str) -> Response {
    let Ok(binding) = binding(&member.session, CONNECTING, member.app.random.as_ref()).await else { return bare_trouble(member.parts, member.options).await };
    match consent::begin(&member.app, &member.actor, draft, Some(&binding)).await {
        Ok(departure) => depart(member, departure).await,
        Err(error) => member.end(Err::<(), _>(error), &local(page), |()| (local(page), Flash::default())).await,
    }
}

/// `POST /actions/connect/account`: picks an account and starts the test.
pub async fn pick(member: Member, Form(form): Form<Picked>) -> Response {
    let page = local(&format!("/connect/{}/account", form.draft));
    match consent::pick(&member.app, &member.actor, &form.draft, &form.account).await {
        Ok(arrived) => see_other(&onward(&arrived)),
        Err(error) => member.end(Err::<(), _>(error), &page, |()| (page.clone(), Flash::default())).await,
    }
}

fn onward(arrived: &Arrived) -> crate::domain::LocalPath {
    match arrived {
        Arrived::Testing(_, Some(connection)) => local(&format!("/connections/{connection}/credentials/test")),
        Arrived::Testing(draft, None) => local(&format!("/connect/{draft}/test")),
        Arrived::Accounts(draft) => local(&format!("/connect/{draft}/account")),
    }
}

/// `GET /oauth/callback/{connector}`: always answered by a redirect, so that the code leaves the address at once.
pub async fn arrive(InPath(connector): InPath, guest: Guest) -> Response {
    let back = came_back(connector, guest.parts.uri.query().unwrap_or_default());
    let binding = guest.session.get::<String>(CONNECTING).await.ok().flatten();
    match consent::arrive(&guest.app, &guest.visitor, guest.actor.as_ref(), binding.as_deref(), back).await {
        Ok(arrived) => see_other(&onward(&arrived)),
        Err(Ended::Stopped(stopped)) => stop(guest, &stopped).await,
        Err(Ended::Failed(error)) => fail(guest, &error).await,
    }
}

async fn stop(guest: Guest, stopped: &Stopped) -> Response {
    let draft = stopped.draft.as_ref().map(|draft| format!("draft={draft}"));
    let connection = stopped.connection.as_ref().map(|connection| format!("connection={connection}"));
    let about: Vec<String> = [draft, connection].into_iter().flatten().collect();
    let mark = if about.is_empty() { "" } else { "?" };
    let page = local(&format!("/oauth/trouble/{}{mark}{}", stopped.trouble.as_str(), about.join("&")));
    let flash = if stopped.said.is_empty() { Flash::default() } else { Flash::bad("The provider said:", stopped.said.clone()) };
    guest.go(flash, &page).await
}

async fn fail(guest: Guest, error: &ServiceError) -> Response {
    tracing::warn!(cause = error.cause.as_deref().map(tracing::field::display), "a way back from a provider failed");
    guest.go(Flash::refusal(error), &local("/connections")).await
}

/// Reads the query; nothing of it counts when a key stands twice, which no provider does.
fn came_back(connector: String, query: &str) -> CameBack {
    let mut back = CameBack { connector, query: BTreeMap::new() };
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if back.query.insert(key.into_owned(), Secret::new(value.into_owned())).is_some() {
            back.query.clear();
            break;
        }
    }
    back
}
