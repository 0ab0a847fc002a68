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

/// Whether the organization asks its members for a second factor; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn wants_second_factor(on: Conn<'_>, organization: &OrganizationId) -> Result<bool, StoreError> {
    let found = row!(on, (bool,), "SELECT second_factor FROM organizations WHERE id = $1", organization.as_str())?;
    Ok(found.is_some_and(|(wanted,)| wanted))
}

/// Sets whether the organization asks its members for a second factor.
///
/// # Errors
/// [`StoreError`].
pub async fn set_second_factor(on: Conn<'_>, organization: &OrganizationId, wanted: bool) -> Result<(), StoreError> {
    change!(on, "UPDATE organizations SET second_factor = $2 WHERE id = $1", organization.as_str(), wanted)?;
    Ok(())
}

/// Whether the organization asks for a second factor that this person does not have.
///
/// # Errors
/// [`StoreError`].
pub async fn misses_second_factor(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM organizations WHERE id = $1 AND second_factor) \
               AND NOT EXISTS (SELECT 1 FROM authenticators WHERE user_id = $2 AND turned_on_ms IS NOT NULL) \
               AND NOT EXISTS (SELECT 1 FROM passkeys WHERE user_id = $2)";
    value!(on, bool, sql, organization.as_str(), user.as_str())
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
