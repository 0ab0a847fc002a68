//! The one-page connect of a connector that an organization has once.

use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor};
use crate::dto::{DisconnectView, QuickView};
use crate::services::drafts::{Begun, Concluded, Parts, QUICK, open, parts, submit_and_wait};
use crate::services::{App, Entries, ServiceError, access, checking, connections, marketplace, views};
use crate::store::connections::{ConnectionRow, Sight, of_connector};
use crate::store::{drafts, members};

/// The page: the connection, or the form to make it.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown connector and one without this page.
pub async fn view(app: &App, actor: &Actor, connector: &str) -> Result<QuickView, ServiceError> {
    access::require(actor, Action::Connect)?;
    let manifest = &*quick_manifest(app, actor, connector).await?;
    match existing(app, actor, manifest).await? {
        Some(row) => connected(app, actor, manifest, &row).await,
        None => form(app, actor, manifest).await,
    }
}

/// Checks the entries and saves the connection; changes nothing when it is connected already.
///
/// # Errors
/// `InvalidField`; `CheckFailed` with the diagnosis. Both are also kept for [`view`].
pub async fn connect(app: &App, actor: &Actor, connector: &str, entries: Entries) -> Result<QuickView, ServiceError> {
    access::require_for(actor, Action::Connect, None)?;
    let manifest = &*quick_manifest(app, actor, connector).await?;
    if existing(app, actor, manifest).await?.is_none() {
        let draft = open(app, actor, manifest, QUICK).await?;
        match Box::pin(submit_and_wait(app, actor, draft.id.as_str(), entries)).await? {
            Begun::Check(Concluded::Failed(diagnosis)) => return Err(ServiceError::check_failed(*diagnosis)),
            Begun::Check(Concluded::Overtaken) => return Err(ServiceError::conflict("The entries were changed meanwhile. Nothing was saved. Try again.")),
            Begun::Checking => return Err(ServiceError::conflict("A check of these entries is running. Load the page again in a moment.")),
            Begun::Check(Concluded::Saved | Concluded::Duplicate) => {}
            Begun::Consent => return Ok(QuickView { consent: Some(draft.id.to_string()), ..view(app, actor, connector).await? }),
        }
    }
    view(app, actor, connector).await
}

/// Disconnects it.
///
/// # Errors
/// `NotFound` when there is no connection.
pub async fn disconnect(app: &App, actor: &Actor, connector: &str) -> Result<DisconnectView, ServiceError> {
    access::require(actor, Action::Disconnect)?;
    let manifest = &*quick_manifest(app, actor, connector).await?;
    let row = existing(app, actor, manifest).await?.ok_or_else(ServiceError::not_found)?;
    connections::disconnect(app, actor, row.id.as_str(), true).await
}

async fn quick_manifest(app: &App, actor: &Actor, connector: &str) -> Result<Arc<Manifest>, ServiceError> {
    let manifest = marketplace::manifest(app, &actor.organization, connector).await?;
    if manifest.quick { Ok(manifest) } else { Err(ServiceError::not_found()) }
}

async fn existing(app: &App, actor: &Actor, manifest: &Manifest) -> Result<Option<ConnectionRow>, ServiceError> {
    let everybodys = Sight { member: None, ..access::sight(actor) };
    let rows = of_connector(app.database.read().await?.conn(), &actor.organization, &manifest.id, everybodys).await?;
    Ok(rows.into_iter().next())
}

async fn connected(app: &App, actor: &Actor, manifest: &Manifest, row: &ConnectionRow) -> Result<QuickView, ServiceError> {
    let now = app.now();
    let connector = marketplace::connector_view(app, actor, manifest).await?;
    let mut reader = app.database.read().await?;
    let check = views::find_check(reader.conn(), &actor.organization, row.last_check_id.as_deref()).await?;
    let by = members::name_of(reader.conn(), &actor.organization, &row.created_by).await?.unwrap_or_default();
    Ok(QuickView {
        connector,
        connection: Some(row.id.to_string()),
        account: row.account_name.clone(),
        values: views::column("connections", "config", row.id.as_str(), &row.config)?,
        errors: Default::default(),
        check: check.map(|check| views::check_view(&check, now)).transpose()?,
        destination: row.host.clone(),
        connected: Some((by, row.created_at)),
        next_check_at: row.next_check_at,
        consent: None,
        now,
        may_disconnect: access::may_on(actor, Action::Disconnect, row),
    })
}

async fn form(app: &App, actor: &Actor, manifest: &Manifest) -> Result<QuickView, ServiceError> {
    let now = app.now();
    let connector = marketplace::connector_view(app, actor, manifest).await?;
    let mut reader = app.database.read().await?;
    let draft = drafts::find_by_flow(reader.conn(), &actor.organization, access::member(actor)?, &manifest.id, QUICK, now).await?;
    drop(reader);
    let Parts { values, errors, check, destination } = match &draft {
        Some(draft) => parts(app, actor, manifest, draft).await?,
        None => Parts {
            values: Default::default(),
            errors: Default::default(),
            check: None,
            destination: checking::destination(app, manifest, &Default::default()),
        },
    };
    Ok(QuickView {
        connector,
        connection: None,
        account: String::new(),
        values,
        errors,
        check,
        destination,
        connected: None,
        next_check_at: None,
        consent: None,
        now,
        may_disconnect: false,
    })
}
