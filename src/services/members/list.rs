//! The members as those see them who may.

use crate::domain::{Action, Actor};
use crate::dto::{GrantName, MemberListView, MemberView, TeamName};
use crate::services::members::{find, may_touch};
use crate::services::{App, ServiceError, access};
use crate::store::connections::{self, ListFilter, Order, of_owner};
use crate::store::members::{self, MemberLine};
use crate::store::{invitations, member_grants, teams};

/// The most members of one page.
pub const MOST: usize = 100;
/// The most connections that a form offers.
const MOST_GRANTABLE: i64 = 500;

/// Members that count or are turned off, or with `ended` those that have ended, after `cursor` (empty for the first).
///
/// # Errors
/// `Forbidden`; `InvalidField` for a cursor that no page gave.
pub async fn list(app: &App, actor: &Actor, ended: bool, cursor: &str, limit: usize) -> Result<MemberListView, ServiceError> {
    access::require(actor, Action::SeeMembers)?;
    if !cursor.is_empty() && crate::domain::MemberId::parse(cursor).is_err() {
        return Err(ServiceError::invalid_field("cursor", "Use the next_cursor of the page before."));
    }
    let limit = limit.clamp(1, MOST);
    let mut reader = app.database.read().await?;
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut lines = members::lines(reader.conn(), &actor.organization, ended, cursor, wanted).await?;
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next_cursor = lines.last().filter(|_| more).map(|line| line.id.to_string());
    let mut in_teams = teams::by_member(reader.conn(), &actor.organization).await?;
    let (here, gone) = members::count_by_standing(reader.conn(), &actor.organization).await?;
    let invited = invitations::count_open(reader.conn(), &actor.organization).await?;
    let all_teams = teams::all(reader.conn(), &actor.organization).await?;
    let number = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(MemberListView {
        now: app.now(),
        members: lines
            .into_iter()
            .map(|line| {
                let teams = in_teams.remove(line.id.as_str());
                shown(actor, line, teams)
            })
            .collect(),
        next_cursor,
        counts: (number(here), number(gone)),
        invited: number(invited),
        may_manage: actor.may(Action::ManageMembers, None),
        teams: all_teams.into_iter().map(|(id, name)| TeamName { id: id.to_string(), name }).collect(),
    })
}

/// One member, with what the person is limited to and owns.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<MemberView, ServiceError> {
    access::require(actor, Action::SeeMembers)?;
    let mut reader = app.database.read().await?;
    let line = find(reader.conn(), actor, id).await?;
    let in_teams = teams::by_member(reader.conn(), &actor.organization).await?.remove(line.id.as_str());
    let grants = member_grants::of_member(reader.conn(), &actor.organization, &line.id).await?;
    let owns = of_owner(reader.conn(), &actor.organization, &line.id).await?.len();
    let connections = line.limited.then(|| grants.into_iter().map(|(id, name)| GrantName { id, name }).collect());
    Ok(MemberView { connections, owns: Some(owns), ..shown(actor, line, in_teams) })
}

/// The connections that a member can be limited to, by name: those that are not disconnected and nobody's alone. Nothing for those who may not limit.
///
/// # Errors
/// `Forbidden`.
pub async fn grantable(app: &App, actor: &Actor) -> Result<Vec<GrantName>, ServiceError> {
    access::require(actor, Action::SeeMembers)?;
    if !actor.may(Action::ManageMembers, None) {
        return Ok(Vec::new());
    }
    let everybodys = ListFilter {
        text: String::new(),
        statuses: Vec::new(),
        tag: String::new(),
        member: None,
        only: actor.only.clone(),
        others: false,
        order: Order::Name,
        limit: MOST_GRANTABLE,
        offset: 0,
    };
    let rows = connections::list(app.database.read().await?.conn(), &actor.organization, &everybodys).await?;
    Ok(rows.into_iter().map(|row| GrantName { id: row.id.to_string(), name: row.name }).collect())
}

fn shown(actor: &Actor, line: MemberLine, teams: Option<Vec<(String, String)>>) -> MemberView {
    MemberView {
        may_change: may_touch(actor, &line),
        id: line.id.to_string(),
        you: actor.member() == Some(&line.id),
        name: line.name,
        email: line.email,
        role: line.role,
        status: line.standing.as_str().to_owned(),
        teams: teams.unwrap_or_default().into_iter().map(|(id, name)| TeamName { id, name }).collect(),
        limited: line.limited,
        connections: None,
        owns: None,
        joined_at: line.created_at,
    }
}
