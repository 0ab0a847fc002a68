//! Checking a saved connection.

use crate::domain::{Action, Actor, CheckState};
use crate::dto::CheckView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{self, EVERY_MS, Finished, detached};
use crate::services::entries::Ready;
use crate::services::payload::Payload;
use crate::services::{App, ErrorCode, ServiceError, access, connections, marketplace, views};
use crate::store::connections::{ConnectionRow, find, update};
use crate::store::credentials::{self, CredentialRow};
use crate::store::{Transaction, checks};

/// The entry of a check that begins; its result is another entry.
pub(super) const STARTED: &str = "connection.test_started";

/// Checks a saved connection now and waits for the end.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected.
pub async fn test(app: &App, actor: &Actor, id: &str) -> Result<CheckView, ServiceError> {
    access::require(actor, Action::TestConnection)?;
    let row = connections::find(app, actor, id).await?;
    access::require_for(actor, Action::TestConnection, row.team.as_ref())?;
    if !row.status.may_be_checked() {
        return Err(ServiceError::conflict("It is turned off or disconnected, so there is nothing to test. Nothing was changed."));
    }
    let (inner, who) = (app.clone(), actor.clone());
    let finished = detached(app, async move { run(&inner, &who, row).await });
    views::check_view(&Box::pin(finished).await?.row, app.now())
}

async fn run(app: &App, actor: &Actor, connection: ConnectionRow) -> Result<Finished, ServiceError> {
    let manifest = marketplace::manifest(app, &connection.organization, &connection.connector).await?;
    let config = views::column("connections", "config", connection.id.as_str(), &connection.config)?;
    let mut check = checking::new_check(app, &connection.organization, &connection.connector)?;
    check.connection = Some(connection.id.clone());
    let mut transaction = app.database.begin().await?;
    let credential = credentials::active(transaction.conn(), &connection.organization, &connection.id).await?;
    let credential = credential.ok_or_else(|| ServiceError::of(ErrorCode::SecretUnreadable))?;
    let payload = match Payload::open_credential(app, &connection.organization, &connection.id, credential.version, &credential.sealed) {
        Ok(payload) => payload,
        Err(error) => {
            audit::record(
                app,
                &mut transaction,
                actor.into(),
                AuditEvent::refused("credential.unreadable", Target::connection(&connection.id, &connection.name), Vec::new()),
            )
            .await?;
            transaction.commit().await?;
            return Err(error);
        }
    };
    checks::insert(transaction.conn(), &check).await?;
    let started = AuditEvent::done(STARTED, Target::connection(&connection.id, &connection.name), Vec::new());
    audit::record(app, &mut transaction, actor.into(), started).await?;
    transaction.commit().await?;
    let finished = Box::pin(checking::run(app, check, &manifest, Ready { config, payload })).await?;
    conclude(app, actor, &connection, &credential, &finished).await?;
    Ok(finished)
}

/// Writes the result, the new status and a newly opened session; a connection that was ended meanwhile stays ended.
async fn conclude(app: &App, actor: &Actor, seen: &ConnectionRow, credential: &CredentialRow, finished: &Finished) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    if !checks::finish(transaction.conn(), &finished.row).await? {
        return Ok(());
    }
    let Some(mut row) = find(transaction.conn(), &seen.organization, &seen.id).await? else { return Err(ServiceError::not_found()) };
    let moved = match &finished.outcome {
        Ok(_) => row.status.check_passed(),
        Err(_) if finished.row.state == CheckState::Stopped => Ok(row.status),
        Err(failure) => row.status.check_failed(failure.code.refuses_credential()),
    };
    if let Ok(status) = moved {
        let now = app.now();
        row.status = status;
        row.last_check_id = Some(finished.row.id.to_string());
        row.last_checked_at = Some(now);
        row.next_check_at = Some(now.plus_millis(EVERY_MS));
        row.failure_code.clone_from(&finished.row.code);
        row.updated_at = now;
        update(transaction.conn(), &row).await?;
        keep_session(app, &mut transaction, credential, finished).await?;
    }
    audit::record(app, &mut transaction, actor.into(), event(&row, finished)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Seals the same version anew with the session that the check opened.
async fn keep_session(app: &App, transaction: &mut Transaction, credential: &CredentialRow, finished: &Finished) -> Result<(), ServiceError> {
    let Ok(proof) = &finished.outcome else { return Ok(()) };
    if proof.renewed {
        let sealed = proof.payload.seal_credential(app, &credential.organization, &credential.connection, credential.version)?;
        credentials::replace_sealed(transaction.conn(), &credential.organization, &credential.id, &sealed.key_id, &sealed.bytes).await?;
    }
    Ok(())
}

fn event(row: &ConnectionRow, finished: &Finished) -> AuditEvent {
    let target = Target::connection(&row.id, &row.name);
    let took = Fact::TookMs(u32::try_from(finished.row.took_ms).unwrap_or(u32::MAX));
    match &finished.outcome {
        Ok(_) => AuditEvent::done("connection.tested", target, vec![took]),
        Err(failure) => AuditEvent::refused("connection.tested", target, vec![took, Fact::Code(failure.code.as_str().to_owned())]),
    }
}
