//! Sessions, found by the hash of their id.

use crate::domain::{OrganizationId, SessionId, Timestamp, UserId};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError, token_families};

/// How exactly it is known when a session was last used, in milliseconds.
pub const SEEN_EVERY_MS: i64 = 60_000;

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id_hash, id, user_id, org_id, data, created_ms, seen_ms, address, user_agent, expires_ms FROM sessions ", $rest)
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id_hash: String,
    id: Option<String>,
    user_id: Option<String>,
    org_id: Option<String>,
    data: String,
    created_ms: i64,
    seen_ms: i64,
    address: String,
    user_agent: String,
    expires_ms: i64,
}

impl TryFrom<Raw> for SessionRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("sessions", column, &raw.id_hash);
        Ok(Self {
            id: raw.id.as_deref().map(SessionId::parse).transpose().map_err(|_| bad("id"))?,
            user: raw.user_id.as_deref().map(UserId::parse).transpose().map_err(|_| bad("user_id"))?,
            organization: raw.org_id.as_deref().map(OrganizationId::parse).transpose().map_err(|_| bad("org_id"))?,
            id_hash: raw.id_hash,
            data: raw.data,
            created_at: Timestamp::from_millis(raw.created_ms),
            seen_at: Timestamp::from_millis(raw.seen_ms),
            address: raw.address,
            user_agent: raw.user_agent,
            expires_at: Timestamp::from_millis(raw.expires_ms),
        })
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session's secret id, hex.
    pub id_hash: String,
    /// What pages and the API call it; none while nobody is signed in.
    pub id: Option<SessionId>,
    /// Who is signed in, or half.
    pub user: Option<UserId>,
    /// In which organization.
    pub organization: Option<OrganizationId>,
    /// What the session holds, JSON.
    pub data: String,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub seen_at: Timestamp,
    /// Where it was last used from.
    pub address: String,
    /// What the browser or program calls itself.
    pub user_agent: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds a session; false when the secret id is taken (never overwrites).
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &SessionRow) -> Result<bool, StoreError> {
    let added = change!(
        on,
        "INSERT INTO sessions (id_hash, id, user_id, org_id, data, created_ms, seen_ms, address, user_agent, expires_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id_hash) DO NOTHING",
        row.id_hash.as_str(),
        row.id.as_ref().map(SessionId::as_str),
        row.user.as_ref().map(UserId::as_str),
        row.organization.as_ref().map(OrganizationId::as_str),
        row.data.as_str(),
        row.created_at.millis(),
        row.seen_at.millis(),
        row.address.as_str(),
        row.user_agent.as_str(),
        row.expires_at.millis(),
    )?;
    Ok(added == 1)
}

/// Writes what a session holds that has not ended; false, and nothing written, when it has, by its time or by [`delete`].
/// When and where it was used is left to [`touch`].
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &SessionRow, now: Timestamp) -> Result<bool, StoreError> {
    let changed = change!(
        on,
        "UPDATE sessions SET user_id = $3, org_id = $4, data = $5, expires_ms = $6, id = coalesce($7, id) WHERE id_hash = $1 AND expires_ms > $2",
        row.id_hash.as_str(),
        now.millis(),
        row.user.as_ref().map(UserId::as_str),
        row.organization.as_ref().map(OrganizationId::as_str),
        row.data.as_str(),
        row.expires_at.millis(),
        row.id.as_ref().map(SessionId::as_str),
    )?;
    Ok(changed == 1)
}

/// Notes that a session is used; false, and nothing written, when that was noted within the last minute.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(on: Conn<'_>, id_hash: &str, now: Timestamp, address: &str, user_agent: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE sessions SET seen_ms = $2, address = $4, user_agent = $5 WHERE id_hash = $1 AND seen_ms <= $3";
    Ok(change!(on, sql, id_hash, now.millis(), now.plus_millis(-SEEN_EVERY_MS).millis(), address, user_agent)? == 1)
}

/// A session that has not ended.
///
/// # Errors
/// [`StoreError`].
pub async fn load(on: Conn<'_>, id_hash: &str, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
    row!(on, Raw, select!("WHERE id_hash = $1 AND expires_ms > $2"), id_hash, now.millis())?.map(SessionRow::try_from).transpose()
}

/// The sessions in which a person is signed in, last used first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, user: &UserId, now: Timestamp) -> Result<Vec<SessionRow>, StoreError> {
    let sql = select!("WHERE user_id = $1 AND id IS NOT NULL AND expires_ms > $2 ORDER BY seen_ms DESC, id");
    rows!(on, Raw, sql, user.as_str(), now.millis())?.into_iter().map(SessionRow::try_from).collect()
}

/// Ends one session of a person; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn end(on: Conn<'_>, user: &UserId, id: &SessionId) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM sessions WHERE user_id = $1 AND id = $2", user.as_str(), id.as_str())? > 0)
}

/// Ends all sessions of a person but this one, and every sign-in that is half done.
///
/// # Errors
/// [`StoreError`].
pub async fn end_others(mut on: Conn<'_>, user: &UserId, kept: &SessionId) -> Result<u64, StoreError> {
    token_families::end_of_user(on.again(), user).await?;
    change!(on, "DELETE FROM sessions WHERE user_id = $1 AND coalesce(id, '') <> $2", user.as_str(), kept.as_str())
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

/// Ends all sessions of a person in one organization.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_member(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM sessions WHERE org_id = $1 AND user_id = $2", organization.as_str(), user.as_str())
}

/// Removes ended sessions.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM sessions WHERE expires_ms <= $1", now.millis())
}
