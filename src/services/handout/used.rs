//! Who reads a credential.

use std::collections::BTreeMap;

use crate::domain::{Action, Actor, ConnectionId, OrganizationId};
use crate::dto::CredentialUse;
use crate::services::{App, ServiceError, access, connections};
use crate::store::Conn;
use crate::store::credential_uses::{Used, day_of, of_connection};

/// Days that are counted.
const DAYS: i64 = 30;
/// Days of the shorter count.
const WEEK: i64 = 7;

/// The keys that read the credential of a connection in the last 30 days, the last first.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn uses(app: &App, actor: &Actor, id: &str) -> Result<Vec<CredentialUse>, ServiceError> {
    access::require(actor, Action::SeeConnectionDetails)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::SeeConnectionDetails, &row)?;
    uses_of(app, app.database.read().await?.conn(), &row.organization, &row.id).await
}

/// The same of a connection that was read for the actor.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn uses_of(app: &App, on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Vec<CredentialUse>, ServiceError> {
    let today = day_of(app.now());
    let found = of_connection(on, organization, connection, today - DAYS + 1).await?;
    let mut keys: BTreeMap<String, CredentialUse> = BTreeMap::new();
    for used in found {
        let reads = u64::try_from(used.reads).unwrap_or_default();
        let in_week = if used.day > today - WEEK { reads } else { 0 };
        // The last of each key comes first.
        let known = keys.entry(used.key.to_string()).or_insert_with(|| blank(used));
        known.reads_7_days += in_week;
        known.reads_30_days += reads;
    }
    let mut keys: Vec<CredentialUse> = keys.into_values().collect();
    keys.sort_by(|one, other| other.last_at.cmp(&one.last_at).then_with(|| one.key.cmp(&other.key)));
    Ok(keys)
}

fn blank(used: Used) -> CredentialUse {
    CredentialUse {
        application: used.application.to_string(),
        application_name: if used.application_name.is_empty() { "An app that is gone".to_owned() } else { used.application_name },
        key: used.key.to_string(),
        key_name: used.key_name,
        last_at: used.last_at,
        address: used.address,
        user_agent: used.user_agent,
        reads_7_days: 0,
        reads_30_days: 0,
    }
}
