//! Teams, and who is in them.

use std::collections::HashMap;

use crate::domain::{MemberId, OrganizationId, TeamId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::folded::fold;
use crate::store::{Conn, StoreError};

/// The rule that a name is used once; its name in [`StoreError::Duplicate`].
pub const NAME_ONCE: &str = "teams_org_id_name_key";

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRow {
    /// The id.
    pub id: TeamId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The name; unique in the organization.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

fn id_of(text: &str) -> Result<TeamId, StoreError> {
    TeamId::parse(text).map_err(|_| StoreError::bad_row("teams", "id", text))
}

/// Adds a team. `Duplicate` of [`NAME_ONCE`] when the name is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &TeamRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO teams (id, org_id, name, created_ms) VALUES ($1, $2, $3, $4)";
    change!(on, sql, row.id.as_str(), row.organization.as_str(), row.name.as_str(), row.created_at.millis())?;
    Ok(())
}

/// One team.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &TeamId) -> Result<Option<TeamRow>, StoreError> {
    let found = row!(on, (String, i64), "SELECT name, created_ms FROM teams WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str())?;
    Ok(found.map(|(name, at)| TeamRow { id: id.clone(), organization: organization.clone(), name, created_at: Timestamp::from_millis(at) }))
}

/// Gives another name. `Duplicate` of [`NAME_ONCE`] when it is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn rename(on: Conn<'_>, organization: &OrganizationId, id: &TeamId, name: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE teams SET name = $3 WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str(), name)?;
    Ok(())
}

/// Deletes a team; its connections belong to the whole organization then. False when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(mut on: Conn<'_>, organization: &OrganizationId, id: &TeamId) -> Result<bool, StoreError> {
    let (tenant, id) = (organization.as_str(), id.as_str());
    change!(on.again(), "DELETE FROM team_members WHERE org_id = $1 AND team_id = $2", tenant, id)?;
    change!(on.again(), "UPDATE connections SET team_id = NULL, row_version = row_version + 1 WHERE org_id = $1 AND team_id = $2", tenant, id)?;
    change!(on.again(), "UPDATE drafts SET team_id = NULL WHERE org_id = $1 AND team_id = $2", tenant, id)?;
    change!(on.again(), "UPDATE invitations SET team_id = NULL WHERE org_id = $1 AND team_id = $2", tenant, id)?;
    Ok(change!(on, "DELETE FROM teams WHERE org_id = $1 AND id = $2", tenant, id)? == 1)
}

/// Ids and names of all teams, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn all(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(TeamId, String)>, StoreError> {
    let found = rows!(on, (String, String), "SELECT id, name FROM teams WHERE org_id = $1 ORDER BY id", organization.as_str())?;
    let mut teams = found.into_iter().map(|(id, name)| Ok((id_of(&id)?, name))).collect::<Result<Vec<_>, StoreError>>()?;
    teams.sort_by_cached_key(|(_, name)| fold(name));
    Ok(teams)
}

/// How many members that count, and how many connections that are not disconnected, each team has; a team without either is left out.
///
/// # Errors
/// [`StoreError`].
pub async fn sizes(mut on: Conn<'_>, organization: &OrganizationId) -> Result<HashMap<TeamId, (i64, i64)>, StoreError> {
    let people =
        "SELECT t.team_id, count(*) FROM team_members t JOIN members m ON m.id = t.member_id WHERE t.org_id = $1 AND m.status = 'active' GROUP BY t.team_id";
    let connections = "SELECT team_id, count(*) FROM connections WHERE org_id = $1 AND team_id IS NOT NULL AND status <> 'revoked' GROUP BY team_id";
    let mut sizes: HashMap<TeamId, (i64, i64)> = HashMap::new();
    for (id, count) in rows!(on.again(), (String, i64), people, organization.as_str())? {
        sizes.entry(id_of(&id)?).or_default().0 = count;
    }
    for (id, count) in rows!(on, (String, i64), connections, organization.as_str())? {
        sizes.entry(id_of(&id)?).or_default().1 = count;
    }
    Ok(sizes)
}

/// Ids of the members in a team, whatever became of their membership.
///
/// # Errors
/// [`StoreError`].
pub async fn members_of(on: Conn<'_>, organization: &OrganizationId, id: &TeamId) -> Result<Vec<MemberId>, StoreError> {
    let found =
        rows!(on, (String,), "SELECT member_id FROM team_members WHERE org_id = $1 AND team_id = $2 ORDER BY member_id", organization.as_str(), id.as_str())?;
    found.into_iter().map(|(member,)| MemberId::parse(&member).map_err(|_| StoreError::bad_row("team_members", "member_id", &member))).collect()
}

/// Members with the id and name of each of their teams.
///
/// # Errors
/// [`StoreError`].
pub async fn by_member(on: Conn<'_>, organization: &OrganizationId) -> Result<HashMap<String, Vec<(String, String)>>, StoreError> {
    let sql = "SELECT t.member_id, t.team_id, n.name FROM team_members t JOIN teams n ON n.id = t.team_id WHERE t.org_id = $1 ORDER BY n.name, n.id";
    let mut found: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (member, team, name) in rows!(on, (String, String, String), sql, organization.as_str())? {
        found.entry(member).or_default().push((team, name));
    }
    Ok(found)
}

/// Puts a member into a team; false when already in it.
///
/// # Errors
/// [`StoreError`].
pub async fn put_in(on: Conn<'_>, organization: &OrganizationId, id: &TeamId, member: &MemberId) -> Result<bool, StoreError> {
    let sql = "INSERT INTO team_members (org_id, team_id, member_id) VALUES ($1, $2, $3) ON CONFLICT (member_id, team_id) DO NOTHING";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), member.as_str())? == 1)
}

/// Takes a member out of a team; false when not in it.
///
/// # Errors
/// [`StoreError`].
pub async fn take_out(on: Conn<'_>, organization: &OrganizationId, id: &TeamId, member: &MemberId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM team_members WHERE org_id = $1 AND team_id = $2 AND member_id = $3";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), member.as_str())? == 1)
}

/// Takes a member out of every team.
///
/// # Errors
/// [`StoreError`].
pub async fn take_out_of_all(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<(), StoreError> {
    change!(on, "DELETE FROM team_members WHERE org_id = $1 AND member_id = $2", organization.as_str(), member.as_str())?;
    Ok(())
}
