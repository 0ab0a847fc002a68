//! The one-time setup link; one row (id 1).

use crate::domain::Timestamp;
use crate::store::{Conn, StoreError};

/// The link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupLinkRow {
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Makes a new link the only one; does nothing when the setup was done (used).
///
/// # Errors
/// [`StoreError`].
pub async fn replace(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    todo!()
}

/// The link.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>) -> Result<Option<SetupLinkRow>, StoreError> {
    todo!()
}

/// Marks the unused link with this hash as used; false when there is none. Of two at once, one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn use_up(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    todo!()
}
