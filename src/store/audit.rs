//! The audit log: per node a chain of MACs.

use crate::domain::{OrganizationId, Timestamp};
use crate::store::{Conn, StoreError};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// The node whose chain it is in.
    pub node: String,
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// The tenant; none for the server itself.
    pub organization: Option<OrganizationId>,
    /// When.
    pub at: Timestamp,
    /// `member`, `visitor`, `job` or `operator`.
    pub actor_kind: String,
    /// Member id; empty for others.
    pub actor_id: String,
    /// The name shown.
    pub actor_name: String,
    /// Such as `connection.created`.
    pub action: String,
    /// Such as `connection`.
    pub target_kind: String,
    /// The id.
    pub target_id: String,
    /// The name at that time.
    pub target_name: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// JSON object of allow-listed facts.
    pub detail: String,
    /// Where the request came from.
    pub address: String,
    /// Shared with the log.
    pub request_id: String,
    /// MAC of the entry before; 32 zero bytes at the start.
    pub prev_mac: Vec<u8>,
    /// HMAC-SHA-256 over `prev_mac` and all columns.
    pub mac: Vec<u8>,
}

/// Locks the head of a node's chain until the transaction ends: last seq and MAC; made when absent.
///
/// # Errors
/// [`StoreError`].
pub async fn lock_chain(on: Conn<'_>, node: &str) -> Result<(i64, Vec<u8>), StoreError> {
    todo!()
}

/// Adds an entry and moves the head of its chain to it; inside the transaction that called [`lock_chain`].
///
/// # Errors
/// [`StoreError`].
pub async fn append(on: Conn<'_>, row: &AuditRow) -> Result<(), StoreError> {
    todo!()
}

/// Newest entries about one thing.
///
/// # Errors
/// [`StoreError`].
pub async fn of_target(on: Conn<'_>, organization: &OrganizationId, target_id: &str, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    todo!()
}

/// A stretch of a chain in order, for verification.
///
/// # Errors
/// [`StoreError`].
pub async fn chain(on: Conn<'_>, node: &str, after_seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    todo!()
}

/// Every chain with its last seq and MAC.
///
/// # Errors
/// [`StoreError`].
pub async fn nodes(on: Conn<'_>) -> Result<Vec<(String, i64, Vec<u8>)>, StoreError> {
    todo!()
}
