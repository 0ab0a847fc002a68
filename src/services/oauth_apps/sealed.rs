//! What is sealed of an app: its client secret and its further secret fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::connect::oauth::AppCredentials;
use crate::domain::{OAuthAppId, OrganizationId};
use crate::services::payload::SealedPayload;
use crate::services::{App, ErrorCode, ServiceError, views};
use crate::store::oauth_apps::OAuthAppRow;
use crate::vault::{Binding, Secret};

#[derive(Serialize)]
struct Exposed<'a> {
    client_secret: Option<&'a str>,
    fields: BTreeMap<&'a str, &'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    client_secret: Option<Secret<String>>,
    fields: BTreeMap<String, Secret<String>>,
}

fn binding<'a>(organization: &'a OrganizationId, id: &'a OAuthAppId, version: i64) -> Binding<'a> {
    Binding { organization: organization.as_str(), kind: "oauth_app", record: id.as_str(), field: "secrets", version: version.cast_unsigned() }
}

/// Seals an app's client secret and its secret fields as the seal of this number.
///
/// # Errors
/// [`ServiceError`] when it cannot be sealed.
pub fn seal(
    app: &App,
    organization: &OrganizationId,
    id: &OAuthAppId,
    version: i64,
    client_secret: Option<&Secret<String>>,
    fields: &BTreeMap<String, Secret<String>>,
) -> Result<SealedPayload, ServiceError> {
    let exposed = Exposed {
        client_secret: client_secret.map(|secret| secret.expose().as_str()),
        fields: fields.iter().map(|(id, value)| (id.as_str(), value.expose().as_str())).collect(),
    };
    // Room for everything at once, so that growing leaves no copies behind.
    let room: usize = client_secret.into_iter().chain(fields.values()).map(|secret| 2 * secret.expose().len() + 64).sum();
    let mut json = Zeroizing::new(Vec::with_capacity(room + 128));
    serde_json::to_writer(&mut *json, &exposed)?;
    let sealed = app.keyring.seal(&binding(organization, id, version), &json, app.random.as_ref());
    Ok(SealedPayload { key_id: app.keyring.active_id().to_hex(), bytes: sealed.bytes().to_vec() })
}

/// Who Latchkey is at the provider by this app: id, secret and all further fields.
///
/// # Errors
/// `SecretUnreadable`.
pub fn credentials(app: &App, row: &OAuthAppRow) -> Result<AppCredentials, ServiceError> {
    let json = app.keyring.open(&binding(&row.organization, &row.id, row.secret_version), &row.sealed)?;
    // The text of the error may quote what was sealed.
    let opened: Opened = serde_json::from_slice(json.expose())
        .map_err(|_| ServiceError::of(ErrorCode::SecretUnreadable).caused_by("the opened bytes are no secrets of an app"))?;
    let config: BTreeMap<String, String> = views::column("oauth_apps", "config", row.id.as_str(), &row.config)?;
    let mut fields = opened.fields;
    fields.extend(config.into_iter().map(|(id, value)| (id, Secret::new(value))));
    Ok(AppCredentials { client_id: row.client_id.clone(), client_secret: opened.client_secret, fields })
}
