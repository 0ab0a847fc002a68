//! Ending a connection.

use crate::domain::{Action, Actor};
use crate::dto::DisconnectView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::{find, hold, update};
use crate::store::credentials;

/// Ends a connection and erases every version of its credential.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is disconnected already.
pub async fn disconnect(app: &App, actor: &Actor, id: &str) -> Result<DisconnectView, ServiceError> {
    access::require(actor, Action::Disconnect)?;
    let seen = connections::find_outline(app, actor, id).await?;
    let target = Target::connection(&seen.id, &seen.name);
    if let Err(refusal) = connections::require_to_end(actor, &seen) {
        audit::record_alone(app, actor.into(), AuditEvent::refused("connection.disconnected", target, Vec::new())).await?;
        return Err(refusal);
    }
    let mut transaction = app.database.begin().await?;
    hold(transaction.conn(), &actor.organization, &seen.id).await?;
    let mut row = find(transaction.conn(), &actor.organization, &seen.id).await?.ok_or_else(ServiceError::not_found)?;
    row.status = row.status.disconnect().map_err(|_| ServiceError::conflict("It is disconnected already. Nothing was changed."))?;
    row.next_check_at = None;
    row.updated_at = app.now();
    update(transaction.conn(), &row).await?;
    let erased = credentials::destroy_all(transaction.conn(), &actor.organization, &row.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connection.disconnected", target, vec![Fact::Erased(erased)])).await?;
    transaction.commit().await?;
    Ok(DisconnectView { sentence: sentence(app, &row.connector), name: connections::name_for(app, actor, &row).await? })
}

/// No manifest knows a way to tell its provider yet, so every disconnect says so.
fn sentence(app: &App, connector: &str) -> String {
    let (provider, noun) =
        app.catalogue.get(connector).map_or((connector, "credential"), |manifest| (manifest.name.as_str(), manifest.credential_noun.as_str()));
    format!(
        "The {noun} is erased here and checks have stopped. {provider} has no way to be told, so the {noun} still works there: change or delete it at {provider} if nobody else needs it."
    )
}
