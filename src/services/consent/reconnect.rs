//! Allowing access anew for a saved connection, which keeps its id.

use crate::domain::{Action, Actor, DraftId, OAuthAppId};
use crate::dto::ConsentView;
use crate::services::consent::page::{reconnected, shown};
use crate::services::consent::{APP_FIELD, moved_on};
use crate::services::{App, Entries, ErrorCode, ServiceError, access, credentials, grants, marketplace, oauth_apps, views};
use crate::store::connections::ConnectionRow;

/// What reconnecting a connection asks for.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected, or goes without a person's consent.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<ConsentView, ServiceError> {
    access::require(actor, Action::Connect)?;
    let row = credentials::editable(app, actor, id).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &row.connector).await?;
    let config = views::column("connections", "config", row.id.as_str(), &row.config)?;
    let apps = oauth_apps::list_for(app, actor, &row.connector).await?;
    let used = app_in_use(app, &row).await?;
    let used = used.or_else(|| if let [only] = apps.as_slice() { OAuthAppId::parse(&only.id).ok() } else { None });
    let of_app = match &used {
        Some(used) => match oauth_apps::find_for_use(app, actor, &row.connector, used.as_str()).await {
            Ok(found) => Some(found),
            Err(error) if error.code == ErrorCode::NotFound => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let mut view = shown(app, actor, &manifest, &config, of_app.as_ref()).await?;
    view.apps = apps;
    view.reconnects = Some(reconnected(row));
    Ok(view)
}

/// Makes the draft by which a connection is reconnected; it waits for consent. Without `wanted` it goes by the app that is in use, or by the only one.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for an unknown app; `InvalidField` when there is no app to go by; `Conflict` as in [`view`], and while a change of it is tested.
pub async fn reconnect(app: &App, actor: &Actor, id: &str, wanted: &str) -> Result<DraftId, ServiceError> {
    access::require(actor, Action::Connect)?;
    let row = credentials::editable(app, actor, id).await?;
    let in_use = if wanted.is_empty() { app_in_use(app, &row).await? } else { None };
    let mut entries = Entries::new();
    let wanted = in_use.map_or_else(|| wanted.to_owned(), |id| id.to_string());
    entries.insert(APP_FIELD.to_owned(), crate::vault::Secret::new(wanted));
    match credentials::submit(app, actor, row.id.as_str(), entries).await? {
        credentials::Submitted::Consent(draft) => Ok(draft),
        credentials::Submitted::Testing => Err(moved_on()),
    }
}

/// The app by which the tokens in use came.
async fn app_in_use(app: &App, row: &ConnectionRow) -> Result<Option<OAuthAppId>, ServiceError> {
    let mut reader = app.database.read().await?;
    let active = crate::store::credentials::active(reader.conn(), &row.organization, &row.id).await?;
    match active {
        Some(active) => grants::app_of(reader.conn(), &active).await,
        None => Ok(None),
    }
}
