//! First steps that an organization has reached.

use crate::domain::{OrganizationId, Timestamp};
use crate::store::engine::{change, rows};
use crate::store::{Conn, StoreError};

/// Notes a milestone the first time; whether this was the first time.
///
/// # Errors
/// [`StoreError`].
pub async fn reach(on: Conn<'_>, organization: &OrganizationId, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO milestones (org_id, name, reached_ms) VALUES ($1, $2, $3) ON CONFLICT (org_id, name) DO NOTHING";
    Ok(change!(on, sql, organization.as_str(), name, at.millis())? == 1)
}

/// All milestones with their times.
///
/// # Errors
/// [`StoreError`].
pub async fn all(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let sql = "SELECT name, reached_ms FROM milestones WHERE org_id = $1 ORDER BY reached_ms, name";
    let found = rows!(on, (String, i64), sql, organization.as_str())?;
    Ok(found.into_iter().map(|(name, reached_ms)| (name, Timestamp::from_millis(reached_ms))).collect())
}
