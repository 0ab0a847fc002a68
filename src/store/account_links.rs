//! Links in letters to people who have an account: one at most for each purpose.

use crate::domain::{Timestamp, UserId};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Choose a new password.
    Reset,
    /// Confirm a new address.
    Email,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Email => "email",
        }
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLinkRow {
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the token in the letter, hex.
    pub token_hash: String,
    /// The address it was sent to; canonical.
    pub email: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

type Raw = (String, String, String, i64, i64);

fn read((user, token_hash, email, created_ms, expires_ms): Raw) -> Result<AccountLinkRow, StoreError> {
    Ok(AccountLinkRow {
        user: UserId::parse(&user).map_err(|_| StoreError::bad_row("account_links", "user_id", &user))?,
        token_hash,
        email,
        created_at: Timestamp::from_millis(created_ms),
        expires_at: Timestamp::from_millis(expires_ms),
    })
}

/// Makes a link the only one of this person for this purpose.
///
/// # Errors
/// [`StoreError`].
pub async fn put(on: Conn<'_>, purpose: Purpose, row: &AccountLinkRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO account_links (user_id, purpose, token_hash, email, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (user_id, purpose) DO UPDATE SET token_hash = excluded.token_hash, email = excluded.email, \
               created_ms = excluded.created_ms, expires_ms = excluded.expires_ms";
    let (user, hash, email) = (row.user.as_str(), row.token_hash.as_str(), row.email.as_str());
    change!(on, sql, user, purpose.as_str(), hash, email, row.created_at.millis(), row.expires_at.millis())?;
    Ok(())
}

/// The link with this hash, for this purpose, that works at `now`.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, purpose: Purpose, token_hash: &str, now: Timestamp) -> Result<Option<AccountLinkRow>, StoreError> {
    let sql = "SELECT user_id, token_hash, email, created_ms, expires_ms FROM account_links WHERE token_hash = $1 AND purpose = $2 AND expires_ms > $3";
    row!(on, Raw, sql, token_hash, purpose.as_str(), now.millis())?.map(read).transpose()
}

/// Takes the link with this hash away, if it is for this purpose and works at `now`. Of two at once, one gets it.
///
/// # Errors
/// [`StoreError`].
pub async fn take(on: Conn<'_>, purpose: Purpose, token_hash: &str, now: Timestamp) -> Result<Option<AccountLinkRow>, StoreError> {
    let sql = "DELETE FROM account_links WHERE token_hash = $1 AND purpose = $2 AND expires_ms > $3 \
               RETURNING user_id, token_hash, email, created_ms, expires_ms";
    row!(on, Raw, sql, token_hash, purpose.as_str(), now.millis())?.map(read).transpose()
}

/// The address that waits to be confirmed, if any.
///
/// # Errors
/// [`StoreError`].
pub async fn pending_email(on: Conn<'_>, user: &UserId, now: Timestamp) -> Result<Option<String>, StoreError> {
    let sql = "SELECT email FROM account_links WHERE user_id = $1 AND purpose = 'email' AND expires_ms > $2";
    Ok(row!(on, (String,), sql, user.as_str(), now.millis())?.map(|(email,)| email))
}

/// Ends all links of a person.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_user(on: Conn<'_>, user: &UserId) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM account_links WHERE user_id = $1", user.as_str())
}

/// Removes links that have ended.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM account_links WHERE expires_ms <= $1", now.millis())
}
