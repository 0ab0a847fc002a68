//! What the browser answers for a passkey. The island of the page asks and sends; see `ui/islands/passkey_form.rs`.

use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::security::SECURITY;
use crate::services::passkeys::{self, Begun, Purpose};
use crate::services::{ErrorCode, ServiceError};
use crate::ui::flash::Flash;
use crate::ui::pages::recovery_codes;
use crate::ui::redirect::{local, sign_in as sign_in_page};
use crate::ui::visit::{Guest, Member};
use crate::web::{session, status_of};

/// What a passkey is wanted for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    purpose: String,
}

/// The answer of a browser.
#[derive(Debug, Deserialize)]
pub struct Answer {
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    next: String,
}

/// Which passkey, and its name.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
    #[serde(default)]
    name: String,
}

/// `POST /actions/passkeys/begin`: what the browser is to be asked for, as JSON; only the status says why not.
pub async fn begin(guest: Guest, Form(form): Form<Wanted>) -> Response {
    match wanted(&guest, &form.purpose).await {
        Ok(Begun { ceremony, options }) => Json(json!({ "ceremony": ceremony.expose(), "options": options })).into_response(),
        Err(error) => (status_of(error.code), Json(json!({ "message": error.message }))).into_response(),
    }
}

async fn wanted(guest: &Guest, purpose: &str) -> Result<Begun, ServiceError> {
    let nobody = || ServiceError::of(ErrorCode::NotFound);
    match (Purpose::parse(purpose).ok_or_else(nobody)?, &guest.actor) {
        (Purpose::SignIn, _) => passkeys::begin_sign_in(&guest.app, &guest.visitor).await,
        (Purpose::SecondStep, _) => {
            let half = session::half(&guest.session).await?.ok_or_else(nobody)?;
            passkeys::begin_second_step(&guest.app, &guest.visitor, &half.pending).await
        }
        (Purpose::Confirm, Some(actor)) => passkeys::begin_confirm(&guest.app, actor).await,
        (Purpose::Add, Some(actor)) => passkeys::begin_add(&guest.app, actor).await,
        (Purpose::Confirm | Purpose::Add, None) => Err(nobody()),
    }
}

/// `POST /actions/passkeys/sign-in`: signs in whoever the passkey is of.
pub async fn sign_in(guest: Guest, Form(form): Form<Answer>) -> Response {
    match passkeys::sign_in(&guest.app, &guest.visitor, &form.ceremony, &form.answer).await {
        Ok(signed_in) => guest.enter(&signed_in, false, &local(&form.next)).await,
        Err(error) => guest.go(Flash::refusal(&error), &sign_in_page(&form.next)).await,
    }
}

/// `POST /actions/passkeys/second-step`: takes the second step.
pub async fn second_step(guest: Guest, Form(form): Form<Answer>) -> Response {
    let half = match session::half(&guest.session).await {
        Ok(Some(half)) => half,
        Ok(None) | Err(_) => {
            let flash = Flash::bad("Sign in again.", "The second step has to follow within five minutes.");
            return guest.go(flash, &sign_in_page("/connections")).await;
        }
    };
    match passkeys::second_step(&guest.app, &guest.visitor, &half.pending, &form.ceremony, &form.answer).await {
        Ok(signed_in) => guest.enter(&signed_in, half.keep, &local(&half.next)).await,
        Err(error) => guest.step_back(&error, &half.next).await,
    }
}

/// `POST /actions/passkeys/confirm`: confirms who the person is.
pub async fn confirm(member: Member, Form(form): Form<Answer>) -> Response {
    let outcome = passkeys::confirm(&member.app, &member.actor, &form.ceremony, &form.answer).await;
    member.confirmed(outcome, &form.next).await
}

/// `POST /actions/passkeys/add`: adds the passkey that the browser made.
pub async fn add(member: Member, Form(form): Form<Answer>) -> Response {
    match passkeys::add(&member.app, &member.actor, &form.ceremony, &form.answer, &form.name).await {
        Ok(Some(codes)) => recovery_codes::show(member, "The passkey is added, and is your second step from now on.", codes).await,
        Ok(None) => member.go(Flash::ok("The passkey is added.", "Sign in with it next time."), &local(SECURITY)).await,
        Err(error) => member.end::<()>(Err(error), &local(SECURITY), |()| (local(SECURITY), Flash::default())).await,
    }
}

/// `POST /actions/passkeys/rename`: gives a passkey another name.
pub async fn rename(member: Member, Form(form): Form<Chosen>) -> Response {
    let renamed = passkeys::rename(&member.app, &member.actor, &form.id, &form.name).await;
    let done = |()| (local(SECURITY), Flash::ok("The passkey has its new name.", ""));
    member.end(renamed, &local(SECURITY), done).await
}

/// `POST /actions/passkeys/remove`: takes a passkey away.
pub async fn remove(member: Member, Form(form): Form<Chosen>) -> Response {
    let removed = passkeys::remove(&member.app, &member.actor, &form.id).await;
    let done = |name| (local(SECURITY), Flash::ok(format!("{name} is removed."), "It no longer signs you in. Delete it on your device too."));
    member.end(removed, &local(SECURITY), done).await
}
