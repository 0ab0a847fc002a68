//! Recovery codes, stored as hashes only; a used one is gone.

use crate::domain::UserId;
use crate::store::engine::{change, value};
use crate::store::{Conn, StoreError};

/// Puts these codes in the place of all older ones.
///
/// # Errors
/// [`StoreError`].
pub async fn replace(mut on: Conn<'_>, user: &UserId, hashes: &[String]) -> Result<(), StoreError> {
    delete(on.again(), user).await?;
    for hash in hashes {
        change!(on.again(), "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)", user.as_str(), hash.as_str())?;
    }
    Ok(())
}

/// Uses a code up; false when there is none. Of two at once, one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn use_up(on: Conn<'_>, user: &UserId, hash: &str) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2", user.as_str(), hash)? == 1)
}

/// How many are left.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, user: &UserId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM recovery_codes WHERE user_id = $1", user.as_str())
}

/// Removes all codes of a person.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, user: &UserId) -> Result<(), StoreError> {
    change!(on, "DELETE FROM recovery_codes WHERE user_id = $1", user.as_str())?;
    Ok(())
}
