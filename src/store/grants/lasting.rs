//! How long tokens in use last, for lists of connections.

use crate::domain::{ConnectionId, CredentialId, OrganizationId, Timestamp};
use crate::store::engine::{change, rows};
use crate::store::{Conn, StoreError};

/// How long the tokens in use of a connection last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// The connection.
    pub connection: ConnectionId,
    /// Whether they are renewed here.
    pub renews: bool,
    /// When the access token ends; none when it does not, as far as anybody says.
    pub expires_at: Option<Timestamp>,
}

/// How long the tokens in use of these connections last; nothing of those that hold none.
///
/// # Errors
/// [`StoreError`].
pub async fn lasting(mut on: Conn<'_>, organization: &OrganizationId, connections: &[&str]) -> Result<Vec<Lasting>, StoreError> {
    let sql = "SELECT g.connection_id, g.renews, g.frozen_ms, g.expires_ms FROM grants g JOIN credentials k ON k.id = g.credential_id \
               WHERE g.org_id = $1 AND k.active AND g.connection_id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let mut found = Vec::new();
    for ten in connections.chunks(10) {
        let at = |place: usize| ten.get(place).copied().unwrap_or_default();
        let row = rows!(
            on.again(),
            (String, bool, Option<i64>, Option<i64>),
            sql,
            organization.as_str(),
            at(0),
            at(1),
            at(2),
            at(3),
            at(4),
            at(5),
            at(6),
            at(7),
            at(8),
            at(9)
        )?;
        for (connection, renews, frozen_ms, expires_ms) in row {
            found.push(Lasting {
                connection: ConnectionId::parse(&connection).map_err(|_| StoreError::bad_row("grants", "connection_id", &connection))?,
                renews: renews && frozen_ms.is_none(),
                expires_at: expires_ms.map(Timestamp::from_millis),
            });
        }
    }
    Ok(found)
}

/// Notes that there is nothing to renew a version's tokens with.
///
/// # Errors
/// [`StoreError`].
pub async fn note_no_renewal(on: Conn<'_>, organization: &OrganizationId, credential: &CredentialId) -> Result<(), StoreError> {
    change!(on, "UPDATE grants SET renews = FALSE WHERE org_id = $1 AND credential_id = $2", organization.as_str(), credential.as_str()).map(drop)
}
