//! Memberships.

mod changes;
mod lines;

pub use changes::{revive, set_limited, set_role, set_status};
pub use lines::{MemberLine, Standing, count_admins, count_by_standing, count_operators, find_line, find_line_of_user, lines};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::{ConnectionId, MemberId, OrganizationId, Role, TeamId, Timestamp, UserId};
use crate::store::engine::{change, row, rows, value};
use crate::store::folded::fold;
use crate::store::{Conn, StoreError};

const ACTIVE: &str = "active";
const PENDING: &str = "pending";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.org_id, m.user_id, m.role, m.status, m.created_ms, u.name, u.email, u.super_admin, u.disabled, u.theme, \
             CASE WHEN m.role = 'team_lead' THEN (SELECT string_agg(t.team_id, ' ') FROM team_members t WHERE t.member_id = m.id) END AS teams, \
             CASE WHEN m.limited THEN coalesce((SELECT string_agg(g.connection_id, ' ') FROM member_grants g WHERE g.member_id = m.id), '') END AS granted \
             FROM members m JOIN users u ON u.id = m.user_id ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct Raw {
    pub(in crate::store) id: String,
    pub(in crate::store) org_id: String,
    pub(in crate::store) user_id: String,
    pub(in crate::store) role: String,
    pub(in crate::store) status: String,
    pub(in crate::store) created_ms: i64,
    pub(in crate::store) name: String,
    pub(in crate::store) email: String,
    pub(in crate::store) super_admin: bool,
    pub(in crate::store) disabled: bool,
    pub(in crate::store) theme: String,
    pub(in crate::store) teams: Option<String>,
    pub(in crate::store) granted: Option<String>,
}

impl TryFrom<Raw> for MemberPerson {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("members", column, &raw.id);
        let member = MemberRow {
            id: MemberId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            user: UserId::parse(&raw.user_id).map_err(|_| bad("user_id"))?,
            role: Role::parse(&raw.role).map_err(|_| bad("role"))?,
            active: raw.status == ACTIVE,
            created_at: Timestamp::from_millis(raw.created_ms),
        };
        let teams = raw.teams.as_deref().unwrap_or_default().split_whitespace().map(TeamId::parse);
        let teams = teams.collect::<Result<_, _>>().map_err(|_| bad("teams"))?;
        let granted = raw.granted.as_deref().filter(|_| !raw.super_admin && member.role.may_be_limited());
        let granted = granted.map(|ids| ids.split_whitespace().map(ConnectionId::parse).collect::<Result<BTreeSet<_>, _>>());
        let only = granted.transpose().map_err(|_| bad("granted"))?.map(Arc::new);
        Ok(Self { member, name: raw.name, email: raw.email, super_admin: raw.super_admin, disabled: raw.disabled, theme: raw.theme, teams, only })
    }
}

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
    /// Whether it counts (column `status`, as [`Standing`] names it).
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
    /// The teams that the person leads; none for other roles.
    pub teams: Vec<TeamId>,
    /// The only connections that there are for the person; none when not limited.
    pub only: Option<Arc<BTreeSet<ConnectionId>>>,
}

impl MemberPerson {
    /// What the person is here: who runs the server is that everywhere.
    pub const fn role(&self) -> Role {
        if self.super_admin { Role::SuperAdmin } else { self.member.role }
    }
}

/// Adds a membership.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &MemberRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO members (id, org_id, user_id, role, status, created_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id.as_str(),
        row.organization.as_str(),
        row.user.as_str(),
        row.role.as_str(),
        if row.active { ACTIVE } else { PENDING },
        row.created_at.millis(),
    )?;
    Ok(())
}

/// The active memberships of a person, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(on: Conn<'_>, user: &UserId) -> Result<Vec<MemberRow>, StoreError> {
    let found = rows!(on, Raw, select!("WHERE m.user_id = $1 AND m.status = 'active' ORDER BY m.created_ms, m.id"), user.as_str())?;
    found.into_iter().map(|raw| MemberPerson::try_from(raw).map(|person| person.member)).collect()
}

/// The active membership of a person who is not disabled: the one query that every signed-in request runs.
///
/// # Errors
/// [`StoreError`].
pub async fn find_active(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<Option<MemberPerson>, StoreError> {
    let sql = select!("WHERE m.org_id = $1 AND m.user_id = $2 AND m.status = 'active' AND NOT u.disabled");
    row!(on, Raw, sql, organization.as_str(), user.as_str())?.map(MemberPerson::try_from).transpose()
}

/// The same by the membership's own id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_active_member(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<Option<MemberPerson>, StoreError> {
    let sql = select!("WHERE m.org_id = $1 AND m.id = $2 AND m.status = 'active' AND NOT u.disabled");
    row!(on, Raw, sql, organization.as_str(), member.as_str())?.map(MemberPerson::try_from).transpose()
}

/// How many active members there are.
///
/// # Errors
/// [`StoreError`].
pub async fn count_active(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM members WHERE org_id = $1 AND status = 'active'", organization.as_str())
}

/// All active members, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn list_active(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<MemberPerson>, StoreError> {
    let found = rows!(on, Raw, select!("WHERE m.org_id = $1 AND m.status = 'active' ORDER BY m.id"), organization.as_str())?;
    let mut people = found.into_iter().map(MemberPerson::try_from).collect::<Result<Vec<_>, _>>()?;
    people.sort_by_cached_key(|person| fold(&person.name));
    Ok(people)
}

/// The name of a member, removed ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn name_of(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT u.name FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND m.id = $2";
    Ok(row!(on, (String,), sql, organization.as_str(), member.as_str())?.map(|(name,)| name))
}
