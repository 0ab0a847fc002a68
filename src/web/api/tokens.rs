//! `/api/v1/auth/refresh-token`, and what signing in answers to programs.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, data};
use crate::domain::Visitor;
use crate::services::{App, ServiceError, SignedIn, tokens};
use crate::vault::Secret;
use crate::web::envelope::{Done, Refused, Said};
use crate::web::{ApiError, Guest};

/// What a new pair of tokens takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    /// The refresh token that came last; it works once.
    #[schema(value_type = String, format = Password, write_only)]
    refresh_token: Secret<String>,
}

/// A pair of tokens, told once (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long it works, in seconds.
    expires_in: i64,
    /// For the next pair; works once.
    refresh_token: String,
    /// How long it can wait, in seconds.
    refresh_expires_in: i64,
}

/// What signing in answers: a sentence beside the session cookie, or tokens where they were asked for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum LoggedIn {
    /// A session.
    Session(Said),
    /// Tokens.
    Tokens(Done<Tokens>),
}

impl Tokens {
    fn of(issued: &tokens::Issued) -> Self {
        Self {
            access_token: issued.access.expose().clone(),
            token_type: "Bearer",
            expires_in: issued.access_ends_at.since(issued.at).div_euclid(1_000),
            refresh_token: issued.refresh.expose().clone(),
            refresh_expires_in: issued.refresh_ends_at.since(issued.at).div_euclid(1_000),
        }
    }
}

/// The tokens of a person who has just signed in.
pub(super) async fn begin(app: &App, visitor: &Visitor, signed_in: &SignedIn) -> Result<Tokens, ServiceError> {
    let issued = tokens::begin(app, visitor, signed_in).await?;
    Ok(Tokens::of(&issued))
}

/// Renew the tokens.
///
/// Each refresh token works once: the answer brings the next. One that comes a second time was copied, so its whole sign-in ends;
/// a program that did not get an answer signs in again.
#[utoipa::path(
    post, path = "/auth/refresh-token", operation_id = "refresh_token", tag = "auth", security(()), request_body = RefreshToken,
    responses(
        (status = 200, description = "The next pair.", body = Done<Tokens>),
        (status = 401, description = "`token_invalid`: unknown, used, ended.", body = Refused),
        (status = 429, description = "`slow_down`: too many that nobody knows.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn refresh(State(app): State<App>, Guest(visitor): Guest, Body(body): Body<RefreshToken>) -> Answer {
    let issued = tokens::refresh(&app, &visitor, &body.refresh_token).await;
    let issued = issued.map_err(|error| ApiError::from(error).at(app.clock.now()))?;
    Ok(data(Tokens::of(&issued)))
}
