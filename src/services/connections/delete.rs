//! Forgetting a connection that has ended.

use crate::domain::{Action, Actor, ConnectionStatus};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections as rows;

/// Deletes a disconnected connection with its checks and drafts, and says what it was called; its audit entries stay.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is not disconnected.
pub async fn delete(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    access::require(actor, Action::Disconnect)?;
    let row = connections::find_to_end(app, actor, id).await?;
    if row.status != ConnectionStatus::Revoked {
        return Err(ServiceError::conflict("It is still connected. Disconnect it first. Nothing was deleted."));
    }
    let name = connections::name_for(app, actor, &row).await?;
    let mut transaction = app.database.begin().await?;
    if !rows::delete(transaction.conn(), &actor.organization, &row.id).await? {
        return Err(ServiceError::not_found());
    }
    let event = AuditEvent::done("connection.deleted", Target::connection(&row.id, &row.name), Vec::new());
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(name)
}
