//! First steps that an organization has reached.

use crate::domain::{OrganizationId, Timestamp};
use crate::store::{Conn, StoreError};

/// Notes a milestone the first time; whether this was the first time.
///
/// # Errors
/// [`StoreError`].
pub async fn reach(on: Conn<'_>, organization: &OrganizationId, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    todo!()
}

/// All milestones with their times.
///
/// # Errors
/// [`StoreError`].
pub async fn all(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(String, Timestamp)>, StoreError> {
    todo!()
}
