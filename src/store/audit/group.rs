//! Many entries at once.

use serde::Serialize;

use super::AuditRow;
use crate::domain::OrganizationId;
use crate::store::engine::{change, text_of};
use crate::store::{Conn, StoreError};

#[derive(Serialize)]
struct Written<'a> {
    node: &'a str,
    seq: i64,
    org_id: Option<&'a str>,
    at_ms: i64,
    actor_kind: &'a str,
    actor_id: &'a str,
    actor_name: &'a str,
    action: &'a str,
    target_kind: &'a str,
    target_id: &'a str,
    target_name: &'a str,
    outcome: &'a str,
    detail: &'a str,
    address: &'a str,
    user_agent: &'a str,
    request_id: &'a str,
    prev_mac: String,
    mac: String,
}

impl<'a> From<&'a AuditRow> for Written<'a> {
    fn from(row: &'a AuditRow) -> Self {
        Self {
            node: &row.node,
            seq: row.seq,
            org_id: row.organization.as_ref().map(OrganizationId::as_str),
            at_ms: row.at.millis(),
            actor_kind: &row.actor_kind,
            actor_id: &row.actor_id,
            actor_name: &row.actor_name,
            action: &row.action,
            target_kind: &row.target_kind,
            target_id: &row.target_id,
            target_name: &row.target_name,
            outcome: &row.outcome,
            detail: &row.detail,
            address: &row.address,
            user_agent: &row.user_agent,
            request_id: &row.request_id,
            prev_mac: hex::encode(&row.prev_mac),
            mac: hex::encode(&row.mac),
        }
    }
}

const ADD_SQLITE: &str = concat!(
    // Materialized, because `json_each` writes its value anew for each time it is read.
    "WITH entries (value) AS MATERIALIZED (SELECT value FROM json_each($1)) INSERT INTO audit_log (",
    columns!(),
    ") SELECT value ->> 'node', value ->> 'seq', value ->> 'org_id', value ->> 'at_ms', value ->> 'actor_kind', value ->> 'actor_id', value ->> 'actor_name', \
     value ->> 'action', value ->> 'target_kind', value ->> 'target_id', value ->> 'target_name', value ->> 'outcome', value ->> 'detail', \
     value ->> 'address', value ->> 'user_agent', value ->> 'request_id', unhex(value ->> 'prev_mac'), unhex(value ->> 'mac') FROM entries"
);
const ADD_POSTGRES: &str = concat!(
    "INSERT INTO audit_log (",
    columns!(),
    ") SELECT node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, address, user_agent, \
     request_id, decode(prev_mac, 'hex'), decode(mac, 'hex') FROM json_to_recordset(CAST($1 AS json)) AS t (node text, seq bigint, org_id text, at_ms bigint, \
     actor_kind text, actor_id text, actor_name text, action text, target_kind text, target_id text, target_name text, outcome text, detail text, \
     address text, user_agent text, request_id text, prev_mac text, mac text)"
);

/// Adds entries that follow each other, and moves the head of their chain to the last; inside the transaction that called [`super::lock_chain`].
/// `Conflict` when the first does not follow the head.
///
/// # Errors
/// [`StoreError`].
pub async fn append_all(mut on: Conn<'_>, entries: &[AuditRow]) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
    let moved = change!(
        on.again(),
        "UPDATE audit_chains SET seq = $2, mac = $3 WHERE node = $1 AND seq = $4 - 1 AND mac = $5",
        last.node.as_str(),
        last.seq,
        last.mac.as_slice(),
        first.seq,
        first.prev_mac.as_slice(),
    )?;
    if moved != 1 {
        return Err(StoreError::Conflict);
    }
    let written: Vec<Written<'_>> = entries.iter().map(Written::from).collect();
    let json = serde_json::to_string(&written).map_err(|error| StoreError::Sql(sqlx::Error::Encode(error.into())))?;
    let sql = text_of(&on, ADD_SQLITE, ADD_POSTGRES);
    change!(on, sql, json)?;
    Ok(())
}
