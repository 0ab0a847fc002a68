//! Authenticator apps: one of each person, its seed sealed.

use crate::domain::{Timestamp, UserId};
use crate::store::engine::{change, row, value};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    version: i64,
    sealed: Vec<u8>,
    turned_on_ms: Option<i64>,
    created_ms: i64,
}

/// An authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorRow {
    /// Whose it is.
    pub user: UserId,
    /// How often one was set up, from 1; part of what the seed is sealed for.
    pub version: i64,
    /// The seed, sealed.
    pub sealed: Vec<u8>,
    /// Since when it is asked for; none while it is being set up.
    pub turned_on_at: Option<Timestamp>,
    /// When the seed was made.
    pub created_at: Timestamp,
}

/// The person's app, being set up or on.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, user: &UserId) -> Result<Option<AuthenticatorRow>, StoreError> {
    let sql = "SELECT version, sealed, turned_on_ms, created_ms FROM authenticators WHERE user_id = $1";
    Ok(row!(on, Raw, sql, user.as_str())?.map(|raw| AuthenticatorRow {
        user: user.clone(),
        version: raw.version,
        sealed: raw.sealed,
        turned_on_at: raw.turned_on_ms.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(raw.created_ms),
    }))
}

/// Begins a set-up in place of one that was not ended; false, and nothing written, when an app is on.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(on: Conn<'_>, row: &AuthenticatorRow, key_id: &str) -> Result<bool, StoreError> {
    let sql = "INSERT INTO authenticators (user_id, version, key_id, sealed, turned_on_ms, last_step, created_ms) VALUES ($1, $2, $3, $4, NULL, 0, $5) \
               ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, key_id = excluded.key_id, sealed = excluded.sealed, last_step = 0, \
               created_ms = excluded.created_ms WHERE authenticators.turned_on_ms IS NULL";
    Ok(change!(on, sql, row.user.as_str(), row.version, key_id, row.sealed.as_slice(), row.created_at.millis())? == 1)
}

/// Turns the app on that was set up in this version; false when it is on already or another one was begun.
///
/// # Errors
/// [`StoreError`].
pub async fn turn_on(on: Conn<'_>, user: &UserId, version: i64, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE authenticators SET turned_on_ms = $3 WHERE user_id = $1 AND version = $2 AND turned_on_ms IS NULL";
    Ok(change!(on, sql, user.as_str(), version, now.millis())? == 1)
}

/// Uses the code of a time step up; false when it, or a later one, was used before (RFC 6238 §5.2).
///
/// # Errors
/// [`StoreError`].
pub async fn use_step(on: Conn<'_>, user: &UserId, version: i64, step: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE authenticators SET last_step = $3 WHERE user_id = $1 AND version = $2 AND last_step < $3";
    Ok(change!(on, sql, user.as_str(), version, step)? == 1)
}

/// Takes the app away.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, user: &UserId) -> Result<(), StoreError> {
    change!(on, "DELETE FROM authenticators WHERE user_id = $1", user.as_str())?;
    Ok(())
}

/// Whether the person has a second factor: an app that is on, or a passkey.
///
/// # Errors
/// [`StoreError`].
pub async fn has_second_factor(on: Conn<'_>, user: &UserId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM authenticators WHERE user_id = $1 AND turned_on_ms IS NOT NULL) \
               OR EXISTS (SELECT 1 FROM passkeys WHERE user_id = $1)";
    value!(on, bool, sql, user.as_str())
}
