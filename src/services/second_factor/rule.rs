//! An organization's rule: members without a second factor set one up before anything else.

use super::person;
use crate::domain::{Action, Actor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, access};
use crate::store::{authenticators, organizations};

/// Whether the organization asks its members for a second factor.
///
/// # Errors
/// `Forbidden`.
pub async fn rule(app: &App, actor: &Actor) -> Result<bool, ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    Ok(organizations::wants_second_factor(app.database.read().await?.conn(), &actor.organization).await?)
}

/// Sets the rule; who turns it on must have a second factor.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `Conflict` for somebody without a second factor.
pub async fn set_rule(app: &App, actor: &Actor, wanted: bool) -> Result<(), ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    access::require_fresh(app, actor)?;
    let user = person(app, actor).await?;
    let mut transaction = app.database.begin().await?;
    if wanted && !authenticators::has_second_factor(transaction.conn(), &user.id).await? {
        return Err(ServiceError::conflict("Set up a second step for yourself first, so that the rule does not stop you. Nothing was changed."));
    }
    let organization = organizations::find(transaction.conn(), &actor.organization).await?.ok_or_else(ServiceError::not_found)?;
    organizations::set_second_factor(transaction.conn(), &actor.organization, wanted).await?;
    let event = AuditEvent::done("organization.second_factor_rule", Target::organization(&organization.id, &organization.name), vec![Fact::On(wanted)]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether this person has to set up a second factor before anything else in this organization.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn misses(app: &App, actor: &Actor) -> Result<bool, ServiceError> {
    let Ok(user) = access::person(actor) else { return Ok(false) };
    Ok(organizations::misses_second_factor(app.database.read().await?.conn(), &actor.organization, user).await?)
}
