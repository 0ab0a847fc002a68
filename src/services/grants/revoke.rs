//! Having a provider end tokens.

use std::collections::BTreeMap;

use super::member;
use crate::catalogue::Manifest;
use crate::connect::oauth::TokenProblem;
use crate::domain::{OAuthAppId, OrganizationId};
use crate::services::payload::Payload;
use crate::services::{App, ServiceError};

/// Asks the provider to end the tokens of a payload, which may take ten seconds; none where there are no tokens or no way to be told.
///
/// # Errors
/// `SecretUnreadable`, also when the app is gone; inside, why the provider may still know them.
pub async fn revoke(
    app: &App,
    organization: &OrganizationId,
    of_app: Option<&OAuthAppId>,
    (manifest, config): (&Manifest, &BTreeMap<String, String>),
    payload: &Payload,
) -> Result<Option<Result<(), TokenProblem>>, ServiceError> {
    let Some(oauth) = manifest.oauth_of(config).filter(|oauth| oauth.revoke.is_some()) else { return Ok(None) };
    let Some(grant) = &payload.grant else { return Ok(None) };
    let asker = member(app, organization, of_app, (manifest, oauth), config, payload).await?;
    Ok(Some(app.connect.revoke_tokens(&asker.party(), &grant.access_token, grant.refresh_token.as_ref()).await))
}
