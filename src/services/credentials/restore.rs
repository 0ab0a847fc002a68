//! Going back to an earlier version.

use crate::domain::Actor;
use crate::dto::RestoredView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::credentials::conclude::lost_a_race;
use crate::services::credentials::swap::retire;
use crate::services::credentials::versions::unchanged;
use crate::services::credentials::{ATTEMPTS, at_rest, editable};
use crate::services::payload::Payload;
use crate::services::{App, ServiceError, access, connections, views};
use crate::store::connections::{ConnectionRow, find, update};
use crate::store::credentials::{self, CredentialRow};
use crate::store::{StoreError, Transaction};

/// Puts an earlier version in use at once, with its account and host, then checks it; without a number the one that was in use last.
///
/// # Errors
/// `NotFound` for a version that is not kept; `Conflict` when there is none, or when the connection is not as the caller knows it; `SecretUnreadable`.
pub async fn restore(app: &App, actor: &Actor, id: &str, seen: Option<i64>, version: Option<i64>) -> Result<RestoredView, ServiceError> {
    let connection = editable(app, actor, id).await?;
    unchanged(app, &connection, seen).await?;
    let mut attempt = 1;
    let version = loop {
        let mut transaction = app.database.begin().await?;
        match Box::pin(write(app, &mut transaction, actor, &connection, version)).await {
            Ok(version) => {
                transaction.commit().await?;
                break version;
            }
            Err(error) if lost_a_race(&error) && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    };
    let check = Box::pin(connections::test(app, actor, id)).await;
    let check = check.inspect_err(|error| tracing::warn!(code = error.code.as_str(), "a restored credential could not be checked")).ok();
    let now = connections::find(app, actor, id).await?;
    let identity = views::column("connections", "identity", now.id.as_str(), &now.identity)?;
    Ok(RestoredView { version, identity, check, state: (now.edits, now.row_version) })
}

async fn write(app: &App, transaction: &mut Transaction, actor: &Actor, seen: &ConnectionRow, wanted: Option<i64>) -> Result<i64, ServiceError> {
    let row = find(transaction.conn(), &actor.organization, &seen.id).await?.ok_or_else(ServiceError::not_found)?;
    if !row.status.may_be_checked() {
        return Err(at_rest());
    }
    let versions = credentials::versions(transaction.conn(), &row.organization, &row.id).await?;
    let (active, old): (Vec<_>, Vec<_>) = versions.into_iter().partition(|version| version.active);
    let target = match wanted {
        Some(number) if active.iter().any(|version| version.version == number) => return Ok(number),
        Some(number) => old.into_iter().find(|version| version.version == number).ok_or_else(ServiceError::not_found)?,
        None => last_used(old).ok_or_else(|| ServiceError::conflict("There is no earlier version to go back to. Nothing was changed."))?,
    };
    Payload::open_credential(app, &row.organization, &row.id, target.version, &target.sealed)?;
    retire(transaction, active.first()).await?;
    let now = app.now();
    if !credentials::activate(transaction.conn(), &row.organization, &target.id, access::member(actor)?, now).await? {
        return Err(StoreError::Conflict.into());
    }
    let facts = vec![Fact::Version(target.version), Fact::Account(target.account_id.clone()), Fact::Host(target.host.clone())];
    let number = target.version;
    let row = ConnectionRow {
        config: target.config,
        account_id: target.account_id,
        account_name: target.account_name,
        identity: target.identity,
        host: target.host,
        next_check_at: Some(now),
        updated_at: now,
        edits: row.edits + 1,
        ..row
    };
    update(transaction.conn(), &row).await?;
    audit::record(app, transaction, actor.into(), AuditEvent::done("connection.credential_restored", Target::connection(&row.id, &row.name), facts)).await?;
    Ok(number)
}

/// The version that was in use last.
fn last_used(old: Vec<CredentialRow>) -> Option<CredentialRow> {
    old.into_iter().max_by_key(|version| (version.activated_at, version.version))
}
