//! What those who connect need of apps.

use super::connector;
use crate::domain::{Action, Actor};
use crate::dto::OAuthAppChoice;
use crate::services::{App, ServiceError, access};
use crate::store::oauth_apps::{self, OAuthAppRow};

/// The address that the provider of a connector leads browsers back to: one fixed text, made from the configuration alone.
pub fn redirect_uri(app: &App, connector: &str) -> String {
    format!("{}/oauth/callback/{connector}", app.settings.public_url)
}

/// The apps of a connector that the actor may connect by, by label.
///
/// # Errors
/// `Forbidden`; `NotFound` for a connector without apps.
pub async fn list_for(app: &App, actor: &Actor, id: &str) -> Result<Vec<OAuthAppChoice>, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    connector(app, &actor.organization, id).await?;
    let rows = oauth_apps::list(app.database.read().await?.conn(), &actor.organization, Some(id)).await?;
    Ok(rows.into_iter().map(|row| OAuthAppChoice { id: row.id.to_string(), label: row.label }).collect())
}

/// An app of a connector that the actor may connect by.
///
/// # Errors
/// `Forbidden`; `NotFound` for one of another organization or connector too.
pub async fn find_for_use(app: &App, actor: &Actor, connector: &str, id: &str) -> Result<OAuthAppRow, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    super::find(app.database.read().await?.conn(), actor, (connector, id).into()).await
}
