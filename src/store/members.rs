//! Memberships.

use crate::domain::{MemberId, OrganizationId, Role, Timestamp, UserId};
use crate::store::{Conn, StoreError};

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The id.
    pub id: MemberId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The person.
    pub user: UserId,
    /// The role in this organization; a super admin's own role is that of the user row.
    pub role: Role,
    /// Whether it counts; invited and removed ones do not (column `status`: `active`, `pending`, `removed`).
    pub active: bool,
    /// When added.
    pub created_at: Timestamp,
}

/// A membership with its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPerson {
    /// The membership.
    pub member: MemberRow,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// Whether the person runs this server.
    pub super_admin: bool,
    /// Whether the person may not sign in.
    pub disabled: bool,
    /// The chosen theme.
    pub theme: String,
}

/// Adds a membership.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &MemberRow) -> Result<(), StoreError> {
    todo!()
}

/// The active memberships of a person, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(on: Conn<'_>, user: &UserId) -> Result<Vec<MemberRow>, StoreError> {
    todo!()
}

/// The active membership of a person who is not disabled: the one query that every signed-in request runs.
///
/// # Errors
/// [`StoreError`].
pub async fn find_active(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<Option<MemberPerson>, StoreError> {
    todo!()
}

/// How many active members there are.
///
/// # Errors
/// [`StoreError`].
pub async fn count_active(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    todo!()
}

/// All active members, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn list_active(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<MemberPerson>, StoreError> {
    todo!()
}

/// The name of a member, removed ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn name_of(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<Option<String>, StoreError> {
    todo!()
}
