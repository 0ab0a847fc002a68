//! Root keys the database knows of, and system secrets sealed under them.

use crate::domain::Timestamp;
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

/// The rule that one root key at most is active; its name in [`StoreError::Duplicate`].
pub const ONE_ACTIVE: &str = "root_keys_active";

#[derive(sqlx::FromRow)]
struct RawKey {
    key_id: String,
    source: String,
    check_value: String,
    parameters: String,
    status: String,
    created_ms: i64,
}

#[derive(sqlx::FromRow)]
struct RawSecret {
    name: String,
    version: i64,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
}

impl From<RawKey> for RootKeyRow {
    fn from(raw: RawKey) -> Self {
        Self {
            key_id: raw.key_id,
            source: raw.source,
            check_value: raw.check_value,
            parameters: raw.parameters,
            status: raw.status,
            created_at: Timestamp::from_millis(raw.created_ms),
        }
    }
}

impl From<RawSecret> for SystemSecretRow {
    fn from(raw: RawSecret) -> Self {
        Self { name: raw.name, version: raw.version, key_id: raw.key_id, sealed: raw.sealed, created_at: Timestamp::from_millis(raw.created_ms) }
    }
}

/// A root key version; never the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootKeyRow {
    /// 32 hex digits.
    pub key_id: String,
    /// `file`, `environment` or `passphrase`.
    pub source: String,
    /// Key check value, hex.
    pub check_value: String,
    /// JSON: passphrase parameters or `{}`.
    pub parameters: String,
    /// `active`, `retiring` or `retired`.
    pub status: String,
    /// When first used.
    pub created_at: Timestamp,
}

/// A sealed secret of the system itself, such as the audit MAC key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemSecretRow {
    /// Its name.
    pub name: String,
    /// From 1.
    pub version: i64,
    /// The root key that sealed it.
    pub key_id: String,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// When made.
    pub created_at: Timestamp,
}

/// All root keys, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>) -> Result<Vec<RootKeyRow>, StoreError> {
    let sql = "SELECT key_id, source, check_value, parameters, status, created_ms FROM root_keys ORDER BY created_ms, key_id";
    Ok(rows!(on, RawKey, sql)?.into_iter().map(RootKeyRow::from).collect())
}

/// Notes a root key; `Duplicate` of [`ONE_ACTIVE`] when another one is active.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &RootKeyRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO root_keys (key_id, source, check_value, parameters, status, created_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        row.key_id.as_str(),
        row.source.as_str(),
        row.check_value.as_str(),
        row.parameters.as_str(),
        row.status.as_str(),
        row.created_at.millis(),
    )?;
    Ok(())
}

/// Whether any organization, credential or system secret exists.
///
/// # Errors
/// [`StoreError`].
pub async fn holds_data(on: Conn<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM organizations) OR EXISTS (SELECT 1 FROM credentials) OR EXISTS (SELECT 1 FROM system_secrets)";
    value!(on, bool, sql)
}

/// How many sealed values (credentials, seeds of authenticator apps, drafts, tokens that nobody uses, letters, client secrets and attempts of single sign-on, system secrets) need
/// this key.
///
/// # Errors
/// [`StoreError`].
pub async fn count_sealed(on: Conn<'_>, key_id: &str) -> Result<i64, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM credentials WHERE key_id = $1) \
               + (SELECT count(*) FROM authenticators WHERE key_id = $1) \
               + (SELECT count(*) FROM drafts WHERE key_id = $1 AND sealed IS NOT NULL) \
               + (SELECT count(*) FROM leftovers WHERE key_id = $1) \
               + (SELECT count(*) FROM letters WHERE key_id = $1) \
               + (SELECT count(*) FROM oauth_apps WHERE key_id = $1) \
               + (SELECT count(*) FROM oauth_attempts WHERE key_id = $1) \
               + (SELECT count(*) FROM sign_on_providers WHERE key_id = $1) \
               + (SELECT count(*) FROM sign_on_attempts WHERE key_id = $1) \
               + (SELECT count(*) FROM system_secrets WHERE key_id = $1)";
    value!(on, i64, sql, key_id)
}

/// A system secret.
///
/// # Errors
/// [`StoreError`].
pub async fn system_secret(on: Conn<'_>, name: &str) -> Result<Option<SystemSecretRow>, StoreError> {
    let sql = "SELECT name, version, key_id, sealed, created_ms FROM system_secrets WHERE name = $1";
    Ok(row!(on, RawSecret, sql, name)?.map(SystemSecretRow::from))
}

/// Adds a system secret; false when another node was first.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_system_secret(on: Conn<'_>, row: &SystemSecretRow) -> Result<bool, StoreError> {
    let added = change!(
        on,
        "INSERT INTO system_secrets (name, version, key_id, sealed, created_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
        row.name.as_str(),
        row.version,
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.created_at.millis(),
    )?;
    Ok(added == 1)
}
