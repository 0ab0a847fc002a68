//! Apps that organizations registered with providers.

use crate::domain::{MemberId, OAuthAppId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, connector, label, client_id, config, key_id, sealed, secret_version, secret_hint, secret_ends_ms, created_by, created_ms, \
             updated_ms, row_version FROM oauth_apps ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    connector: String,
    label: String,
    client_id: String,
    config: String,
    key_id: String,
    sealed: Vec<u8>,
    secret_version: i64,
    secret_hint: String,
    secret_ends_ms: Option<i64>,
    created_by: String,
    created_ms: i64,
    updated_ms: i64,
    row_version: i64,
}

impl TryFrom<Raw> for OAuthAppRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("oauth_apps", column, &raw.id);
        Ok(Self {
            id: OAuthAppId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("created_by"))?,
            connector: raw.connector,
            label: raw.label,
            client_id: raw.client_id,
            config: raw.config,
            key_id: raw.key_id,
            sealed: raw.sealed,
            secret_version: raw.secret_version,
            secret_hint: raw.secret_hint,
            secret_ends_at: raw.secret_ends_ms.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            row_version: raw.row_version,
        })
    }
}

/// An app that an organization registered with a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthAppRow {
    /// The id.
    pub id: OAuthAppId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The connector.
    pub connector: String,
    /// What people call it; unique among the organization's apps of the connector.
    pub label: String,
    /// Its id at the provider.
    pub client_id: String,
    /// Further fields that are no secret, JSON object of strings.
    pub config: String,
    /// The root key that sealed the secrets.
    pub key_id: String,
    /// Client secret and further secret fields, sealed.
    pub sealed: Vec<u8>,
    /// Counts seals, from 1.
    pub secret_version: i64,
    /// The last characters of the client secret, to tell one from another; empty when it is too short for that.
    pub secret_hint: String,
    /// When the client secret ends, as somebody entered it.
    pub secret_ends_at: Option<Timestamp>,
    /// Who added it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// Adds an app. `Duplicate("oauth_apps_org_id_connector_label_key")` when the label is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &OAuthAppRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO oauth_apps (id, org_id, connector, label, client_id, config, key_id, sealed, secret_version, secret_hint, secret_ends_ms, created_by, \
         created_ms, updated_ms, row_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        row.id.as_str(),
        row.organization.as_str(),
        row.connector.as_str(),
        row.label.as_str(),
        row.client_id.as_str(),
        row.config.as_str(),
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.secret_version,
        row.secret_hint.as_str(),
        row.secret_ends_at.map(Timestamp::millis),
        row.created_by.as_str(),
        row.created_at.millis(),
        row.updated_at.millis(),
        row.row_version,
    )?;
    Ok(())
}

/// One app.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &OAuthAppId) -> Result<Option<OAuthAppRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND id = $2");
    row!(on, Raw, sql, organization.as_str(), id.as_str())?.map(OAuthAppRow::try_from).transpose()
}

/// The organization's apps by label; with a connector, those of it.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, connector: Option<&str>) -> Result<Vec<OAuthAppRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND ($2 = '' OR connector = $2) ORDER BY connector, label, id");
    rows!(on, Raw, sql, organization.as_str(), connector.unwrap_or_default())?.into_iter().map(OAuthAppRow::try_from).collect()
}

/// Writes all columns but `connector`, `created_by` and `created_at` of a row whose `row_version` is still the given one, and counts it up; `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &OAuthAppRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE oauth_apps SET label = $3, client_id = $4, config = $5, key_id = $6, sealed = $7, secret_version = $8, secret_hint = $9, secret_ends_ms = $10, \
         updated_ms = $11, row_version = row_version + 1 WHERE id = $1 AND org_id = $2 AND row_version = $12",
        row.id.as_str(),
        row.organization.as_str(),
        row.label.as_str(),
        row.client_id.as_str(),
        row.config.as_str(),
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.secret_version,
        row.secret_hint.as_str(),
        row.secret_ends_at.map(Timestamp::millis),
        row.updated_at.millis(),
        row.row_version,
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// How many connections have a kept credential that came by an app, for each app that has any.
///
/// # Errors
/// [`StoreError`].
pub async fn count_uses(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT app_id, count(DISTINCT connection_id) FROM grants WHERE org_id = $1 AND app_id IS NOT NULL GROUP BY app_id";
    rows!(on, (String, i64), sql, organization.as_str())
}

/// Keeps an app as it is until the end of the transaction; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(on: Conn<'_>, organization: &OrganizationId, id: &OAuthAppId) -> Result<bool, StoreError> {
    let sql = "UPDATE oauth_apps SET row_version = row_version WHERE org_id = $1 AND id = $2";
    Ok(change!(on, sql, organization.as_str(), id.as_str())? == 1)
}

/// Deletes an app; false when there is none. `Conflict` while a grant names it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, id: &OAuthAppId) -> Result<bool, StoreError> {
    let deleted = change!(on, "DELETE FROM oauth_apps WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str());
    match deleted {
        Err(StoreError::Sql(error)) if error.as_database_error().is_some_and(|answer| answer.is_foreign_key_violation()) => Err(StoreError::Conflict),
        deleted => Ok(deleted? == 1),
    }
}
