//! The versions that are kept, and the state of a connection that a change names.

use crate::domain::{Action, Actor};
use crate::dto::CredentialVersionView;
use crate::services::connections::STARTED;
use crate::services::credentials::too_late;
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::ConnectionRow;
use crate::store::{audit, credentials, members};

/// The versions of a connection's credential, newest first, and the state of the connection: numbers, times and names, never a value.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn versions(app: &App, actor: &Actor, id: &str) -> Result<(Vec<CredentialVersionView>, String), ServiceError> {
    access::require(actor, Action::SeeConnectionDetails)?;
    let row = connections::find(app, actor, id).await?;
    access::require_for(actor, Action::SeeConnectionDetails, row.team.as_ref())?;
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
    Ok((views, etag(row.row_version)))
}

/// The state of a connection as `ETag` and `If-Match` write it.
pub(super) fn etag(row_version: i64) -> String {
    format!("\"{row_version}\"")
}

/// Refuses a change of another state than the one that the caller knows, and says who made it so.
pub(super) async fn unchanged(app: &App, row: &ConnectionRow, seen: Option<&str>) -> Result<(), ServiceError> {
    if seen.is_none_or(|seen| seen.trim() == "*" || seen.split(',').any(|one| one.trim() == etag(row.row_version))) {
        return Ok(());
    }
    let last = audit::of_target(app.database.read().await?.conn(), &row.organization, row.id.as_str(), STARTED, 1).await?;
    let (who, at) = last.into_iter().next().map_or_else(|| (String::new(), row.updated_at), |entry| (entry.actor_name, entry.at));
    Err(too_late(app, &who, at))
}
