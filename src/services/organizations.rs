//! Organizations of one person: seeing them, going from one to another, making, naming and deleting them.

mod delete;

pub use delete::delete;

use crate::domain::{Action, Actor, DisplayName, MemberId, OrganizationId, Role, Visitor};
use crate::dto::{OrganizationLine, OrganizationView, ServerOrganization};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, SignedIn, access, shell, sign_in};
use crate::store::connections;
use crate::store::members::{self, MemberRow};
use crate::store::organizations::{self, OrganizationRow};

/// The most organizations of one person.
const MOST: usize = 20;
/// The most organizations of one page of the server's list.
pub const MOST_LISTED: usize = 100;

/// The organizations that the person belongs to, by name.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn mine(app: &App, actor: &Actor) -> Result<Vec<OrganizationLine>, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let user = access::person(actor)?;
    let found = organizations::of_user(app.database.read().await?.conn(), user).await?;
    let everywhere = shell::role(actor) == Role::SuperAdmin;
    let line = |(row, role): (OrganizationRow, Role)| OrganizationLine {
        current: row.id == actor.organization,
        id: row.id.to_string(),
        name: row.name,
        role: if everywhere { Role::SuperAdmin } else { role },
    };
    Ok(found.into_iter().map(line).collect())
}

/// The membership to go on with in another organization of the person; every id that is none of theirs gets the one answer.
///
/// # Errors
/// `Forbidden` for programs; `NotFound`.
pub async fn switch(app: &App, actor: &Actor, visitor: &Visitor, id: &str) -> Result<SignedIn, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let user = access::require_unconfined(actor)?.clone();
    let id = OrganizationId::parse(id).map_err(|_| ServiceError::not_found())?;
    let person = members::find_active(app.database.read().await?.conn(), &id, &user).await?.ok_or_else(ServiceError::not_found)?;
    let there = sign_in::of_person(&person, app.now(), visitor);
    audit::record_alone(app, (&there).into(), AuditEvent::done("organization.entered", Target::default(), Vec::new())).await?;
    Ok(SignedIn { user, organization: id, member: person.member.id, confined: false })
}

/// Makes an organization whose first admin the person is.
///
/// # Errors
/// `Forbidden` for programs; `InvalidField`; `Conflict` when the person has too many.
pub async fn create(app: &App, actor: &Actor, visitor: &Visitor, name: &str) -> Result<SignedIn, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let user = access::require_unconfined(actor)?.clone();
    let name = parse(name)?;
    let (clock, random, now) = (app.clock.as_ref(), app.random.as_ref(), app.now());
    let row = OrganizationRow { id: OrganizationId::generate(clock, random), name: name.as_str().to_owned(), created_at: now };
    let member = MemberRow {
        id: MemberId::generate(clock, random),
        organization: row.id.clone(),
        user: user.clone(),
        role: Role::OrgAdmin,
        active: true,
        created_at: now,
    };
    let mut transaction = app.database.begin().await?;
    if organizations::of_user(transaction.conn(), &user).await?.len() >= MOST {
        return Err(ServiceError::conflict(format!("You belong to {MOST} organisations, which is the most. Leave one first. Nothing was saved.")));
    }
    organizations::insert(transaction.conn(), &row).await?;
    members::insert(transaction.conn(), &member).await?;
    let there = sign_in::actor(&member, actor.name(), shell::role(actor) == Role::SuperAdmin, now, visitor);
    audit::record(app, &mut transaction, (&there).into(), AuditEvent::done("organization.made", Target::organization(&row.id, &row.name), Vec::new())).await?;
    transaction.commit().await?;
    Ok(SignedIn { user, organization: row.id, member: member.id, confined: false })
}

/// The organization that the actor looks at.
///
/// # Errors
/// `Forbidden`.
pub async fn view(app: &App, actor: &Actor) -> Result<OrganizationView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let may_manage = actor.may(Action::ManageOrganization, None);
    let mut reader = app.database.read().await?;
    let row = organizations::find(reader.conn(), &actor.organization).await?.ok_or_else(ServiceError::not_found)?;
    let connections = if may_manage { Some(connections::count_open(reader.conn(), &actor.organization).await?) } else { None };
    Ok(OrganizationView {
        id: row.id.to_string(),
        name: row.name,
        created_at: row.created_at,
        role: shell::role(actor),
        may_manage,
        connections: connections.map(|count| usize::try_from(count).unwrap_or_default()),
    })
}

/// The same, for those who may delete it.
///
/// # Errors
/// `Forbidden`.
pub async fn view_to_delete(app: &App, actor: &Actor) -> Result<OrganizationView, ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    view(app, actor).await
}

/// Gives the organization another name.
///
/// # Errors
/// `Forbidden`; `InvalidField`.
pub async fn rename(app: &App, actor: &Actor, name: &str) -> Result<OrganizationView, ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    let name = parse(name)?;
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    let row = organizations::find(transaction.conn(), &actor.organization).await?.ok_or_else(ServiceError::not_found)?;
    if row.name != name.as_str() {
        organizations::rename(transaction.conn(), &row.id, name.as_str()).await?;
        let event = AuditEvent::done("organization.renamed", Target::organization(&row.id, name.as_str()), vec![Fact::NameBefore(row.name)]);
        audit::record(app, &mut transaction, actor.into(), event).await?;
        transaction.commit().await?;
    }
    view(app, actor).await
}

/// Every organization of this server, the oldest first, after `cursor` (empty for the first): how large each is, and nothing of what is in it.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a cursor that no page gave.
pub async fn all(app: &App, actor: &Actor, cursor: &str, limit: usize) -> Result<(Vec<ServerOrganization>, Option<String>), ServiceError> {
    access::require_for(actor, Action::SeeOrganizations, None)?;
    if !cursor.is_empty() && OrganizationId::parse(cursor).is_err() {
        return Err(ServiceError::invalid_field("cursor", "Use the next_cursor of the page before."));
    }
    let limit = limit.clamp(1, MOST_LISTED);
    let mut rows = organizations::all(app.database.read().await?.conn(), cursor, i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(row, ..)| row.id.to_string());
    let number = |count: i64| usize::try_from(count).unwrap_or_default();
    let line = |(row, members, connections): (OrganizationRow, i64, i64)| ServerOrganization {
        id: row.id.to_string(),
        name: row.name,
        created_at: row.created_at,
        members: number(members),
        connections: number(connections),
    };
    Ok((rows.into_iter().map(line).collect(), next))
}

fn parse(name: &str) -> Result<DisplayName, ServiceError> {
    DisplayName::parse(name).map_err(|_| ServiceError::invalid_field("name", "Give the organisation a name of 1 to 120 characters."))
}
