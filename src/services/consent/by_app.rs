//! The app that a draft goes by.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor};
use crate::services::oauth_apps::{find_for_use, list_for};
use crate::services::{App, ServiceError};
use crate::store::oauth_apps::OAuthAppRow;

/// The form key of the app that a connection is to go by.
pub const APP_FIELD: &str = "oauth_app";

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
    ServiceError::invalid_field(APP_FIELD, message)
}
