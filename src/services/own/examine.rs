//! Reading a text, and saying what is to mend in it.

use std::sync::Arc;

use crate::catalogue::{Manifest, ManifestError, line_of};
use crate::domain::{Actor, OrganizationId};
use crate::dto::Finding;
use crate::services::{App, ServiceError};
use crate::store::own_connectors::{self, OwnConnectorRow};

/// The connector that a text makes, or what is to mend in it.
pub type Examined = Result<Arc<Manifest>, Vec<Finding>>;

/// Reads a text beside the requests that are being answered. What is kept of it holds no compiled pattern.
pub async fn read(app: &App, text: &str) -> Result<Result<Arc<Manifest>, Vec<ManifestError>>, ServiceError> {
    let turn = app.own.turns.clone().acquire_owned().await.map_err(ServiceError::internal)?;
    let (registry, text) = (app.catalogue.clone(), text.to_owned());
    let reading = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        registry.read_own(&text).map(|manifest| Arc::new(manifest.clone()))
    });
    reading.await.map_err(ServiceError::internal)
}

/// Reads a text that is to become, or replace, a connector of the organization; `row` is the record that it stands in.
pub async fn examine(app: &App, organization: &OrganizationId, row: Option<&OwnConnectorRow>, text: &str) -> Result<Examined, ServiceError> {
    let finding = |error: ManifestError| Finding { line: error.line, key: error.key, message: error.message };
    let manifest = match read(app, text).await? {
        Ok(manifest) => manifest,
        Err(errors) => return Ok(Err(errors.into_iter().map(finding).collect())),
    };
    let id = &manifest.id;
    let objection = match row.and_then(|row| row.connector.as_ref()) {
        Some(published) if published == id => None,
        Some(published) => {
            Some(format!("is `{id}`, but it is published as `{published}`, and connections name it so: keep that id, or begin another connector"))
        }
        None => {
            let taken = own_connectors::published(app.database.read().await?.conn(), organization, id).await?;
            taken.map(|_| format!("is `{id}`, which another connector of your organisation has: choose another id"))
        }
    };
    Ok(match objection {
        Some(message) => Err(vec![Finding { line: line_of(text, "id"), key: "id".to_owned(), message }]),
        None => Ok(manifest),
    })
}

/// What is to mend in a text that is to become a connector, or to replace the one with the id `id`; nothing is saved.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown, foreign or malformed id.
pub async fn check(app: &App, actor: &Actor, id: Option<&str>, text: &str) -> Result<Vec<Finding>, ServiceError> {
    super::authorize(actor)?;
    let row = match id {
        Some(id) => Some(super::find_alone(app, actor, id).await?),
        None => None,
    };
    Ok(examine(app, &actor.organization, row.as_ref(), text).await?.err().unwrap_or_default())
}
