//! Attempts at providers of single sign-on: each can be taken once.

use crate::domain::{SignOnPurpose, Timestamp, UserId};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    state_hash: String,
    provider: String,
    owner: String,
    issuer: String,
    binding: String,
    purpose: String,
    user_id: Option<String>,
    next: String,
    redirect_uri: String,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
    expires_ms: i64,
}

impl TryFrom<Raw> for AttemptRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("sign_on_attempts", column, &raw.state_hash);
        Ok(Self {
            purpose: SignOnPurpose::parse(&raw.purpose).map_err(|_| bad("purpose"))?,
            user: raw.user_id.as_deref().map(UserId::parse).transpose().map_err(|_| bad("user_id"))?,
            state_hash: raw.state_hash,
            provider: raw.provider,
            owner: raw.owner,
            issuer: raw.issuer,
            binding: raw.binding,
            next: raw.next,
            redirect_uri: raw.redirect_uri,
            key_id: raw.key_id,
            sealed: raw.sealed,
            created_at: Timestamp::from_millis(raw.created_ms),
            expires_at: Timestamp::from_millis(raw.expires_ms),
        })
    }
}

/// An attempt at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// SHA-256 of the state, hex.
    pub state_hash: String,
    /// The provider: its id, or its name in the configuration.
    pub provider: String,
    /// The organization that the provider belongs to; empty for one of the configuration.
    pub owner: String,
    /// The issuer that must answer.
    pub issuer: String,
    /// SHA-256 of what only the browser's session holds, hex.
    pub binding: String,
    /// What it is for.
    pub purpose: SignOnPurpose,
    /// Who is signed in and asked for it.
    pub user: Option<UserId>,
    /// The local path to go on to.
    pub next: String,
    /// The address that the provider was told to lead back to.
    pub redirect_uri: String,
    /// The root key that nonce and verifier are sealed under.
    pub key_id: String,
    /// Nonce and PKCE verifier, sealed.
    pub sealed: Vec<u8>,
    /// When begun.
    pub created_at: Timestamp,
    /// When it counts no more.
    pub expires_at: Timestamp,
}

/// Adds an attempt.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &AttemptRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO sign_on_attempts (state_hash, provider, owner, issuer, binding, purpose, user_id, next, redirect_uri, key_id, sealed, created_ms, \
         expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.state_hash.as_str(),
        row.provider.as_str(),
        row.owner.as_str(),
        row.issuer.as_str(),
        row.binding.as_str(),
        row.purpose.as_str(),
        row.user.as_ref().map(UserId::as_str),
        row.next.as_str(),
        row.redirect_uri.as_str(),
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.created_at.millis(),
        row.expires_at.millis(),
    )?;
    Ok(())
}

/// Takes an attempt: of several at once, one gets it, and nobody gets it again.
///
/// # Errors
/// [`StoreError`].
pub async fn take(on: Conn<'_>, state_hash: &str) -> Result<Option<AttemptRow>, StoreError> {
    let sql = "DELETE FROM sign_on_attempts WHERE state_hash = $1 \
               RETURNING state_hash, provider, owner, issuer, binding, purpose, user_id, next, redirect_uri, key_id, sealed, created_ms, expires_ms";
    row!(on, Raw, sql, state_hash)?.map(AttemptRow::try_from).transpose()
}

/// Removes attempts whose time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM sign_on_attempts WHERE expires_ms <= $1", now.millis())
}
