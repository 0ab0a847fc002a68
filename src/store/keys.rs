//! Root keys the database knows of, and system secrets sealed under them.

use crate::domain::Timestamp;
use crate::store::{Conn, StoreError};

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
    todo!()
}

/// Notes a root key.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &RootKeyRow) -> Result<(), StoreError> {
    todo!()
}

/// Whether any organization, credential or system secret exists.
///
/// # Errors
/// [`StoreError`].
pub async fn holds_data(on: Conn<'_>) -> Result<bool, StoreError> {
    todo!()
}

/// How many sealed values (credentials, drafts, system secrets) need this key.
///
/// # Errors
/// [`StoreError`].
pub async fn count_sealed(on: Conn<'_>, key_id: &str) -> Result<i64, StoreError> {
    todo!()
}

/// A system secret.
///
/// # Errors
/// [`StoreError`].
pub async fn system_secret(on: Conn<'_>, name: &str) -> Result<Option<SystemSecretRow>, StoreError> {
    todo!()
}

/// Adds a system secret; false when another node was first.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_system_secret(on: Conn<'_>, row: &SystemSecretRow) -> Result<bool, StoreError> {
    todo!()
}
