//! Connectors that people ask for.

use crate::domain::{MemberId, OrganizationId, RequestId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

/// A connector that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// The id.
    pub id: RequestId,
    /// The tenant.
    pub organization: OrganizationId,
    /// Who asks.
    pub member: MemberId,
    /// The service.
    pub service: String,
    /// What for; may be empty.
    pub purpose: String,
    /// When.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    service: String,
    purpose: String,
    created_ms: i64,
    member_name: String,
}

/// A request with the name of who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRequest {
    /// The id.
    pub id: String,
    /// The service.
    pub service: String,
    /// What for; may be empty.
    pub purpose: String,
    /// Who asks.
    pub by: String,
    /// When.
    pub created_at: Timestamp,
}

/// Adds a request.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &RequestRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO connector_requests (id, org_id, member_id, service, purpose, created_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id.as_str(),
        row.organization.as_str(),
        row.member.as_str(),
        row.service.as_str(),
        row.purpose.as_str(),
        row.created_at.millis(),
    )?;
    Ok(())
}

/// Every request of the organization, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<NamedRequest>, StoreError> {
    let sql = "SELECT r.id, r.service, r.purpose, r.created_ms, u.name AS member_name FROM connector_requests r \
               JOIN members m ON m.org_id = r.org_id AND m.id = r.member_id JOIN users u ON u.id = m.user_id \
               WHERE r.org_id = $1 ORDER BY r.created_ms DESC, r.id DESC";
    let found = rows!(on, Raw, sql, organization.as_str())?;
    let named = |raw: Raw| NamedRequest {
        id: raw.id,
        service: raw.service,
        purpose: raw.purpose,
        by: raw.member_name,
        created_at: Timestamp::from_millis(raw.created_ms),
    };
    Ok(found.into_iter().map(named).collect())
}

/// How many requests the organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT COUNT(*) FROM connector_requests WHERE org_id = $1", organization.as_str())
}

/// Removes a request; its service, none when there is no such request.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(on: Conn<'_>, organization: &OrganizationId, id: &RequestId) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM connector_requests WHERE org_id = $1 AND id = $2 RETURNING service";
    Ok(row!(on, (String,), sql, organization.as_str(), id.as_str())?.map(|(service,)| service))
}
