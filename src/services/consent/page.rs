//! The page before a person goes to a provider.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::connect::oauth::{Consent, Party};
use crate::domain::{Action, Actor, OAuthAppId};
use crate::dto::{ConsentView, DraftWait, OAuthAppChoice};
use crate::services::consent::{moved_on, require_on, waits};
use crate::services::{App, ServiceError, access, connections, drafts, grants, marketplace, oauth_apps, views};
use crate::store::connections::ConnectionRow;
use crate::store::oauth_apps::OAuthAppRow;
use crate::vault::Secret;

/// What a draft is about to ask for.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when the draft does not wait for consent.
pub async fn page(app: &App, actor: &Actor, draft: &str) -> Result<ConsentView, ServiceError> {
    access::require(actor, Action::Connect)?;
    let draft = drafts::find_any(app, app.database.read().await?.conn(), actor, draft).await?;
    require_on(app, actor, &draft).await?;
    if waits(&draft)? != DraftWait::Consent {
        return Err(moved_on());
    }
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector).await?;
    let config = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let id = draft.app.as_ref().map(OAuthAppId::as_str).unwrap_or_default();
    let row = oauth_apps::find_for_use(app, actor, &draft.connector, id).await?;
    let mut view = shown(app, actor, &manifest, &config, Some(&row)).await?;
    view.draft = Some(draft.id.to_string());
    if let Some(connection) = &draft.edits {
        view.reconnects = Some(reconnected(connections::find(app, actor, connection.as_str()).await?));
    }
    Ok(view)
}

/// A connection that is reconnected: id, name and account.
pub(super) fn reconnected(row: ConnectionRow) -> (String, String, String) {
    (row.id.to_string(), row.name, row.account_name)
}

/// What will be asked for, by whom, and where it leads.
pub(super) async fn shown(
    app: &App,
    actor: &Actor,
    manifest: &Manifest,
    config: &BTreeMap<String, String>,
    row: Option<&OAuthAppRow>,
) -> Result<ConsentView, ServiceError> {
    let oauth = manifest.oauth_of(config).filter(|oauth| oauth.needs_app()).ok_or_else(moved_on)?;
    let host = match row {
        Some(row) => {
            let credentials = oauth_apps::credentials(app, row)?;
            let nothing = Secret::new(String::new());
            let consent = Consent { redirect_uri: "", state: "", verifier: &nothing };
            let url = app.connect.consent_url(&Party { manifest, oauth, config, app: &credentials }, consent);
            url.ok().map(|url| url.authority().to_owned()).unwrap_or_default()
        }
        None => String::new(),
    };
    Ok(ConsentView {
        draft: None,
        connector: marketplace::connector_view(app, actor, manifest).await?,
        reconnects: None,
        scopes: grants::asked(oauth, config).into_iter().map(|scope| (scope.id, scope.title)).collect(),
        app: row.map(|row| OAuthAppChoice { id: row.id.to_string(), label: row.label.clone() }),
        apps: Vec::new(),
        may_add: actor.may(Action::ManageOAuthApps, None),
        host,
    })
}
