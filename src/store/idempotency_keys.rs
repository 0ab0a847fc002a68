//! Requests that are done once however often they are sent; a row holds MACs of the key and the body, never the texts.

use crate::domain::{MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// A request that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// The tenant.
    pub organization: OrganizationId,
    /// Who sent it.
    pub member: MemberId,
    /// Keyed MAC of the key.
    pub key_mac: String,
    /// Method and path.
    pub route: String,
    /// Keyed MAC of the body.
    pub body_mac: String,
    /// The body of the answer; none while the request runs.
    pub answer: Option<String>,
    /// When it was begun; also tells one try from the next.
    pub created_at: Timestamp,
    /// When the row is forgotten.
    pub expires_at: Timestamp,
}

/// Claims a key for a request that begins; whether it was free, expired, or of a try begun before `abandoned` that never ended.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(on: Conn<'_>, row: &KeyRow, abandoned: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO idempotency_keys (org_id, member_id, key_mac, route, body_mac, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (org_id, member_id, key_mac) DO UPDATE SET route = excluded.route, body_mac = excluded.body_mac, answer = NULL, \
               created_ms = excluded.created_ms, expires_ms = excluded.expires_ms \
               WHERE idempotency_keys.expires_ms <= $6 OR (idempotency_keys.answer IS NULL AND idempotency_keys.created_ms < $8)";
    let claimed = change!(
        on,
        sql,
        row.organization.as_str(),
        row.member.as_str(),
        row.key_mac.as_str(),
        row.route.as_str(),
        row.body_mac.as_str(),
        row.created_at.millis(),
        row.expires_at.millis(),
        abandoned.millis(),
    )?;
    Ok(claimed == 1)
}

/// The request of a key.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, key_mac: &str) -> Result<Option<KeyRow>, StoreError> {
    let sql = "SELECT route, body_mac, answer, created_ms, expires_ms FROM idempotency_keys WHERE org_id = $1 AND member_id = $2 AND key_mac = $3";
    let found = row!(on, (String, String, Option<String>, i64, i64), sql, organization.as_str(), member.as_str(), key_mac)?;
    Ok(found.map(|(route, body_mac, answer, created_ms, expires_ms)| KeyRow {
        organization: organization.clone(),
        member: member.clone(),
        key_mac: key_mac.to_owned(),
        route,
        body_mac,
        answer,
        created_at: Timestamp::from_millis(created_ms),
        expires_at: Timestamp::from_millis(expires_ms),
    }))
}

/// Keeps the answer of this try; whether the key is still its own.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(on: Conn<'_>, row: &KeyRow, answer: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE idempotency_keys SET answer = $5 WHERE org_id = $1 AND member_id = $2 AND key_mac = $3 AND created_ms = $4 AND answer IS NULL";
    let kept = change!(on, sql, row.organization.as_str(), row.member.as_str(), row.key_mac.as_str(), row.created_at.millis(), answer)?;
    Ok(kept == 1)
}

/// Frees the key of this try, unless an answer is kept.
///
/// # Errors
/// [`StoreError`].
pub async fn release(on: Conn<'_>, row: &KeyRow) -> Result<(), StoreError> {
    let sql = "DELETE FROM idempotency_keys WHERE org_id = $1 AND member_id = $2 AND key_mac = $3 AND created_ms = $4 AND answer IS NULL";
    change!(on, sql, row.organization.as_str(), row.member.as_str(), row.key_mac.as_str(), row.created_at.millis())?;
    Ok(())
}

/// Removes rows whose time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM idempotency_keys WHERE expires_ms <= $1", now.millis())
}
