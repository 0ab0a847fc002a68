//! Registrations whose address is not confirmed yet: there is no account before that.

use crate::domain::{Email, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    token_hash: String,
    email: String,
    name: String,
    organization: String,
    password_hash: String,
    created_ms: i64,
    expires_ms: i64,
}

impl From<Raw> for RegistrationRow {
    fn from(raw: Raw) -> Self {
        Self {
            token_hash: raw.token_hash,
            email: raw.email,
            name: raw.name,
            organization: raw.organization,
            password_hash: raw.password_hash,
            created_at: Timestamp::from_millis(raw.created_ms),
            expires_at: Timestamp::from_millis(raw.expires_ms),
        }
    }
}

/// A registration that waits for its address to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRow {
    /// SHA-256 of the token in the letter, hex.
    pub token_hash: String,
    /// Canonical e-mail address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// The name of the organization to make.
    pub organization: String,
    /// PHC string.
    pub password_hash: String,
    /// When the form was sent.
    pub created_at: Timestamp,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// Adds a registration.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &RegistrationRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO registrations (token_hash, email, name, organization, password_hash, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.token_hash.as_str(),
        row.email.as_str(),
        row.name.as_str(),
        row.organization.as_str(),
        row.password_hash.as_str(),
        row.created_at.millis(),
        row.expires_at.millis(),
    )?;
    Ok(())
}

/// The registration with this hash whose link works at `now`.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<Option<RegistrationRow>, StoreError> {
    let sql =
        "SELECT token_hash, email, name, organization, password_hash, created_ms, expires_ms FROM registrations WHERE token_hash = $1 AND expires_ms > $2";
    Ok(row!(on, Raw, sql, token_hash, now.millis())?.map(RegistrationRow::from))
}

/// Takes the registration with this hash away, if its link works at `now`. Of two at once, one gets it.
///
/// # Errors
/// [`StoreError`].
pub async fn take(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<Option<RegistrationRow>, StoreError> {
    let sql = "DELETE FROM registrations WHERE token_hash = $1 AND expires_ms > $2 \
               RETURNING token_hash, email, name, organization, password_hash, created_ms, expires_ms";
    Ok(row!(on, Raw, sql, token_hash, now.millis())?.map(RegistrationRow::from))
}

/// The registrations of this address whose link works at `now`, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_email(on: Conn<'_>, email: &Email, now: Timestamp) -> Result<Vec<RegistrationRow>, StoreError> {
    let sql = "SELECT token_hash, email, name, organization, password_hash, created_ms, expires_ms FROM registrations \
               WHERE email = $1 AND expires_ms > $2 ORDER BY created_ms, token_hash";
    Ok(rows!(on, Raw, sql, email.as_str(), now.millis())?.into_iter().map(RegistrationRow::from).collect())
}

/// Puts a new link in the place of an old one; false when the old one is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(on: Conn<'_>, old_hash: &str, new_hash: &str, expires_at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE registrations SET token_hash = $2, expires_ms = $3 WHERE token_hash = $1";
    Ok(change!(on, sql, old_hash, new_hash, expires_at.millis())? == 1)
}

/// Forgets all registrations of an address.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_email(on: Conn<'_>, email: &str) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM registrations WHERE email = $1", email)
}

/// Removes registrations whose link has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM registrations WHERE expires_ms <= $1", now.millis())
}
