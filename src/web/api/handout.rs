//! `/api/v1/connections/{id}/…`: handing credentials to programs, and what belongs to it.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query::Query;
use super::{Answer, data, listed};
use crate::domain::Timestamp;
use crate::dto::{CredentialUse, DisconnectView};
use crate::services::handout::{self, Handout, USUAL_MIN_VALID_S};
use crate::services::{App, connections, grants};
use crate::vault::Secret;
use crate::web::envelope::{Done, Listed, Refused};
use crate::web::etag::{IfNoneMatch, with_etag};
use crate::web::{ApiError, InPath, Member};

/// How long a token has to work.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// For how many seconds more the token has to work; 300 when left out.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 3600)]
    min_valid: Option<i64>,
}

/// A credential. Keep it in memory, and never in a log.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialHandout)]
pub struct Handed {
    /// The connection's id.
    connection: String,
    /// The connector's id.
    connector: String,
    /// The version of the credential.
    version: i64,
    /// `token`: a provider handed it out, and Latchkey renews it. `session`: the token of a login. `entered`: what people typed.
    #[schema(pattern = "^(token|session|entered)$")]
    kind: &'static str,
    /// The credential itself.
    credential: Parts,
    /// The headers that requests to the provider carry; left out where a request is more than its headers, or the key may not read what they hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    /// When the token ends; `null` when it does not, as far as anybody says.
    #[schema(required)]
    expires_at: Option<Timestamp>,
    /// When to read again; use what you hold until then.
    refresh_at: Timestamp,
    /// When the token came, or the credential was entered.
    obtained_at: Timestamp,
}

/// The parts of a credential; a refresh token is never among them.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialParts)]
pub struct Parts {
    /// The access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// The token of a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<String>,
    /// The secret fields by id; left out for keys that read the token alone.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
    /// The fields that are no secret, by id.
    config: BTreeMap<String, String>,
}

/// How the token is after it was renewed, or was not.
#[derive(Serialize, ToSchema)]
#[schema(as = RefreshedToken)]
pub struct Refreshed {
    /// When the token ends; `null` when it does not.
    #[schema(required)]
    expires_at: Option<Timestamp>,
    /// Why it could not be renewed: a stable code; `null` when it was, or need not be.
    #[schema(required)]
    failure: Option<String>,
}

/// Read the credential of a connection.
///
/// For programs alone: all of it for keys with `credentials:read`, the token for those with `credentials:token`. The token works for `min_valid` seconds
/// more; otherwise it is renewed first. Every read is recorded before the secret is opened.
#[utoipa::path(
    get, path = "/connections/{id}/credentials", operation_id = "read_credential", tag = "connections",
    params(Wanted, ("If-None-Match" = Option<String>, Header, description = "The `ETag` that you hold.")),
    responses(
        (status = 200, description = "The credential.", body = Done<Handed>, headers(("ETag" = String, description = "Its state, such as `\"1-17-9f86d081884c7d65\"`."))),
        (status = 304, description = "It is as you hold it."),
        (status = 409, description = "`turned_off`, `disconnected`, or `reauth_required` with the `reason`: a person has to act.", body = Refused),
        (status = 503, description = "`token_unavailable`: no token works long enough just now; `expires_at` is the end of the stored one. `audit_unavailable`: \
            the read cannot be recorded. Both with `Retry-After`.", body = Refused),
    )
)]
pub async fn read(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Query(wanted): Query<Wanted>, held: IfNoneMatch) -> Answer {
    let min_valid = wanted.min_valid.unwrap_or(USUAL_MIN_VALID_S);
    let holds = |tag: &str| held.holds(tag);
    let read = Box::pin(handout::read(&app, &actor, &id, min_valid, &holds)).await.map_err(|error| ApiError::from(error).at(app.now()))?;
    Ok(match read.handout {
        Some(handout) => with_etag(&read.tag, data(Handed::from(handout))),
        None => held.answer(&read.tag, || data(())),
    })
}

/// Renew the token of a connection.
///
/// It is renewed at once, whatever failed before. Reads renew by themselves: this is for trying.
#[utoipa::path(
    post, path = "/connections/{id}/refresh", operation_id = "refresh_connection", tag = "connections",
    responses(
        (status = 200, description = "How the token is now.", body = Done<Refreshed>),
        (status = 409, description = "`conflict`: it is turned off or disconnected, or has no token that is renewed.", body = Refused),
    )
)]
pub async fn refresh(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let ensured = Box::pin(grants::refresh_now(&app, &actor, &id)).await?;
    Ok(data(Refreshed { expires_at: ensured.expires_at, failure: ensured.failure }))
}

/// Revoke the credential of a connection.
///
/// Asks the provider to end it, then erases every version here, whatever the provider answers: the connection is disconnected.
#[utoipa::path(
    post, path = "/connections/{id}/revoke", operation_id = "revoke_connection", tag = "connections",
    responses(
        (status = 200, description = "What was erased, and what the provider said.", body = Done<DisconnectView>),
        (status = 409, description = "`conflict`: it is disconnected already.", body = Refused),
    )
)]
pub async fn revoke(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(Box::pin(connections::disconnect(&app, &actor, &id, true)).await?))
}

/// List who reads the credential.
///
/// The keys that read it in the last 30 days, the last first, in one page.
#[utoipa::path(
    get, path = "/connections/{id}/use", operation_id = "list_credential_use", tag = "connections",
    responses((status = 200, description = "The keys.", body = Done<Listed<CredentialUse>>))
)]
pub async fn used(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(listed(handout::uses(&app, &actor, &id).await?, None))
}

impl From<Handout> for Handed {
    fn from(handout: Handout) -> Self {
        let told = |secret: Secret<String>| secret.expose().clone();
        Self {
            connection: handout.connection.to_string(),
            connector: handout.connector,
            version: handout.version,
            kind: handout.kind,
            credential: Parts {
                access_token: handout.access_token.map(told),
                session_token: handout.session_token.map(told),
                fields: handout.fields.into_iter().map(|(id, secret)| (id, told(secret))).collect(),
                config: handout.config,
            },
            headers: handout.headers.map(|headers| headers.into_iter().map(|(name, secret)| (name, told(secret))).collect()),
            expires_at: handout.expires_at,
            refresh_at: handout.refresh_at,
            obtained_at: handout.obtained_at,
        }
    }
}
