//! Everything of an organization that ends.

use std::collections::HashMap;

use super::{DAY_MS, Ending, SeenBy, tokens};
use crate::catalogue::Manifest;
use crate::domain::{ConnectionStatus, OrganizationId, Timestamp};
use crate::dto::ExpiryKind;
use crate::services::{App, ServiceError, marketplace};
use crate::store::api_keys;
use crate::store::connections::{self, ConnectionRow};
use crate::store::expiry_dates::{self, ExpiryDateRow};
use crate::store::{applications, credentials, grants, oauth_apps};

/// How long a key is shown after its end, in milliseconds: nobody has to do anything about it.
const KEYS_SHOWN_MS: i64 = 30 * DAY_MS;

/// Everything that ends until then, or has ended, the first to end first.
pub(super) async fn gather(app: &App, organization: &OrganizationId, until: Timestamp) -> Result<Vec<Ending>, ServiceError> {
    let mut found = entered(app, organization, until).await?;
    found.extend(of_tokens(app, organization, until).await?);
    found.extend(of_apps(app, organization).await?);
    found.extend(of_programs(app, organization).await?);
    found.retain(|ending| ending.ends_at <= until);
    found.sort_by(|one, other| (one.ends_at, &one.title, &one.subject).cmp(&(other.ends_at, &other.title, &other.subject)));
    Ok(found)
}

/// What people entered.
async fn entered(app: &App, organization: &OrganizationId, until: Timestamp) -> Result<Vec<Ending>, ServiceError> {
    let rows = expiry_dates::list(app.database.read().await?.conn(), organization, until).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.extend(of_row(app, row).await?);
    }
    Ok(found)
}

/// One date; none when it is about a credential that is no longer in use.
pub(super) async fn of_row(app: &App, row: ExpiryDateRow) -> Result<Option<Ending>, ServiceError> {
    let told = vec![row.owner.clone(), row.created_by.clone()];
    let Some((id, version)) = &row.connection else {
        let path = format!("/expiry/{}", row.id);
        return Ok(Some(Ending {
            subject: row.id.to_string(),
            kind: ExpiryKind::Date,
            title: row.title.clone(),
            about: String::new(),
            ends_at: row.ends_at,
            since: row.updated_at,
            renews: false,
            ended_early_by: None,
            seen_by: SeenBy::Everybody(told.clone()),
            told,
            entered: Some((row, None)),
            step: "Change".to_owned(),
            path,
        }));
    };
    let mut reader = app.database.read().await?;
    let Some(connection) = connections::find(reader.conn(), &row.organization, id).await?.filter(|found| found.status != ConnectionStatus::Revoked) else {
        return Ok(None);
    };
    let in_use = credentials::active(reader.conn(), &row.organization, id).await?;
    drop(reader);
    if in_use.is_none_or(|credential| credential.version != *version) {
        return Ok(None);
    }
    let manifest = marketplace::find(app, &row.organization, &connection.connector).await?;
    Ok(Some(Ending {
        subject: row.id.to_string(),
        kind: ExpiryKind::Credential,
        title: credential_title(&connection, manifest.as_deref()),
        about: connection.name.clone(),
        ends_at: row.ends_at,
        since: row.updated_at,
        renews: false,
        ended_early_by: None,
        seen_by: SeenBy::Connection(connection.id.clone(), connection.owner.clone()),
        told,
        step: "Replace it".to_owned(),
        path: format!("/connections/{}/credentials", connection.id),
        entered: Some((row, Some(connection))),
    }))
}

/// `API key of Stripe`.
pub(super) fn credential_title(connection: &ConnectionRow, manifest: Option<&Manifest>) -> String {
    let noun = manifest.map_or("credential", |manifest| &manifest.credential_noun);
    let mut letters = noun.chars();
    let noun: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{noun} of {}", manifest.map_or(connection.connector.as_str(), |manifest| &manifest.name))
}

async fn of_tokens(app: &App, organization: &OrganizationId, until: Timestamp) -> Result<Vec<Ending>, ServiceError> {
    let rows = grants::ending(app.database.read().await?.conn(), organization, until).await?;
    let mut manifests = HashMap::new();
    for row in &rows {
        if !manifests.contains_key(&row.connector) {
            manifests.insert(row.connector.clone(), marketplace::find(app, organization, &row.connector).await?);
        }
    }
    let manifest_of = |row: &grants::EndingGrant| manifests.get(&row.connector).and_then(|found| found.as_deref());
    Ok(rows.iter().filter_map(|row| tokens::ending(row, manifest_of(row), app.now())).collect())
}

async fn of_apps(app: &App, organization: &OrganizationId) -> Result<Vec<Ending>, ServiceError> {
    let rows = oauth_apps::list(app.database.read().await?.conn(), organization, None).await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(ends_at) = row.secret_ends_at else { continue };
        let manifest = marketplace::find(app, organization, &row.connector).await?;
        found.push(Ending {
            subject: format!("{}.{}", row.id, row.secret_version),
            kind: ExpiryKind::ClientSecret,
            title: format!("Client secret of {}", row.label),
            about: manifest.map_or_else(|| row.connector.clone(), |manifest| manifest.name.clone()),
            ends_at,
            since: row.updated_at,
            renews: false,
            ended_early_by: None,
            told: vec![row.created_by],
            seen_by: SeenBy::OAuthApps,
            entered: None,
            step: "Add the new secret".to_owned(),
            path: format!("/oauth-apps/{}", row.id),
        });
    }
    Ok(found)
}

async fn of_programs(app: &App, organization: &OrganizationId) -> Result<Vec<Ending>, ServiceError> {
    let mut reader = app.database.read().await?;
    let programs = applications::list(reader.conn(), organization, None).await?;
    let keys = api_keys::of_organization(reader.conn(), organization).await?;
    let ending = |key: api_keys::ApiKeyRow| {
        let ends_at = key.expires_at.filter(|end| key.ended_at.is_none() && app.now().since(*end) < KEYS_SHOWN_MS)?;
        let program = programs.iter().find(|program| program.id == key.application)?;
        Some(Ending {
            subject: key.id.to_string(),
            kind: ExpiryKind::ApiKey,
            title: format!("API key {}", key.name),
            about: program.name.clone(),
            ends_at,
            since: key.created_at,
            renews: false,
            ended_early_by: None,
            told: vec![program.owner.clone(), key.maker],
            seen_by: SeenBy::Application(program.owner.clone()),
            entered: None,
            step: "Replace it".to_owned(),
            path: format!("/applications/{}/keys/{}", program.id, key.id),
        })
    };
    Ok(keys.into_iter().filter_map(ending).collect())
}
