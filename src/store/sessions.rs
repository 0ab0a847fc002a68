//! Sessions, found by the hash of their id.

use crate::domain::{OrganizationId, Timestamp, UserId};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError, token_families};

#[derive(sqlx::FromRow)]
struct Raw {
    id_hash: String,
    user_id: Option<String>,
    org_id: Option<String>,
    data: String,
    expires_ms: i64,
}

impl TryFrom<Raw> for SessionRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("sessions", column, &raw.id_hash);
        Ok(Self {
            user: raw.user_id.as_deref().map(UserId::parse).transpose().map_err(|_| bad("user_id"))?,
            organization: raw.org_id.as_deref().map(OrganizationId::parse).transpose().map_err(|_| bad("org_id"))?,
            id_hash: raw.id_hash,
            data: raw.data,
            expires_at: Timestamp::from_millis(raw.expires_ms),
        })
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session id, hex.
    pub id_hash: String,
    /// Who is signed in.
    pub user: Option<UserId>,
    /// In which organization.
    pub organization: Option<OrganizationId>,
    /// What the session holds, JSON.
    pub data: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds a session; false when the id is taken (never overwrites).
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &SessionRow) -> Result<bool, StoreError> {
    let added = change!(
        on,
        "INSERT INTO sessions (id_hash, user_id, org_id, data, expires_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id_hash) DO NOTHING",
        row.id_hash.as_str(),
        row.user.as_ref().map(UserId::as_str),
        row.organization.as_ref().map(OrganizationId::as_str),
        row.data.as_str(),
        row.expires_at.millis(),
    )?;
    Ok(added == 1)
}

/// Writes a session that has not ended; false, and nothing written, when it has, by its time or by [`delete`].
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &SessionRow, now: Timestamp) -> Result<bool, StoreError> {
    let changed = change!(
        on,
        "UPDATE sessions SET user_id = $3, org_id = $4, data = $5, expires_ms = $6 WHERE id_hash = $1 AND expires_ms > $2",
        row.id_hash.as_str(),
        now.millis(),
        row.user.as_ref().map(UserId::as_str),
        row.organization.as_ref().map(OrganizationId::as_str),
        row.data.as_str(),
        row.expires_at.millis(),
    )?;
    Ok(changed == 1)
}

/// A session that has not ended.
///
/// # Errors
/// [`StoreError`].
pub async fn load(on: Conn<'_>, id_hash: &str, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
    let sql = "SELECT id_hash, user_id, org_id, data, expires_ms FROM sessions WHERE id_hash = $1 AND expires_ms > $2";
    row!(on, Raw, sql, id_hash, now.millis())?.map(SessionRow::try_from).transpose()
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, id_hash: &str) -> Result<(), StoreError> {
    change!(on, "DELETE FROM sessions WHERE id_hash = $1", id_hash)?;
    Ok(())
}

/// Ends all sessions of a person, and what programs have signed in as that person; how many sessions.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_user(mut on: Conn<'_>, user: &UserId) -> Result<u64, StoreError> {
    token_families::end_of_user(on.again(), user).await?;
    change!(on, "DELETE FROM sessions WHERE user_id = $1", user.as_str())
}

/// Removes ended sessions.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM sessions WHERE expires_ms <= $1", now.millis())
}
