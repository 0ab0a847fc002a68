//! What becomes of a membership.

use super::Standing;
use crate::domain::{MemberId, OrganizationId, Role, Timestamp};
use crate::store::engine::change;
use crate::store::{Conn, StoreError};

/// Gives another role; false when there is no such membership.
///
/// # Errors
/// [`StoreError`].
pub async fn set_role(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, role: Role) -> Result<bool, StoreError> {
    let sql = "UPDATE members SET role = $3 WHERE org_id = $1 AND id = $2";
    Ok(change!(on, sql, organization.as_str(), member.as_str(), role.as_str())? == 1)
}

/// Changes whether it counts; false when there is no such membership.
///
/// # Errors
/// [`StoreError`].
pub async fn set_status(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, standing: Standing) -> Result<bool, StoreError> {
    let sql = "UPDATE members SET status = $3 WHERE org_id = $1 AND id = $2";
    Ok(change!(on, sql, organization.as_str(), member.as_str(), standing.as_str())? == 1)
}

/// Changes whether it is limited to the connections of [`crate::store::member_grants`].
///
/// # Errors
/// [`StoreError`].
pub async fn set_limited(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, limited: bool) -> Result<(), StoreError> {
    change!(on, "UPDATE members SET limited = $3 WHERE org_id = $1 AND id = $2", organization.as_str(), member.as_str(), limited)?;
    Ok(())
}

/// Lets a membership that has ended, or never began, count again; false when it counts or is turned off.
///
/// # Errors
/// [`StoreError`].
pub async fn revive(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, role: Role, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE members SET status = 'active', role = $3, created_ms = $4 WHERE org_id = $1 AND id = $2 AND status IN ('removed', 'pending')";
    Ok(change!(on, sql, organization.as_str(), member.as_str(), role.as_str(), at.millis())? == 1)
}
