//! Trying a connector that is being written: a real test, of which nothing becomes a connection.

use std::collections::BTreeMap;

use super::examine::examine;
use super::view::StoredTry;
use super::{authorize, find_alone};
use crate::catalogue::Manifest;
use crate::domain::{Action, Actor};
use crate::dto::{CheckView, TriedView};
use crate::services::connections::try_out;
use crate::services::{App, Entries, ErrorCode, ServiceError, access, entries};
use crate::store::own_connectors::{self, OwnConnectorRow};

/// Tests entries with the text as it was last saved. Secrets are forgotten; the other entries are kept beside the text.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` while there is something to mend; `InvalidField` for each wrong entry, also kept.
pub async fn test(app: &App, actor: &Actor, id: &str, typed: Entries) -> Result<CheckView, ServiceError> {
    authorize(actor)?;
    access::require_for(actor, Action::Connect, None)?;
    let row = find_alone(app, actor, id).await?;
    let Ok(manifest) = examine(app, &actor.organization, Some(&row), &row.draft).await? else {
        return Err(ServiceError::conflict("There is something to mend in the manifest first. Nothing was sent."));
    };
    let result = Box::pin(try_out(app, actor, manifest.clone(), &typed)).await;
    let (errors, check) = match &result {
        Ok(check) => (BTreeMap::new(), Some(check.id.clone())),
        Err(error) if error.code == ErrorCode::InvalidField => (known_errors(&manifest, error), None),
        Err(_) => return result,
    };
    keep(app, &row, StoredTry { seen: TriedView { values: entries::showable(&manifest, &typed), errors, check: None }, check }).await?;
    result
}

fn known_errors(manifest: &Manifest, error: &ServiceError) -> BTreeMap<String, String> {
    error.fields.iter().filter(|wrong| manifest.field(&wrong.field).is_some()).map(|wrong| (wrong.field.clone(), wrong.message.clone())).collect()
}

async fn keep(app: &App, row: &OwnConnectorRow, stored: StoredTry) -> Result<(), ServiceError> {
    let stored = serde_json::to_string(&stored)?;
    let mut transaction = app.database.begin().await?;
    own_connectors::keep_tried(transaction.conn(), &row.organization, &row.id, &stored).await?;
    transaction.commit().await?;
    Ok(())
}
