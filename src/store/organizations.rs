//! Organizations: the tenants.

use crate::domain::{OrganizationId, Timestamp, UserId};
use crate::store::engine::{change, row, value};
use crate::store::{Conn, StoreError, engine};

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationRow {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Adds an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &OrganizationRow) -> Result<(), StoreError> {
    change!(on, "INSERT INTO organizations (id, name, created_ms) VALUES ($1, $2, $3)", row.id.as_str(), row.name.as_str(), row.created_at.millis(),)?;
    Ok(())
}

/// The organization itself.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId) -> Result<Option<OrganizationRow>, StoreError> {
    let found = row!(on, (String, i64), "SELECT name, created_ms FROM organizations WHERE id = $1", organization.as_str())?;
    Ok(found.map(|(name, created_ms)| OrganizationRow { id: organization.clone(), name, created_at: Timestamp::from_millis(created_ms) }))
}

/// The name of the organization and the theme of one of its active members.
///
/// # Errors
/// [`StoreError`].
pub async fn frame(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT o.name, u.theme FROM organizations o JOIN members m ON m.org_id = o.id JOIN users u ON u.id = m.user_id \
               WHERE o.id = $1 AND m.user_id = $2 AND m.status = 'active'";
    row!(on, (String, String), sql, organization.as_str(), user.as_str())
}

/// Makes other transactions that hold the same organization wait until this one ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(on: Conn<'_>, organization: &OrganizationId) -> Result<(), StoreError> {
    engine::hold(on, "SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE", &[organization.as_str()]).await
}

/// How many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM organizations")
}
