//! Teams.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Role, Timestamp};

/// A team, where something names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamName {
    /// `tea_…`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamLine {
    /// `tea_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many active members are in it.
    pub members: usize,
    /// How many connections belong to it, disconnected ones left out.
    pub connections: usize,
}

/// The teams that somebody manages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamListView {
    /// By name.
    pub teams: Vec<TeamLine>,
    /// Whether the viewer may make, rename and delete teams.
    pub may_make: bool,
}

/// A member, where a team is put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamMember {
    /// `mem_…`.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// What the person is in the organization.
    pub role: Role,
    /// Whether the person is in the team.
    pub inside: bool,
}

/// One team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamView {
    /// `tea_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Every active member of the organization, those of the team first, by name.
    pub members: Vec<TeamMember>,
    /// Names and ids of the connections that belong to it, by name.
    pub connections: Vec<(String, String)>,
    /// Whether the viewer may rename and delete it.
    pub may_rename: bool,
}
