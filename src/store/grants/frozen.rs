//! Tokens that nobody here may renew, because another program still does.

use crate::domain::{ConnectionId, CredentialId, OrganizationId, Timestamp};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// Keeps tokens as they are from `now` on: nobody here renews them until [`thaw`]. False when there are none, or they are frozen already.
///
/// # Errors
/// [`StoreError`].
pub async fn freeze(on: Conn<'_>, organization: &OrganizationId, credential: &CredentialId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE grants SET frozen_ms = $3, due_ms = NULL WHERE org_id = $1 AND credential_id = $2 AND frozen_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), credential.as_str(), now.millis())? == 1)
}

/// Lets the frozen tokens in use of a connection be renewed again, at `due`; false when they are not frozen.
///
/// # Errors
/// [`StoreError`].
pub async fn thaw(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId, due: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE grants SET frozen_ms = NULL, due_ms = $3 WHERE org_id = $1 AND connection_id = $2 AND frozen_ms IS NOT NULL \
               AND credential_id IN (SELECT id FROM credentials WHERE org_id = $1 AND connection_id = $2 AND active)";
    Ok(change!(on, sql, organization.as_str(), connection.as_str(), due.millis())? == 1)
}

/// Since when the tokens in use of a connection are frozen; none when they are not.
///
/// # Errors
/// [`StoreError`].
pub async fn frozen_since(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT g.frozen_ms FROM grants g JOIN credentials k ON k.id = g.credential_id WHERE g.org_id = $1 AND g.connection_id = $2 AND k.active \
               AND g.frozen_ms IS NOT NULL";
    Ok(row!(on, (i64,), sql, organization.as_str(), connection.as_str())?.map(|(frozen_ms,)| Timestamp::from_millis(frozen_ms)))
}
