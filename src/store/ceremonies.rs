//! Passkey ceremonies under way: what the server waits for, used once.

use crate::domain::{Timestamp, UserId};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// A ceremony under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CeremonyRow {
    /// SHA-256 of the token that the page holds, hex.
    pub token_hash: String,
    /// What it is for: `add`, `sign_in`, `second_step` or `confirm`.
    pub purpose: String,
    /// Whose it is; none when anybody may answer.
    pub user: Option<UserId>,
    /// What the answer is compared with, JSON.
    pub state: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds a ceremony.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &CeremonyRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO ceremonies (token_hash, purpose, user_id, state, expires_ms) VALUES ($1, $2, $3, $4, $5)",
        row.token_hash.as_str(),
        row.purpose.as_str(),
        row.user.as_ref().map(UserId::as_str),
        row.state.as_str(),
        row.expires_at.millis(),
    )?;
    Ok(())
}

/// Takes a ceremony that has not ended away and yields its state; none when it is unknown, used, over, for something else or somebody else's.
///
/// # Errors
/// [`StoreError`].
pub async fn take(on: Conn<'_>, token_hash: &str, purpose: &str, user: Option<&UserId>, now: Timestamp) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM ceremonies WHERE token_hash = $1 AND purpose = $2 AND coalesce(user_id, '') = $3 AND expires_ms > $4 RETURNING state";
    Ok(row!(on, (String,), sql, token_hash, purpose, user.map_or("", UserId::as_str), now.millis())?.map(|(state,)| state))
}

/// Removes ceremonies whose time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM ceremonies WHERE expires_ms <= $1", now.millis())
}
