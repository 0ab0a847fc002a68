//! Passkeys: public keys of people, found by the id that their authenticator gave them.

use crate::domain::{PasskeyId, Timestamp, UserId};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($where:literal) => {
        concat!("SELECT id, user_id, credential_id, name, credential, created_ms, used_ms FROM passkeys ", $where)
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: String,
    credential_id: String,
    name: String,
    credential: String,
    created_ms: i64,
    used_ms: Option<i64>,
}

impl TryFrom<Raw> for PasskeyRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("passkeys", column, &raw.id);
        Ok(Self {
            id: PasskeyId::parse(&raw.id).map_err(|_| bad("id"))?,
            user: UserId::parse(&raw.user_id).map_err(|_| bad("user_id"))?,
            credential_id: raw.credential_id,
            name: raw.name,
            credential: raw.credential,
            created_at: Timestamp::from_millis(raw.created_ms),
            used_at: raw.used_ms.map(Timestamp::from_millis),
        })
    }
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The id.
    pub id: PasskeyId,
    /// Whose it is.
    pub user: UserId,
    /// The authenticator's id of it, base64url.
    pub credential_id: String,
    /// What the person calls it.
    pub name: String,
    /// Public key, counter and flags, JSON.
    pub credential: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// Adds a passkey. `Duplicate("passkeys_credential_id_key")` when the authenticator's id is known already.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &PasskeyRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO passkeys (id, user_id, credential_id, name, credential, created_ms, used_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id.as_str(),
        row.user.as_str(),
        row.credential_id.as_str(),
        row.name.as_str(),
        row.credential.as_str(),
        row.created_at.millis(),
        row.used_at.map(Timestamp::millis),
    )?;
    Ok(())
}

/// The passkeys of a person, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, user: &UserId) -> Result<Vec<PasskeyRow>, StoreError> {
    rows!(on, Raw, select!("WHERE user_id = $1 ORDER BY created_ms, id"), user.as_str())?.into_iter().map(PasskeyRow::try_from).collect()
}

/// The passkey with the authenticator's id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_credential(on: Conn<'_>, credential_id: &str) -> Result<Option<PasskeyRow>, StoreError> {
    row!(on, Raw, select!("WHERE credential_id = $1"), credential_id)?.map(PasskeyRow::try_from).transpose()
}

/// Notes a use, with the counter and flags that came with it; false, and nothing written, when it was used or removed meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn note_use(on: Conn<'_>, row: &PasskeyRow, credential: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE passkeys SET credential = $4, used_ms = $5 WHERE id = $1 AND user_id = $2 AND credential = $3";
    Ok(change!(on, sql, row.id.as_str(), row.user.as_str(), row.credential.as_str(), credential, now.millis())? == 1)
}

/// Gives a passkey of this person another name; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn rename(on: Conn<'_>, user: &UserId, id: &PasskeyId, name: &str) -> Result<bool, StoreError> {
    Ok(change!(on, "UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2", user.as_str(), id.as_str(), name)? == 1)
}

/// Takes a passkey of this person away and yields its name; none when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, user: &UserId, id: &PasskeyId) -> Result<Option<String>, StoreError> {
    let found = row!(on, (String,), "DELETE FROM passkeys WHERE user_id = $1 AND id = $2 RETURNING name", user.as_str(), id.as_str())?;
    Ok(found.map(|(name,)| name))
}

/// Takes all passkeys of a person away; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_of_user(on: Conn<'_>, user: &UserId) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM passkeys WHERE user_id = $1", user.as_str())
}

/// What authenticators know the person by: `fresh` unless there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn handle(mut on: Conn<'_>, user: &UserId, fresh: &str) -> Result<String, StoreError> {
    change!(on.again(), "INSERT INTO passkey_handles (user_id, handle) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING", user.as_str(), fresh)?;
    let kept = row!(on, (String,), "SELECT handle FROM passkey_handles WHERE user_id = $1", user.as_str())?;
    kept.map(|(handle,)| handle).ok_or(StoreError::Sql(sqlx::Error::RowNotFound))
}

/// The person whom authenticators know by this.
///
/// # Errors
/// [`StoreError`].
pub async fn user_of_handle(on: Conn<'_>, handle: &str) -> Result<Option<UserId>, StoreError> {
    let found = row!(on, (String,), "SELECT user_id FROM passkey_handles WHERE handle = $1", handle)?;
    found.map(|(user,)| UserId::parse(&user).map_err(|_| StoreError::bad_row("passkey_handles", "user_id", &user))).transpose()
}
