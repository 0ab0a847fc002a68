//! `/api/v1/auth/…`

use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::{Extension, Json};
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::tokens::{self, LoggedIn};
use super::{Answer, message};
use crate::services::{self, App, access};
use crate::vault::Secret;
use crate::web::envelope::{Done, Refused, Said};
use crate::web::middleware::Family;
use crate::web::{ApiError, Guest, Member, session};

/// What signing in takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address of the account.
    #[schema(example = "dana@example.com")]
    email: String,
    /// The password of the account.
    #[schema(value_type = String, format = Password, write_only)]
    password: Secret<String>,
    /// A code of the authenticator app, or a recovery code, for accounts with a second factor.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    code: Option<Secret<String>>,
    /// Whether to answer tokens instead of a session cookie.
    #[serde(default)]
    tokens: bool,
}

/// Sign in.
///
/// The answer sets the session cookie, or brings tokens when `tokens` is true. Every wrong sign-in gets the same answer; after ten of one account within
/// 15 minutes it is 429. An account with a second factor needs `code` in the same call.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login", tag = "auth", security(()),
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in.", body = LoggedIn, headers(("Set-Cookie" = String, description = "The session."))),
        (status = 401, description = "`login_failed`: wrong address or password; `second_factor_required`: the code is missing or does not fit.", body = Refused),
        (status = 429, description = "`slow_down`: too many tries.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn login(State(app): State<App>, Guest(visitor): Guest, session: Session, Body(form): Body<SignIn>) -> Answer {
    let signed_in = services::sign_in::sign_in_with(&app, &visitor, &form.email, &form.password, form.code.as_ref()).await;
    let signed_in = signed_in.map_err(|error| ApiError::from(error).at(app.clock.now()))?;
    if form.tokens {
        return Ok(Json(LoggedIn::Tokens(Done::of(tokens::begin(&app, &visitor, &signed_in).await?))).into_response());
    }
    session::begin(&app, &session, &signed_in, false).await?;
    Ok(Json(LoggedIn::Session(Said::of("Signed in.".to_owned()))).into_response())
}

/// Sign out.
///
/// The session is gone at once; with an access token its sign-in and all of its tokens are. A program's key cannot sign out: end it on its application.
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "auth", responses((status = 200, description = "Signed out.", body = Said)))]
pub async fn logout(State(app): State<App>, Member(actor): Member, family: Option<Extension<Family>>, session: Session) -> Answer {
    access::person(&actor)?;
    if let Some(Extension(Family(family))) = family {
        services::tokens::end(&app, &actor, &family).await?;
        return Ok(message("Signed out."));
    }
    services::sign_in::sign_out(&app, &actor).await?;
    session::end(&session).await?;
    Ok(message("Signed out."))
}
