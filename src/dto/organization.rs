//! Organizations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Role, Timestamp};

/// An organization of the person who looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganizationLine {
    /// `org_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the person is there.
    pub role: Role,
    /// Whether it is the one that the person looks at.
    pub current: bool,
}

/// The organization that a member looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganizationView {
    /// `org_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the viewer is in it.
    pub role: Role,
    /// Whether the viewer may rename and delete it.
    pub may_manage: bool,
    /// How many connections have to be disconnected before it can be deleted; none for those who may not.
    pub connections: Option<usize>,
}

/// An organization, where those look who run the server: how large it is, and nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerOrganization {
    /// `org_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many active members it has.
    pub members: usize,
    /// How many connections it has, disconnected ones left out.
    pub connections: usize,
}
