//! Renewing because a person or a program asks for it.

use super::ensure::{Ensured, find};
use super::flight::Wish;
use super::flights::join;
use crate::domain::{Action, Actor, ConnectionStatus};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access, connections};

/// Renews the token of a connection now, whatever failed before.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected, or has no token that could be renewed. That the provider refused is no error.
pub async fn refresh_now(app: &App, actor: &Actor, id: &str) -> Result<Ensured, ServiceError> {
    const NONE: &str = "It has no token that could be renewed. Nothing was changed.";
    access::require(actor, Action::TestConnection)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::TestConnection, &row)?;
    match row.status {
        ConnectionStatus::Disabled => return Err(ServiceError::conflict("It is turned off, so nothing is sent. Turn it on first. Nothing was changed.")),
        ConnectionStatus::Revoked => return Err(ServiceError::conflict("It is disconnected. Connect it again. Nothing was changed.")),
        _ => {}
    }
    find(app, &row.organization, &row.id).await?.ok_or_else(|| ServiceError::conflict(NONE))?;
    let asked = AuditEvent::done("credential.renewal_asked", Target::connection(&row.id, &row.name), Vec::new());
    audit::record_alone(app, actor.into(), asked).await?;
    let landing = join(app, &row.organization, &row.id, Wish::Person).await;
    let grant = find(app, &row.organization, &row.id).await?.ok_or_else(|| ServiceError::conflict(NONE))?;
    Ok(Ensured { expires_at: grant.expires_at, failure: landing.failure })
}
