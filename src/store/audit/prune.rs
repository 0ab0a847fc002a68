//! How long an organization keeps its entries, and what is left of those that are older.

use super::{AuditRow, Place, Raw};
use crate::domain::{OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

/// The outcome of an entry whose content is gone.
pub const PRUNED: &str = "pruned";

/// What an organization keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The tenant.
    pub organization: OrganizationId,
    /// How many days entries are kept; 0 for always.
    pub days: i64,
    /// Nothing older than this has any content.
    pub pruned_until: Timestamp,
}

fn retention((id, days, pruned_ms): (String, i64, i64)) -> Result<Retention, StoreError> {
    let organization = OrganizationId::parse(&id).map_err(|_| StoreError::bad_row("organizations", "id", &id))?;
    Ok(Retention { organization, days, pruned_until: Timestamp::from_millis(pruned_ms) })
}

/// What this organization keeps.
///
/// # Errors
/// [`StoreError`].
pub async fn of(on: Conn<'_>, organization: &OrganizationId) -> Result<Option<Retention>, StoreError> {
    let sql = "SELECT id, audit_days, audit_pruned_ms FROM organizations WHERE id = $1";
    row!(on, (String, i64, i64), sql, organization.as_str())?.map(retention).transpose()
}

/// Every organization that does not keep entries for ever.
///
/// # Errors
/// [`StoreError`].
pub async fn all(on: Conn<'_>) -> Result<Vec<Retention>, StoreError> {
    let sql = "SELECT id, audit_days, audit_pruned_ms FROM organizations WHERE audit_days > 0 ORDER BY id";
    rows!(on, (String, i64, i64), sql)?.into_iter().map(retention).collect()
}

/// Sets how many days an organization keeps its entries; 0 for always.
///
/// # Errors
/// [`StoreError`].
pub async fn set_days(on: Conn<'_>, organization: &OrganizationId, days: i64) -> Result<(), StoreError> {
    change!(on, "UPDATE organizations SET audit_days = $2 WHERE id = $1", organization.as_str(), days)?;
    Ok(())
}

/// Notes that nothing older than `until` has any content; never goes back.
///
/// # Errors
/// [`StoreError`].
pub async fn set_pruned(on: Conn<'_>, organization: &OrganizationId, until: Timestamp) -> Result<(), StoreError> {
    change!(on, "UPDATE organizations SET audit_pruned_ms = $2 WHERE id = $1 AND audit_pruned_ms < $2", organization.as_str(), until.millis())?;
    Ok(())
}

/// Entries with content behind the place `after` and older than `until`, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn due(on: Conn<'_>, organization: &OrganizationId, after: &Place, until: Timestamp, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND (at_ms, seq, node) > ($2, $3, $4) AND at_ms < $5 AND outcome <> 'pruned' ORDER BY at_ms, seq, node LIMIT $6");
    let found = rows!(on, Raw, sql, organization.as_str(), after.at.millis(), after.seq, after.node.as_str(), until.millis(), limit)?;
    found.into_iter().map(AuditRow::try_from).collect()
}

/// Takes the content of an entry: its place in the chain, its tenant, its time and its MACs stay. `seal` says that this was meant to be.
///
/// # Errors
/// [`StoreError`].
pub async fn blank(on: Conn<'_>, row: &AuditRow, seal: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_log SET actor_kind = '', actor_id = '', actor_name = '', action = '', target_kind = '', target_id = '', target_name = '', \
               outcome = 'pruned', detail = $4, address = '', user_agent = '', request_id = '' \
               WHERE node = $1 AND seq = $2 AND mac = $3 AND outcome <> 'pruned'";
    Ok(change!(on, sql, row.node.as_str(), row.seq, row.mac.as_slice(), seal)? == 1)
}
