//! The apps that a connection can go by.

use crate::catalogue::Manifest;
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

/// The app that a draft is to go by: the wanted one, or the only one.
///
/// # Errors
/// `NotFound` as in [`find_for_use`]; `InvalidField` when there is none, or several to choose from.
pub async fn choose(app: &App, actor: &Actor, manifest: &Manifest, wanted: &str) -> Result<OAuthAppRow, ServiceError> {
    if !wanted.is_empty() {
        return find_for_use(app, actor, &manifest.id, wanted).await;
    }
    match list_for(app, actor, &manifest.id).await?.as_slice() {
        [only] => find_for_use(app, actor, &manifest.id, &only.id).await,
        [] if actor.may(Action::ManageOAuthApps, None) => {
            Err(refused(format!("There is no OAuth app for {} yet. Add one first, then connect.", manifest.name)))
        }
        [] => Err(refused(format!("There is no OAuth app for {} yet. Ask an admin of your organisation to add one.", manifest.name))),
        _ => Err(refused("Choose the OAuth app to connect with.".to_owned())),
    }
}

fn refused(message: String) -> ServiceError {
    ServiceError::invalid_field(super::FIELD, message)
}

/// Where a connector's provider leads back to: one exact address, made of the configuration alone.
pub fn redirect_uri(app: &App, connector: &str) -> String {
    format!("{}/oauth/callback/{connector}", app.settings.public_url)
}
