//! Checking entries that nobody saved, and making a connection of them in one go.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, TeamId};
use crate::dto::{CheckView, ConnectionView};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{self, Finished, detached};
use crate::services::connections::test::STARTED;
use crate::services::connections::view::view_of;
use crate::services::entries::Ready;
use crate::services::save::{self, NewConnection};
use crate::services::{App, Entries, ServiceError, Wanted, access, entries, marketplace, views};
use crate::store::connections::ConnectionRow;
use crate::store::{Transaction, checks};

/// Checks entries without saving them.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown connector; `InvalidField`.
pub async fn test_unsaved(app: &App, actor: &Actor, connector: &str, entries: Entries) -> Result<CheckView, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    try_out(app, actor, marketplace::manifest(app, &actor.organization, connector).await?, &entries).await
}

/// The same with a connector that need not be in the catalogue; the caller has seen to it that the actor may.
pub(in crate::services) async fn try_out(app: &App, actor: &Actor, manifest: Arc<Manifest>, entries: &Entries) -> Result<CheckView, ServiceError> {
    let ready = entries::accept(app, &manifest, entries).map_err(ServiceError::invalid_fields)?.refuse_consent(&manifest)?;
    let (inner, who) = (app.clone(), actor.clone());
    let finished = detached(app, async move {
        let (finished, _) = run(&inner, &who, &manifest, ready).await?;
        let mut transaction = inner.database.begin().await?;
        checks::finish(transaction.conn(), &finished.row).await?;
        record_unsaved(&inner, &mut transaction, &who, &manifest, &finished).await?;
        transaction.commit().await?;
        Ok(finished)
    });
    views::check_view(&Box::pin(finished).await?.row, app.now())
}

/// Checks entries and saves the connection; an empty name takes the connector's and the account's.
///
/// # Errors
/// `InvalidField`; `NameTaken`; `CheckFailed` with the diagnosis; `Conflict` when the account is connected already.
pub async fn create(app: &App, actor: &Actor, connector: &str, wanted: impl Into<Wanted<'_>> + Send, entries: Entries) -> Result<ConnectionView, ServiceError> {
    let wanted = wanted.into();
    access::require_somewhere(actor, Action::Connect)?;
    let manifest = marketplace::manifest(app, &actor.organization, connector).await?;
    let (ready, team) = entries::accept_named(app, actor, &manifest, wanted, &entries).await?;
    let ready = ready.refuse_consent(&manifest)?;
    let (inner, who, name) = (app.clone(), actor.clone(), wanted.name.trim().to_owned());
    let personal = wanted.personal;
    let saved = detached(app, async move {
        let (finished, config) = run(&inner, &who, &manifest, ready).await?;
        conclude(&inner, &who, &manifest, (&name, personal, team.as_ref()), &config, finished).await
    });
    let row = Box::pin(saved).await?;
    view_of(app, actor, &row).await
}

/// Inserts a check of these entries and runs it; returns the open fields too.
pub(in crate::services) async fn run(
    app: &App,
    actor: &Actor,
    manifest: &Manifest,
    ready: Ready,
) -> Result<(Finished, BTreeMap<String, String>), ServiceError> {
    let row = checking::new_check(app, actor, &manifest.id)?;
    let mut transaction = app.database.begin().await?;
    checks::insert(transaction.conn(), &row).await?;
    let started = AuditEvent::done(STARTED, Target::connector(&manifest.id, &manifest.name), Vec::new());
    audit::record(app, &mut transaction, actor.into(), started).await?;
    transaction.commit().await?;
    let config = ready.config.clone();
    Ok((Box::pin(checking::run(app, row, manifest, ready)).await?, config))
}

async fn record_unsaved(app: &App, transaction: &mut Transaction, actor: &Actor, manifest: &Manifest, finished: &Finished) -> Result<(), ServiceError> {
    let target = Target::connector(&manifest.id, &manifest.name);
    let took = Fact::TookMs(u32::try_from(finished.row.took_ms).unwrap_or(u32::MAX));
    let event = match &finished.outcome {
        Ok(_) => AuditEvent::done("connection.tried", target, vec![took]),
        Err(failure) => AuditEvent::refused("connection.tried", target, vec![took, Fact::Code(failure.code.as_str().to_owned())]),
    };
    audit::record(app, transaction, actor.into(), event).await
}

async fn conclude(
    app: &App,
    actor: &Actor,
    manifest: &Manifest,
    (name, personal, team): (&str, bool, Option<&TeamId>),
    config: &BTreeMap<String, String>,
    finished: Finished,
) -> Result<ConnectionRow, ServiceError> {
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        checks::finish(transaction.conn(), &finished.row).await?;
        let proof = match &finished.outcome {
            Ok(proof) => proof,
            Err(failure) => {
                record_unsaved(app, &mut transaction, actor, manifest, &finished).await?;
                transaction.commit().await?;
                return Err(ServiceError::check_failed(failure.diagnosis.clone()));
            }
        };
        let new = NewConnection { provider: &manifest.name, name, personal, team, config, check: &finished.row, proof };
        save::one_at_a_time(&mut transaction, actor).await?;
        if let Some(same) = save::duplicate(&mut transaction, actor, &new).await? {
            record_unsaved(app, &mut transaction, actor, manifest, &finished).await?;
            transaction.commit().await?;
            return Err(ServiceError::conflict(format!("This account is already connected, as {} ({}). Nothing was saved.", same.name, same.id)));
        }
        match save::connection(app, &mut transaction, actor, &new).await {
            Ok(row) => {
                transaction.commit().await?;
                return Ok(row);
            }
            Err(error) if save::lost_the_name(&error) && attempt < save::ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}
