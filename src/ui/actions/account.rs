//! Registering, links in letters, and a person's own account.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::accounts::{self, Edit, Registration, Verified};
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::{Guest, Member};
use crate::vault::Secret;
use crate::web::session;

/// What the page of a new account sends.
#[derive(Debug, Deserialize)]
pub struct RegisterForm {
    organization: String,
    name: String,
    email: String,
    password: Secret<String>,
}

/// A link of a letter.
#[derive(Debug, Deserialize)]
pub struct LinkForm {
    link: Secret<String>,
}

/// An address.
#[derive(Debug, Deserialize)]
pub struct AddressForm {
    email: String,
}

/// A link of a letter, and a new password.
#[derive(Debug, Deserialize)]
pub struct ResetForm {
    link: Secret<String>,
    password: Secret<String>,
}

/// A name.
#[derive(Debug, Deserialize)]
pub struct NameForm {
    name: String,
}

/// The old password and a new one.
#[derive(Debug, Deserialize)]
pub struct PasswordForm {
    current_password: Secret<String>,
    new_password: Secret<String>,
}

const ACCOUNT: &str = "/account";

/// Takes a registration; the answer is the same for every address.
pub async fn register(guest: Guest, Form(form): Form<RegisterForm>) -> Response {
    let RegisterForm { organization, name, email, password } = form;
    let typed = Flash::default().typed("organization", &organization).typed("name", &name).typed("email", &email);
    let wanted = Registration { organization, name, email, password };
    match accounts::register(&guest.app, &guest.visitor, &wanted).await {
        Ok(()) => {
            let sent = Flash::ok("A letter is on its way.", "Open the link in it to finish. Until then there is no account.");
            guest.go(sent.typed("email", &wanted.email), &local("/sent")).await
        }
        Err(error) => guest.go(Flash { values: typed.values, ..Flash::refusal(&error) }, &local("/register")).await,
    }
}

/// Confirms an address.
pub async fn verify(guest: Guest, Form(form): Form<LinkForm>) -> Response {
    match accounts::verify(&guest.app, &guest.visitor, form.link.expose()).await {
        Ok(Verified::Account) => guest.go(Flash::ok("Your address is confirmed.", "Sign in."), &local("/sign-in")).await,
        Ok(Verified::Address) => {
            let to = local(if guest.actor.is_some() { ACCOUNT } else { "/sign-in" });
            guest.go(Flash::ok("Your new address is confirmed.", "Sign in with it from now on."), &to).await
        }
        Err(error) => guest.go(Flash::refusal(&error), &local("/sign-in")).await,
    }
}

/// Sends the letter again; the answer is the same for every address.
pub async fn resend(guest: Guest, Form(form): Form<AddressForm>) -> Response {
    let flash = match accounts::resend(&guest.app, &guest.visitor, &form.email).await {
        Ok(()) => Flash::ok("If this address waits to be confirmed, a letter is on its way.", "Links of earlier letters no longer work."),
        Err(error) => Flash::refusal(&error),
    };
    guest.go(flash.typed("email", &form.email), &local("/sent")).await
}

/// Sends a link to choose a new password; the answer is the same for every address.
pub async fn forgot(guest: Guest, Form(form): Form<AddressForm>) -> Response {
    match accounts::forgot(&guest.app, &guest.visitor, &form.email).await {
        Ok(()) => {
            let sent = Flash::ok("If this address has an account, a letter is on its way.", "The link in it works once, for one hour.");
            guest.go(sent, &local("/forgot")).await
        }
        Err(error) => guest.go(Flash::refusal(&error).typed("email", &form.email), &local("/forgot")).await,
    }
}

/// Sets a new password by a link.
pub async fn reset(guest: Guest, Form(form): Form<ResetForm>) -> Response {
    match accounts::reset(&guest.app, &guest.visitor, form.link.expose(), &form.password).await {
        Ok(()) => guest.go(Flash::ok("Your password is changed.", "You are signed out everywhere. Sign in with the new one."), &local("/sign-in")).await,
        Err(error) if error.fields.is_empty() => guest.go(Flash::refusal(&error), &local("/forgot")).await,
        Err(error) => guest.go(Flash::refusal(&error), &local(&format!("/reset/{}", form.link.expose()))).await,
    }
}

/// Changes the shown name.
pub async fn name(member: Member, Form(form): Form<NameForm>) -> Response {
    let edit = Edit { name: Some(form.name), ..Edit::default() };
    let stored = accounts::edit(&member.app, &member.actor, &edit).await;
    member.end(stored, &local(ACCOUNT), |()| (local(ACCOUNT), Flash::ok("Your name is saved.", ""))).await
}

/// Begins to change the address.
pub async fn email(member: Member, Form(form): Form<AddressForm>) -> Response {
    let edit = Edit { email: Some(form.email), ..Edit::default() };
    let asked = accounts::edit(&member.app, &member.actor, &edit).await;
    let done = |()| (local(ACCOUNT), Flash::ok("A letter is on its way to the new address.", "Open the link in it. Until then your address stays."));
    member.end(asked, &local(ACCOUNT), done).await
}

/// Changes the password and signs out everywhere else.
pub async fn password(member: Member, Form(form): Form<PasswordForm>) -> Response {
    let mut changed = accounts::change_password(&member.app, &member.actor, &form.current_password, &form.new_password).await;
    if changed.is_ok() {
        changed = session::prove(&member.app, &member.session, true).await;
    }
    let done = |()| (local(ACCOUNT), Flash::ok("Your password is changed.", "You are signed out everywhere else."));
    member.end(changed, &local(ACCOUNT), done).await
}
