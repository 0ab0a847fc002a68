//! A token that works long enough.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::flight::{Wish, works_for};
use super::flights::join;
use crate::domain::{ConnectionId, OrganizationId, Timestamp};
use crate::services::{App, ServiceError};
use crate::store::grants::{self, GrantRow};

/// The longest that somebody waits for a renewal.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often a renewal is asked for that ends without a token and without a failure.
const ATTEMPTS: usize = 4;

/// How a connection's token is after it was made sure that it works long enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensured {
    /// When the token ends; none when it does not, as far as anybody says.
    pub expires_at: Option<Timestamp>,
    /// Why it could not be renewed, as a stable code; none when that was not needed or did well.
    pub failure: Option<String>,
}

/// Makes sure that the active token of a connection works for `min_valid_ms` more, and renews it where it does not; none for a connection without tokens.
/// A token that works long enough is answered at once, however the provider is.
///
/// # Errors
/// [`ServiceError`] when the database fails; that no token could be got is no failure here.
pub async fn ensure(app: &App, organization: &OrganizationId, connection: &ConnectionId, min_valid_ms: i64) -> Result<Option<Ensured>, ServiceError> {
    let until = Instant::now() + PATIENCE;
    let mut failure = None;
    for _ in 0..ATTEMPTS {
        let Some(grant) = find(app, organization, connection).await? else { return Ok(None) };
        if works_for(&grant, app.now(), min_valid_ms) {
            return Ok(Some(Ensured { expires_at: grant.expires_at, failure: None }));
        }
        if failure.is_some() || is_too_short(&grant, app.now(), min_valid_ms) {
            return Ok(Some(Ensured { expires_at: grant.expires_at, failure: Some(failure.unwrap_or_else(|| "token_too_short".to_owned())) }));
        }
        let landing = timeout_at(until, join(app, organization, connection, Wish::Valid(min_valid_ms))).await;
        failure = landing.map_or_else(|_| Some("renewal_takes_long".to_owned()), |landing| landing.failure);
    }
    let Some(grant) = find(app, organization, connection).await? else { return Ok(None) };
    let enough = works_for(&grant, app.now(), min_valid_ms);
    let failure = (!enough).then(|| failure.unwrap_or_else(|| "not_renewed".to_owned()));
    Ok(Some(Ensured { expires_at: grant.expires_at, failure }))
}

/// Makes sure of the same for a person who tests the connection: a failure before is no reason not to try.
///
/// # Errors
/// [`ServiceError`] when the database fails; that no token could be got is no failure here.
pub async fn ready(app: &App, organization: &OrganizationId, connection: &ConnectionId, min_valid_ms: i64) -> Result<(), ServiceError> {
    if find(app, organization, connection).await?.is_some_and(|grant| !works_for(&grant, app.now(), min_valid_ms)) {
        join(app, organization, connection, Wish::Person).await;
    }
    Ok(())
}

pub(super) async fn find(app: &App, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<GrantRow>, ServiceError> {
    Ok(grants::active(app.database.read().await?.conn(), organization, connection).await?)
}

/// Whether the provider's tokens never work so long: while one is in its first half, another would help nobody.
fn is_too_short(grant: &GrantRow, now: Timestamp, min_valid_ms: i64) -> bool {
    grant.expires_at.is_some_and(|end| {
        let lifetime = end.since(grant.obtained_at);
        lifetime < min_valid_ms && end.since(now) * 2 > lifetime
    })
}
