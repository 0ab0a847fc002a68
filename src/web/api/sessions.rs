//! `/api/v1/auth/sessions…` and `/api/v1/auth/confirm`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, data, listed, message};
use crate::dto::SessionView;
use crate::services::sign_in::{self, Shown};
use crate::services::{self, App, ServiceError};
use crate::vault::Secret;
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{ApiError, Guest, InPath, Member, session};

/// What proves who one is: the password or a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The password of the account.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    password: Option<Secret<String>>,
    /// A code of the authenticator app, or a recovery code.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    code: Option<Secret<String>>,
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedSessions {
    /// How many.
    ended: u64,
}

/// Confirm who you are.
///
/// For ten minutes the session may do what needs a fresh sign-in. It gets a new id; a wrong password or code counts as a wrong sign-in does.
#[utoipa::path(
    post, path = "/auth/confirm", operation_id = "confirm", tag = "auth",
    request_body = Confirmation,
    responses(
        (status = 200, description = "Confirmed.", body = Said, headers(("Set-Cookie" = String, description = "The session under its new id."))),
        (status = 401, description = "`login_failed`: it does not fit; `sign_in_required`: nobody is signed in.", body = Refused),
        (status = 429, description = "`slow_down`: too many tries.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn confirm(State(app): State<App>, Member(actor): Member, Guest(visitor): Guest, session: Session, Body(form): Body<Confirmation>) -> Answer {
    let shown = shown(form)?;
    let confirmed = sign_in::confirm(&app, &actor, &visitor, &shown).await;
    confirmed.map_err(|error| ApiError::from(error).at(app.clock.now()))?;
    session::prove(&app, &session, true).await?;
    Ok(message("Confirmed."))
}

fn shown(form: Confirmation) -> Result<Shown, ServiceError> {
    match (form.password, form.code) {
        (Some(password), None) => Ok(Shown::Password(password)),
        (None, Some(code)) => Ok(Shown::Code(code)),
        _ => Err(ServiceError::invalid_field("password", "Send the password or a code, one of them.")),
    }
}

/// List your sessions.
///
/// Where you are signed in, this session first, then the last used.
#[utoipa::path(get, path = "/auth/sessions", operation_id = "list_sessions", tag = "auth", responses((status = 200, description = "The sessions.", body = Done<Listed<SessionView>>)))]
pub async fn list(State(app): State<App>, Member(actor): Member, session: Session) -> Answer {
    let current = session::current(&session).await?;
    Ok(listed(services::sessions::list(&app, &actor, current.as_ref()).await?, None))
}

/// End a session.
///
/// It is gone at once, on every node.
#[utoipa::path(delete, path = "/auth/sessions/{id}", operation_id = "end_session", tag = "auth", responses((status = 200, description = "Ended.", body = Said)))]
pub async fn end(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    services::sessions::end(&app, &actor, &id).await?;
    Ok(message("The session has ended."))
}

/// End all your other sessions.
#[utoipa::path(
    post, path = "/auth/sessions/end-others", operation_id = "end_other_sessions", tag = "auth",
    responses((status = 200, description = "Ended.", body = Done<EndedSessions>))
)]
pub async fn end_others(State(app): State<App>, Member(actor): Member, session: Session) -> Answer {
    let current = session::current(&session).await?;
    let ended = services::sessions::end_others(&app, &actor, current.as_ref()).await?;
    Ok(data(EndedSessions { ended }))
}
