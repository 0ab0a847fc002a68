//! Ending a connection.

use crate::domain::{Action, Actor, InvalidTransition, IssueEnd};
use crate::dto::DisconnectView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::detached;
use crate::services::connections::revoke::{self, Revocation};
use crate::services::{App, ServiceError, access, connections, issues, marketplace};
use crate::store::connections::{ConnectionRow, find, hold, update};
use crate::store::credentials;

/// Ends a connection and erases every version of its credential; with `tell`, asks the provider first to end it there, where that is possible.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is disconnected already.
pub async fn disconnect(app: &App, actor: &Actor, id: &str, tell: bool) -> Result<DisconnectView, ServiceError> {
    access::require(actor, Action::Disconnect)?;
    let row = connections::find_outline(app, actor, id).await?;
    if let Err(refusal) = connections::require_to_end(actor, &row) {
        let target = Target::connection(&row.id, &row.name);
        audit::record_alone(app, actor.into(), AuditEvent::refused("connection.disconnected", target, Vec::new())).await?;
        return Err(refusal);
    }
    row.status.disconnect().map_err(ended_already)?;
    let (inner, who) = (app.clone(), actor.clone());
    // What the provider was told is followed by the end here, whatever happens to the request.
    let ended = detached(app, async move {
        let manifest = marketplace::find(&inner, &who.organization, &row.connector).await?;
        let manifest = manifest.as_deref();
        let revocation = match manifest.filter(|manifest| revoke::way(Some(*manifest), &row.config).is_some()) {
            None => Revocation::NoWay,
            Some(_) if !tell => Revocation::NotAsked,
            Some(manifest) => revoke::tell(&inner, &who, &row, manifest).await?,
        };
        let row = erase(&inner, &who, &row, revocation).await?;
        let sentence = revocation.sentence(&row.connector, manifest, &row.config);
        Ok((row, sentence, revocation.revoked()))
    });
    let (row, sentence, revoked) = Box::pin(ended).await?;
    Ok(DisconnectView { sentence, revoked, name: connections::name_for(app, actor, &row).await? })
}

async fn erase(app: &App, actor: &Actor, seen: &ConnectionRow, revocation: Revocation) -> Result<ConnectionRow, ServiceError> {
    let mut transaction = app.database.begin().await?;
    hold(transaction.conn(), &actor.organization, &seen.id).await?;
    let mut row = find(transaction.conn(), &actor.organization, &seen.id).await?.ok_or_else(ServiceError::not_found)?;
    row.status = row.status.disconnect().map_err(ended_already)?;
    row.next_check_at = None;
    row.updated_at = app.now();
    update(transaction.conn(), &row).await?;
    issues::resolve(app, &mut transaction, &row, IssueEnd::Disconnected, Some(actor)).await?;
    let erased = credentials::destroy_all(transaction.conn(), &actor.organization, &row.id).await?;
    let mut facts = vec![Fact::Erased(erased), Fact::Revoked(revocation.revoked())];
    if let Revocation::Failed(code) = revocation {
        facts.push(Fact::Code(code.as_str().to_owned()));
    }
    let event = AuditEvent::done("connection.disconnected", Target::connection(&row.id, &row.name), facts);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(row)
}

fn ended_already(_: InvalidTransition) -> ServiceError {
    ServiceError::conflict("It is disconnected already. Nothing was changed.")
}
