//! Ending the freeze, once the other program has stopped.

use crate::domain::{Action, Actor};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::hold;
use crate::store::grants::thaw;

/// Lets Latchkey renew the tokens of a connection that were brought along, from now on, and says its name. Whoever asks has seen to it that the other program no
/// longer does.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when they are not frozen.
pub async fn unfreeze(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    access::require(actor, Action::Connect)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::Connect, &row)?;
    let mut transaction = app.database.begin().await?;
    hold(transaction.conn(), &row.organization, &row.id).await?;
    if !thaw(transaction.conn(), &row.organization, &row.id, app.now()).await? {
        return Err(ServiceError::conflict("Its tokens are not frozen. Nothing was changed."));
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connection.unfrozen", Target::connection(&row.id, &row.name), Vec::new())).await?;
    transaction.commit().await?;
    Ok(row.name)
}
