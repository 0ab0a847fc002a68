//! Accounts at providers of single sign-on, and who they are here. Found by owner, issuer and subject; never by an e-mail address.

use crate::domain::{Timestamp, UserId};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT owner, issuer, subject, user_id, provider, email, created_ms, used_ms FROM identities ", $rest)
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    owner: String,
    issuer: String,
    subject: String,
    user_id: String,
    provider: String,
    email: String,
    created_ms: i64,
    used_ms: i64,
}

impl TryFrom<Raw> for IdentityRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            user: UserId::parse(&raw.user_id).map_err(|_| StoreError::bad_row("identities", "user_id", &raw.provider))?,
            owner: raw.owner,
            issuer: raw.issuer,
            subject: raw.subject,
            provider: raw.provider,
            email: raw.email,
            created_at: Timestamp::from_millis(raw.created_ms),
            used_at: Timestamp::from_millis(raw.used_ms),
        })
    }
}

/// An account at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// The organization whose provider vouches for it; empty for a provider of the configuration.
    pub owner: String,
    /// Who says so.
    pub issuer: String,
    /// The account, as the issuer names it.
    pub subject: String,
    /// Who that is here.
    pub user: UserId,
    /// The provider: its id, or its name in the configuration.
    pub provider: String,
    /// The address that the provider last named; only shown.
    pub email: String,
    /// When connected.
    pub created_at: Timestamp,
    /// When last used.
    pub used_at: Timestamp,
}

/// Connects an account with a person.
///
/// # Errors
/// [`StoreError`]; `Duplicate` when the account is connected, or the person has one at this provider.
pub async fn insert(on: Conn<'_>, row: &IdentityRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO identities (owner, issuer, subject, user_id, provider, email, created_ms, used_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.owner.as_str(),
        row.issuer.as_str(),
        row.subject.as_str(),
        row.user.as_str(),
        row.provider.as_str(),
        row.email.as_str(),
        row.created_at.millis(),
        row.used_at.millis(),
    )?;
    Ok(())
}

/// Who an account is.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, owner: &str, issuer: &str, subject: &str) -> Result<Option<IdentityRow>, StoreError> {
    row!(on, Raw, select!("WHERE owner = $1 AND issuer = $2 AND subject = $3"), owner, issuer, subject)?.map(IdentityRow::try_from).transpose()
}

/// The accounts of a person, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(on: Conn<'_>, user: &UserId) -> Result<Vec<IdentityRow>, StoreError> {
    rows!(on, Raw, select!("WHERE user_id = $1 ORDER BY created_ms, provider"), user.as_str())?.into_iter().map(IdentityRow::try_from).collect()
}

/// Notes that an account was used.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(on: Conn<'_>, owner: &str, issuer: &str, subject: &str, email: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE identities SET used_ms = $4, email = $5 WHERE owner = $1 AND issuer = $2 AND subject = $3";
    change!(on, sql, owner, issuer, subject, now.millis(), email)?;
    Ok(())
}

/// Disconnects a person's account at a provider; whether there was one.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, user: &UserId, provider: &str) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM identities WHERE user_id = $1 AND provider = $2", user.as_str(), provider)? == 1)
}

/// Disconnects everybody from a provider; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_provider(on: Conn<'_>, provider: &str) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM identities WHERE provider = $1", provider)
}

/// How many people are connected with a provider.
///
/// # Errors
/// [`StoreError`].
pub async fn count_of_provider(on: Conn<'_>, provider: &str) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM identities WHERE provider = $1", provider)
}
