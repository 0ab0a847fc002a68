//! People with passwords. Not tenant data: one person may be in several organizations.

use crate::domain::{Email, Timestamp, UserId};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError, engine};

macro_rules! select {
    ($where:literal) => {
        concat!("SELECT id, email, name, password_hash, super_admin, theme, disabled, created_ms FROM users ", $where)
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    email: String,
    name: String,
    password_hash: Option<String>,
    super_admin: bool,
    theme: String,
    disabled: bool,
    created_ms: i64,
}

impl TryFrom<Raw> for UserRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: UserId::parse(&raw.id).map_err(|_| StoreError::bad_row("users", "id", &raw.id))?,
            email: raw.email,
            name: raw.name,
            password_hash: raw.password_hash,
            super_admin: raw.super_admin,
            theme: raw.theme,
            disabled: raw.disabled,
            created_at: Timestamp::from_millis(raw.created_ms),
        })
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// The id.
    pub id: UserId,
    /// Canonical e-mail address.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// PHC string; none when the person signs in elsewhere.
    pub password_hash: Option<String>,
    /// Whether the person runs this server.
    pub super_admin: bool,
    /// `light`, `dark` or empty.
    pub theme: String,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// When added.
    pub created_at: Timestamp,
}

/// Adds a person. `Duplicate("users_email_key")` when the address is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &UserRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO users (id, email, name, password_hash, super_admin, theme, disabled, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.id.as_str(),
        row.email.as_str(),
        row.name.as_str(),
        row.password_hash.as_deref(),
        row.super_admin,
        row.theme.as_str(),
        row.disabled,
        row.created_at.millis(),
    )?;
    Ok(())
}

/// The person with this address.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_email(on: Conn<'_>, email: &Email) -> Result<Option<UserRow>, StoreError> {
    row!(on, Raw, select!("WHERE email = $1"), email.as_str())?.map(UserRow::try_from).transpose()
}

/// The person with this id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, id: &UserId) -> Result<Option<UserRow>, StoreError> {
    row!(on, Raw, select!("WHERE id = $1"), id.as_str())?.map(UserRow::try_from).transpose()
}

/// Makes other transactions that hold the same person wait until this one ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(on: Conn<'_>, id: &UserId) -> Result<(), StoreError> {
    engine::hold(on, "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", &[id.as_str()]).await
}

/// Stores the chosen theme.
///
/// # Errors
/// [`StoreError`].
pub async fn set_theme(on: Conn<'_>, id: &UserId, theme: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE users SET theme = $2 WHERE id = $1", id.as_str(), theme)?;
    Ok(())
}

/// Replaces the password hash.
///
/// # Errors
/// [`StoreError`].
pub async fn set_password_hash(on: Conn<'_>, id: &UserId, hash: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE users SET password_hash = $2 WHERE id = $1", id.as_str(), hash)?;
    Ok(())
}

/// Replaces the password hash `old`; false when it is another one by now, which stays.
///
/// # Errors
/// [`StoreError`].
pub async fn exchange_password_hash(on: Conn<'_>, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError> {
    Ok(change!(on, "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2", id.as_str(), old, new)? == 1)
}

/// Stores the name.
///
/// # Errors
/// [`StoreError`].
pub async fn set_name(on: Conn<'_>, id: &UserId, name: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE users SET name = $2 WHERE id = $1", id.as_str(), name)?;
    Ok(())
}

/// Stores the address. `Duplicate("users_email_key")` when another person has it.
///
/// # Errors
/// [`StoreError`].
pub async fn set_email(on: Conn<'_>, id: &UserId, email: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE users SET email = $2 WHERE id = $1", id.as_str(), email)?;
    Ok(())
}
