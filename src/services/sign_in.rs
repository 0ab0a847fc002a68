//! Signing in and out, and who is behind a session.

use crate::domain::{Actor, MemberId, OrganizationId, UserId, Visitor};
use crate::services::{App, ServiceError};
use crate::vault::Secret;

/// Who has just signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// The organization.
    pub organization: OrganizationId,
    /// The membership.
    pub member: MemberId,
}

/// Signs a person in to the first organization they belong to.
///
/// # Errors
/// `LoginFailed`, the same for every reason; `SlowDown` with a time after too many tries.
pub async fn sign_in(app: &App, visitor: &Visitor, email: &str, password: &Secret<String>) -> Result<SignedIn, ServiceError> {
    todo!()
}

/// Notes that the person left; the session itself is ended by the caller.
///
/// # Errors
/// [`ServiceError`] when it could not be recorded.
pub async fn sign_out(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    todo!()
}

/// The actor behind a session's user and organization; none when the membership has ended or the person is disabled.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn actor_of(app: &App, user: &UserId, organization: &OrganizationId, visitor: &Visitor) -> Result<Option<Actor>, ServiceError> {
    todo!()
}

/// Stores the chosen theme: `light`, `dark` or empty for the system's choice.
///
/// # Errors
/// `InvalidField` for any other text.
pub async fn set_theme(app: &App, actor: &Actor, theme: &str) -> Result<(), ServiceError> {
    todo!()
}
