//! Members and invitations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TeamName;
use crate::domain::{Role, Timestamp};

/// A connection that a limited member knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantName {
    /// `con_…`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// `mem_…`.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// What the person is in the organization.
    pub role: Role,
    /// `active`, `deactivated` or `removed`.
    pub status: String,
    /// Whether it is the viewer.
    pub you: bool,
    /// The teams that the person is in.
    pub teams: Vec<TeamName>,
    /// Whether the person knows only the connections below.
    pub limited: bool,
    /// The connections that a limited person knows, by name; only where one member is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Vec<GrantName>>,
    /// How many connections are this person's alone; only where one member is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owns: Option<usize>,
    /// When the person joined.
    pub joined_at: Timestamp,
    /// Whether the viewer may change the membership.
    pub may_change: bool,
}

/// An open invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationView {
    /// `inv_…`.
    pub id: String,
    /// The address that it was sent to.
    pub email: String,
    /// The role to be.
    pub role: Role,
    /// The team to be put into.
    pub team: Option<TeamName>,
    /// How many connections the person will know; none for no limit.
    pub limited_to: Option<usize>,
    /// Who sent it, last.
    pub invited_by: String,
    /// When its newest letter was written.
    pub sent_at: Timestamp,
    /// When its link stops working.
    pub expires_at: Timestamp,
    /// Whether that has happened.
    pub expired: bool,
}

/// The page of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberListView {
    /// The present.
    pub now: Timestamp,
    /// This part of them.
    pub members: Vec<MemberView>,
    /// Where the next part begins.
    pub next_cursor: Option<String>,
    /// How many count or are turned off, and how many have ended.
    pub counts: (usize, usize),
    /// How many invitations are open.
    pub invited: usize,
    /// Whether the viewer may invite and change members.
    pub may_manage: bool,
    /// The teams to invite into, by name.
    pub teams: Vec<TeamName>,
}

/// What a member takes along, and leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveView {
    /// The member.
    pub member: MemberView,
    /// Who could be given what the member owns.
    pub heirs: Vec<(String, String)>,
}

/// Who has opened an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Invitee {
    /// Somebody whose address has no account.
    New,
    /// Somebody whose address has an account, and who is not signed in.
    SignIn,
    /// The same, whose account belongs to no organization, so that there is nowhere to sign in.
    Returning,
    /// Somebody signed in with the address.
    Here,
    /// Somebody signed in with another address.
    Other,
}

/// What an invitation's link shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteView {
    /// The organization's name.
    pub organization: String,
    /// Who invites.
    pub inviter: String,
    /// The role to be.
    pub role: Role,
    /// The address that was invited.
    pub email: String,
    /// Who looks.
    pub who: Invitee,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// Where somebody has joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinedView {
    /// `org_…`.
    pub id: String,
    /// The organization's name.
    pub name: String,
}

/// What each role may do, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleTable {
    /// The roles, as columns.
    pub roles: Vec<Role>,
    /// What is done, and how far each role may: empty for not at all, `yes` for everywhere, else how far.
    pub rows: Vec<(String, Vec<String>)>,
}
