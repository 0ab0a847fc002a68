//! Renewing: who may, and what came of it. Leases count by the time of the database, so that clocks of nodes need not agree.

use super::{GrantRow, Raw};
use crate::domain::{ConnectionId, CredentialId, OrganizationId, Timestamp};
use crate::store::engine::{self, change, row, rows, value};
use crate::store::{Conn, StoreError};

/// How long a claim counts, in milliseconds: longer than the longest call and what follows it.
const LEASE_MS: i64 = 60_000;

#[derive(sqlx::FromRow)]
struct RawClaim {
    #[sqlx(flatten)]
    raw: Raw,
    open_calls: i64,
}

/// The right to renew, which counts for a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The row as it is claimed.
    pub row: GrantRow,
    /// Calls with these tokens whose end nobody knows, this one included.
    pub open_calls: i64,
}

/// What a renewal brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// What is granted, as the provider says it.
    pub granted: String,
    /// When the tokens came.
    pub obtained_at: Timestamp,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends.
    pub refresh_ends_at: Option<Timestamp>,
    /// When renewing is due again.
    pub due_at: Option<Timestamp>,
}

/// A connection whose token is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub connection: ConnectionId,
    /// Its connector.
    pub connector: String,
}

/// Claims the renewal of these very tokens: none when another node is at it, when they are frozen, not the active ones or not of this generation any more, or when a
/// failure asks to wait; `by_person` waits for no failure. Committing it is the record that a call goes out.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(mut on: Conn<'_>, seen: &GrantRow, owner: &str, now: Timestamp, by_person: bool) -> Result<Option<Claim>, StoreError> {
    let clock = engine::now(on.again()).await?;
    let sql = "UPDATE grants SET lease = lease + 1, lease_owner = $4, lease_until_ms = $5, calling_ms = COALESCE(calling_ms, $6), open_calls = open_calls + 1 \
               WHERE org_id = $1 AND credential_id = $2 AND generation = $3 AND frozen_ms IS NULL AND (lease_owner = '' OR lease_until_ms <= $7) \
               AND ($8 OR failures = 0 OR due_ms <= $6) AND EXISTS (SELECT 1 FROM credentials v WHERE v.id = grants.credential_id AND v.active) \
               RETURNING credential_id, org_id, connection_id, app_id, kind, granted, allowed_ms, obtained_ms, expires_ms, refresh_ends_ms, due_ms, \
               generation, lease, lease_owner, lease_until_ms, calling_ms, failures, failure_code, failed_ms, open_calls";
    let found = row!(
        on,
        RawClaim,
        sql,
        seen.organization.as_str(),
        seen.credential.as_str(),
        seen.generation,
        owner,
        clock + LEASE_MS,
        now.millis(),
        clock,
        by_person
    )?;
    found.map(|found| Ok(Claim { row: found.raw.try_into()?, open_calls: found.open_calls })).transpose()
}

/// Whether somebody is renewing now.
///
/// # Errors
/// [`StoreError`].
pub async fn is_held(mut on: Conn<'_>, row: &GrantRow) -> Result<bool, StoreError> {
    let clock = engine::now(on.again()).await?;
    let sql = "SELECT EXISTS (SELECT 1 FROM grants WHERE org_id = $1 AND credential_id = $2 AND lease_owner <> '' AND lease_until_ms > $3)";
    value!(on, bool, sql, row.organization.as_str(), row.credential.as_str(), clock)
}

/// Writes what a renewal brought and gives the claim back; false, and nothing written, when the claim or the tokens are not the ones in use any more.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(on: Conn<'_>, claimed: &GrantRow, new: &Renewed) -> Result<bool, StoreError> {
    let sql = "UPDATE grants SET granted = $5, obtained_ms = $6, expires_ms = $7, refresh_ends_ms = $8, due_ms = $9, generation = generation + 1, \
               lease_owner = '', lease_until_ms = 0, calling_ms = NULL, open_calls = 0, failures = 0, failure_code = '', failed_ms = NULL \
               WHERE org_id = $1 AND credential_id = $2 AND lease = $3 AND generation = $4 \
               AND EXISTS (SELECT 1 FROM credentials v WHERE v.id = grants.credential_id AND v.active)";
    let changed = change!(
        on,
        sql,
        claimed.organization.as_str(),
        claimed.credential.as_str(),
        claimed.lease,
        claimed.generation,
        new.granted.as_str(),
        new.obtained_at.millis(),
        new.expires_at.map(Timestamp::millis),
        new.refresh_ends_at.map(Timestamp::millis),
        new.due_at.map(Timestamp::millis)
    )?;
    Ok(changed == 1)
}

/// Writes that a renewal failed and when the next is due, and gives the claim back; with `open`, nobody knows whether the provider acted. False, and nothing
/// written, as for [`renew`].
///
/// # Errors
/// [`StoreError`].
pub async fn fail(on: Conn<'_>, claimed: &GrantRow, code: &str, now: Timestamp, due: Option<Timestamp>, open: bool) -> Result<bool, StoreError> {
    let sql = "UPDATE grants SET due_ms = $5, failures = failures + 1, failure_code = $6, failed_ms = $7, lease_owner = '', lease_until_ms = 0, \
               calling_ms = CASE WHEN $8 THEN calling_ms ELSE NULL END, open_calls = CASE WHEN $8 THEN open_calls ELSE 0 END \
               WHERE org_id = $1 AND credential_id = $2 AND lease = $3 AND generation = $4 \
               AND EXISTS (SELECT 1 FROM credentials v WHERE v.id = grants.credential_id AND v.active)";
    let (organization, credential) = (claimed.organization.as_str(), claimed.credential.as_str());
    let due = due.map(Timestamp::millis);
    Ok(change!(on, sql, organization, credential, claimed.lease, claimed.generation, due, code, now.millis(), open)? == 1)
}

/// Notes that a login was made anew outside of a renewal, which any renewal under way then leaves alone; false when nothing is noted of logins yet.
///
/// # Errors
/// [`StoreError`].
pub async fn note_login(on: Conn<'_>, organization: &OrganizationId, credential: &CredentialId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE grants SET obtained_ms = $3, generation = generation + 1, lease_owner = '', lease_until_ms = 0, calling_ms = NULL, open_calls = 0, \
               failures = 0, failure_code = '', failed_ms = NULL WHERE org_id = $1 AND credential_id = $2 AND kind = 'login'";
    Ok(change!(on, sql, organization.as_str(), credential.as_str(), at.millis())? == 1)
}

/// Nothing is due for a version that is not in use.
///
/// # Errors
/// [`StoreError`].
pub(in crate::store) async fn rest(on: Conn<'_>, organization: &OrganizationId, credential: &CredentialId) -> Result<(), StoreError> {
    change!(on, "UPDATE grants SET due_ms = NULL WHERE org_id = $1 AND credential_id = $2", organization.as_str(), credential.as_str()).map(drop)
}

/// A version that is in use again is due at once: its tokens may have ended meanwhile.
///
/// # Errors
/// [`StoreError`].
pub(in crate::store) async fn wake(on: Conn<'_>, organization: &OrganizationId, credential: &CredentialId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE grants SET due_ms = $3, failures = 0, failure_code = '' WHERE org_id = $1 AND credential_id = $2 AND kind <> 'login'";
    change!(on, sql, organization.as_str(), credential.as_str(), at.millis()).map(drop)
}

/// The connections in use whose tokens are due and that nobody is renewing, longest due first; none of the connectors `without`.
///
/// # Errors
/// [`StoreError`].
pub async fn due(mut on: Conn<'_>, now: Timestamp, without: &[String], limit: i64) -> Result<Vec<Due>, StoreError> {
    let clock = engine::now(on.again()).await?;
    let sql = "SELECT g.org_id, g.connection_id, c.connector FROM grants g JOIN credentials v ON v.id = g.credential_id \
               JOIN connections c ON c.id = g.connection_id WHERE g.due_ms <= $1 AND g.frozen_ms IS NULL AND v.active AND c.status IN ('active', 'error') \
               AND (g.lease_owner = '' OR g.lease_until_ms <= $2) AND $3 NOT LIKE '% ' || c.connector || ' %' ORDER BY g.due_ms, g.credential_id LIMIT $4";
    let found = rows!(on, (String, String, String), sql, now.millis(), clock, format!(" {} ", without.join(" ")), limit)?;
    let read = |(organization, connection, connector): (String, String, String)| {
        let bad = |column| StoreError::bad_row("grants", column, &connection);
        Ok(Due {
            organization: OrganizationId::parse(&organization).map_err(|_| bad("org_id"))?,
            connection: ConnectionId::parse(&connection).map_err(|_| bad("connection_id"))?,
            connector,
        })
    };
    found.into_iter().map(read).collect()
}
