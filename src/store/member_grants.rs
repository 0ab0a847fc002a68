//! The connections that limited members know.

use crate::domain::{ConnectionId, MemberId, OrganizationId};
use crate::store::engine::{change, rows};
use crate::store::{Conn, StoreError};

/// Puts these connections in place of those that a member knew.
///
/// # Errors
/// [`StoreError`].
pub async fn replace(mut on: Conn<'_>, organization: &OrganizationId, member: &MemberId, connections: &[ConnectionId]) -> Result<(), StoreError> {
    change!(on.again(), "DELETE FROM member_grants WHERE org_id = $1 AND member_id = $2", organization.as_str(), member.as_str())?;
    for connection in connections {
        let sql = "INSERT INTO member_grants (org_id, member_id, connection_id) VALUES ($1, $2, $3)";
        change!(on.again(), sql, organization.as_str(), member.as_str(), connection.as_str())?;
    }
    Ok(())
}

/// Ids and names of the connections that a member knows, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_member(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT c.id, c.name FROM member_grants g JOIN connections c ON c.id = g.connection_id \
               WHERE g.org_id = $1 AND g.member_id = $2 ORDER BY c.folded, c.id";
    rows!(on, (String, String), sql, organization.as_str(), member.as_str())
}
