//! A token that works long enough.

use crate::domain::{ConnectionId, OrganizationId, Timestamp};
use crate::services::{App, ServiceError};
use crate::store::{credentials, grants};

/// How a connection's token is after it was made sure that it works long enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensured {
    /// When the token ends; none when it does not, as far as anybody says.
    pub expires_at: Option<Timestamp>,
    /// Why it could not be renewed, as a stable code; none when that was not needed or did well.
    pub failure: Option<String>,
}

/// Makes sure that the active token of a connection works for `min_valid_ms` more, and renews it where it does not; none for a connection without tokens.
///
/// # Errors
/// [`ServiceError`] when the database fails; that no token could be got is no failure here.
pub async fn ensure(app: &App, organization: &OrganizationId, connection: &ConnectionId, min_valid_ms: i64) -> Result<Option<Ensured>, ServiceError> {
    let mut reader = app.database.read().await?;
    let Some(credential) = credentials::active(reader.conn(), organization, connection).await? else { return Ok(None) };
    let Some(grant) = grants::find(reader.conn(), organization, &credential.id).await? else { return Ok(None) };
    let enough = grant.expires_at.is_none_or(|end| end.since(app.now()) >= min_valid_ms);
    Ok(Some(Ensured { expires_at: grant.expires_at, failure: (!enough).then(|| "not_renewed".to_owned()) }))
}
