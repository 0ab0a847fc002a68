//! Sealed credentials in numbered versions.

use crate::domain::{ConnectionId, CredentialId, MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError, grants};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, connection_id, version, active, key_id, sealed, created_ms, created_by, config, account_id, account_name, identity, host, \
             activated_ms, activated_by FROM credentials ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    connection_id: String,
    version: i64,
    active: bool,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
    created_by: String,
    config: String,
    account_id: String,
    account_name: String,
    identity: String,
    host: String,
    activated_ms: i64,
    activated_by: String,
}

impl TryFrom<Raw> for CredentialRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("credentials", column, &raw.id);
        Ok(Self {
            id: CredentialId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            connection: ConnectionId::parse(&raw.connection_id).map_err(|_| bad("connection_id"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("created_by"))?,
            activated_by: MemberId::parse(&raw.activated_by).map_err(|_| bad("activated_by"))?,
            version: raw.version,
            active: raw.active,
            key_id: raw.key_id,
            sealed: raw.sealed,
            created_at: Timestamp::from_millis(raw.created_ms),
            config: raw.config,
            account_id: raw.account_id,
            account_name: raw.account_name,
            identity: raw.identity,
            host: raw.host,
            activated_at: Timestamp::from_millis(raw.activated_ms),
        })
    }
}

/// One version of a credential, with what belongs to it: where it goes and whose account it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRow {
    /// The id.
    pub id: CredentialId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub connection: ConnectionId,
    /// From 1.
    pub version: i64,
    /// Whether it is the one in use.
    pub active: bool,
    /// The root key that sealed it.
    pub key_id: String,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// When.
    pub created_at: Timestamp,
    /// Who.
    pub created_by: MemberId,
    /// Fields that are no secret, JSON object of strings.
    pub config: String,
    /// The provider's id of the account.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// JSON of [`crate::dto::IdentityView`].
    pub identity: String,
    /// Where it goes.
    pub host: String,
    /// When it was last put in use.
    pub activated_at: Timestamp,
    /// By whom.
    pub activated_by: MemberId,
}

/// Adds a version. `Duplicate("credentials_active")` when it is active and another is too.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &CredentialRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO credentials (id, org_id, connection_id, version, active, key_id, sealed, created_ms, created_by, config, account_id, account_name, \
         identity, host, activated_ms, activated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        row.id.as_str(),
        row.organization.as_str(),
        row.connection.as_str(),
        row.version,
        row.active,
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.created_at.millis(),
        row.created_by.as_str(),
        row.config.as_str(),
        row.account_id.as_str(),
        row.account_name.as_str(),
        row.identity.as_str(),
        row.host.as_str(),
        row.activated_at.millis(),
        row.activated_by.as_str(),
    )?;
    Ok(())
}

/// The version in use.
///
/// # Errors
/// [`StoreError`].
pub async fn active(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<CredentialRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND connection_id = $2 AND active");
    row!(on, Raw, sql, organization.as_str(), connection.as_str())?.map(CredentialRow::try_from).transpose()
}

/// Takes a version out of use; false when it is not the one in use any more.
///
/// # Errors
/// [`StoreError`].
pub async fn deactivate(mut on: Conn<'_>, organization: &OrganizationId, id: &CredentialId) -> Result<bool, StoreError> {
    let sql = "UPDATE credentials SET active = FALSE WHERE org_id = $1 AND id = $2 AND active";
    let retired = change!(on.again(), sql, organization.as_str(), id.as_str())? == 1;
    grants::rest(on, organization, id).await?;
    Ok(retired)
}

/// Puts a version back in use; false when it is gone. `Duplicate("credentials_active")` when another is in use.
///
/// # Errors
/// [`StoreError`].
pub async fn activate(mut on: Conn<'_>, organization: &OrganizationId, id: &CredentialId, by: &MemberId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE credentials SET active = TRUE, activated_ms = $3, activated_by = $4 WHERE org_id = $1 AND id = $2 AND NOT active";
    let activated = change!(on.again(), sql, organization.as_str(), id.as_str(), at.millis(), by.as_str())? == 1;
    grants::wake(on, organization, id, at).await?;
    Ok(activated)
}

/// Deletes a version that is not in use; false when it is gone or in use.
///
/// # Errors
/// [`StoreError`].
pub async fn destroy(on: Conn<'_>, organization: &OrganizationId, id: &CredentialId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM credentials WHERE org_id = $1 AND id = $2 AND NOT active";
    Ok(change!(on, sql, organization.as_str(), id.as_str())? == 1)
}

/// Replaces the sealed bytes of the same version (a new session token); false when it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn replace_sealed(on: Conn<'_>, organization: &OrganizationId, id: &CredentialId, key_id: &str, sealed: &[u8]) -> Result<bool, StoreError> {
    let sql = "UPDATE credentials SET key_id = $3, sealed = $4 WHERE org_id = $1 AND id = $2";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), key_id, sealed)? == 1)
}

/// Leads the version in use elsewhere: its open fields and its host; false when it is not the one in use any more.
///
/// # Errors
/// [`StoreError`].
pub async fn lead(on: Conn<'_>, organization: &OrganizationId, id: &CredentialId, config: &str, host: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE credentials SET config = $3, host = $4 WHERE org_id = $1 AND id = $2 AND active";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), config, host)? == 1)
}

/// All versions, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn versions(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Vec<CredentialRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND connection_id = $2 ORDER BY version DESC");
    rows!(on, Raw, sql, organization.as_str(), connection.as_str())?.into_iter().map(CredentialRow::try_from).collect()
}

/// Deletes every version; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn destroy_all(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM credentials WHERE org_id = $1 AND connection_id = $2", organization.as_str(), connection.as_str())
}
