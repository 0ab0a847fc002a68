//! Organizations: the tenants.

use crate::domain::{OrganizationId, Timestamp};
use crate::store::{Conn, StoreError};

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
    todo!()
}

/// The organization itself.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId) -> Result<Option<OrganizationRow>, StoreError> {
    todo!()
}

/// How many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>) -> Result<i64, StoreError> {
    todo!()
}
