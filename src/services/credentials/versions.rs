//! The versions that are kept, and the state of a connection that a change names.

use crate::domain::{Action, Actor};
use crate::dto::CredentialVersionView;
use crate::services::credentials::too_late;
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::ConnectionRow;
use crate::store::{audit, credentials, members};

/// What gives a connection another state than a caller knows.
const CHANGES: [&str; 5] =
    ["connection.credential_changed", "connection.credential_restored", "connection.edited", "connection.disabled", "connection.enabled"];

/// The versions of a connection's credential, newest first, and the state of the connection: numbers, times and names, never a value.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn versions(app: &App, actor: &Actor, id: &str) -> Result<(Vec<CredentialVersionView>, (i64, i64)), ServiceError> {
    access::require(actor, Action::SeeConnectionDetails)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::SeeConnectionDetails, &row)?;
    let mut reader = app.database.read().await?;
    let mut views = Vec::new();
    for version in credentials::versions(reader.conn(), &row.organization, &row.id).await? {
        views.push(CredentialVersionView {
            version: version.version,
            active: version.active,
            created_at: version.created_at,
            created_by: members::name_of(reader.conn(), &row.organization, &version.created_by).await?.unwrap_or_default(),
            activated_at: version.activated_at,
            activated_by: members::name_of(reader.conn(), &row.organization, &version.activated_by).await?.unwrap_or_default(),
            account_name: version.account_name,
            host: version.host,
        });
    }
    Ok((views, (row.edits, row.row_version)))
}

/// Refuses a change of another state than the one that the caller knows, and says who made it so.
pub(super) async fn unchanged(app: &App, row: &ConnectionRow, seen: Option<i64>) -> Result<(), ServiceError> {
    if seen.is_none_or(|seen| seen == row.edits) {
        return Ok(());
    }
    let mut reader = app.database.read().await?;
    let mut changes = Vec::new();
    for action in CHANGES {
        changes.extend(audit::last(reader.conn(), &row.organization, row.id.as_str(), action).await?);
    }
    let newest = changes.into_iter().max_by_key(|entry| entry.at);
    let (who, at) = newest.map_or_else(|| (String::new(), row.updated_at), |entry| (entry.actor_name, entry.at));
    Err(too_late(app, &who, at))
}
