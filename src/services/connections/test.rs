//! Checking a saved connection.

use crate::domain::{Action, Actor, CheckState, ConnectionStatus, GrantKind};
use crate::dto::CheckView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{self, EVERY_MS, Finished, detached};
use crate::services::connections::opened;
use crate::services::entries::Ready;
use crate::services::{App, ServiceError, access, connections, grants, issues, marketplace, views};
use crate::store::connections::{ConnectionRow, find, hold, update};
use crate::store::credentials::{self, CredentialRow};
use crate::store::{Transaction, checks, grants as store_grants};

/// How long a token has to work for a check, in milliseconds.
const TOKEN_LASTS_MS: i64 = 30_000;

/// The entry of a check that begins; its result is another entry.
pub(in crate::services) const STARTED: &str = "connection.test_started";
/// The entry of a check that ended.
pub(super) const TESTED: &str = "connection.tested";

/// Checks a saved connection now and waits for the end.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected.
pub async fn test(app: &App, actor: &Actor, id: &str) -> Result<CheckView, ServiceError> {
    access::require(actor, Action::TestConnection)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::TestConnection, &row)?;
    refuse_idle(row.status)?;
    let (inner, who) = (app.clone(), actor.clone());
    let finished = detached(app, async move { run(&inner, &who, row).await });
    views::check_view(&Box::pin(finished).await?.row, app.now())
}

/// Refuses what is not in use, each with the way back.
fn refuse_idle(status: ConnectionStatus) -> Result<(), ServiceError> {
    match status {
        ConnectionStatus::Disabled => Err(ServiceError::conflict("It is turned off, so nothing is sent. Turn it on, then test. Nothing was changed.")),
        ConnectionStatus::Revoked => Err(ServiceError::conflict("It is disconnected, so there is nothing to test. Connect it again. Nothing was changed.")),
        _ => Ok(()),
    }
}

async fn run(app: &App, actor: &Actor, connection: ConnectionRow) -> Result<Finished, ServiceError> {
    let manifest = marketplace::manifest(app, &connection.organization, &connection.connector).await?;
    // What cannot be renewed is tested all the same: the provider says best what is wrong.
    grants::ready(app, &connection.organization, &connection.id, TOKEN_LASTS_MS).await?;
    let mut check = checking::new_check(app, actor, &connection.connector)?;
    check.connection = Some(connection.id.clone());
    let mut transaction = app.database.begin().await?;
    hold(transaction.conn(), &connection.organization, &connection.id).await?;
    let now = find(transaction.conn(), &connection.organization, &connection.id).await?.ok_or_else(ServiceError::not_found)?;
    refuse_idle(now.status)?;
    if checks::is_running(transaction.conn(), &connection.organization, &connection.id, app.now()).await? {
        return Err(ServiceError::conflict("A test of it is running already. Load the page again in a moment to see how it ends."));
    }
    let (mut transaction, credential, payload) = opened::active(app, transaction, actor, &connection).await?;
    let of_app = grants::app_of(transaction.conn(), &credential).await?;
    let config = views::column("credentials", "config", credential.id.as_str(), &credential.config)?;
    checks::insert(transaction.conn(), &check).await?;
    let started = AuditEvent::done(STARTED, Target::connection(&connection.id, &connection.name), Vec::new());
    audit::record(app, &mut transaction, actor.into(), started).await?;
    transaction.commit().await?;
    let finished = Box::pin(checking::run(app, check, &manifest, Ready { config, payload, app: of_app, opened: None })).await?;
    conclude(app, actor, &connection, &credential, &finished).await?;
    Ok(finished)
}

/// Writes the result, the new status and a newly opened session; a connection that was ended meanwhile stays ended.
async fn conclude(app: &App, actor: &Actor, seen: &ConnectionRow, credential: &CredentialRow, finished: &Finished) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    if !checks::finish(transaction.conn(), &finished.row).await? {
        return Ok(());
    }
    hold(transaction.conn(), &seen.organization, &seen.id).await?;
    let Some(mut row) = find(transaction.conn(), &seen.organization, &seen.id).await? else { return Err(ServiceError::not_found()) };
    let in_use = credentials::active(transaction.conn(), &row.organization, &row.id).await?;
    // When another version was put in use meanwhile, this result says nothing about it.
    let still_in_use = in_use.is_some_and(|version| version.id == credential.id);
    let moved = match &finished.outcome {
        Ok(_) => row.status.check_passed(),
        Err(_) if finished.row.state == CheckState::Stopped => Ok(row.status),
        Err(failure) => row.status.check_failed(failure.code.refuses_credential()),
    };
    if let Some(status) = moved.ok().filter(|_| still_in_use) {
        let now = app.now();
        row.status = status;
        row.last_check_id = Some(finished.row.id.to_string());
        row.last_checked_at = Some(now);
        row.next_check_at = Some(now.plus_millis(EVERY_MS));
        row.failure_code.clone_from(&finished.row.code);
        row.updated_at = now;
        update(transaction.conn(), &row).await?;
        issues::follow(app, &mut transaction, actor, &row, row.failure_code.as_deref()).await?;
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
        if let Some(opened) = proof.opened.as_ref().filter(|opened| opened.kind == GrantKind::Login)
            && !store_grants::note_login(transaction.conn(), &credential.organization, &credential.id, opened.obtained_at).await?
        {
            grants::begin(app, transaction, credential, opened).await?;
        }
    }
    Ok(())
}

fn event(row: &ConnectionRow, finished: &Finished) -> AuditEvent {
    let target = Target::connection(&row.id, &row.name);
    let took = Fact::TookMs(u32::try_from(finished.row.took_ms).unwrap_or(u32::MAX));
    match &finished.outcome {
        Ok(_) => AuditEvent::done(TESTED, target, vec![took]),
        Err(failure) => AuditEvent::refused(TESTED, target, vec![took, Fact::Code(failure.code.as_str().to_owned())]),
    }
}
