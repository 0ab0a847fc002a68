//! Sealed credentials in numbered versions.

use crate::domain::{ConnectionId, CredentialId, MemberId, OrganizationId, Timestamp};
use crate::store::{Conn, StoreError};

/// One version of a credential.
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
}

/// Adds a version.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &CredentialRow) -> Result<(), StoreError> {
    todo!()
}

/// The version in use.
///
/// # Errors
/// [`StoreError`].
pub async fn active(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<CredentialRow>, StoreError> {
    todo!()
}

/// Replaces the sealed bytes of the same version (a new session token); false when it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn replace_sealed(on: Conn<'_>, organization: &OrganizationId, id: &CredentialId, key_id: &str, sealed: &[u8]) -> Result<bool, StoreError> {
    todo!()
}

/// All versions, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn versions(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Vec<CredentialRow>, StoreError> {
    todo!()
}

/// Deletes every version; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn destroy_all(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<u64, StoreError> {
    todo!()
}
