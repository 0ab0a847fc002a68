//! The apps that a connection can go by.

use crate::domain::{Action, Actor, OAuthAppId};
use crate::dto::OAuthAppChoice;
use crate::services::{App, ServiceError, access};
use crate::store::oauth_apps::{self, OAuthAppRow};

/// The organization's apps for a connector, by label.
///
/// # Errors
/// `Forbidden`.
pub async fn list_for(app: &App, actor: &Actor, connector: &str) -> Result<Vec<OAuthAppChoice>, ServiceError> {
    access::require(actor, Action::Connect)?;
    let rows = oauth_apps::list(app.database.read().await?.conn(), &actor.organization, Some(connector)).await?;
    Ok(rows.into_iter().map(|row| OAuthAppChoice { id: row.id.to_string(), label: row.label }).collect())
}

/// One app of the organization for a connector.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for an app of another organization or connector.
pub async fn find_for_use(app: &App, actor: &Actor, connector: &str, id: &str) -> Result<OAuthAppRow, ServiceError> {
    access::require(actor, Action::Connect)?;
    let id = OAuthAppId::parse(id).map_err(|_| ServiceError::not_found())?;
    let row = oauth_apps::find(app.database.read().await?.conn(), &actor.organization, &id).await?;
    row.filter(|row| row.connector == connector).ok_or_else(ServiceError::not_found)
}

/// Where a connector's provider leads back to: one exact address, made of the configuration alone.
pub fn redirect_uri(app: &App, connector: &str) -> String {
    format!("{}/oauth/callback/{connector}", app.settings.public_url)
}
