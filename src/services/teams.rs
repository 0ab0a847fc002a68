//! Teams: who is in them, and which connections they look after.

use std::collections::HashMap;

use crate::domain::{Action, Actor, DisplayName, MemberId, Reach, TeamId};
use crate::dto::{TeamLine, TeamListView, TeamMember, TeamName, TeamView};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ErrorCode, ServiceError, Wanted, access};
use crate::store::connections::{self, ConnectionRow};
use crate::store::teams::{self, NAME_ONCE, TeamRow};
use crate::store::{Conn, StoreError, members, organizations};

/// The most teams of an organization.
const MOST: usize = 200;

/// The names of some teams.
#[derive(Debug, Default)]
pub(super) struct TeamNames(HashMap<TeamId, String>);

impl TeamNames {
    /// A team with its name.
    pub fn of(&self, id: &TeamId) -> TeamName {
        TeamName { id: id.to_string(), name: self.0.get(id).cloned().unwrap_or_default() }
    }
}

/// The names of the teams of these connections; asks nothing when they belong to none.
pub(super) async fn names(
    on: Conn<'_>,
    organization: &crate::domain::OrganizationId,
    rows: impl IntoIterator<Item = &ConnectionRow> + Send,
) -> Result<TeamNames, ServiceError> {
    if rows.into_iter().all(|row| row.team.is_none()) {
        return Ok(TeamNames::default());
    }
    Ok(TeamNames(teams::all(on, organization).await?.into_iter().collect()))
}

/// The teams in which the actor may do `action`, by name.
pub(super) async fn choices(on: Conn<'_>, actor: &Actor, action: Action) -> Result<Vec<TeamName>, ServiceError> {
    if !access::may_somewhere(actor, action) {
        return Ok(Vec::new());
    }
    let mine = teams::all(on, &actor.organization).await?.into_iter().filter(|(id, _)| actor.may(action, Some(id)));
    Ok(mine.map(|(id, name)| TeamName { id: id.to_string(), name }).collect())
}

/// The team that a connection to be belongs to. A personal one belongs to none; a team lead's to one of the own teams, which has to be chosen when there are several.
pub(super) async fn for_connection(on: Conn<'_>, actor: &Actor, wanted: Wanted<'_>) -> Result<Option<TeamId>, ServiceError> {
    if wanted.personal {
        return Ok(None);
    }
    if !wanted.team.is_empty() {
        return chosen(on, actor, Action::Connect, wanted.team).await.map(Some);
    }
    match (actor.reach(Action::Connect), actor.teams()) {
        (Reach::Organization, _) => Ok(None),
        (Reach::OwnTeams, [only]) => Ok(Some(only.clone())),
        _ => Err(ServiceError::invalid_field("team", "Choose one of your teams.")),
    }
}

/// The team that a connection is moved to; empty stands for the whole organization.
pub(super) async fn for_edit(on: Conn<'_>, actor: &Actor, row: &ConnectionRow, wanted: &str) -> Result<Option<TeamId>, ServiceError> {
    let before = row.team.as_ref();
    if before.map_or("", TeamId::as_str) == wanted {
        return Ok(before.cloned());
    }
    if row.owner.is_some() {
        return Err(ServiceError::invalid_field("team", "It is one person\u{2019}s alone, so it belongs to no team."));
    }
    if wanted.is_empty() {
        access::require_for(actor, Action::ManageConnection, None)?;
        return Ok(None);
    }
    chosen(on, actor, Action::ManageConnection, wanted).await.map(Some)
}

/// A team that was chosen; one answer for every text that is none to choose.
async fn chosen(on: Conn<'_>, actor: &Actor, action: Action, text: &str) -> Result<TeamId, ServiceError> {
    let unfit = || ServiceError::invalid_field("team", "Choose a team of the list.");
    let id = TeamId::parse(text).map_err(|_| unfit())?;
    let found = teams::find(on, &actor.organization, &id).await?.filter(|row| actor.may(action, Some(&row.id)));
    found.map(|row| row.id).ok_or_else(unfit)
}

/// The teams that the actor manages.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor) -> Result<TeamListView, ServiceError> {
    access::require(actor, Action::ManageTeams)?;
    let mut reader = app.database.read().await?;
    let all = teams::all(reader.conn(), &actor.organization).await?;
    let sizes = teams::sizes(reader.conn(), &actor.organization).await?;
    let line = |(id, name): (TeamId, String)| {
        let (members, connections) = sizes.get(&id).copied().unwrap_or_default();
        let number = |count: i64| usize::try_from(count).unwrap_or_default();
        TeamLine { id: id.to_string(), name, members: number(members), connections: number(connections) }
    };
    let mine = all.into_iter().filter(|(id, _)| actor.may(Action::ManageTeams, Some(id)));
    Ok(TeamListView { teams: mine.map(line).collect(), may_make: actor.may(Action::ManageTeams, None) })
}

/// One team.
///
/// # Errors
/// `Forbidden`, also for another team than the own; `NotFound`.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<TeamView, ServiceError> {
    access::require(actor, Action::ManageTeams)?;
    let mut reader = app.database.read().await?;
    let team = find(reader.conn(), actor, id).await?;
    access::require_for(actor, Action::ManageTeams, Some(&team.id))?;
    let inside = teams::members_of(reader.conn(), &actor.organization, &team.id).await?;
    let people = members::list_active(reader.conn(), &actor.organization).await?;
    let mut people: Vec<TeamMember> = people
        .into_iter()
        .map(|person| TeamMember { inside: inside.contains(&person.member.id), id: person.member.id.to_string(), role: person.role(), name: person.name })
        .collect();
    people.sort_by_key(|person| !person.inside);
    let connections = connections::of_team(reader.conn(), &actor.organization, &team.id, access::sight(actor)).await?;
    Ok(TeamView {
        id: team.id.to_string(),
        name: team.name,
        created_at: team.created_at,
        members: people,
        connections: connections.into_iter().map(|row| (row.name, row.id.to_string())).collect(),
        may_rename: actor.may(Action::ManageTeams, None),
    })
}

/// Makes a team.
///
/// # Errors
/// `Forbidden`; `InvalidField`; `NameTaken`; `Conflict` when there are too many.
pub async fn create(app: &App, actor: &Actor, name: &str) -> Result<TeamId, ServiceError> {
    access::require_for(actor, Action::ManageTeams, None)?;
    let name = parse(name)?;
    let row = TeamRow {
        id: TeamId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        name: name.as_str().to_owned(),
        created_at: app.now(),
    };
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    if teams::all(transaction.conn(), &actor.organization).await?.len() >= MOST {
        return Err(ServiceError::conflict(format!("Your organisation has {MOST} teams, which is the most. Delete one first. Nothing was saved.")));
    }
    teams::insert(transaction.conn(), &row).await.map_err(taken)?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("team.made", Target::team(&row.id, &row.name), Vec::new())).await?;
    transaction.commit().await?;
    Ok(row.id)
}

/// Gives a team another name.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField`; `NameTaken`.
pub async fn rename(app: &App, actor: &Actor, id: &str, name: &str) -> Result<(), ServiceError> {
    access::require_for(actor, Action::ManageTeams, None)?;
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    let team = find(transaction.conn(), actor, id).await?;
    let name = parse(name)?;
    if team.name == name.as_str() {
        return Ok(());
    }
    teams::rename(transaction.conn(), &actor.organization, &team.id, name.as_str()).await.map_err(taken)?;
    let event = AuditEvent::done("team.renamed", Target::team(&team.id, name.as_str()), vec![Fact::NameBefore(team.name)]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes a team and says what it was called; its connections belong to the whole organization then.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn delete(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    access::require_for(actor, Action::ManageTeams, None)?;
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    let team = find(transaction.conn(), actor, id).await?;
    teams::delete(transaction.conn(), &actor.organization, &team.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("team.deleted", Target::team(&team.id, &team.name), Vec::new())).await?;
    transaction.commit().await?;
    Ok(team.name)
}

/// Says who is in a team: these members, and nobody else.
///
/// # Errors
/// `Forbidden`, also for another team than the own; `NotFound`; `InvalidField` when one of them is no active member.
pub async fn set_members(app: &App, actor: &Actor, id: &str, wanted: &[String]) -> Result<(), ServiceError> {
    access::require(actor, Action::ManageTeams)?;
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    let team = find(transaction.conn(), actor, id).await?;
    access::require_for(actor, Action::ManageTeams, Some(&team.id))?;
    let people = members::list_active(transaction.conn(), &actor.organization).await?;
    let known = |text: &String| people.iter().map(|person| &person.member.id).find(|id| id.as_str() == text).cloned();
    let wanted: Option<Vec<MemberId>> = wanted.iter().map(known).collect();
    let wanted = wanted.ok_or_else(|| ServiceError::invalid_field("members", "Choose active members of your organisation."))?;
    let before = teams::members_of(transaction.conn(), &actor.organization, &team.id).await?;
    let (mut put_in, mut taken_out) = (Vec::new(), Vec::new());
    for member in &wanted {
        if teams::put_in(transaction.conn(), &actor.organization, &team.id, member).await? {
            put_in.push(member.clone());
        }
    }
    // Whose membership is turned off is not among the choices, and stays.
    for member in before.into_iter().filter(|member| !wanted.contains(member) && people.iter().any(|person| person.member.id == *member)) {
        teams::take_out(transaction.conn(), &actor.organization, &team.id, &member).await?;
        taken_out.push(member);
    }
    if put_in.is_empty() && taken_out.is_empty() {
        return Ok(());
    }
    let event = AuditEvent::done("team.members_changed", Target::team(&team.id, &team.name), vec![Fact::PutIn(put_in), Fact::TakenOut(taken_out)]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(())
}

/// The team of this id in the actor's organization; every other text gets the one answer.
pub(super) async fn find(on: Conn<'_>, actor: &Actor, id: &str) -> Result<TeamRow, ServiceError> {
    let id = TeamId::parse(id).map_err(|_| ServiceError::not_found())?;
    teams::find(on, &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)
}

fn parse(name: &str) -> Result<DisplayName, ServiceError> {
    DisplayName::parse(name).map_err(|_| ServiceError::invalid_field("name", "Use 1 to 120 characters on one line."))
}

fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::Duplicate(rule) if rule == NAME_ONCE => {
            ServiceError { fields: ServiceError::invalid_field("name", "Another team has this name.").fields, ..ServiceError::of(ErrorCode::NameTaken) }
        }
        error => error.into(),
    }
}
