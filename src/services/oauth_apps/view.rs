//! Apps as people see them.

use std::collections::BTreeMap;

use super::{At, authorize, connector, find, redirect_uri};
use crate::catalogue::{Field, Manifest, OAuth};
use crate::domain::Actor;
use crate::dto::{Named, OAuthAppForm, OAuthAppLine, OAuthAppOffer, OAuthAppPage, OAuthAppView, OAuthAppsView};
use crate::services::{App, ErrorCode, ServiceError, connections, marketplace, views};
use crate::store::connections::users_of_app;
use crate::store::oauth_apps::{self, OAuthAppRow};

const DAY_MS: i64 = 24 * 3_600_000;

/// Every app of the organization.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor) -> Result<OAuthAppsView, ServiceError> {
    authorize(actor)?;
    Ok(OAuthAppsView { apps: lines(app, actor, None).await?, now: app.now() })
}

/// The apps of one connector.
///
/// # Errors
/// `Forbidden`; `NotFound` for a connector without apps.
pub async fn list_of(app: &App, actor: &Actor, id: &str) -> Result<Vec<OAuthAppLine>, ServiceError> {
    authorize(actor)?;
    connector(app, &actor.organization, id).await?;
    lines(app, actor, Some(id)).await
}

/// The connectors that an app can be registered for, by name.
///
/// # Errors
/// `Forbidden`.
pub async fn offers(app: &App, actor: &Actor) -> Result<Vec<OAuthAppOffer>, ServiceError> {
    authorize(actor)?;
    let rows = oauth_apps::list(app.database.read().await?.conn(), &actor.organization, None).await?;
    let offer = |manifest: &Manifest| OAuthAppOffer {
        id: manifest.id.clone(),
        name: manifest.name.clone(),
        glyph: manifest.glyph.clone(),
        apps: rows.iter().filter(|row| row.connector == manifest.id).count(),
    };
    let all = marketplace::all(app, &actor.organization).await?;
    Ok(all.iter().filter(|manifest| manifest.oauth_by_app().is_some()).map(|manifest| offer(manifest)).collect())
}

/// What is asked of a new app of a connector.
///
/// # Errors
/// `Forbidden`; `NotFound` for a connector without apps.
pub async fn form(app: &App, actor: &Actor, id: &str) -> Result<OAuthAppForm, ServiceError> {
    authorize(actor)?;
    let (manifest, oauth) = connector(app, &actor.organization, id).await?;
    Ok(form_of(app, &manifest, &oauth))
}

/// One app with the connections that use it.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn view<'a>(app: &App, actor: &Actor, at: impl Into<At<'a>> + Send) -> Result<OAuthAppView, ServiceError> {
    authorize(actor)?;
    let row = find(app.database.read().await?.conn(), actor, at.into()).await?;
    view_of(app, actor, &row).await
}

/// The page of one app.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn page(app: &App, actor: &Actor, id: &str) -> Result<OAuthAppPage, ServiceError> {
    let view = view(app, actor, id).await?;
    let form = match form(app, actor, &view.line.connector).await {
        Ok(form) => Some(form),
        Err(error) if error.code == ErrorCode::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(OAuthAppPage { app: view, form, now: app.now() })
}

async fn view_of(app: &App, actor: &Actor, row: &OAuthAppRow) -> Result<OAuthAppView, ServiceError> {
    let used_by = users(app, actor, row).await?;
    let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
    let line = line(app, row, manifest.as_deref(), used_by.len())?;
    Ok(OAuthAppView { line, used_by })
}

/// The connections that use an app, by name; somebody else's own goes by its owner.
pub(super) async fn users(app: &App, actor: &Actor, row: &OAuthAppRow) -> Result<Vec<Named>, ServiceError> {
    let rows = users_of_app(app.database.read().await?.conn(), &row.organization, &row.id).await?;
    let mut users: Vec<Named> = connections::names_for(app, actor, rows).await?.into_iter().map(|(name, id)| Named { id, name }).collect();
    users.sort_by_key(|user| user.name.to_lowercase());
    Ok(users)
}

async fn lines(app: &App, actor: &Actor, connector: Option<&str>) -> Result<Vec<OAuthAppLine>, ServiceError> {
    let mut reader = app.database.read().await?;
    let rows = oauth_apps::list(reader.conn(), &actor.organization, connector).await?;
    let uses: BTreeMap<String, i64> = oauth_apps::count_uses(reader.conn(), &actor.organization).await?.into_iter().collect();
    drop(reader);
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
        let count = uses.get(row.id.as_str()).copied().unwrap_or_default();
        lines.push(line(app, &row, manifest.as_deref(), usize::try_from(count).unwrap_or_default())?);
    }
    Ok(lines)
}

fn line(app: &App, row: &OAuthAppRow, manifest: Option<&Manifest>, connections: usize) -> Result<OAuthAppLine, ServiceError> {
    Ok(OAuthAppLine {
        id: row.id.to_string(),
        connector: row.connector.clone(),
        connector_name: manifest.map_or_else(|| row.connector.clone(), |manifest| manifest.name.clone()),
        glyph: manifest.and_then(|manifest| manifest.glyph.clone()),
        label: row.label.clone(),
        client_id: row.client_id.clone(),
        fields: views::column("oauth_apps", "config", row.id.as_str(), &row.config)?,
        secret_hint: row.secret_hint.clone(),
        secret_ends_at: row.secret_ends_at,
        redirect_uri: redirect_uri(app, &row.connector),
        connections,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.row_version,
    })
}

fn form_of(app: &App, manifest: &Manifest, oauth: &OAuth) -> OAuthAppForm {
    let redirect_uri = redirect_uri(app, &manifest.id);
    let (register_url, steps) = match &oauth.register {
        Some(register) => (register.url.clone(), register.steps.iter().map(|step| step.replace("{redirect_uri}", &redirect_uri)).collect()),
        None => (String::new(), Vec::new()),
    };
    OAuthAppForm {
        connector: manifest.id.clone(),
        connector_name: manifest.name.clone(),
        glyph: manifest.glyph.clone(),
        fields: oauth.entry_fields().iter().map(Field::view).collect(),
        register_url,
        steps,
        redirect_uri,
        without_pkce: (!oauth.pkce).then(|| without_pkce(&manifest.name, oauth)),
        usual_end: oauth.app_secret_days.filter(|_| oauth.app_secret).map(|days| app.now().plus_millis(i64::from(days) * DAY_MS)),
        now: app.now(),
    }
}

/// What protects a code on its way back (RFC 9700 §2.1.1) where the provider ties it to no verifier.
fn without_pkce(provider: &str, oauth: &OAuth) -> String {
    let state = "a secret of the browser that began it, which counts once and for ten minutes";
    if oauth.app_secret {
        format!(
            "{provider} does not take PKCE, so each sign-in is protected by {state}, and by the client secret, without which nobody can use what comes back."
        )
    } else {
        format!("{provider} does not take PKCE, so each sign-in is protected by {state}.")
    }
}
