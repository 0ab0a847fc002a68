//! What each role may do, in words, from the one table that decides it.

use crate::domain::{Action, Actor, Reach, Role, reach};
use crate::dto::RoleTable;
use crate::services::{ServiceError, access};

/// The table of roles and actions.
///
/// # Errors
/// `Forbidden` for those who do not see members.
pub fn view(actor: &Actor) -> Result<RoleTable, ServiceError> {
    access::require(actor, Action::SeeMembers)?;
    let row = |action: Action| (words(action).to_owned(), Role::ALL.map(|role| far(action, reach(role, action)).to_owned()).to_vec());
    Ok(RoleTable { roles: Role::ALL.to_vec(), rows: Action::ALL.into_iter().map(row).collect() })
}

/// How far somebody may: empty for not at all, `yes` for everywhere.
const fn far(action: Action, reach: Reach) -> &'static str {
    match (reach, action) {
        (Reach::Nothing, _) => "",
        (Reach::Own, Action::SeeAudit) => "own entries",
        (Reach::Own, Action::ManageApplications) => "own programs",
        (Reach::Own, Action::ManageDates) => "own dates",
        (Reach::Own, _) => "own",
        (Reach::OwnTeams, _) => "own teams",
        (Reach::Organization, _) => "yes",
    }
}

/// What is done, as a page says it.
const fn words(action: Action) -> &'static str {
    match action {
        Action::SeeConnections => "See connections and how they are",
        Action::SeeConnectionDetails => "See accounts, settings and activity",
        Action::SeeMarketplace => "Browse the marketplace",
        Action::ManageConnectors => "Write connectors of the organisation\u{2019}s own",
        Action::Connect => "Connect, and change credentials",
        Action::TestConnection => "Test a connection",
        Action::Preview => "Look at the first rows of data",
        Action::ManageConnection => "Rename, tag, move, turn off and on",
        Action::Disconnect => "Disconnect and delete",
        Action::TendOnboarding => "Tick the first steps",
        Action::SeeMembers => "See members and roles",
        Action::ManageMembers => "Invite, change and remove members",
        Action::ManageTeams => "Say who is in a team",
        Action::ManageOrganization => "Name, secure and delete the organisation",
        Action::ManageApplications => "Add programs and make their keys",
        Action::ManageOAuthApps => "Register apps with providers",
        Action::ManageDates => "Note when things end",
        Action::UseCredentials => "Read a credential with a program\u{2019}s key",
        Action::SeeAudit => "Read and export the audit log",
        Action::SeeServer => "See the server\u{2019}s keys and settings",
        Action::SeeOrganizations => "See which organisations there are",
    }
}
