//! Keys that sign access tokens: sealed system secrets whose names begin alike.

use crate::domain::Timestamp;
use crate::store::engine::{change, rows};
use crate::store::keys::SystemSecretRow;
use crate::store::{Conn, StoreError};

/// What the name of every signing key begins with; the key's own name follows.
pub const NAME_PREFIX: &str = "access_token_key/";

#[derive(sqlx::FromRow)]
struct Raw {
    name: String,
    version: i64,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
}

/// All of them, the newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>) -> Result<Vec<SystemSecretRow>, StoreError> {
    let sql = "SELECT name, version, key_id, sealed, created_ms FROM system_secrets WHERE name LIKE 'access!_token!_key/%' ESCAPE '!' \
               ORDER BY created_ms DESC, name DESC";
    let made = |raw: Raw| SystemSecretRow {
        name: raw.name,
        version: raw.version,
        key_id: raw.key_id,
        sealed: raw.sealed,
        created_at: Timestamp::from_millis(raw.created_ms),
    };
    Ok(rows!(on, Raw, sql)?.into_iter().map(made).collect())
}

/// Removes those that were made before `before`, the newest of all excepted.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_older(on: Conn<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM system_secrets WHERE name LIKE 'access!_token!_key/%' ESCAPE '!' AND created_ms < $1 AND created_ms < \
               (SELECT max(created_ms) FROM system_secrets WHERE name LIKE 'access!_token!_key/%' ESCAPE '!')";
    change!(on, sql, before.millis())
}
