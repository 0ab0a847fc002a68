//! A draft as its wizard shows it.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, ConnectionId};
use crate::dto::{AppChoiceView, CheckView, DraftView, ReceiptView};
use crate::services::drafts::{find, find_any};
use crate::services::{App, ErrorCode, ServiceError, access, checking, connections, consent, grants, marketplace, oauth_apps, teams, views};
use crate::store::drafts::DraftRow;

/// The draft as its wizard shows it.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for somebody else's draft.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<DraftView, ServiceError> {
    access::require(actor, Action::Connect)?;
    let row = find(app, app.database.read().await?.conn(), actor, id).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &row.connector).await?;
    let connector = marketplace::connector_view(app, actor, &manifest).await?;
    let Parts { values, errors, check, destination } = parts(app, actor, &manifest, &row).await?;
    let teams = teams::choices(app.database.read().await?.conn(), actor, Action::Connect).await?;
    Ok(DraftView {
        team: row.team.as_ref().map(ToString::to_string),
        teams,
        needs_team: !actor.may(Action::Connect, None),
        id: row.id.to_string(),
        connector,
        name: row.name.clone(),
        personal: row.personal,
        values,
        errors,
        check,
        kept_until: row.expires_at,
        connection: row.connection_id.clone(),
        duplicate: duplicate(app, actor, &row).await?,
        destination,
        oauth: app_choice(app, actor, &manifest, &row).await?,
        waits: consent::waits(&row)?,
        receipt: receipt(app, &manifest, &row).await?,
    })
}

/// Which app the draft goes by; none where nobody ever has to allow access.
async fn app_choice(app: &App, actor: &Actor, manifest: &Manifest, row: &DraftRow) -> Result<Option<AppChoiceView>, ServiceError> {
    let Some(oauth) = manifest.oauth.as_ref().filter(|oauth| oauth.needs_app()) else { return Ok(None) };
    Ok(Some(AppChoiceView {
        apps: oauth_apps::list_for(app, actor, &manifest.id).await?,
        chosen: row.app.as_ref().map(ToString::to_string),
        when: manifest.auth.choice_field().map(str::to_owned).zip(oauth.option.clone()),
        may_add: actor.may(Action::ManageOAuthApps, None),
    }))
}

/// The receipt of the connection that the draft became.
async fn receipt(app: &App, manifest: &Manifest, row: &DraftRow) -> Result<Option<ReceiptView>, ServiceError> {
    let Some(connection) = row.connection_id.as_deref().and_then(|id| ConnectionId::parse(id).ok()) else { return Ok(None) };
    grants::receipt(app.database.read().await?.conn(), &row.organization, &connection, Some(manifest)).await
}

/// The draft's last check as far as it is.
///
/// # Errors
/// `NotFound`, also when none was started.
pub async fn check(app: &App, actor: &Actor, id: &str) -> Result<Followed, ServiceError> {
    access::require(actor, Action::Connect)?;
    let mut reader = app.database.read().await?;
    let row = find_any(app, reader.conn(), actor, id).await?;
    let found = views::find_check(reader.conn(), &actor.organization, row.check_id.as_deref()).await?;
    let check = views::check_view(&found.ok_or_else(ServiceError::not_found)?, app.now())?;
    Ok(Followed { check, edits: row.edits })
}

/// A draft's check under way.
#[derive(Debug)]
pub struct Followed {
    /// The check as far as it is.
    pub check: CheckView,
    /// The saved connection whose credential the draft changes.
    pub edits: Option<ConnectionId>,
}

/// What every page of a draft shows.
pub(in crate::services) struct Parts {
    /// What was typed, secrets left out.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: BTreeMap<String, String>,
    /// The last check.
    pub check: Option<CheckView>,
    /// Where the credential will be sent.
    pub destination: String,
}

/// The parts of a draft that pages show.
pub(in crate::services) async fn parts(app: &App, actor: &Actor, manifest: &Manifest, row: &DraftRow) -> Result<Parts, ServiceError> {
    let values = views::column("drafts", "entries", row.id.as_str(), &row.entries)?;
    let errors = views::column("drafts", "errors", row.id.as_str(), &row.errors)?;
    let check = views::find_check(app.database.read().await?.conn(), &actor.organization, row.check_id.as_deref()).await?;
    let check = check.map(|check| views::check_view(&check, app.now())).transpose()?;
    Ok(Parts { destination: checking::destination(app, manifest, &values), values, errors, check })
}

async fn duplicate(app: &App, actor: &Actor, row: &DraftRow) -> Result<Option<(String, String)>, ServiceError> {
    let Some(id) = row.duplicate_of.as_deref().filter(|_| row.connection_id.is_none()) else { return Ok(None) };
    match connections::find(app, actor, id).await {
        Ok(row) => Ok(Some((row.id.to_string(), row.name))),
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
