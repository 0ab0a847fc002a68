//! `/api/v1/auth/…`: a person's own account.

use axum::extract::State;
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, message};
use crate::services::accounts::{self, Registration, Verified};
use crate::services::{App, ServiceError};
use crate::vault::Secret;
use crate::web::envelope::{Refused, Said};
use crate::web::{ApiError, Guest, Member, session};

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The name of the organization to make, 1 to 120 characters.
    #[serde(default)]
    organization: String,
    /// The person's name, 1 to 120 characters.
    name: String,
    /// The person's address.
    #[schema(example = "dana@example.com")]
    email: String,
    /// 8 to 1,024 bytes, not one of the passwords that are tried first.
    #[schema(value_type = String, format = Password, write_only)]
    password: Secret<String>,
}

/// The token of a letter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// What stands behind `/verify/` in the letter's link.
    #[schema(value_type = String, format = Password, write_only)]
    token: Secret<String>,
}

/// An address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfAddress {
    /// The address.
    #[schema(example = "dana@example.com")]
    email: String,
}

/// A new password by a letter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// What stands behind `/reset/` in the letter's link.
    #[schema(value_type = String, format = Password, write_only)]
    token: Secret<String>,
    /// The new password.
    #[schema(value_type = String, format = Password, write_only)]
    password: Secret<String>,
}

/// A new password by the old one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password in use.
    #[schema(value_type = String, format = Password, write_only)]
    current_password: Secret<String>,
    /// The new password.
    #[schema(value_type = String, format = Password, write_only)]
    new_password: Secret<String>,
}

fn refusal(app: &App) -> impl Fn(ServiceError) -> ApiError {
    let now = app.now();
    move |error| ApiError::from(error).at(now)
}

/// Register.
///
/// Makes an organization; an invitation is accepted by `/auth/accept-invitation`. Sends a letter with a link; there is no account before it is used. An address that has an account gets the same answer, and a letter that says so.
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register", tag = "auth", security(()), request_body = Register,
    responses(
        (status = 200, description = "A letter is on its way.", body = Said),
        (status = 403, description = "`registration_closed`: new accounts need an invitation; `cross_site`: the call came from another site.", body = Refused),
        (status = 429, description = "`slow_down`: too many letters, or too much at once.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn register(State(app): State<App>, Guest(visitor): Guest, Body(form): Body<Register>) -> Answer {
    let Register { organization, name, email, password } = form;
    let form = Registration { organization, name, email, password };
    accounts::register(&app, &visitor, &form).await.map_err(refusal(&app))?;
    Ok(message("A letter is on its way to this address. Open the link in it to finish."))
}

/// Confirm an address.
///
/// By the token of a letter, once. A registration becomes an account that can sign in; a new address takes the place of the old one.
#[utoipa::path(
    post, path = "/auth/verify-email", operation_id = "verify_email", tag = "auth", security(()), request_body = VerifyEmail,
    responses(
        (status = 200, description = "Confirmed.", body = Said),
        (status = 404, description = "`link_invalid`: unknown, used, replaced or ended.", body = Refused),
        (status = 429, description = "`slow_down`: too many tries.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn verify_email(State(app): State<App>, Guest(visitor): Guest, Body(form): Body<VerifyEmail>) -> Answer {
    let verified = accounts::verify(&app, &visitor, form.token.expose()).await.map_err(refusal(&app))?;
    Ok(message(match verified {
        Verified::Account => "Your address is confirmed. Sign in.",
        Verified::Address => "Your new address is confirmed. Sign in with it from now on.",
    }))
}

/// Send the letter again.
///
/// The same answer for every address; links of earlier letters end.
#[utoipa::path(
    post, path = "/auth/verify-email/resend", operation_id = "resend_verification", tag = "auth", security(()), request_body = OfAddress,
    responses(
        (status = 200, description = "A letter is on its way if the address waits to be confirmed.", body = Said),
        (status = 429, description = "`slow_down`: too many letters.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn resend(State(app): State<App>, Guest(visitor): Guest, Body(form): Body<OfAddress>) -> Answer {
    accounts::resend(&app, &visitor, &form.email).await.map_err(refusal(&app))?;
    Ok(message("If this address waits to be confirmed, a letter is on its way."))
}

/// Forget a password.
///
/// The same answer for every address, after the same work.
#[utoipa::path(
    post, path = "/auth/forgot-password", operation_id = "forgot_password", tag = "auth", security(()), request_body = OfAddress,
    responses(
        (status = 200, description = "A letter is on its way if the address has an account.", body = Said),
        (status = 429, description = "`slow_down`: too many letters.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn forgot_password(State(app): State<App>, Guest(visitor): Guest, Body(form): Body<OfAddress>) -> Answer {
    accounts::forgot(&app, &visitor, &form.email).await.map_err(refusal(&app))?;
    Ok(message("If this address has an account, a letter is on its way."))
}

/// Choose a new password.
///
/// By the token of a letter, once. Ends every session of the person.
#[utoipa::path(
    post, path = "/auth/reset-password", operation_id = "reset_password", tag = "auth", security(()), request_body = ResetPassword,
    responses(
        (status = 200, description = "Changed.", body = Said),
        (status = 404, description = "`link_invalid`: unknown, used, replaced or ended.", body = Refused),
        (status = 429, description = "`slow_down`: too many tries, or too much at once.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn reset_password(State(app): State<App>, Guest(visitor): Guest, Body(form): Body<ResetPassword>) -> Answer {
    accounts::reset(&app, &visitor, form.token.expose(), &form.password).await.map_err(refusal(&app))?;
    Ok(message("Your password is changed. Sign in with the new one."))
}

/// Change the password.
///
/// Ends every other session of the person; this one gets a new cookie.
#[utoipa::path(
    post, path = "/auth/change-password", operation_id = "change_password", tag = "auth", request_body = ChangePassword,
    responses(
        (status = 200, description = "Changed.", body = Said),
        (status = 409, description = "`conflict`: it was changed elsewhere meanwhile.", body = Refused),
        (status = 429, description = "`slow_down`: too many tries, or too much at once.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn change_password(State(app): State<App>, Member(actor): Member, session: Session, Body(form): Body<ChangePassword>) -> Answer {
    accounts::change_password(&app, &actor, &form.current_password, &form.new_password).await.map_err(refusal(&app))?;
    session::prove(&app, &session, true).await?;
    Ok(message("Your password is changed. You are signed out everywhere else."))
}
