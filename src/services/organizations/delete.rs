//! The end of an organization.

use crate::domain::{Action, Actor};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access};
use crate::store::{connections, members, organizations};

/// Erases the organization with everything in it but its audit entries, and says what it was called. `confirm` is its name, typed again.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `InvalidField` for another name; `Conflict` while something is connected, and for the only organization of the server.
pub async fn delete(app: &App, actor: &Actor, confirm: &str) -> Result<String, ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    access::require_fresh(app, actor)?;
    let mut transaction = app.database.begin().await?;
    organizations::hold_all(transaction.conn()).await?;
    let row = organizations::find(transaction.conn(), &actor.organization).await?.ok_or_else(ServiceError::not_found)?;
    if confirm.trim() != row.name {
        return Err(ServiceError::invalid_field("confirm", format!("Type {} as it is written here.", row.name)));
    }
    let open = connections::count_open(transaction.conn(), &row.id).await?;
    if open > 0 {
        let what = if open == 1 { "1 connection is".to_owned() } else { format!("{open} connections are") };
        return Err(ServiceError::conflict(format!(
            "{what} not disconnected, so a provider may still trust a credential of it. Disconnect first. Nothing was deleted."
        )));
    }
    if organizations::count(transaction.conn()).await? < 2 {
        return Err(ServiceError::conflict("This is the only organisation of this server. Make another one first. Nothing was deleted."));
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("organization.deleted", Target::organization(&row.id, &row.name), Vec::new())).await?;
    let operators = members::count_operators(transaction.conn()).await?;
    organizations::erase(transaction.conn(), &row.id).await?;
    if operators > 0 && members::count_operators(transaction.conn()).await? == 0 {
        return Err(ServiceError::conflict("Somebody has to run this server, and nobody else could sign in to do so. Nothing was deleted."));
    }
    transaction.commit().await?;
    Ok(row.name)
}
