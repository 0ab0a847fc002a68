//! What each role may do, written down a second time.

use latchkey::domain::Action::{
    self, Connect, Disconnect, ManageApplications, ManageConnection, ManageConnectors, ManageDates, ManageMembers, ManageOAuthApps, ManageOrganization,
    ManageTeams, Preview, SeeAudit, SeeConnectionDetails, SeeConnections, SeeMarketplace, SeeMembers, SeeOrganizations, SeeServer, TendOnboarding,
    TestConnection, UseCredentials,
};
use latchkey::domain::Reach::{self, Nothing as No, Organization as All, Own, OwnTeams as Team};

/// Super admin, org admin, team lead, developer, viewer.
pub const TABLE: &[(Action, [Reach; 5])] = &[
    (SeeConnections, [All, All, All, All, All]),
    (SeeConnectionDetails, [All, All, All, All, No]),
    (SeeMarketplace, [All, All, All, All, No]),
    (ManageConnectors, [All, All, No, No, No]),
    (Connect, [All, All, Team, No, No]),
    (TestConnection, [All, All, Team, No, No]),
    (Preview, [All, All, Team, All, No]),
    (ManageConnection, [All, All, Team, No, No]),
    (Disconnect, [All, All, Team, No, No]),
    (TendOnboarding, [All, All, No, No, No]),
    (SeeMembers, [All, All, No, No, No]),
    (ManageMembers, [All, All, No, No, No]),
    (ManageTeams, [All, All, Team, No, No]),
    (ManageOrganization, [All, All, No, No, No]),
    (ManageApplications, [All, All, Own, Own, No]),
    (ManageOAuthApps, [All, All, No, No, No]),
    (ManageDates, [All, All, Own, Own, No]),
    (UseCredentials, [All, All, Team, All, No]),
    (SeeAudit, [All, All, Team, Own, No]),
    (SeeServer, [All, No, No, No, No]),
    (SeeOrganizations, [All, No, No, No, No]),
];
