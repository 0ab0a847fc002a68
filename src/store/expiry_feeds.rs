//! Addresses under which calendar programs read the expiry calendar, one for a member.

use crate::domain::{MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// Gives a member an address in place of the one before.
///
/// # Errors
/// [`StoreError`].
pub async fn put(mut on: Conn<'_>, organization: &OrganizationId, member: &MemberId, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    delete(on.again(), organization, member).await?;
    let sql = "INSERT INTO expiry_feeds (org_id, member_id, token_hash, created_ms) VALUES ($1, $2, $3, $4)";
    change!(on, sql, organization.as_str(), member.as_str(), token_hash, now.millis())?;
    Ok(())
}

/// Takes a member's address away; false when there was none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM expiry_feeds WHERE org_id = $1 AND member_id = $2", organization.as_str(), member.as_str())? == 1)
}

/// When a member's address was made; none without one.
///
/// # Errors
/// [`StoreError`].
pub async fn made_at(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT created_ms FROM expiry_feeds WHERE org_id = $1 AND member_id = $2";
    Ok(row!(on, (i64,), sql, organization.as_str(), member.as_str())?.map(|(made_ms,)| Timestamp::from_millis(made_ms)))
}

/// Whose address it is.
///
/// # Errors
/// [`StoreError`].
pub async fn presented(on: Conn<'_>, token_hash: &str) -> Result<Option<(OrganizationId, MemberId)>, StoreError> {
    let found = row!(on, (String, String), "SELECT org_id, member_id FROM expiry_feeds WHERE token_hash = $1", token_hash)?;
    let parsed = found.map(|(organization, member)| {
        let bad = |column| StoreError::bad_row("expiry_feeds", column, &member);
        Ok((OrganizationId::parse(&organization).map_err(|_| bad("org_id"))?, MemberId::parse(&member).map_err(|_| bad("member_id"))?))
    });
    parsed.transpose()
}
