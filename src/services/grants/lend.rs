//! What requests carry.

use std::collections::BTreeMap;

use crate::domain::{OAuthAppId, OrganizationId};
use crate::services::payload::Payload;
use crate::services::{App, ErrorCode, ServiceError, oauth_apps};
use crate::store::credentials::CredentialRow;
use crate::store::oauth_apps::find;
use crate::store::{Conn, grants};
use crate::vault::Secret;

/// The secrets that a connection's requests carry, by the ids that a manifest's `auth` names: its secret fields, `access_token`, and the secret fields of the
/// organization's app.
///
/// # Errors
/// `SecretUnreadable`, also when the app is gone.
pub async fn lend(
    app: &App,
    organization: &OrganizationId,
    of_app: Option<&OAuthAppId>,
    payload: &Payload,
) -> Result<BTreeMap<String, Secret<String>>, ServiceError> {
    let copy = |value: &Secret<String>| Secret::new(value.expose().clone());
    let mut lent: BTreeMap<String, Secret<String>> = payload.fields.iter().map(|(id, value)| (id.clone(), copy(value))).collect();
    if let Some(id) = of_app {
        let row = find(app.database.read().await?.conn(), organization, id).await?.ok_or_else(|| ServiceError::of(ErrorCode::SecretUnreadable))?;
        lent.extend(oauth_apps::credentials(app, &row)?.fields);
    }
    if let Some(grant) = &payload.grant {
        lent.insert("access_token".to_owned(), copy(&grant.access_token));
    }
    Ok(lent)
}

/// The organization's app by which a version's tokens came; none where there was none.
pub async fn app_of(on: Conn<'_>, credential: &CredentialRow) -> Result<Option<OAuthAppId>, ServiceError> {
    Ok(grants::find(on, &credential.organization, &credential.id).await?.and_then(|grant| grant.app))
}
