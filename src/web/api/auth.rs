//! `/api/v1/auth/…`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::body::Body;
use super::{Answer, data, message};
use crate::services::{self, App};
use crate::vault::Secret;
use crate::web::{ApiError, Guest, Member, session};

/// What signing in takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    email: String,
    password: Secret<String>,
}

/// Signs in; every wrong sign-in gets the same answer.
pub async fn sign_in(State(app): State<App>, Guest(visitor): Guest, session: Session, Body(form): Body<SignIn>) -> Answer {
    let signed_in = services::sign_in::sign_in(&app, &visitor, &form.email, &form.password).await;
    let signed_in = signed_in.map_err(|error| ApiError::from(error).at(app.clock.now()))?;
    session::begin(&app, &session, &signed_in, false).await?;
    Ok(message("Signed in."))
}

/// Signs out; the session is gone at once.
pub async fn sign_out(State(app): State<App>, Member(actor): Member, session: Session) -> Answer {
    services::sign_in::sign_out(&app, &actor).await?;
    session::end(&session).await?;
    Ok(message("Signed out."))
}

/// Who is signed in.
pub async fn me(State(app): State<App>, Member(actor): Member) -> Answer {
    let shell = services::shell::view(&app, &actor).await?;
    let organization = json!({"id": actor.organization, "name": shell.organization});
    Ok(data(json!({"member": actor.member(), "name": shell.person, "role": shell.role, "organization": organization})))
}
