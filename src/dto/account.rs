//! A person's own account.

use serde::{Deserialize, Serialize};

use crate::domain::Role;

/// A person's own account, and the organization they are in now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// `mem_…`.
    pub member: Option<String>,
    /// The person's name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// An address that waits to be confirmed.
    pub pending_email: Option<String>,
    /// Whether there is a password; not when the person signs in elsewhere.
    pub has_password: bool,
    /// `light`, `dark` or empty for the system's choice.
    pub theme: String,
    /// The role in the organization.
    pub role: Role,
    /// `org_…`.
    pub organization_id: String,
    /// The organization's name.
    pub organization: String,
}

/// What the link in a letter would confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmView {
    /// The address.
    pub email: String,
    /// Whose it is.
    pub name: String,
    /// The organization that begins with it; none when an account gets another address.
    pub organization: Option<String>,
}
