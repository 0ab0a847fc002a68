//! Setup, sign in, sign out.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services;
use crate::services::setup::SetupForm as NewOrganization;
use crate::ui::flash::Flash;
use crate::ui::redirect::{local, sign_in as sign_in_page};
use crate::ui::visit::{Guest, Member};
use crate::vault::Secret;

/// What the setup page sends.
#[derive(Debug, Deserialize)]
pub struct SetupForm {
    link: String,
    organization: String,
    name: String,
    email: String,
    password: Secret<String>,
}

/// What the sign-in page sends.
#[derive(Debug, Deserialize)]
pub struct SignInForm {
    email: String,
    password: Secret<String>,
    #[serde(default)]
    next: String,
    /// Anything when the person wants to stay signed in for 14 days.
    #[serde(default)]
    keep: String,
}

/// Makes the organization and its first admin, and signs that person in.
pub async fn setup(guest: Guest, Form(form): Form<SetupForm>) -> Response {
    let SetupForm { link, organization, name, email, password } = form;
    let typed = Flash::default().typed("organization", &organization).typed("name", &name).typed("email", &email);
    let wanted = NewOrganization { organization, name, email, password };
    match services::setup::complete(&guest.app, &guest.visitor, &link, wanted).await {
        Ok(signed_in) => guest.enter(&signed_in, false, &local("/connections")).await,
        Err(error) => guest.go(Flash { values: typed.values, ..Flash::refusal(&error) }, &local(&format!("/setup/{link}"))).await,
    }
}

/// Signs in and goes on to where the person wanted to be.
pub async fn sign_in(guest: Guest, Form(form): Form<SignInForm>) -> Response {
    match services::sign_in::first_step(&guest.app, &guest.visitor, &form.email, &form.password).await {
        Ok(entered) => guest.admit(&entered, !form.keep.is_empty(), &local(&form.next)).await,
        Err(error) => guest.go(Flash::refusal(&error).typed("email", &form.email), &sign_in_page(&form.next)).await,
    }
}

/// Ends the session.
pub async fn sign_out(member: Member) -> Response {
    match services::sign_in::sign_out(&member.app, &member.actor).await {
        Ok(()) => member.leave().await,
        Err(error) => member.refuse(error).await,
    }
}
