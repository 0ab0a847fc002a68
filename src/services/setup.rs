//! The first start: a one-time link makes the organization and its first admin.

use crate::domain::Visitor;
use crate::dto::SetupView;
use crate::services::{App, ServiceError, SignedIn};
use crate::vault::{Secret, Token};

/// What the setup form sends.
#[derive(Debug)]
pub struct SetupForm {
    /// The organization's name.
    pub organization: String,
    /// The first admin's name.
    pub name: String,
    /// The first admin's address.
    pub email: String,
    /// The first admin's password.
    pub password: Secret<String>,
}

/// Makes the setup link of a fresh installation, replacing one that was not used; none once an organization exists.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn ensure_link(app: &App) -> Result<Option<Token>, ServiceError> {
    todo!()
}

/// What the setup page shows.
///
/// # Errors
/// `SetupLinkInvalid` when the link is unknown or used.
pub async fn view(app: &App, token: &str) -> Result<SetupView, ServiceError> {
    todo!()
}

/// Makes the organization and its first admin; of two at once, one wins.
///
/// # Errors
/// `SetupLinkInvalid`, `InvalidField` for each wrong field.
pub async fn complete(app: &App, visitor: &Visitor, token: &str, form: SetupForm) -> Result<SignedIn, ServiceError> {
    todo!()
}
