//! Another role, a limit, off and on.

use crate::domain::{Actor, ConnectionId, Role};
use crate::dto::MemberView;
use crate::services::audit::{self, AuditEvent, Fact};
use crate::services::members::{self, find, limit, named, require_admin, require_manager, require_role, require_touch, shut_out, target};
use crate::services::{App, ServiceError};
use crate::store::Transaction;
use crate::store::members::{MemberLine, Standing, set_role, set_status};

/// Whether a membership is to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Turned on.
    Active,
    /// Turned off: nobody comes in by it, and everything is kept.
    Deactivated,
}

/// What is to change; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The role.
    pub role: Option<Role>,
    /// Whether it counts.
    pub status: Option<Wish>,
    /// Whether the person knows only some connections.
    pub limited: Option<bool>,
    /// Ids of all that a limited person knows; they imply the limit.
    pub connections: Option<Vec<String>>,
}

/// Changes a membership; the next request of that person, on any node, is under the new terms.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound`; `InvalidField`; `Conflict` when the membership has ended, and when nobody would run the organization.
pub async fn change(app: &App, actor: &Actor, id: &str, change: &Change) -> Result<MemberView, ServiceError> {
    require_manager(app, actor)?;
    let seen = find(app.database.read().await?.conn(), actor, id).await?;
    require_touch(actor, &seen)?;
    if let Some(role) = change.role {
        require_role(actor, role)?;
    }
    let connections = match &change.connections {
        Some(ids) => Some(named(app, actor, ids).await?),
        None => None,
    };
    let mut transaction = members::begin(app, actor).await?;
    let line = find(transaction.conn(), actor, id).await?;
    require_touch(actor, &line)?;
    if line.standing == Standing::Removed {
        return Err(ServiceError::conflict("This person is no longer a member. Invite the address again. Nothing was changed."));
    }
    let changed = [
        role(app, &mut transaction, actor, &line, change.role).await?,
        restrict(app, &mut transaction, actor, &line, change, connections).await?,
        switch(app, &mut transaction, actor, &line, change.status).await?,
    ];
    if changed.contains(&true) {
        require_admin(&mut transaction, actor).await?;
        transaction.commit().await?;
    } else {
        drop(transaction);
    }
    members::view(app, actor, id).await
}

async fn record(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    action: &'static str,
    line: &MemberLine,
    facts: Vec<Fact>,
) -> Result<bool, ServiceError> {
    audit::record(app, transaction, actor.into(), AuditEvent::done(action, target(line), facts)).await?;
    Ok(true)
}

async fn role(app: &App, transaction: &mut Transaction, actor: &Actor, line: &MemberLine, wanted: Option<Role>) -> Result<bool, ServiceError> {
    let Some(wanted) = wanted.filter(|wanted| *wanted != line.role) else { return Ok(false) };
    if !line.role.is_given() {
        return Err(ServiceError::conflict("This person runs the server and is a super admin everywhere. Nothing was changed."));
    }
    set_role(transaction.conn(), &actor.organization, &line.id, wanted).await?;
    if !wanted.may_be_limited() && line.limited {
        limit(transaction, actor, &line.id, None).await?;
    }
    record(app, transaction, actor, "member.role_changed", line, vec![Fact::RoleBefore(line.role), Fact::Role(wanted)]).await
}

async fn restrict(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    line: &MemberLine,
    change: &Change,
    connections: Option<Vec<ConnectionId>>,
) -> Result<bool, ServiceError> {
    let role = change.role.unwrap_or(line.role);
    let only = match (change.limited, connections) {
        (None, None) => return Ok(false),
        (Some(false), Some(_)) => return Err(ServiceError::invalid_field("connections", "Without a limit there is nothing to choose.")),
        (Some(false), None) if !line.limited => return Ok(false),
        (Some(false), None) => None,
        (Some(true), None) if line.limited => return Ok(false),
        (_, connections) => Some(connections.unwrap_or_default()),
    };
    if only.is_some() && !role.may_be_limited() {
        return Err(ServiceError::invalid_field("limited", "Only developers and viewers can be limited to connections."));
    }
    let fact = limit(transaction, actor, &line.id, only.as_deref()).await?;
    record(app, transaction, actor, "member.limited", line, vec![fact]).await
}

async fn switch(app: &App, transaction: &mut Transaction, actor: &Actor, line: &MemberLine, wanted: Option<Wish>) -> Result<bool, ServiceError> {
    let (standing, action) = match (wanted, line.standing) {
        (Some(Wish::Active), Standing::Deactivated) => (Standing::Active, "member.reactivated"),
        (Some(Wish::Deactivated), Standing::Active) => (Standing::Deactivated, "member.deactivated"),
        _ => return Ok(false),
    };
    set_status(transaction.conn(), &actor.organization, &line.id, standing).await?;
    if standing == Standing::Deactivated {
        shut_out(app, transaction, actor, line).await?;
    }
    record(app, transaction, actor, action, line, Vec::new()).await
}
