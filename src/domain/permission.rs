//! The role × action table: the only place that says who may do what.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a member is in an organization, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs this server; every organization.
    SuperAdmin,
    /// Runs one organization.
    OrgAdmin,
    /// Manages the connections of own teams.
    TeamLead,
    /// Builds applications; reads the details of connections.
    Developer,
    /// Only looks.
    Viewer,
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl fmt::Display for UnknownRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a role")
    }
}

impl std::error::Error for UnknownRole {}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::SuperAdmin, Self::OrgAdmin, Self::TeamLead, Self::Developer, Self::Viewer];

    /// The machine name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::OrgAdmin => "org_admin",
            Self::TeamLead => "team_lead",
            Self::Developer => "developer",
            Self::Viewer => "viewer",
        }
    }

    /// The name a page shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SuperAdmin => "Super admin",
            Self::OrgAdmin => "Org admin",
            Self::TeamLead => "Team lead",
            Self::Developer => "Developer",
            Self::Viewer => "Viewer",
        }
    }

    /// Whether a membership of this role can be limited to named connections.
    pub const fn may_be_limited(self) -> bool {
        matches!(self, Self::Developer | Self::Viewer)
    }

    /// Whether an organization gives this role; who runs the server is chosen on the server.
    pub const fn is_given(self) -> bool {
        !matches!(self, Self::SuperAdmin)
    }

    /// Reads a machine name.
    ///
    /// # Errors
    /// [`UnknownRole`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// What a person may do; every service names the one it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See that a connection exists and how it is.
    SeeConnections,
    /// See a connection's account, settings and activity.
    SeeConnectionDetails,
    /// Browse the catalogue.
    SeeMarketplace,
    /// Write, try, publish and delete connectors of the organization's own.
    ManageConnectors,
    /// Set up a connection and test before saving.
    Connect,
    /// Run a check on a saved connection.
    TestConnection,
    /// Look at the first rows that a connection can read.
    Preview,
    /// Rename, describe and tag a connection, and turn it off and on.
    ManageConnection,
    /// End a connection and destroy its credential.
    Disconnect,
    /// See the first steps of a new installation and tick them.
    TendOnboarding,
    /// See who belongs to the organization, and with which role.
    SeeMembers,
    /// Invite people, change their role, limit, deactivate and remove them.
    ManageMembers,
    /// Make teams, and say who is in them.
    ManageTeams,
    /// Name the organization, set its rules for signing in, and delete it.
    ManageOrganization,
    /// Add programs that read credentials, and make their keys.
    ManageApplications,
    /// Register the organization's own apps with providers, and change their secrets.
    ManageOAuthApps,
    /// Note when something ends, and who is to be told; what a connection's own end is, is part of managing it.
    ManageDates,
    /// Be handed a credential or a token; only a program with a key is.
    UseCredentials,
    /// Read and export the audit log.
    SeeAudit,
    /// See this server's keys and settings.
    SeeServer,
    /// See that organizations exist and how large they are; never what they store.
    SeeOrganizations,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 21] = [
        Self::SeeConnections,
        Self::SeeConnectionDetails,
        Self::SeeMarketplace,
        Self::ManageConnectors,
        Self::Connect,
        Self::TestConnection,
        Self::Preview,
        Self::ManageConnection,
        Self::Disconnect,
        Self::TendOnboarding,
        Self::SeeMembers,
        Self::ManageMembers,
        Self::ManageTeams,
        Self::ManageOrganization,
        Self::ManageApplications,
        Self::ManageOAuthApps,
        Self::ManageDates,
        Self::UseCredentials,
        Self::SeeAudit,
        Self::SeeServer,
        Self::SeeOrganizations,
    ];
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Not allowed.
    Nothing,
    /// Only what the member made or owns.
    Own,
    /// Only what belongs to the member's own teams.
    OwnTeams,
    /// The whole organization.
    Organization,
}

/// The table itself: how far `role` may do `action`.
pub const fn reach(role: Role, action: Action) -> Reach {
    use Action::{
        Connect, Disconnect, ManageApplications, ManageConnection, ManageConnectors, ManageDates, ManageMembers, ManageOAuthApps, ManageOrganization,
        ManageTeams, Preview, SeeAudit, SeeConnectionDetails, SeeConnections, SeeMarketplace, SeeMembers, SeeOrganizations, SeeServer, TendOnboarding,
        TestConnection, UseCredentials,
    };
    match (role, action) {
        (Role::SuperAdmin, _) => Reach::Organization,
        (Role::OrgAdmin, SeeServer | SeeOrganizations) => Reach::Nothing,
        (Role::OrgAdmin, _) => Reach::Organization,
        (Role::TeamLead | Role::Developer, SeeConnections | SeeConnectionDetails | SeeMarketplace) => Reach::Organization,
        (Role::TeamLead, Connect | TestConnection | ManageConnection | Disconnect | Preview | ManageTeams | SeeAudit | UseCredentials) => Reach::OwnTeams,
        (Role::TeamLead | Role::Developer, ManageApplications | ManageDates) | (Role::Developer, SeeAudit) => Reach::Own,
        (Role::Developer, Preview | UseCredentials) => Reach::Organization,
        (Role::Viewer, SeeConnections) => Reach::Organization,
        (
            Role::TeamLead | Role::Developer | Role::Viewer,
            ManageConnectors | TendOnboarding | SeeMembers | ManageMembers | ManageOAuthApps | ManageOrganization | SeeServer | SeeOrganizations,
        )
        | (Role::Developer | Role::Viewer, Connect | TestConnection | ManageConnection | Disconnect | ManageTeams)
        | (Role::Viewer, SeeConnectionDetails | SeeMarketplace | Preview | ManageApplications | ManageDates | SeeAudit | UseCredentials) => Reach::Nothing,
    }
}
