//! The audit log: per node a chain of MACs.

use crate::domain::{OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

/// The columns of an entry.
macro_rules! columns {
    () => {
        "node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, address, user_agent, \
         request_id, prev_mac, mac"
    };
}

macro_rules! select {
    ($rest:expr) => {
        concat!("SELECT ", columns!(), " FROM audit_log ", $rest)
    };
}

mod group;
pub mod prune;
mod search;

pub use group::append_all;
pub use search::{Found, Index, Place, Search, Sight, find, mac_at, next_of, search, statement};

#[derive(sqlx::FromRow)]
struct Raw {
    node: String,
    seq: i64,
    org_id: Option<String>,
    at_ms: i64,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    action: String,
    target_kind: String,
    target_id: String,
    target_name: String,
    outcome: String,
    detail: String,
    address: String,
    user_agent: String,
    request_id: String,
    prev_mac: Vec<u8>,
    mac: Vec<u8>,
}

impl TryFrom<Raw> for AuditRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("audit_log", column, &format!("{} {}", raw.node, raw.seq));
        Ok(Self {
            organization: raw.org_id.as_deref().map(OrganizationId::parse).transpose().map_err(|_| bad("org_id"))?,
            node: raw.node,
            seq: raw.seq,
            at: Timestamp::from_millis(raw.at_ms),
            actor_kind: raw.actor_kind,
            actor_id: raw.actor_id,
            actor_name: raw.actor_name,
            action: raw.action,
            target_kind: raw.target_kind,
            target_id: raw.target_id,
            target_name: raw.target_name,
            outcome: raw.outcome,
            detail: raw.detail,
            address: raw.address,
            user_agent: raw.user_agent,
            request_id: raw.request_id,
            prev_mac: raw.prev_mac,
            mac: raw.mac,
        })
    }
}

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
    /// `member`, `application`, `link`, `visitor`, `job` or `operator`.
    pub actor_kind: String,
    /// Id of the member, application or link; empty for others.
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
    /// What the browser or program called itself; empty in entries from before it was kept.
    pub user_agent: String,
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
    // The update that changes nothing takes the row's lock and answers with what was committed last; a plain "do nothing" would answer with no row.
    let sql = "INSERT INTO audit_chains (node, seq, mac) VALUES ($1, 0, $2) ON CONFLICT (node) DO UPDATE SET seq = audit_chains.seq RETURNING seq, mac";
    let head = row!(on, (i64, Vec<u8>), sql, node, [0_u8; 32].as_slice())?;
    head.ok_or(StoreError::Sql(sqlx::Error::RowNotFound))
}

/// Adds an entry and moves the head of its chain to it; inside the transaction that called [`lock_chain`].
/// `Conflict` when the entry does not follow the head.
///
/// # Errors
/// [`StoreError`].
pub async fn append(mut on: Conn<'_>, row: &AuditRow) -> Result<(), StoreError> {
    let moved = change!(
        on.again(),
        "UPDATE audit_chains SET seq = $2, mac = $3 WHERE node = $1 AND seq = $2 - 1 AND mac = $4",
        row.node.as_str(),
        row.seq,
        row.mac.as_slice(),
        row.prev_mac.as_slice(),
    )?;
    if moved != 1 {
        return Err(StoreError::Conflict);
    }
    change!(
        on,
        "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, \
         detail, address, user_agent, request_id, prev_mac, mac) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        row.node.as_str(),
        row.seq,
        row.organization.as_ref().map(OrganizationId::as_str),
        row.at.millis(),
        row.actor_kind.as_str(),
        row.actor_id.as_str(),
        row.actor_name.as_str(),
        row.action.as_str(),
        row.target_kind.as_str(),
        row.target_id.as_str(),
        row.target_name.as_str(),
        row.outcome.as_str(),
        row.detail.as_str(),
        row.address.as_str(),
        row.user_agent.as_str(),
        row.request_id.as_str(),
        row.prev_mac.as_slice(),
        row.mac.as_slice(),
    )?;
    Ok(())
}

/// The newest entry about one thing with one action, which is not a read: those may be millions.
///
/// # Errors
/// [`StoreError`].
pub async fn last(on: Conn<'_>, organization: &OrganizationId, target_id: &str, action: &str) -> Result<Option<AuditRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND target_id = $2 AND action = $3 AND action <> 'credential.read' ORDER BY at_ms DESC, seq DESC, node LIMIT 1");
    row!(on, Raw, sql, organization.as_str(), target_id, action)?.map(AuditRow::try_from).transpose()
}

/// A stretch of a chain in order, for verification.
///
/// # Errors
/// [`StoreError::BadRow`] when a column holds what it never should, of whatever type.
pub async fn chain(on: Conn<'_>, node: &str, after_seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    let sql = select!("WHERE node = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    let found = rows!(on, Raw, sql, node, after_seq, limit).map_err(|error| match error {
        StoreError::Sql(sqlx::Error::ColumnDecode { .. }) => StoreError::bad_row("audit_log", "(one of them)", node),
        other => other,
    })?;
    found.into_iter().map(AuditRow::try_from).collect()
}

/// Every chain with its last seq and MAC.
///
/// # Errors
/// [`StoreError`].
pub async fn nodes(on: Conn<'_>) -> Result<Vec<(String, i64, Vec<u8>)>, StoreError> {
    rows!(on, (String, i64, Vec<u8>), "SELECT node, seq, mac FROM audit_chains ORDER BY node")
}

/// Nodes that have entries but no noted end; whole chains have none.
///
/// # Errors
/// [`StoreError`].
pub async fn headless(on: Conn<'_>) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT node FROM audit_log WHERE node NOT IN (SELECT node FROM audit_chains) ORDER BY node";
    Ok(rows!(on, (String,), sql)?.into_iter().map(|(node,)| node).collect())
}
