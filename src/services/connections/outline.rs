//! What those who run an organization see of a connection that is somebody else's alone: whose it is, to what, and how it is.

use crate::catalogue::Manifest;
use crate::domain::{Actor, ConnectionStatus, MemberId, Timestamp};
use crate::dto::{ConnectionRow as RowView, ConnectionView};
use crate::services::connections::row::{BARS, NOTHING, row_view};
use crate::services::connections::{is_of_another, revoke};
use crate::services::teams::TeamNames;
use crate::services::{App, ServiceError, marketplace, words};
use crate::store::connections::ConnectionRow;
use crate::store::{Conn, members};

/// The row of the list: without name, account and checks.
pub async fn outline_row(app: &App, actor: &Actor, row: &ConnectionRow, manifest: Option<&Manifest>, now: Timestamp) -> Result<RowView, ServiceError> {
    let shown = row_view(actor, row, manifest, &TeamNames::default(), now);
    let owner = owner_name(app.database.read().await?.conn(), row).await?;
    Ok(RowView {
        name: format!("{} of {owner}", shown.connector_name),
        owner: Some(owner),
        account: String::new(),
        tags: Vec::new(),
        bars: vec![crate::dto::Bar::None; BARS],
        last_checked_at: None,
        next_check_at: None,
        expiry: NOTHING.to_owned(),
        ..shown
    })
}

/// The page: the row, the status, and the way to end it.
pub async fn outline(app: &App, actor: &Actor, row: &ConnectionRow) -> Result<ConnectionView, ServiceError> {
    let now = app.now();
    let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
    let manifest = manifest.as_deref();
    let shown = outline_row(app, actor, row, manifest, now).await?;
    let ended = row.status == ConnectionStatus::Revoked;
    Ok(ConnectionView {
        now,
        status: row.status,
        sentence: words::effect(row.status, None),
        fix: None,
        version: row.edits,
        revision: row.row_version,
        description: String::new(),
        revocation: revoke::way(manifest, &row.config).map(str::to_owned),
        frozen_at: None,
        may_unfreeze: false,
        identity: None,
        last_check: None,
        settings: Vec::new(),
        connected_by: shown.owner.clone().unwrap_or_default(),
        connected_at: row.created_at,
        versions: Vec::new(),
        token: None,
        issue: None,
        uses: Vec::new(),
        passed: (0, 0),
        typical_ms: None,
        last_failure: None,
        consents: false,
        receipt: None,
        activity: Vec::new(),
        older_activity: None,
        may_see_details: false,
        may_test: false,
        may_preview: false,
        teams: Vec::new(),
        may_edit: false,
        may_disconnect: !ended,
        may_delete: ended,
        row: shown,
    })
}

/// What the actor knows a connection by.
pub async fn name_for(app: &App, actor: &Actor, row: &ConnectionRow) -> Result<String, ServiceError> {
    if !is_of_another(actor, row) {
        return Ok(row.name.clone());
    }
    let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
    Ok(outline_row(app, actor, row, manifest.as_deref(), app.now()).await?.name)
}

/// Names and ids of connections as the actor knows them: what is somebody else's alone goes by its owner.
pub async fn names_for(app: &App, actor: &Actor, rows: Vec<ConnectionRow>) -> Result<Vec<(String, String)>, ServiceError> {
    let mut named = Vec::with_capacity(rows.len());
    for row in rows {
        named.push((name_for(app, actor, &row).await?, row.id.to_string()));
    }
    Ok(named)
}

async fn owner_name(on: Conn<'_>, row: &ConnectionRow) -> Result<String, ServiceError> {
    let owner: Option<&MemberId> = row.owner.as_ref();
    let name = match owner {
        Some(owner) => members::name_of(on, &row.organization, owner).await?,
        None => None,
    };
    Ok(name.unwrap_or_else(|| "a former member".to_owned()))
}
