//! Ending a connection.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor};
use crate::dto::DisconnectView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, access, connections, marketplace};
use crate::store::connections::{find, update};
use crate::store::credentials;

/// Ends a connection and erases every version of its credential.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is disconnected already.
pub async fn disconnect(app: &App, actor: &Actor, id: &str) -> Result<DisconnectView, ServiceError> {
    access::require(actor, Action::Disconnect)?;
    let seen = connections::find(app, actor, id).await?;
    let target = Target::connection(&seen.id, &seen.name);
    if let Err(refusal) = access::require_for(actor, Action::Disconnect, seen.team.as_ref()) {
        audit::record_alone(app, actor.into(), AuditEvent::refused("connection.disconnected", target, Vec::new())).await?;
        return Err(refusal);
    }
    let manifest = marketplace::find(app, &actor.organization, &seen.connector).await?;
    let mut transaction = app.database.begin().await?;
    let mut row = find(transaction.conn(), &actor.organization, &seen.id).await?.ok_or_else(ServiceError::not_found)?;
    row.status = row.status.disconnect().map_err(|_| ServiceError::conflict("It is disconnected already. Nothing was changed."))?;
    row.next_check_at = None;
    row.updated_at = app.now();
    update(transaction.conn(), &row).await?;
    let erased = credentials::destroy_all(transaction.conn(), &actor.organization, &row.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connection.disconnected", target, vec![Fact::Erased(erased)])).await?;
    transaction.commit().await?;
    Ok(DisconnectView { sentence: sentence(manifest.as_deref(), &row.connector), name: row.name })
}

/// No manifest knows a way to tell its provider yet, so every disconnect says so.
fn sentence(manifest: Option<&Manifest>, connector: &str) -> String {
    let (provider, noun) = manifest.map_or((connector, "credential"), |manifest| (manifest.name.as_str(), manifest.credential_noun.as_str()));
    format!(
        "The {noun} is erased here and checks have stopped. {provider} has no way to be told, so the {noun} still works there: change or delete it at {provider} if nobody else needs it."
    )
}
