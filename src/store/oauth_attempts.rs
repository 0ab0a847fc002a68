//! Attempts at consent with a provider: each can be taken once.

use crate::domain::{DraftId, MemberId, OAuthAppId, OrganizationId, Timestamp};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    state_hash: String,
    org_id: String,
    member_id: String,
    binding: Option<String>,
    connector: String,
    app_id: String,
    draft_id: String,
    issuer: String,
    redirect_uri: String,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
    expires_ms: i64,
}

impl TryFrom<Raw> for OAuthAttemptRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("oauth_attempts", column, &raw.state_hash);
        Ok(Self {
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            member: MemberId::parse(&raw.member_id).map_err(|_| bad("member_id"))?,
            app: OAuthAppId::parse(&raw.app_id).map_err(|_| bad("app_id"))?,
            draft: DraftId::parse(&raw.draft_id).map_err(|_| bad("draft_id"))?,
            state_hash: raw.state_hash,
            binding: raw.binding,
            connector: raw.connector,
            issuer: raw.issuer,
            redirect_uri: raw.redirect_uri,
            key_id: raw.key_id,
            sealed: raw.sealed,
            created_at: Timestamp::from_millis(raw.created_ms),
            expires_at: Timestamp::from_millis(raw.expires_ms),
        })
    }
}

/// An attempt at consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthAttemptRow {
    /// SHA-256 of the state, hex.
    pub state_hash: String,
    /// The tenant.
    pub organization: OrganizationId,
    /// Who asked for it.
    pub member: MemberId,
    /// SHA-256 of what only the browser's session holds, hex; none where no browser began it.
    pub binding: Option<String>,
    /// The connector.
    pub connector: String,
    /// The organization's app.
    pub app: OAuthAppId,
    /// The draft that waits for it.
    pub draft: DraftId,
    /// The issuer that must name itself on the way back (RFC 9207); empty for none.
    pub issuer: String,
    /// The address that the provider was told to lead back to.
    pub redirect_uri: String,
    /// The root key that the verifier is sealed under.
    pub key_id: String,
    /// The PKCE verifier, sealed.
    pub sealed: Vec<u8>,
    /// When begun.
    pub created_at: Timestamp,
    /// When it counts no more.
    pub expires_at: Timestamp,
}

/// Adds an attempt, in place of an earlier one of the same draft.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(mut on: Conn<'_>, row: &OAuthAttemptRow) -> Result<(), StoreError> {
    let sql = "DELETE FROM oauth_attempts WHERE org_id = $1 AND draft_id = $2";
    change!(on.again(), sql, row.organization.as_str(), row.draft.as_str())?;
    change!(
        on,
        "INSERT INTO oauth_attempts (state_hash, org_id, member_id, binding, connector, app_id, draft_id, issuer, redirect_uri, key_id, sealed, created_ms, \
         expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.state_hash.as_str(),
        row.organization.as_str(),
        row.member.as_str(),
        row.binding.as_deref(),
        row.connector.as_str(),
        row.app.as_str(),
        row.draft.as_str(),
        row.issuer.as_str(),
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
pub async fn take(on: Conn<'_>, state_hash: &str) -> Result<Option<OAuthAttemptRow>, StoreError> {
    let sql = "DELETE FROM oauth_attempts WHERE state_hash = $1 \
               RETURNING state_hash, org_id, member_id, binding, connector, app_id, draft_id, issuer, redirect_uri, key_id, sealed, created_ms, expires_ms";
    row!(on, Raw, sql, state_hash)?.map(OAuthAttemptRow::try_from).transpose()
}

/// Removes attempts whose time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM oauth_attempts WHERE expires_ms <= $1", now.millis())
}
