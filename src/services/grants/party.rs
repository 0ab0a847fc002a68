//! Who speaks to a provider on behalf of a connection.

use std::collections::BTreeMap;

use crate::catalogue::{Manifest, OAuth};
use crate::connect::oauth::{AppCredentials, Party};
use crate::domain::{OAuthAppId, OrganizationId};
use crate::services::payload::Payload;
use crate::services::{App, ErrorCode, ServiceError, oauth_apps};
use crate::store::oauth_apps::find;
use crate::vault::Secret;

/// One side of a token request.
#[derive(Debug)]
pub struct Member<'a> {
    manifest: &'a Manifest,
    oauth: &'a OAuth,
    config: &'a BTreeMap<String, String>,
    client: AppCredentials,
}

impl Member<'_> {
    /// As requests take it.
    pub const fn party(&self) -> Party<'_> {
        Party { manifest: self.manifest, oauth: self.oauth, config: self.config, app: &self.client }
    }
}

/// Who asks for the tokens of these entries: the organization's app, or the id and secret that the entries hold.
///
/// # Errors
/// `SecretUnreadable`, also when the app is gone.
pub async fn member<'a>(
    app: &App,
    organization: &OrganizationId,
    of_app: Option<&OAuthAppId>,
    (manifest, oauth): (&'a Manifest, &'a OAuth),
    config: &'a BTreeMap<String, String>,
    payload: &Payload,
) -> Result<Member<'a>, ServiceError> {
    let client = match of_app {
        Some(id) => {
            let row = find(app.database.read().await?.conn(), organization, id).await?.ok_or_else(|| ServiceError::of(ErrorCode::SecretUnreadable))?;
            oauth_apps::credentials(app, &row)?
        }
        None => of_entries(config, payload),
    };
    Ok(Member { manifest, oauth, config, client })
}

fn of_entries(config: &BTreeMap<String, String>, payload: &Payload) -> AppCredentials {
    let secret = |id: &str| payload.fields.get(id).map(|value| Secret::new(value.expose().clone()));
    let client_id = config.get("client_id").cloned().or_else(|| secret("client_id").map(|value| value.expose().clone()));
    AppCredentials { client_id: client_id.unwrap_or_default(), client_secret: secret("client_secret"), fields: BTreeMap::new() }
}
