//! Sessions, found by the hash of their id.

use crate::domain::{OrganizationId, Timestamp, UserId};
use crate::store::{Conn, StoreError};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session id, hex.
    pub id_hash: String,
    /// Who is signed in.
    pub user: Option<UserId>,
    /// In which organization.
    pub organization: Option<OrganizationId>,
    /// What the session holds, JSON.
    pub data: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds a session; false when the id is taken (never overwrites).
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &SessionRow) -> Result<bool, StoreError> {
    todo!()
}

/// Adds or replaces a session.
///
/// # Errors
/// [`StoreError`].
pub async fn save(on: Conn<'_>, row: &SessionRow) -> Result<(), StoreError> {
    todo!()
}

/// A session that has not ended.
///
/// # Errors
/// [`StoreError`].
pub async fn load(on: Conn<'_>, id_hash: &str, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
    todo!()
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, id_hash: &str) -> Result<(), StoreError> {
    todo!()
}

/// Ends all sessions of a person.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_user(on: Conn<'_>, user: &UserId) -> Result<u64, StoreError> {
    todo!()
}

/// Removes ended sessions.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    todo!()
}
