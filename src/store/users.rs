//! People with passwords. Not tenant data: one person may be in several organizations.

use crate::domain::{Email, Timestamp, UserId};
use crate::store::{Conn, StoreError};

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

/// Adds a person. `Duplicate` when the address is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &UserRow) -> Result<(), StoreError> {
    todo!()
}

/// The person with this address.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_email(on: Conn<'_>, email: &Email) -> Result<Option<UserRow>, StoreError> {
    todo!()
}

/// The person with this id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, id: &UserId) -> Result<Option<UserRow>, StoreError> {
    todo!()
}

/// Stores the chosen theme.
///
/// # Errors
/// [`StoreError`].
pub async fn set_theme(on: Conn<'_>, id: &UserId, theme: &str) -> Result<(), StoreError> {
    todo!()
}

/// Replaces the password hash.
///
/// # Errors
/// [`StoreError`].
pub async fn set_password_hash(on: Conn<'_>, id: &UserId, hash: &str) -> Result<(), StoreError> {
    todo!()
}
