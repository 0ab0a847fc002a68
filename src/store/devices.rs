//! Browsers that signed in before, found by the hash of the token in their cookie.

use crate::domain::{Timestamp, UserId};
use crate::store::engine::{change, value};
use crate::store::{Conn, StoreError};

/// How many browsers of one person are known at most.
const MOST: i64 = 20;

/// Whether the browser with this token is known as one of the person with this address.
///
/// # Errors
/// [`StoreError`].
pub async fn knows(on: Conn<'_>, token_hash: &str, email: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM devices d JOIN users u ON u.id = d.user_id WHERE d.token_hash = $1 AND u.email = $2 AND d.expires_ms > $3)";
    value!(on, bool, sql, token_hash, email, now.millis())
}

/// Gives a browser a new token and knows it, besides the people it was known for, as one of `user`.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(mut on: Conn<'_>, before: Option<&str>, token_hash: &str, user: &UserId, now: Timestamp, expires_at: Timestamp) -> Result<(), StoreError> {
    if let Some(before) = before {
        change!(on.again(), "UPDATE devices SET token_hash = $2 WHERE token_hash = $1", before, token_hash)?;
    }
    let sql = "INSERT INTO devices (token_hash, user_id, used_ms, expires_ms) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (token_hash, user_id) DO UPDATE SET used_ms = excluded.used_ms, expires_ms = excluded.expires_ms";
    change!(on.again(), sql, token_hash, user.as_str(), now.millis(), expires_at.millis())?;
    let sql = "DELETE FROM devices WHERE user_id = $1 AND token_hash NOT IN \
               (SELECT token_hash FROM devices WHERE user_id = $1 ORDER BY used_ms DESC, token_hash LIMIT $2)";
    change!(on, sql, user.as_str(), MOST)?;
    Ok(())
}

/// Forgets every browser of a person.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_of_user(on: Conn<'_>, user: &UserId) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM devices WHERE user_id = $1", user.as_str())
}

/// Forgets browsers that were not used for long.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM devices WHERE expires_ms <= $1", now.millis())
}
